"""A run that stopped is continued, not begun anew: what is done stays done and green, and is not read again."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.events import DagsterEvent, StepMaterializationData
from dagster._core.storage.partition_status_cache import AssetPartitionStatus

from campaign_assets.catalog import get_metric_asset_type
from campaign_assets.defs.partitions import build_partitions
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.settings import Settings
from campaign_assets.tables import METRICS_TABLES, TableStore
from campaign_assets_tests.conftest import MakeWorkplace, Serve
from campaign_assets_tests.workplace import DAYS, SNAPSHOTS, Workplace, drop_timestamps

pytestmark = pytest.mark.long

FAST = {"HUBSPOT_RATE_LIMIT": "10000"}
METRICS = [dg.AssetKey(METRICS_TABLES[name].path) for name in ("BLOG_POST", "CTA", "FORM")]
TYPES = ("--types", "blog_post,cta,form")
RANGE = [date(2026, 2, 1) + timedelta(days=n) for n in range(8)]
FROM_FAILURE = {"dagster/is_resume_retry": "true"}
AUTOMATIC = {**FROM_FAILURE, "dagster/retry_number": "1"}
FROM_ASSET_FAILURE = {"dagster/is_asset_resume_retry": "true"}


def break_day(workplace: Workplace, day: date) -> None:
    """Makes the account refuse a day."""
    workplace.server.portal.faults.add(
        "batch_read", 400, times=None, where=lambda request: request.query.get("startDate") == str(day)
    )


def mend(workplace: Workplace) -> None:
    workplace.server.portal.faults.clear()
    workplace.server.stats.reset()


def list_days_read(workplace: Workplace, before: dict[str, float]) -> set[date]:
    """Days of which some file was written since."""
    now = note_files(workplace)
    return {date.fromisoformat(path.split("metric_date=")[1][:10]) for path in now if now[path] != before.get(path)}


def note_files(workplace: Workplace) -> dict[str, float]:
    root = Path(workplace.settings.storage)
    return {str(file): file.stat().st_mtime_ns for file in root.rglob("metric_date=*/data.parquet")}


def run_again(
    workplace: Workplace, parent: str, root: str, tags: dict[str, str], keys: Sequence[dg.AssetKey] = METRICS
) -> dg.ExecuteInProcessResult:
    """Runs the days again, with the tags that Dagster gives a run that follows another."""
    return workplace.run(keys, DAYS, {"dagster/parent_run_id": parent, "dagster/root_run_id": root, **tags})


@pytest.fixture
def stopped(make_workplace: MakeWorkplace) -> tuple[Workplace, str]:
    """A workplace with a run of which the second of three days failed, and the run's id."""
    workplace = make_workplace(FAST, campaigns=12)
    assert workplace.run(SNAPSHOTS).success
    break_day(workplace, DAYS[1])
    result = workplace.run(METRICS, DAYS)
    assert not result.success
    mend(workplace)
    return workplace, result.run_id


@pytest.mark.parametrize(
    ("tags", "read"),
    [(FROM_FAILURE, {DAYS[1]}), (AUTOMATIC, {DAYS[1]}), ({}, set(DAYS)), ({"dagster/retry_number": "1"}, set(DAYS))],
    ids=["from failure", "tried again by the daemon", "whole", "tried again whole by the daemon"],
)
def test_what_is_read_again_is_what_dagster_was_asked_for(
    stopped: tuple[Workplace, str], tags: dict[str, str], read: set[date]
) -> None:
    workplace, run_id = stopped
    before = note_files(workplace)
    assert run_again(workplace, run_id, run_id, tags).success
    assert list_days_read(workplace, before) == read
    assert workplace.server.stats.by_endpoint["batch_read"] == len(read)


def test_a_chain_of_attempts_goes_back_to_the_run_that_began_the_work_and_no_further(
    stopped: tuple[Workplace, str],
) -> None:
    workplace, first = stopped
    break_day(workplace, DAYS[2])
    whole = run_again(workplace, first, first, {})  # reads all again: the third day fails this time
    assert not whole.success
    mend(workplace)
    break_day(workplace, DAYS[2])
    again = run_again(workplace, whole.run_id, first, FROM_FAILURE)  # fails once more, having read nothing
    assert not again.success
    mend(workplace)
    before = note_files(workplace)
    assert run_again(workplace, again.run_id, first, FROM_FAILURE).success
    # The first run has done the third day, but the second was asked to read it again, and has not.
    assert list_days_read(workplace, before) == {DAYS[2]}


def test_from_asset_failure_reads_what_has_no_cell_yet_and_a_whole_run_that_inherits_the_tag_reads_all(
    make_workplace: MakeWorkplace,
) -> None:
    workplace = make_workplace(FAST, campaigns=12)
    assert workplace.run(SNAPSHOTS).success
    first = workplace.run(METRICS[:1], DAYS)
    mend(workplace)
    before = note_files(workplace)
    resumed = run_again(workplace, first.run_id, first.run_id, FROM_ASSET_FAILURE, METRICS[1:])
    assert resumed.success and list_days_read(workplace, before) == set(DAYS)
    before = note_files(workplace)
    assert run_again(workplace, resumed.run_id, first.run_id, FROM_ASSET_FAILURE, METRICS[1:]).success
    assert list_days_read(workplace, before) == set(DAYS)


