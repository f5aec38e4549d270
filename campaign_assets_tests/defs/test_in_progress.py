"""Which runs and backfills count as reading our cells: those that materialize them, whatever they are called."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import uuid4

import dagster as dg
import pytest
from dagster._core.definitions.assets.graph.asset_graph_subset import AssetGraphSubset
from dagster._core.definitions.partitions.subset import DefaultPartitionsSubset
from dagster._core.execution.backfill import PartitionBackfill
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign_assets.days import Calendar, DayRange
from campaign_assets.defs.building import build_definitions
from campaign_assets.defs.instance.due_cells import find_due_cells, leave_out_in_progress
from campaign_assets.defs.instance.in_progress import is_in_progress
from campaign_assets.defs.partitions import build_partitions
from campaign_assets.defs.portal import Portal
from campaign_assets.settings import Settings
from campaign_assets_tests.defs.ticks import collected_warnings
from campaign_assets_tests.workplace import DAYS, METRICS, NOW, SNAPSHOTS

BLOG_POST = METRICS[1]
STARTED = dg.DagsterRunStatus.STARTED
PORTAL = Portal()
RANGE = DayRange(DAYS[0], DAYS[1]).to_tags()
CALENDAR = Calendar(start_date=DAYS[0], settle_days=(0,), now=lambda: NOW)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """An instance in which nobody has read any of the three days."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def list_in_progress(instance: dg.DagsterInstance) -> set[tuple[str, date]]:
    """The cells that are due and that somebody reads, as the sensor and the schedule see them."""
    with dg.build_sensor_context(instance=instance) as sensor:
        due = find_due_cells(instance, PORTAL, CALENDAR, NOW, sensor.log, PORTAL.metrics)
        idle = leave_out_in_progress(instance, PORTAL, due, sensor.log)
    assert len(due) == len(DAYS) * len(METRICS)
    return {(cell.table, cell.day) for cell in due} - {(cell.table, cell.day) for cell in idle}


def add_run(
    instance: dg.DagsterInstance,
    tags: Mapping[str, str],
    selection: Sequence[dg.AssetKey] | None = None,
    run_config: Mapping[str, Any] | None = None,
    job: str = "refresh_everything",
) -> str:
    """An unfinished run as the instance holds it, planned with nothing."""
    run = dg.DagsterRun(
        job_name=job,
        run_id=str(uuid4()),
        status=STARTED,
        tags=tags,
        run_config=run_config or {},
        asset_selection=frozenset(selection) if selection else None,
    )
    instance.add_run(run)
    return run.run_id


def to_cells(keys: Sequence[dg.AssetKey], days: Sequence[date]) -> set[tuple[str, date]]:
    return {(key.path[-1], day) for key in keys for day in days}


def test_a_run_of_ours_counts_with_the_assets_that_it_selects(instance: dg.DagsterInstance) -> None:
    add_run(instance, RANGE, [BLOG_POST, *SNAPSHOTS])
    assert list_in_progress(instance) == to_cells([BLOG_POST], DAYS[:2])
    assert is_in_progress(instance, SNAPSHOTS[1])


@pytest.mark.parametrize("name", ["refresh_everything", "refresh_asset_metrics"])
def test_a_run_of_a_whole_job_of_ours_selects_nothing_and_counts_with_all_its_assets(
    instance: dg.DagsterInstance, name: str
) -> None:
    job = build_definitions(Settings()).resolve_job_def(name)
    run = instance.create_run_for_job(job, tags={"dagster/partition": str(DAYS[0])}, status=STARTED)
    assert run.asset_selection is None
    assert list_in_progress(instance) == to_cells(METRICS, DAYS[:1])
    assert is_in_progress(instance, SNAPSHOTS[1]) == (name == "refresh_everything")


@cache
def build_foreign_job(name: str) -> dg.JobDefinition:
    """A job of another code location, whose assets have other keys, or that has none."""
    regions = dg.StaticPartitionsDefinition(["eu-west", "2026-03-08"])

    @dg.asset(partitions_def=regions)
    def sales() -> None:
        pass

    job = dg.define_asset_job(name, dg.AssetSelection.all())
    return dg.Definitions(assets=[sales], jobs=[job]).resolve_job_def(name)


@dg.job(name="refresh_asset_metrics")
def without_assets() -> None:
    """Somebody's job, by a name of ours."""


@pytest.mark.parametrize("partition", ["eu-west", "2026-03-08"])
@pytest.mark.parametrize("name", ["sales", "refresh_everything", "refresh_asset_metrics"])
def test_a_run_of_somebody_elses_job_counts_for_nothing_whatever_its_name_and_tags(
    instance: dg.DagsterInstance, name: str, partition: str
) -> None:
    tags = {"dagster/partition": partition}
    foreign = build_foreign_job(name)
    with collected_warnings() as warnings:
        for job, selection in ((foreign, None), (foreign, [dg.AssetKey("sales")]), (without_assets, None)):
            run = instance.create_run_for_job(job, tags=tags, status=STARTED)
            assert run.asset_selection is None
            if selection:
                add_run(instance, tags, selection, job=name)
        assert list_in_progress(instance) == set()
        assert not is_in_progress(instance, SNAPSHOTS[1])
    assert warnings == []


@pytest.mark.parametrize(
    "tags",
    [
        {"dagster/partition": "eu-west"},
        {"dagster/partition": "2026-03-08|eu"},
        {"dagster/partition": "2026-02-30"},
        {"dagster/asset_partition_range_start": "2026-03-09", "dagster/asset_partition_range_end": "2026-03-07"},
        {"dagster/asset_partition_range_start": "a", "dagster/asset_partition_range_end": "b"},
    ],
)
def test_a_run_of_our_assets_on_no_days_is_named_once_and_passed_over(
    instance: dg.DagsterInstance, tags: Mapping[str, str]
) -> None:
    run_id = add_run(instance, tags, METRICS)
    add_run(instance, RANGE, [BLOG_POST])
    with collected_warnings() as warnings:
        assert list_in_progress(instance) == to_cells([BLOG_POST], DAYS[:2])
    assert [run_id in warning for warning in warnings] == [True]


