"""The reports by day are due by the rule of the metrics, come after them, and none waits for another's failure."""

from datetime import timedelta

import dagster as dg
import pytest

from campaign_assets.defs.automation.attempts import FIRST_WAIT
from campaign_assets.defs.checks.standalone import NO_DAY_DUE
from campaign_assets.defs.keys import DAILY_REPORTS_KEYS
from campaign_assets.emulator.options import SCOPE_SETS, TokenGrant
from campaign_assets_tests.conftest import MakeBegun, MakeWorkplace
from campaign_assets_tests.defs.check_results import run_job
from campaign_assets_tests.defs.ticks import list_run_keys, tick
from campaign_assets_tests.workplace import DAYS, METRICS, NOW, SNAPSHOTS, Workplace

SENSOR = "late_reports"
ATTRIBUTION, REVENUE = DAILY_REPORTS_KEYS
SETTINGS = {
    "CAMPAIGN_ASSETS_START_DATE": DAYS[-1].isoformat(),
    "CAMPAIGN_ASSETS_SETTLE_DAYS": "0,1",
    "CAMPAIGN_ASSETS_DAILY_REPORTS": "attribution,revenue",
}


@pytest.fixture
def begun(make_begun: MakeBegun) -> Workplace:
    """A workplace with one day, which nobody has read, and a token without a scope for revenue."""

    def begin(workplace: Workplace) -> None:
        assert workplace.run(SNAPSHOTS).success

    tokens = (TokenGrant(scopes=SCOPE_SETS["without-revenue"]),)
    return make_begun(begin, "reports by day", settings=SETTINGS, campaigns=3, tokens=tokens)


def test_a_day_is_asked_for_each_report_until_it_is_read_and_again_at_its_settling_time(begun: Workplace) -> None:
    first = tick(begun, SENSOR)
    assert [request.asset_selection for request in first.run_requests] == [[ATTRIBUTION], [REVENUE]]
    assert all(request.tags["dagster/priority"] == "-10" for request in first.run_requests)
    assert begun.run([ATTRIBUTION], DAYS[-1:]).success
    assert not begun.run([REVENUE], DAYS[-1:]).success

    begun.now = lambda: NOW + FIRST_WAIT
    second = tick(begun, SENSOR, first.cursor)
    assert [request.asset_selection for request in second.run_requests] == [[REVENUE]]
    assert not set(list_run_keys(first)) & set(list_run_keys(second))
    assert "waiting after a failure" in str(tick(begun, SENSOR, second.cursor).skip_message)

    begun.now = lambda: NOW + timedelta(days=1)
    third = tick(begun, SENSOR, second.cursor)
    days = {
        (str(r.asset_selection[0].path[-1]), r.tags["dagster/asset_partition_range_start"]) for r in third.run_requests
    }
    assert ("campaign_attribution_daily", str(DAYS[-1])) in days


def test_the_schedule_asks_for_them_last(begun: Workplace) -> None:
    repository = begun.definitions.get_repository_def()
    context = dg.build_schedule_context(
        instance=begun.instance, scheduled_execution_time=NOW, repository_def=repository
    )
    requests = repository.get_schedule_def("daily_refresh").evaluate_tick(context).run_requests or []
    selections = [list(request.asset_selection or ()) for request in requests]
    assert selections[:2] == [SNAPSHOTS, METRICS]
    assert selections[-2:] == [[ATTRIBUTION], [REVENUE]]
    priorities = [int(request.tags.get("dagster/priority", 0)) for request in requests]
    assert priorities == sorted(priorities, reverse=True) and priorities[-1] < priorities[1]
    # What needs no associations must not wait for them.
    assert "campaign_assets/associations_since" not in requests[-1].tags


def test_what_is_running_is_not_asked_for(begun: Workplace) -> None:
    run = dg.DagsterRun(
        "refresh_everything",
        status=dg.DagsterRunStatus.STARTED,
        asset_selection=frozenset({ATTRIBUTION}),
        tags={"dagster/partition": str(DAYS[-1])},
    )
    begun.instance.add_run(run)
    assert [request.asset_selection for request in tick(begun, SENSOR).run_requests] == [[REVENUE]]


def test_a_day_that_is_due_too_long_is_an_error_beside_the_table(begun: Workplace) -> None:
    begun.now = lambda: NOW + timedelta(days=3)
    found = run_job(begun, "check_freshness")["campaign_revenue_daily", NO_DAY_DUE]
    assert not found.passed and found.severity is dg.AssetCheckSeverity.ERROR


def test_where_they_are_off_there_is_no_sensor(make_workplace: MakeWorkplace) -> None:
    repository = make_workplace().definitions.get_repository_def()
    assert not repository.has_sensor_def(SENSOR)