@pytest.mark.parametrize("circle", [1, 2])
def test_tags_that_lead_in_a_circle_and_events_of_no_day_are_passed_over(
    stopped: tuple[Workplace, str], circle: int
) -> None:
    workplace, run_id = stopped
    instance = workplace.instance
    instance.report_dagster_event(
        DagsterEvent(
            event_type_value="ASSET_MATERIALIZATION",
            job_name="refresh_everything",
            event_specific_data=StepMaterializationData(dg.AssetMaterialization(METRICS[0], partition="eu-west")),
        ),
        run_id,
    )
    second = "f" * 8
    others = {run_id: second if circle == 2 else run_id, second: run_id}
    instance.add_run(dg.DagsterRun("refresh_everything", second, tags={"dagster/root_run_id": run_id}))
    for child, parent in others.items():
        instance.add_run_tags(child, {"dagster/parent_run_id": parent, "dagster/root_run_id": run_id, **FROM_FAILURE})
    before = note_files(workplace)
    assert run_again(workplace, run_id, run_id, FROM_FAILURE).success
    assert list_days_read(workplace, before) <= set(DAYS)


def test_a_cell_whose_file_is_gone_is_read_again(stopped: tuple[Workplace, str]) -> None:
    workplace, run_id = stopped
    workplace.store.locate(METRICS_TABLES["FORM"].path, DAYS[0]).unlink()
    before = note_files(workplace)
    assert run_again(workplace, run_id, run_id, FROM_FAILURE).success
    assert list_days_read(workplace, before) == {DAYS[0], DAYS[1]}


def start_backfill(folder: Path, server: EmulatorServer, *options: str) -> "subprocess.Popen[bytes]":
    environ = to_environ(folder, server)
    command = [sys.executable, "-W", "ignore", "-c", "from campaign_assets.cli.main import main; main()", "backfill"]
    return subprocess.Popen([*command, *options], env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # noqa: S603


def to_environ(folder: Path, server: EmulatorServer) -> dict[str, str]:
    return {
        **os.environ,
        "DAGSTER_HOME": str(folder / "home"),
        "HUBSPOT_BASE_URL": server.url,
        "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
        "CAMPAIGN_ASSETS_STORAGE": str(folder / "tables"),
        **FAST,
    }


def wait_for(condition: Any, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


def find_done(instance: dg.DagsterInstance, settings: Settings) -> dict[dg.AssetKey, set[str]]:
    """Green days by asset."""
    keys, partitions = [str(day) for day in RANGE], build_partitions(settings.build_calendar())
    return {
        key: {
            day
            for day, status in (instance.get_status_by_partition(key, keys, partitions) or {}).items()
            if status == AssetPartitionStatus.MATERIALIZED
        }
        for key in METRICS
    }


def re_execute(instance: dg.DagsterInstance, parent: dg.DagsterRun, strategy: str) -> dg.DagsterRun:
    """What "re-execute" in the UI does, and the daemon where it tries a run again."""
    command = [sys.executable, "-W", "ignore", "-m", "campaign_assets_tests.re_execution", parent.run_id, strategy]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603
    assert finished.returncode == 0, finished.stderr[-3000:]
    return get_run(instance, finished.stdout.split("new run: ")[1].split()[0])


def get_run(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRun:
    run = instance.get_run_by_id(run_id)
    assert run
    return run


def test_a_run_that_is_killed_keeps_its_cells_and_re_executing_it_reads_only_the_others(
    serve: Serve, make_workplace: MakeWorkplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(campaigns=12, latency_ms=250)
    (tmp_path / "home").mkdir()
    shutil.copy(Path(__file__).parents[1] / "dagster.yaml", tmp_path / "home")
    for name, value in to_environ(tmp_path, server).items():
        monkeypatch.setenv(name, value)
    settings = Settings.from_environ(os.environ)
    with dg.DagsterInstance.from_config(str(tmp_path / "home")) as instance:
        place = Workplace(server, instance, settings)
        assert place.run(SNAPSHOTS).success
        monkeypatch.setenv("HUBSPOT_MAX_IN_FLIGHT", "1")  # one day after the other, so that there is time to kill it
        process = start_backfill(tmp_path, server, "--from", str(RANGE[0]), "--to", str(RANGE[-1]), *TYPES)
        last = METRICS[-1]
        wait_for(lambda: len(find_done(instance, settings)[last]) >= 2 or process.poll() is not None)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()

        done = find_done(instance, settings)
        whole = {str(day) for day in RANGE if all(str(day) in of_key for of_key in done.values())}
        assert 2 <= len(whole) < len(RANGE)
        killed = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))[0]
        instance.report_run_failed(killed)  # what run monitoring does when a process is gone
        killed = get_run(instance, killed.run_id)

        server.stats.reset()
        before = note_files(place)
        run = re_execute(instance, killed, "FROM_FAILURE")
        assert run.is_success
        assert server.stats.by_endpoint["batch_read"] == len(RANGE) - len(whole)
        assert not {str(day) for day in list_days_read(place, before)} & whole
        assert all(of_key == {str(day) for day in RANGE} for of_key in find_done(instance, settings).values())
        assert_true(place)


def assert_true(workplace: Workplace) -> None:
    """Compares the rows with those of the account."""
    store = TableStore(workplace.settings.storage)
    for asset_type in (get_metric_asset_type(key.path[-1]) for key in METRICS):
        rows = drop_timestamps(store.read_days(METRICS_TABLES[asset_type.name].path, RANGE))
        truth = [
            (day, row["campaign_id"], row["asset_id"], row["metrics"])
            for day in RANGE
            for row in workplace.server.portal.truth.metrics(day, asset_type.name)
        ]
        read = [
            (
                row["metric_date"],
                row["campaign_id"],
                row["asset_id"],
                {m.name: row[m.column] for m in asset_type.metrics if row[m.column] is not None},
            )
            for row in rows
        ]
        assert sorted(read, key=str) == sorted(truth, key=str), asset_type.name
