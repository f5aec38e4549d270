"""`campaign-assets adopt`: an instance that is told of stored tables knows what the one knew that read them."""

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from dagster._core.storage.partition_status_cache import AssetPartitionStatus

from campaign_assets.cli.main import main
from campaign_assets.days import Calendar, DayRange
from campaign_assets.defs.assets.adoption import Adoption, adopt, find_adoption
from campaign_assets.defs.instance.due_cells import find_associations_timestamp, find_due_cells
from campaign_assets.defs.keys import METRICS_KEYS
from campaign_assets.defs.partitions import build_partitions
from campaign_assets.defs.portal import Portal
from campaign_assets.freshness import DueCell
from campaign_assets.inspection.table_status import list_tables_by_day
from campaign_assets.marts.schemas import ASSET_PERFORMANCE_DAILY, CAMPAIGN_PERFORMANCE_DAILY
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRIC_RESTATEMENTS, METRICS_TABLES
from campaign_assets_tests.conftest import MakeBegun, MakeWorkplace, open_instance
from campaign_assets_tests.defs.ticks import tick
from campaign_assets_tests.workplace import DAYS, NOW, SNAPSHOTS, Workplace

pytestmark = pytest.mark.long

MATERIALIZED = dg.DagsterEventType.ASSET_MATERIALIZATION
SETTINGS = {"CAMPAIGN_ASSETS_START_DATE": str(DAYS[0]), "CAMPAIGN_ASSETS_TYPES": "blog_post,form,site_page"}
BLOG_POSTS = METRICS_TABLES["BLOG_POST"]
PORTAL = Portal.from_settings(Settings.from_environ(SETTINGS))
METRICS = list(PORTAL.metrics)
LOG = logging.getLogger(__name__)
Elsewhere = Callable[[Workplace], Workplace]


@pytest.fixture
def elsewhere(empty_home: str, tmp_path: Path) -> Iterator[Elsewhere]:
    """The same tables and the same account beside an instance in which nothing has run."""
    with ExitStack() as stack:

        def move(workplace: Workplace) -> Workplace:
            home = tmp_path / "elsewhere"
            shutil.copytree(empty_home, home)
            instance = stack.enter_context(open_instance(str(home)))
            return Workplace(workplace.server, instance, workplace.settings, now=workplace.now)

        yield move


@pytest.fixture
def filled(make_begun: MakeBegun) -> Workplace:
    return make_begun(read, "adoption", settings=SETTINGS)


def read(workplace: Workplace) -> None:
    assert workplace.run([*SNAPSHOTS, *METRICS], DAYS).success


def build_calendar(workplace: Workplace) -> Calendar:
    return workplace.settings.build_calendar(lambda: workplace.now())


def find(workplace: Workplace) -> Adoption:
    return find_adoption(
        workplace.settings, PORTAL, workplace.store, build_calendar(workplace), workplace.instance, LOG
    )


def tell(workplace: Workplace) -> Adoption:
    """Adopts, and nothing is asked of HubSpot meanwhile."""
    before, adoption = workplace.server.stats.requests, find(workplace)
    adopt(workplace.instance, adoption.events, lambda: None)
    assert workplace.server.stats.requests == before
    return adoption


def list_due(workplace: Workplace, days_later: int) -> list[DueCell]:
    now = workplace.now() + timedelta(days=days_later)
    calendar = workplace.settings.build_calendar(lambda: now)
    keys = list(map(PORTAL.key, list_tables_by_day(workplace.settings)))
    return find_due_cells(workplace.instance, PORTAL, calendar, now, LOG, keys)


def assert_same_due(one: Workplace, other: Workplace) -> None:
    for days_later in range(10):
        assert list_due(one, days_later) == list_due(other, days_later)


def list_versions(workplace: Workplace, key: dg.AssetKey) -> Any:
    names = ["dagster/data_version"]
    days = [str(day) for day in DAYS]
    return workplace.instance.event_log_storage.get_latest_tags_by_partition(key, MATERIALIZED, names, days)


def get_event(workplace: Workplace, key: dg.AssetKey) -> dg.AssetMaterialization:
    event = workplace.instance.get_latest_materialization_event(key)
    assert event and event.asset_materialization
    return event.asset_materialization


