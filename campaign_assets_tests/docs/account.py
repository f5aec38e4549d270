"""An account that was read: every table and mart has rows, for the blocks of the pages to ask."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from campaign_assets.defs.keys import DATABASE_KEY, REPORT_KEY
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.hubspot import HubSpotClient
from campaign_assets.marts.database import build_database
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGN_ASSETS
from campaign_assets_tests.conftest import open_instance
from campaign_assets_tests.workplace import DAYS, METRICS, NOW, SNAPSHOTS, Workplace

EVERYTHING_ON = {
    "CAMPAIGN_ASSETS_DAILY_REPORTS": "attribution,revenue",
    "CAMPAIGN_ASSETS_CONTACT_TYPES": "contactFirstTouch",
    "CAMPAIGN_ASSETS_PROPERTIES": "region",
}


@contextmanager
def read_account(folder: Path, empty_home: str) -> Iterator[Workplace]:
    """Reads an account twice, with an asset that left in between, into the folder `data` below one.

    The environment is that of the account meanwhile.

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
        workplace = Workplace(server, instance, Settings.from_environ(environ))
        assert workplace.run([*SNAPSHOTS, *METRICS], DAYS[-1:]).success
        _remove_an_asset(workplace)
        later = NOW + timedelta(days=1)
        portal.clock.set(later)
        workplace.now = lambda: later
        assert workplace.run(list_made(workplace), DAYS[-1:]).success
        build_database(workplace.store)
        yield workplace


def list_made(workplace: Workplace) -> list[dg.AssetKey]:
    """Every asset that a run materializes, but for the report and the database."""
    graph = workplace.definitions.resolve_asset_graph()
    return sorted(graph.materializable_asset_keys - {REPORT_KEY, DATABASE_KEY})


def _remove_an_asset(workplace: Workplace) -> None:
    row = workplace.store.read(CAMPAIGN_ASSETS.path).slice(0, 1).to_pylist()[0]
    with HubSpotClient(DEFAULT_TOKEN, base_url=workplace.server.url) as hubspot:
        hubspot.assets.remove(row["campaign_id"], row["asset_type"], row["asset_id"])
