"""What the tests of the loads may ask for: an account, its tables, and a client that asks once."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.days import Calendar
from campaign_assets.emulator.damage import Damaged
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.requests import ApiRequest
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.extract.plan import plan_day
from campaign_assets.hubspot import HubSpotClient, RetryPolicy
from campaign_assets.load.associations import WrittenAssociations, refresh_associations
from campaign_assets.load.campaigns import WrittenCampaigns, refresh_campaigns
from campaign_assets.load.cells import WrittenCell
from campaign_assets.load.metrics import MetricsWork, refresh_metrics
from campaign_assets.load.restatements import WrittenRestatements
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES, TableStore
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.workplace import DAYS, NOW

LONG = "LANDING_PAGE"
"""The type that has more assets than a batch answers."""


class Desk:
    """An account, its tables, and a client that asks once."""

    def __init__(self, server: EmulatorServer, store: TableStore, client: HubSpotClient) -> None:
        self.server, self.store, self.client = server, store, client
        self.faults = server.portal.faults
        self.campaign_ids = sorted(campaign["id"] for campaign in server.portal.truth.campaigns())

    def refresh(self) -> WrittenAssociations:
        """Reads campaigns and associations."""
        refresh_campaigns(self.client, self.store, (), NOW)
        return self.refresh_associations()

    def refresh_campaigns(self, *properties: str) -> WrittenCampaigns:
        """Reads campaigns."""
        return refresh_campaigns(self.client, self.store, properties, NOW)

    def damage(self, endpoint: str, change: Callable[[dict[str, Any]], None], times: int | None = None) -> None:
        """Lets every response of an endpoint be changed."""

        def changed(_: ApiRequest, content: dict[str, Any], __: Random) -> Damaged:
            change(content)
            return Damaged(content)

        self.faults.add(endpoint, kind="damage", damage=changed, times=times)

    def list_campaigns(self) -> list[dict[str, Any]]:
        """The campaigns in the table."""
        rows: list[dict[str, Any]] = self.store.read_table(CAMPAIGNS).drop_columns(["extracted_at"]).to_pylist()
        return rows

    def refresh_associations(self) -> WrittenAssociations:
        """Reads associations."""
        return refresh_associations(self.client, self.store, Calendar(now=lambda: NOW))

    def read(self, number: int = 1, now: Callable[[], datetime] = lambda: NOW) -> list[Any]:
        """Reads days."""
        plan = plan_day(self.store.read_table(CAMPAIGN_ASSETS), METRIC_ASSET_TYPES)
        outcomes = refresh_metrics(self.client, self.store, plan, MetricsWork(DAYS[:number]), now)
        return [outcome for outcome in outcomes if not isinstance(outcome, WrittenRestatements)]

    def list_associations(self) -> set[tuple[str, str, str]]:
        """The associations in the table."""
        return {tuple(row.values()) for row in self.store.read_table(CAMPAIGN_ASSETS).select(KEY).to_pylist()}

    def list_rows(self, asset_type: str) -> list[dict[str, Any]]:
        """The rows of a type on the first day."""
        table = self.store.read_table(METRICS_TABLES[asset_type], day=DAYS[0])
        rows: list[dict[str, Any]] = table.drop_columns(["extracted_at"]).to_pylist()
        return rows


KEY = ["campaign_id", "asset_type", "asset_id"]


@pytest.fixture
def desk(serve: Serve, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Desk]:
    """Six campaigns, two of which have more assets of one type than a batch answers; read once."""
    caplog.set_level(logging.CRITICAL)
    server = serve(campaigns=6, assets_per_campaign=3)
    for campaign in server.portal.truth.campaigns()[:2]:
        for number in range(70):
            server.portal.add_association(campaign["id"], LONG, f"{number:03}{campaign['id'][:8]}", "Page")
    with HubSpotClient(DEFAULT_TOKEN, base_url=server.url, retry=RetryPolicy(attempts=1)) as client:
        desk = Desk(server, TableStore(str(tmp_path)), client)
        desk.refresh()
        assert all(isinstance(outcome, WrittenCell) for outcome in desk.read())
        yield desk