def test_the_other_instance_knows_what_the_one_knows_that_read(filled: Workplace, elsewhere: Elsewhere) -> None:
    other, calendar = elsewhere(filled), build_calendar(filled)
    adoption = tell(other)
    assert adoption.faults == []
    assert len(adoption.events) == len(SNAPSHOTS) + len(METRICS) * len(DAYS)
    for key in METRICS:
        states = other.instance.get_status_by_partition(key, list(map(str, DAYS)), build_partitions(calendar)) or {}
        assert {day for day, state in states.items() if state == AssetPartitionStatus.MATERIALIZED} == set(
            map(str, DAYS)
        )
        assert list_versions(other, key) == list_versions(filled, key)
    for key in SNAPSHOTS:
        one, two = get_event(filled, key), get_event(other, key)
        for name in ("size_kb", "extracted_at", "dagster/row_count"):
            assert one.metadata[name] == two.metadata[name], name
        for tag in ("dagster/data_version", "dagster/code_version"):
            assert one.tags and two.tags and one.tags[tag] == two.tags[tag], tag
    assert find_associations_timestamp(other.instance, PORTAL) == find_associations_timestamp(filled.instance, PORTAL)
    assert_same_due(filled, other)


def test_a_second_time_there_is_nothing_to_tell(filled: Workplace, elsewhere: Elsewhere) -> None:
    other = elsewhere(filled)
    first, second = tell(other), tell(other)
    assert second.events == []
    assert sum(table.known for table in second.tables.values()) == len(first.events)
    assert find(filled).events == []  # nor to the instance that read them


def test_what_was_told_of_is_not_late_and_a_refresh_reads_what_is_due_since(
    filled: Workplace, elsewhere: Elsewhere
) -> None:
    other = elsewhere(filled)
    assert tick(other, "late_metrics").run_requests
    tell(other)
    assert tick(other, "late_metrics").skip_message == "Nothing is late."
    other.now = lambda: NOW + timedelta(days=1)
    other.server.portal.clock.advance(timedelta(days=1))
    assert other.run(SNAPSHOTS).success
    asked = tick(other, "late_metrics")
    due = {(cell.table, str(cell.day)) for cell in list_due(other, 0)}
    ranges = [DayRange.from_tags(request.tags) for request in asked.run_requests]
    days = {str(day) for of_run in ranges if of_run for day in of_run}
    assert days == {day for _, day in due} and str(DAYS[1]) not in days  # which settles no further on that day
    for request, of_run in zip(asked.run_requests, ranges, strict=True):
        assert of_run and other.run(request.asset_selection, list(of_run)).success
    assert list_due(other, 0) == []


def test_a_cell_that_was_read_in_part_since_counts_from_when_it_was_read_whole(
    filled: Workplace, elsewhere: Elsewhere
) -> None:
    filled.now = lambda: NOW + timedelta(days=2)
    campaign_id = filled.store.read(CAMPAIGNS.path)["campaign_id"][0].as_py()
    job = filled.definitions.resolve_implicit_global_asset_job_def()
    part = {"ops": {"asset_metrics": {"config": {"campaign_ids": [campaign_id]}}}}
    tags = {"dagster/asset_partition_range_start": str(DAYS[0]), "dagster/asset_partition_range_end": str(DAYS[1])}
    assert job.execute_in_process(asset_selection=METRICS, tags=tags, instance=filled.instance, run_config=part).success
    other = elsewhere(filled)
    adoption = tell(other)
    assert METRIC_RESTATEMENTS.name not in adoption.tables or adoption.tables[METRIC_RESTATEMENTS.name].adopted
    assert "-partial-whole-at-2026-03-10T09:00:00" in str([list_versions(other, key) for key in METRICS])
    assert_same_due(filled, other)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_day_of_which_one_cell_is_newer_is_not_taken_for_settled(
    filled: Workplace, elsewhere: Elsewhere, is_known: bool
) -> None:
    newer = METRICS_KEYS["BLOG_POST"]
    filled.now = lambda: NOW + timedelta(days=30)
    other = elsewhere(filled)
    # Either the instance that is told has read it, or the one that is gone.
    assert (other if is_known else filled).run([newer], DAYS).success
    tell(other)
    due = {(cell.table, cell.day) for cell in list_due(other, 0) if cell.day in DAYS}
    assert due == {(key.path[-1], day) for key in METRICS if key != newer for day in DAYS}