def test_a_range_of_all_days_that_there_ever_were_costs_no_memory(instance: dg.DagsterInstance) -> None:
    add_run(instance, DayRange(date.min, date.max).to_tags(), METRICS)
    assert list_in_progress(instance) == to_cells(METRICS, DAYS)


def name_campaigns(value: Any) -> dict[str, Any]:
    return {"ops": {"asset_metrics": {"config": {"campaign_ids": value}}}}


@pytest.mark.parametrize(
    ("config", "counts", "is_named"),
    [
        ({}, True, False),
        ({"ops": None}, True, False),
        ({"ops": {"somebody_elses": {}}}, True, False),
        ({"ops": {"asset_metrics": None}}, True, False),
        (name_campaigns([]), True, False),
        (name_campaigns(["1"]), False, False),
        (name_campaigns([None, 7, {}]), False, False),
        (name_campaigns("1"), False, True),
        (name_campaigns({"env": "IDS"}), False, True),
        (name_campaigns(0), False, True),
        ({"ops": []}, False, True),
        ({"ops": "all"}, False, True),
        ({"ops": {"asset_metrics": ["config"]}}, False, True),
        ({"ops": {"asset_metrics": {"config": 1.5}}}, False, True),
    ],
)
def test_a_run_counts_where_its_config_lets_it_read_all_campaigns(
    instance: dg.DagsterInstance, config: Mapping[str, Any], counts: bool, is_named: bool
) -> None:
    add_run(instance, RANGE, [BLOG_POST], config)
    with collected_warnings() as warnings:
        assert list_in_progress(instance) == (to_cells([BLOG_POST], DAYS[:2]) if counts else set())
    assert len(warnings) == is_named


KEYS = st.sampled_from(["ops", "asset_metrics", "config", "campaign_ids"]) | st.text()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
TAGS = st.dictionaries(
    st.sampled_from(["dagster/partition", "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"]),
    st.text() | st.dates().map(str),
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(config=st.dictionaries(KEYS, JSON, max_size=3), tags=TAGS, is_selected=st.booleans())
def test_whatever_somebody_gives_a_run_no_tick_fails(
    instance: dg.DagsterInstance, config: dict[str, Any], tags: dict[str, str], is_selected: bool
) -> None:
    add_run(instance, tags, METRICS if is_selected else None, config)
    assert list_in_progress(instance) <= to_cells(METRICS, DAYS)


def add_backfill(
    instance: dg.DagsterInstance, subsets: Mapping[dg.AssetKey, Any], without_days: Sequence[dg.AssetKey] = ()
) -> None:
    subset = AssetGraphSubset(subsets, set(without_days))  # type: ignore[call-arg]
    instance.add_backfill(
        PartitionBackfill.from_asset_graph_subset(
            backfill_id=f"backfill_{len(instance.get_backfills())}",
            dynamic_partitions_store=instance,
            backfill_timestamp=NOW.timestamp(),
            asset_graph_subset=subset,
            tags={},
            title=None,
            description=None,
            run_config=None,
        )
    )


def to_subset(*days: date) -> Any:
    return build_partitions(CALENDAR).subset_with_partition_keys([day.isoformat() for day in days])


def test_a_backfill_counts_with_our_assets_and_its_days(instance: dg.DagsterInstance) -> None:
    days = to_subset(DAYS[0], DAYS[2])
    add_backfill(instance, {BLOG_POST: days, dg.AssetKey("deleted"): days}, SNAPSHOTS[:1])
    assert list_in_progress(instance) == to_cells([BLOG_POST], [DAYS[0], DAYS[2]])


@pytest.mark.parametrize(
    ("subsets", "without_days", "warned"),
    [
        ({BLOG_POST: DefaultPartitionsSubset({"eu-west", "2026-03-07|eu"})}, [], 1),
        ({dg.AssetKey("sales"): DefaultPartitionsSubset({"eu-west"})}, [], 0),
        ({}, [BLOG_POST], 0),
        ({}, [dg.AssetKey("deleted")], 0),
    ],
    ids=["partitions that are no days", "somebody else's", "ours, without partitions", "deleted"],
)
def test_a_backfill_of_something_else_is_passed_over(
    instance: dg.DagsterInstance,
    subsets: Mapping[dg.AssetKey, Any],
    without_days: Sequence[dg.AssetKey],
    warned: int,
) -> None:
    add_backfill(instance, subsets, without_days)
    add_backfill(instance, {BLOG_POST: to_subset(DAYS[1])})
    with collected_warnings() as warnings:
        assert list_in_progress(instance) == to_cells([BLOG_POST], DAYS[1:2])
    assert len(warnings) == warned


def test_a_backfill_whose_partitions_cannot_be_read_is_named_and_passed_over(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_backfill(instance, {BLOG_POST: DefaultPartitionsSubset({"2026-03-07"})})
    add_run(instance, RANGE, [BLOG_POST])

    def fail(_: object) -> Any:
        raise KeyError("the partitions of an earlier version")

    monkeypatch.setattr(DefaultPartitionsSubset, "get_partition_keys", fail)
    with collected_warnings() as warnings:
        assert list_in_progress(instance) == to_cells([BLOG_POST], DAYS[:2])
    assert len(warnings) == 1 and "backfill_0" in warnings[0]
