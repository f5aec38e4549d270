"""The instance that `dagster.yaml` names: Dagster's own files, written with fewer connections and fewer rows."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg
import pytest
import sqlalchemy
from dagster._core.storage.partition_status_cache import AssetPartitionStatus

from campaign_assets.defs.keys import METRICS_KEYS
from campaign_assets.defs.partitions import build_partitions
from campaign_assets.defs.sqlite_instance import EventLog
from campaign_assets_tests.conftest import IN_MEMORY, MakeFilled
from campaign_assets_tests.workplace import DAYS, Workplace

SHIPPED = Path(__file__).parents[2] / "dagster.yaml"
KEY = METRICS_KEYS["FORM"]
CHECK = dg.AssetCheckKey(KEY, "key_unique")
EARLIER = [DAYS[0] - timedelta(days=n) for n in range(12, 0, -1)]


@pytest.fixture
def home() -> Iterator[Path]:
    """The folder of an instance with the file that ships."""
    with TemporaryDirectory(dir=IN_MEMORY) as folder:
        shutil.copy(SHIPPED, folder)
        yield Path(folder)


@contextmanager
def opened(workplace: Workplace, home: Path) -> Iterator[Workplace]:
    """The workplace with the instance of a folder."""
    with dg.DagsterInstance.from_config(str(home)) as instance:
        yield Workplace(workplace.server, instance, workplace.settings)


def list_green(workplace: Workplace, days: Sequence[date]) -> list[date]:
    keys, partitions = [str(day) for day in days], build_partitions(workplace.settings.build_calendar())
    found = workplace.instance.get_status_by_partition(KEY, keys, partitions) or {}
    return [day for day in days if found[str(day)] == AssetPartitionStatus.MATERIALIZED]


def test_the_shipped_file_and_dagsters_own_storage_go_on_where_the_other_stopped(
    make_filled: MakeFilled, home: Path
) -> None:
    filled = make_filled(DAYS)
    with opened(filled, home) as quick:
        assert isinstance(quick.instance.event_log_storage, EventLog)
        first = quick.run([KEY], DAYS[:2])
        assert first.success
    (home / SHIPPED.name).write_text("telemetry: {enabled: false}\n")
    with opened(filled, home) as stock:
        assert not isinstance(stock.instance.event_log_storage, EventLog)
        assert list_green(stock, DAYS) == DAYS[:2]
        entries = stock.instance.all_logs(first.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
        told = [event.partition for entry in entries if (event := entry.get_dagster_event()).asset_key == KEY]
        assert told == [str(day) for day in DAYS[:2]]
        assert stock.run([KEY], DAYS[2:]).success
    shutil.copy(SHIPPED, home)
    with opened(filled, home) as quick:
        assert list_green(quick, DAYS) == DAYS


def test_a_check_of_a_range_is_noted_once_and_not_for_each_day(make_filled: MakeFilled, home: Path) -> None:
    with opened(make_filled(DAYS), home) as workplace:
        assert workplace.run([KEY], DAYS).success
        history = workplace.instance.event_log_storage.get_asset_check_execution_history(CHECK, limit=100)
        assert [(record.status.value, record.partition) for record in history] == [("SUCCEEDED", None)]


def test_a_longer_range_opens_no_more_databases(make_filled: MakeFilled, home: Path) -> None:
    with opened(make_filled(DAYS), home) as workplace:
        counts = []
        for days in (EARLIER[:2], EARLIER):
            with connections_counted() as count:
                assert workplace.run([KEY], days).success
            counts.append(count[0])
        assert counts[1] <= counts[0], "as many for twelve days as for two"


@contextmanager
def connections_counted() -> Iterator[list[int]]:
    """How many connections to databases are opened."""
    count = [0]

    def add(*_: object) -> None:
        count[0] += 1

    sqlalchemy.event.listen(sqlalchemy.Pool, "connect", add)
    try:
        yield count
    finally:
        sqlalchemy.event.remove(sqlalchemy.Pool, "connect", add)


def test_a_storage_that_the_instance_names_is_used(home: Path) -> None:
    named = f"{SHIPPED.read_text()}\nstorage: {{sqlite: {{base_dir: {home}/elsewhere}}}}\n"
    (home / SHIPPED.name).write_text(named)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert not isinstance(instance.event_log_storage, EventLog)
        assert (home / "elsewhere").is_dir()


def test_events_that_are_wiped_are_gone_and_new_ones_are_kept(home: Path) -> None:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        for day in DAYS:
            instance.event_log_storage.wipe()
            instance.report_runless_asset_event(dg.AssetMaterialization(KEY, partition=str(day)))
        assert instance.get_materialized_partitions(KEY) == {str(DAYS[-1])}
