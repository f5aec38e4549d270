"""Dagster's own command line on the code location: the same as the UI does."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.tables import METRICS_TABLES, TableStore
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.workplace import DAYS, drop_timestamps


def materialize(folder: Path, url: str, *options: str) -> None:
    (folder / "home").mkdir(exist_ok=True)
    environ = {
        **os.environ,
        "DAGSTER_HOME": str(folder / "home"),
        "HUBSPOT_BASE_URL": url,
        "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
        "CAMPAIGN_ASSETS_STORAGE": str(folder / "tables"),
    }
    command = [sys.executable, "-m", "dagster", "asset", "materialize", "-m", "campaign_assets.definitions"]
    finished = subprocess.run([*command, *options], env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    assert finished.returncode == 0, finished.stderr[-3000:]


def read(folder: Path, days: list[date]) -> list[object]:
    store = TableStore(str(folder / "tables"))
    return [drop_timestamps(store.read_days(METRICS_TABLES[t.name].path, days)) for t in METRIC_ASSET_TYPES]


@pytest.mark.long
def test_a_partition_and_a_range_of_everything_give_the_same_tables(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    by_range, by_day = tmp_path / "range", tmp_path / "day"
    for folder in (by_range, by_day):
        folder.mkdir()
    days = DAYS[:2]
    materialize(by_range, server.url, "--select", "*", "--partition-range", f"{days[0]}...{days[-1]}")
    materialize(by_day, server.url, "--select", "*", "--partition", str(days[-1]))
    assert read(by_range, days[-1:]) == read(by_day, days[-1:])
    assert all(read(by_range, days[:1])) and all(read(by_range, days[-1:]))