def test_files_that_nobody_can_vouch_for_are_named_and_not_told_of(filled: Workplace, elsewhere: Elsewhere) -> None:
    files = [Path(str(filled.store.locate(BLOG_POSTS.path, day))) for day in DAYS]
    forms = [Path(str(filled.store.locate(METRICS_TABLES["FORM"].path, day))) for day in DAYS]
    files[0].write_bytes(files[0].read_bytes()[:-20])
    shutil.copy(files[2], files[1])
    pq.write_table(pq.read_table(forms[0]), forms[0])  # somebody has written it anew
    late = filled.store.read(METRICS_TABLES["FORM"].path, day=DAYS[1]).drop_columns(["metric_date"])
    filled.store.write(METRICS_TABLES["FORM"].path, late, day=DAYS[1], extracted_at=NOW + timedelta(days=9))
    other = elsewhere(filled)
    adoption = tell(other)
    assert [sum(str(file) in fault for fault in adoption.faults) for file in (*files[:2], *forms[:2])] == [1, 1, 1, 1]
    assert all(len(fault.splitlines()) == 1 for fault in adoption.faults)
    assert adoption.tables[BLOG_POSTS.name].refused == adoption.tables[METRICS_TABLES["FORM"].name].refused == 2
    due = {(cell.table, cell.day) for cell in list_due(other, 0)}
    assert due == {("blog_post", DAYS[0]), ("blog_post", DAYS[1]), ("form", DAYS[0]), ("form", DAYS[1])}


