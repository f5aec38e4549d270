"""What stands downstream is made for every day whose inputs are new, and for no other."""

from datetime import date, timedelta
from typing import Any

import dagster as dg

from campaign_assets.defs.automation.downstream import build_after_every_run, on_every_day
from campaign_assets.defs.partitions import build_partitions
from campaign_assets.tables import CAMPAIGNS, METRICS_TABLES
from campaign_assets_tests.workplace import DAYS, NOW, SNAPSHOTS, Workplace

BLOG_POST = dg.AssetKey(METRICS_TABLES["BLOG_POST"].path)
CAMPAIGNS_KEY = dg.AssetKey(CAMPAIGNS.path)
MART = dg.AssetKey(["marts", "views_by_day"])


def add_mart(workplace: Workplace) -> None:
    """A user's daily asset below a metrics table and the campaigns."""

    @dg.asset(
        key=MART,
        partitions_def=build_partitions(workplace.settings.build_calendar()),
        backfill_policy=dg.BackfillPolicy.single_run(),
        deps=[BLOG_POST, CAMPAIGNS_KEY],
        automation_condition=on_every_day(CAMPAIGNS_KEY),
    )
    def views_by_day() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult()

    workplace.extra_assets = [views_by_day]


class Ticks:
    """Evaluations of the conditions one after the other, as the sensor makes them."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._cursor: Any = None
        self._now = NOW

    def evaluate(self) -> list[str]:
        """The days of the mart that are requested."""
        self._now += timedelta(seconds=30)
        result = dg.evaluate_automation_conditions(
            defs=self._workplace.definitions,
            instance=self._workplace.instance,
            asset_selection=dg.AssetSelection.assets(MART),
            cursor=self._cursor,
            evaluation_time=self._now,
        )
        self._cursor = result.cursor
        return sorted(str(day) for day in result.get_requested_partitions(MART))


def to_names(days: list[date]) -> list[str]:
    return [day.isoformat() for day in days]


def test_each_day_of_a_range_is_requested_once_and_a_refresh_of_the_campaigns_requests_nothing(
    workplace: Workplace,
) -> None:
    add_mart(workplace)
    ticks = Ticks(workplace)
    assert ticks.evaluate() == []
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS).success
    assert ticks.evaluate() == to_names(DAYS)
    assert workplace.run([MART], DAYS).success
    assert ticks.evaluate() == []
    assert workplace.run(SNAPSHOTS).success
    assert ticks.evaluate() == []
    assert workplace.run([BLOG_POST], DAYS[1:2]).success
    assert ticks.evaluate() == to_names(DAYS[1:2])


def test_downstream_waits_until_the_checks_that_block_have_passed(workplace: Workplace) -> None:
    add_mart(workplace)
    portal = workplace.server.portal
    campaign_id = portal.truth.campaigns()[0]["id"]
    portal.library.add("BLOG_POST", "4711", "odd", date.min.toordinal(), fixed={"VIEWS": -5})
    portal.add_association(campaign_id, "BLOG_POST", "4711")
    ticks = Ticks(workplace)
    assert ticks.evaluate() == []
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS).success
    assert ticks.evaluate() == []
    portal.remove_association(campaign_id, "BLOG_POST", "4711")
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS).success
    assert ticks.evaluate() == to_names(DAYS)


def test_the_sensor_of_the_conditions_runs_by_default_and_covers_everything(workplace: Workplace) -> None:
    add_mart(workplace)
    repository = workplace.definitions.get_repository_def()
    sensor = repository.get_sensor_def("automation")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert isinstance(sensor, dg.AutomationConditionSensorDefinition)
    assert MART in sensor.asset_selection.resolve(repository.asset_graph)


def test_what_has_no_days_is_requested_after_each_run_of_its_inputs_that_ended_well(workplace: Workplace) -> None:
    @dg.asset(key=["marts", "best_posts"], deps=[BLOG_POST])
    def best_posts() -> None:
        pass

    workplace.extra_assets = [best_posts]
    sensor = build_after_every_run("best_posts_follow", [best_posts.key], [BLOG_POST])
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING

    def look(result: dg.ExecuteInProcessResult) -> Any:
        run = workplace.instance.get_run_by_id(result.run_id)
        event = next(e for e in result.all_events if e.event_type_value == "PIPELINE_SUCCESS")
        assert run
        context = dg.build_run_status_sensor_context("best_posts_follow", event, workplace.instance, run)
        return sensor(context)

    assert isinstance(look(workplace.run(SNAPSHOTS)), dg.SkipReason)
    made = workplace.run([BLOG_POST], DAYS)
    request = look(made)
    assert isinstance(request, dg.RunRequest) and request.run_key == made.run_id
    portal = workplace.server.portal
    portal.library.add("BLOG_POST", "4711", "odd", date.min.toordinal(), fixed={"VIEWS": -5})
    portal.add_association(portal.truth.campaigns()[0]["id"], "BLOG_POST", "4711")
    refused = look(workplace.run([*SNAPSHOTS, BLOG_POST], DAYS))
    assert isinstance(refused, dg.SkipReason) and "blog_post:counts_not_negative" in (refused.skip_message or "")
