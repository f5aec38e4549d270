"""The marts in Dagster: made for each day that is new, of whatever there is."""

import sys
from datetime import date, timedelta
from typing import Any

import dagster as dg
import pyarrow.compute as pc
import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.defs.building import build_definitions
from campaign_assets.defs.keys import (
    ASSET_PERFORMANCE_KEY,
    CAMPAIGN_PERFORMANCE_KEY,
    CAMPAIGN_SUMMARY_KEY,
    DATABASE_KEY,
    METRICS_KEYS,
    REPORT_KEY,
)
from campaign_assets.marts.schemas import ASSET_PERFORMANCE_DAILY, CAMPAIGN_PERFORMANCE_DAILY, CAMPAIGN_SUMMARY
from campaign_assets.marts.schemas import MARTS as MARTS_OF_ALL
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGNS, MonthFiles
from campaign_assets_tests.conftest import MakeFilled
from campaign_assets_tests.workplace import DAYS, METRICS, NOW, SNAPSHOTS, Workplace

MARTS = [ASSET_PERFORMANCE_KEY, CAMPAIGN_PERFORMANCE_KEY]
BLOG_POST, FORM = METRICS_KEYS["BLOG_POST"], METRICS_KEYS["FORM"]


class Ticks:
    """Evaluations of the conditions one after the other, as the sensor makes them."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._cursor: Any = None
        self._now = NOW

    def evaluate(self) -> dict[str, list[str]]:
        """The days that are requested, by mart."""
        self._now += timedelta(seconds=30)
        result = dg.evaluate_automation_conditions(
            defs=self._workplace.definitions,
            instance=self._workplace.instance,
            asset_selection=dg.AssetSelection.assets(*MARTS),
            cursor=self._cursor,
            evaluation_time=self._now,
        )
        self._cursor = result.cursor
        found = {key.path[-1]: sorted(map(str, result.get_requested_partitions(key))) for key in MARTS}
        return {name: days for name, days in found.items() if days}


def both(*days: date) -> dict[str, list[str]]:
    return {key.path[-1]: [day.isoformat() for day in days] for key in MARTS}


def test_each_new_day_is_requested_whatever_types_there_are(workplace: Workplace) -> None:
    ticks = Ticks(workplace)
    assert ticks.evaluate() == {}
    assert workplace.run([*SNAPSHOTS, BLOG_POST, FORM], DAYS[:2]).success
    assert ticks.evaluate() == both(*DAYS[:2])
    assert workplace.run(MARTS, DAYS[:2]).success
    assert ticks.evaluate() == {}
    assert workplace.run(SNAPSHOTS).success
    assert ticks.evaluate() == {}
    assert workplace.run([BLOG_POST], DAYS[1:2]).success
    assert ticks.evaluate() == both(DAYS[1])


def test_an_error_of_a_check_that_blocks_holds_a_day_back(workplace: Workplace) -> None:
    portal = workplace.server.portal
    campaign_id = portal.truth.campaigns()[0]["id"]
    portal.library.add("BLOG_POST", "4711", "odd", date.min.toordinal(), fixed={"VIEWS": -5})
    portal.add_association(campaign_id, "BLOG_POST", "4711")
    ticks = Ticks(workplace)
    assert ticks.evaluate() == {}
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS[:1]).success
    assert ticks.evaluate() == {}
    portal.remove_association(campaign_id, "BLOG_POST", "4711")
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS[:1]).success
    assert ticks.evaluate() == both(DAYS[0])


def test_days_lie_in_files_of_a_month_and_show_where_their_columns_come_from(make_filled: MakeFilled) -> None:
    workplace = make_filled(DAYS)
    days = [date(2026, 2, 28), date(2026, 3, 1)]
    result = workplace.run(MARTS, days)
    assert result.success
    for mart in (ASSET_PERFORMANCE_DAILY, CAMPAIGN_PERFORMANCE_DAILY):
        files = MonthFiles(workplace.store, mart.table)
        assert files.list_months() == [date(2026, 2, 1), date(2026, 3, 1)]
        assert set(files.read(date(2026, 3, 1))["metric_date"].to_pylist()) == set(DAYS)
        events = result.asset_materializations_for_node(mart.query)
        assert [event.partition for event in events] == [str(day) for day in days]


def test_each_mart_shows_which_columns_of_its_inputs_its_columns_come_from(make_filled: MakeFilled) -> None:
    workplace = make_filled(DAYS)
    result = workplace.run([*MARTS, CAMPAIGN_SUMMARY_KEY], DAYS)
    assert result.success
    graph = workplace.definitions.resolve_asset_graph()
    for mart in MARTS_OF_ALL:
        (event, *_) = result.asset_materializations_for_node(mart.query)
        lineage = event.metadata["dagster/column_lineage"].value
        assert isinstance(lineage, dg.TableColumnLineage)
        for column, sources in lineage.deps_by_column.items():
            assert column in mart.table.columns.names and sources
            assert {source.asset_key for source in sources} <= graph.get(dg.AssetKey(mart.table.path)).parent_keys


def test_the_summary_follows_each_run_that_changed_what_it_is_made_of(make_filled: MakeFilled) -> None:
    workplace = make_filled(DAYS)
    sensor = workplace.definitions.get_repository_def().get_sensor_def("answers")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING

    def tick(result: dg.ExecuteInProcessResult) -> Any:
        run = workplace.instance.get_run_by_id(result.run_id)
        event = next(e for e in result.all_events if e.event_type_value == "PIPELINE_SUCCESS")
        assert run
        return sensor(dg.build_run_status_sensor_context("answers", event, workplace.instance, run))

    assert isinstance(tick(workplace.run([BLOG_POST], DAYS[:1])), dg.SkipReason)
    assert isinstance(tick(workplace.run(MARTS, DAYS[:1])), dg.RunRequest)
    assert isinstance(tick(workplace.run(SNAPSHOTS)), dg.RunRequest)
    job = workplace.definitions.resolve_job_def("answers_job")
    assert job.execute_in_process(instance=workplace.instance).success
    rows = workplace.store.read(CAMPAIGN_SUMMARY.table.path)
    assert rows.num_rows == workplace.store.read(CAMPAIGNS.path).num_rows


def test_the_answers_follow_a_run_too_that_failed_and_has_changed_something(make_filled: MakeFilled) -> None:
    workplace = make_filled(DAYS)
    workplace.server.portal.faults.add("batch_read", 400, times=None, where=lambda r: "startDate" in r.query)
    failed = workplace.run([*SNAPSHOTS, BLOG_POST, *MARTS, CAMPAIGN_SUMMARY_KEY], DAYS[:1])
    assert not failed.success and not failed.asset_materializations_for_node("campaign_summary")
    sensor = workplace.definitions.get_repository_def().get_sensor_def("answers_nonetheless")
    run = workplace.instance.get_run_by_id(failed.run_id)
    event = next(e for e in failed.all_events if e.event_type_value == "PIPELINE_FAILURE")
    assert run
    context = dg.build_run_status_sensor_context(sensor.name, event, workplace.instance, run)
    assert isinstance(sensor(context), dg.RunRequest)


def test_everything_for_a_range_is_one_run(workplace: Workplace) -> None:
    result = workplace.run([*SNAPSHOTS, *METRICS, *MARTS], DAYS)
    assert result.success
    rows = MonthFiles(workplace.store, CAMPAIGN_PERFORMANCE_DAILY.table).read(date(2026, 3, 1))
    assert set(rows["metric_date"].to_pylist()) == set(DAYS)


def test_the_reports_page_shows_its_main_chart_and_plots_its_figures(make_filled: MakeFilled) -> None:
    workplace = make_filled(DAYS)
    result = workplace.run([*MARTS, CAMPAIGN_SUMMARY_KEY, DATABASE_KEY, REPORT_KEY], DAYS)
    assert result.success
    (event, *_) = result.asset_materializations_for_node("reports__campaign_report")
    assert (workplace.store.root / "reports/campaign_report.html").read_text().startswith("<!doctype html>")
    assert str(event.metadata["views_by_day"].value).startswith("![Views by day](data:image/svg+xml;base64,")
    rows = workplace.store.read(CAMPAIGN_SUMMARY.table.path)
    assert event.metadata["views_last_28_days"].value == pc.sum(rows["views"]).as_py()
    assert (workplace.store.root / "campaigns.duckdb").is_file()


def test_without_the_extra_there_is_no_report_and_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    assert build_definitions(Settings()).resolve_asset_graph().has(REPORT_KEY)
    monkeypatch.setitem(sys.modules, "altair", None)
    definitions = build_definitions(Settings())
    assert not definitions.resolve_asset_graph().has(REPORT_KEY)
    assert definitions.get_repository_def().has_sensor_def("answers")


@pytest.mark.parametrize("key", MARTS)
def test_a_mart_depends_on_its_inputs(workplace: Workplace, key: dg.AssetKey) -> None:
    parents = workplace.definitions.resolve_asset_graph().get(key).parent_keys
    assert parents == (set(METRICS) if key == ASSET_PERFORMANCE_KEY else {ASSET_PERFORMANCE_KEY})
    assert len(METRICS) == len(METRIC_ASSET_TYPES)