def test_a_table_that_was_moved_counts_where_it_lies_now(
    filled: Workplace, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(filled.settings.storage, moved)
    other = elsewhere(filled)
    other.settings = Settings.from_environ(
        {**SETTINGS, "HUBSPOT_ACCESS_TOKEN": "pat-na1-any", "CAMPAIGN_ASSETS_STORAGE": str(moved)}
    )
    assert tell(other).faults == []
    assert str(moved) in str(get_event(other, METRICS[0]).metadata["dagster/uri"].value)
    assert_same_due(filled, other)


def test_days_that_the_tables_do_not_have_are_counted_apart(filled: Workplace, elsewhere: Elsewhere) -> None:
    other = elsewhere(filled)
    other.settings = Settings.from_environ(
        {**SETTINGS, "CAMPAIGN_ASSETS_START_DATE": str(DAYS[1]), "CAMPAIGN_ASSETS_STORAGE": filled.settings.storage}
    )
    adoption = tell(other)
    assert adoption.tables[BLOG_POSTS.name].outside == 1 and adoption.tables[BLOG_POSTS.name].adopted == 2
    assert other.instance.get_materialized_partitions(METRICS[0]) == {str(day) for day in DAYS[1:]}


def test_a_cell_that_is_being_read_is_left_to_its_run(filled: Workplace, elsewhere: Elsewhere) -> None:
    other = elsewhere(filled)
    tags = {"dagster/partition": str(DAYS[0])}
    selection = frozenset([METRICS_KEYS["BLOG_POST"]])
    other.instance.add_run(
        dg.DagsterRun("any", status=dg.DagsterRunStatus.STARTED, tags=tags, asset_selection=selection)
    )
    adoption = tell(other)
    assert adoption.tables[BLOG_POSTS.name].known == 1 and adoption.tables[BLOG_POSTS.name].adopted == 2


def make_marts(workplace: Workplace) -> None:
    read(workplace)
    marts = [dg.AssetKey(mart.table.path) for mart in (ASSET_PERFORMANCE_DAILY, CAMPAIGN_PERFORMANCE_DAILY)]
    assert workplace.run(marts, DAYS).success


def test_days_of_marts_are_told_of_as_long_as_they_hold_what_the_tables_hold(
    make_begun: MakeBegun, elsewhere: Elsewhere
) -> None:
    workplace = make_begun(make_marts, "marts", settings=SETTINGS)
    workplace.now = lambda: NOW + timedelta(days=2)
    assert workplace.run(METRICS, DAYS[-1:]).success  # after which nobody made the mart anew
    other = elsewhere(workplace)
    before = dg.evaluate_automation_conditions(other.definitions, other.instance)
    adoption = tell(other)
    after = dg.evaluate_automation_conditions(other.definitions, other.instance, cursor=before.cursor)
    assert after.get_requested_partitions(dg.AssetKey(ASSET_PERFORMANCE_DAILY.table.path)) == {str(DAYS[-1])}
    for mart in (ASSET_PERFORMANCE_DAILY, CAMPAIGN_PERFORMANCE_DAILY):
        found, key = adoption.tables[mart.table.name], dg.AssetKey(mart.table.path)
        assert (found.adopted, found.outdated) == (2, 1)
        assert other.instance.get_materialized_partitions(key) == {str(day) for day in DAYS[:2]}


def test_associations_that_changed_long_ago_are_not_followed_once_more(
    make_workplace: MakeWorkplace, elsewhere: Elsewhere
) -> None:
    workplace = make_workplace(SETTINGS)
    portal = workplace.server.portal
    assert workplace.run(SNAPSHOTS).success
    later: datetime = NOW

    def join(when: datetime) -> None:
        nonlocal later
        later = when
        portal.add_association(portal.truth.campaigns()[0]["id"], "BLOG_POST", f"77000000{when.day:04}")
        workplace.now = lambda: later
        assert workplace.run(SNAPSHOTS).success

    join(NOW + timedelta(hours=1))
    later = NOW + timedelta(days=5)
    other = elsewhere(workplace)
    other.now = lambda: later
    assert tick(other, "association_backfill").run_requests
    assert tell(other).followed_until == NOW + timedelta(hours=1)
    assert "No association has changed" in tick(other, "association_backfill").skip_message
    join(NOW + timedelta(days=6))
    assert tick(other, "association_backfill").run_requests


def test_a_report_of_a_day_that_failed_in_part_is_not_told_of(
    make_workplace: MakeWorkplace, elsewhere: Elsewhere
) -> None:
    settings = {**SETTINGS, "CAMPAIGN_ASSETS_DAILY_REPORTS": "attribution", "CAMPAIGN_ASSETS_LIVE_MARGIN_DAYS": "400"}
    workplace = make_workplace(settings)
    key = PORTAL.days_keys["campaign_attribution_daily"]
    assert workplace.run(SNAPSHOTS).success and workplace.run([key], DAYS[:1]).success
    workplace.server.portal.faults.add("report_metrics", 400, times=1)
    assert not workplace.run([key], DAYS[1:2]).success
    other = elsewhere(workplace)
    adoption = tell(other)
    assert adoption.tables["hubspot/campaign_attribution_daily"].adopted == 1
    assert "does not say when it was read whole" in adoption.faults[0]
    assert_same_due(workplace, other)


def run(workplace: Workplace, home: Path, *words: str, command: str = "adopt") -> Result:
    environ = {**SETTINGS, "CAMPAIGN_ASSETS_STORAGE": workplace.settings.storage, "DAGSTER_HOME": str(home)}
    return CliRunner(env={**environ, "COLUMNS": "150"}).invoke(main, [command, *words])


def test_the_command_tells_a_new_instance_and_a_dry_run_none(filled: Workplace, tmp_path: Path) -> None:
    home = tmp_path / "new"
    home.mkdir()
    dry = json.loads(run(filled, home, "--dry-run", "--json").output)
    assert dry["dry_run"] and dry["adopted"] == len(SNAPSHOTS) + len(METRICS) * len(DAYS)
    assert not list(home.iterdir())
    shown = run(filled, home)
    assert shown.exit_code == 0 and f"told of {dry['adopted']} files" in shown.output
    again = json.loads(run(filled, home, "--json").output)
    assert again["adopted"] == 0 and {table["known"] for table in again["tables"]} == {1, 3}
    assert "There is nothing to tell." in run(filled, home, "--dry-run").output
    told = json.loads(run(filled, home, "--json", command="status").output)
    assert told["due_by"] == "instance"
    assert [table["days"]["unknown"] for table in told["tables"] if table["days"]] == [0, 0, 0]


def test_the_command_names_what_is_not_told_of_and_fails(filled: Workplace, tmp_path: Path) -> None:
    damaged = Path(str(filled.store.locate(CAMPAIGN_ASSETS.path)))
    damaged.write_bytes(b"nothing")
    result = run(filled, tmp_path, "--dry-run")
    assert result.exit_code == 1 and str(damaged) in result.output


@pytest.mark.parametrize(("home", "hint"), [("", "DAGSTER_HOME is not set"), ("/no/such", "there is no such folder")])
def test_without_an_instance_there_is_a_sentence(filled: Workplace, home: str, hint: str) -> None:
    environ = {"CAMPAIGN_ASSETS_STORAGE": filled.settings.storage, "DAGSTER_HOME": home}
    result = CliRunner(env=environ).invoke(main, ["adopt"])
    assert result.exit_code == 1 and hint in result.output and len(result.output.splitlines()) == 1
