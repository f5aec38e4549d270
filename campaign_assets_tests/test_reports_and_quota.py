"""Campaign reports take what the metrics leave of a day's requests, and a month of them goes on where it stopped."""

from datetime import timedelta

import dagster as dg
import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.defs.instance.resume import to_continuation_tags
from campaign_assets.defs.keys import DAILY_REPORTS_KEYS
from campaign_assets.extract.plan import plan_day
from campaign_assets.hubspot.limits.daily_quota import AGREEING
from campaign_assets.load.requests_left import count_metrics_of_a_night
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGN_ATTRIBUTION, CAMPAIGN_ATTRIBUTION_DAILY
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.workplace import NOW, SNAPSHOTS, Workplace

ATTRIBUTION = dg.AssetKey(CAMPAIGN_ATTRIBUTION.path)
MONTH = [(NOW - timedelta(days=back)).date() for back in range(31, 0, -1)]
IN_FLIGHT = 2


@pytest.fixture
def workplace(make_workplace: MakeWorkplace) -> Workplace:
    """A workplace with both reports by day on, whose campaigns were read, at an account with a daily limit."""
    workplace = make_workplace(
        {
            "CAMPAIGN_ASSETS_DAILY_REPORTS": "attribution,revenue",
            "HUBSPOT_MAX_IN_FLIGHT": str(IN_FLIGHT),
            "HUBSPOT_RATE_LIMIT": "10000",
        },
        campaigns=6,
        daily_limit=100_000,
    )
    assert workplace.run(SNAPSHOTS).success
    return workplace


def count_reserved(workplace: Workplace, limit: int) -> float:
    """The requests that a report may not touch: the reserve, and the metrics of a night."""
    plan = plan_day(workplace.store.read_table(CAMPAIGN_ASSETS), METRIC_ASSET_TYPES)
    return 0.05 * limit + len(workplace.settings.settle_days) * plan.requests


def test_a_month_of_both_goes_on_where_the_days_requests_ran_short_and_never_touches_what_is_reserved(
    workplace: Workplace,
) -> None:
    portal, stats = workplace.server.portal, workplace.server.stats
    portal.limits.daily_limit = limit = 150
    stats.reset()
    result, done, runs = workplace.run(DAILY_REPORTS_KEYS, MONTH), 0, 1
    while not result.success:
        left = limit - portal.limits.used_today()
        # Some were on their way, and a run begins to count with its first responses.
        assert left >= count_reserved(workplace, limit) - IN_FLIGHT - AGREEING
        failure = workplace.get_failure(result)
        assert "that are left to what matters more" in failure and "re-execute from failure" in failure
        now_done = sum(len(workplace.instance.get_materialized_partitions(key)) for key in DAILY_REPORTS_KEYS)
        assert now_done > done
        done, runs = now_done, runs + 1
        portal.clock.advance(timedelta(days=1))
        run = workplace.instance.get_run_by_id(result.run_id)
        assert run
        result = workplace.run(DAILY_REPORTS_KEYS, MONTH, to_continuation_tags(run))
    assert runs > 1 and stats.rate_limited == 0
    for key in DAILY_REPORTS_KEYS:
        assert workplace.instance.get_materialized_partitions(key) == {str(day) for day in MONTH}
    rows = sum(workplace.store.read_table(CAMPAIGN_ATTRIBUTION_DAILY, day=day).num_rows for day in MONTH)
    # No day that is in place is read again; of the days at which a run stops, what came is lost.
    assert rows <= stats.by_endpoint["report_metrics"] <= rows + runs * 3 * 6


def test_a_report_as_of_the_last_run_writes_what_it_has_and_says_that_the_rest_comes_first(
    workplace: Workplace,
) -> None:
    limits = workplace.server.portal.limits
    leave = count_reserved(workplace, 0)
    limits.daily_limit = round((limits.used_today() + leave + 6) / 0.95)
    result = workplace.run([ATTRIBUTION])
    assert not result.success
    assert 0 < workplace.store.read_table(CAMPAIGN_ATTRIBUTION).num_rows < 12
    assert "of 6 campaigns are in place; those that were not asked about come first" in workplace.get_failure(result)


def test_requests_are_left_to_the_types_that_are_read_alone(workplace: Workplace) -> None:
    calendar, kinds = workplace.settings.build_calendar(lambda: NOW), (METRIC_ASSET_TYPES[:1], METRIC_ASSET_TYPES)
    one, all_types = (count_metrics_of_a_night(workplace.store, calendar, types) for types in kinds)
    assert 0 < one < all_types
