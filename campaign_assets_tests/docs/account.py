"""An account that was read: every table and mart has rows, for the blocks of the pages to ask."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.extract.daily_reports import list_daily_reports
from campaign_assets.extract.report_plan import list_reports
from campaign_assets.hubspot import HubSpotClient
from campaign_assets.load.campaign_reports import refresh_report
from campaign_assets.load.campaigns import refresh_campaigns
from campaign_assets.load.daily_reports import DailyWork, refresh_daily_report
from campaign_assets.marts.building import (
    build_asset_performance,
    build_campaign_performance,
    build_campaign_summary,
)
from campaign_assets.marts.database import build_database
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS
from campaign_assets_tests.conftest import open_instance
from campaign_assets_tests.reliability.run import run_all
from campaign_assets_tests.workplace import DAYS, NOW, Workplace

DAY = DAYS[-1]
LATER = NOW + timedelta(days=1)
EVERYTHING_ON = {
    "CAMPAIGN_ASSETS_DAILY_REPORTS": "attribution,revenue",
    "CAMPAIGN_ASSETS_CONTACT_TYPES": "contactFirstTouch",
    "CAMPAIGN_ASSETS_PROPERTIES": "region",
}


@contextmanager
def read_account(folder: Path, empty_home: str) -> Iterator[Workplace]:
    """Reads an account twice, with an asset that left in between, into the folder `data` below one.

    Without Dagster, which would take most of the time; the instance knows of nothing. The environment is that of the
    account meanwhile.

    Args:
        folder: Where to put tables and instance.
        empty_home: An instance in which nothing has run.
    """
    home = shutil.copytree(empty_home, folder / "home")
    portal = Portal(now=NOW, rate_limit=0, campaigns=12)
    with EmulatorServer(portal) as server, pytest.MonkeyPatch.context() as patch, open_instance(str(home)) as instance:
        environ = {
            "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
            "HUBSPOT_BASE_URL": server.url,
            "CAMPAIGN_ASSETS_STORAGE": str(folder / "data"),
            **EVERYTHING_ON,
        }
        for name, value in environ.items():
            patch.setenv(name, value)
        workplace = Workplace(server, instance, Settings.from_environ(environ), now=lambda: LATER)
        _read(workplace, portal)
        yield workplace


def _read(workplace: Workplace, portal: Portal) -> None:
    store = workplace.store
    with HubSpotClient(DEFAULT_TOKEN, base_url=workplace.server.url) as client:
        assert not run_all(client, store, [DAY]).errors
        first = store.read(CAMPAIGN_ASSETS.path).slice(0, 1).to_pylist()[0]
        client.assets.remove(first["campaign_id"], first["asset_type"], first["asset_id"])
        portal.clock.set(LATER)
        assert not run_all(client, store, [DAY], LATER).errors
        refresh_campaigns(client, store, workplace.settings.properties, LATER)
        _read_reports(workplace, client)
    build_asset_performance(store, DAY.replace(day=1))
    build_campaign_performance(store, DAY.replace(day=1))
    build_campaign_summary(store)
    build_database(store)


def _read_reports(workplace: Workplace, client: HubSpotClient) -> None:
    settings, store = workplace.settings, workplace.store
    calendar = settings.build_calendar(workplace.now)
    for report in list_reports(settings):
        refresh_report(client, store, report, calendar)
    campaigns = store.read_table(CAMPAIGNS)
    for by_day in list_daily_reports(settings):
        work = DailyWork(by_day, campaigns, [DAY], settings.live_margin_days)
        assert list(refresh_daily_report(client, store, work, calendar))
