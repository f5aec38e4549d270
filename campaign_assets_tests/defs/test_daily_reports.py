"""The campaign reports by day as Dagster runs them: each day is green when it is in place, and for itself."""

import dagster as dg
import pytest

from campaign_assets.defs.instance.resume import to_continuation_tags
from campaign_assets.tables import CAMPAIGN_ATTRIBUTION_DAILY, CAMPAIGN_REVENUE_DAILY
from campaign_assets_tests.conftest import MakeBegun
from campaign_assets_tests.defs.check_results import get_results, list_failed
from campaign_assets_tests.workplace import DAYS, SNAPSHOTS, Workplace

ATTRIBUTION = dg.AssetKey(CAMPAIGN_ATTRIBUTION_DAILY.path)
REVENUE = dg.AssetKey(CAMPAIGN_REVENUE_DAILY.path)
ON = {"CAMPAIGN_ASSETS_DAILY_REPORTS": "attribution,revenue", "CAMPAIGN_ASSETS_START_DATE": "2026-03-01"}


@pytest.fixture
def begun(make_begun: MakeBegun) -> Workplace:
    """A workplace with both reports by day on, in which the campaigns were read."""

    def begin(workplace: Workplace) -> None:
        assert workplace.run(SNAPSHOTS).success

    return make_begun(begin, "campaigns", settings=ON)


def list_green(workplace: Workplace, key: dg.AssetKey) -> list[str]:
    return sorted(workplace.instance.get_materialized_partitions(key))


def test_a_range_turns_each_day_green_and_gives_each_check_once(begun: Workplace) -> None:
    result = begun.run([ATTRIBUTION, REVENUE], DAYS)
    assert result.success
    for key in (ATTRIBUTION, REVENUE):
        assert list_green(begun, key) == [str(day) for day in DAYS]
    results = get_results(result)
    assert not list_failed(results)
    assert results["campaign_revenue_daily", "one_currency"].metadata["days"].value == 3
    events = {(e.asset_key, e.partition): e for e in result.get_asset_materialization_events()}
    metadata = events[REVENUE, str(DAYS[2])].materialization.metadata
    assert metadata["planned_requests"].value == metadata["hubspot_requests_sent"].value
    assert "preview" in metadata


def test_one_day_is_a_result_and_green(begun: Workplace) -> None:
    assert begun.run([ATTRIBUTION], DAYS[:1]).success
    assert list_green(begun, ATTRIBUTION) == [str(DAYS[0])]


def test_a_day_of_which_a_campaign_fails_is_not_green_and_is_what_a_re_execution_reads(begun: Workplace) -> None:
    portal, stats = begun.server.portal, begun.server.stats
    bad = next(c.id for c in portal.store if "hs_start_date" not in c.properties)
    portal.faults.add(
        "report_metrics", 400, times=None, where=lambda r: bad in r.path and r.query.get("startDate") == str(DAYS[1])
    )
    result = begun.run([ATTRIBUTION], DAYS)
    assert not result.success
    failure = begun.get_failure(result)
    assert failure.startswith("1 of 3 days failed; the others are in place.") and f"campaign {bad}" in failure
    assert list_green(begun, ATTRIBUTION) == [str(DAYS[0]), str(DAYS[2])]
    assert list_failed(get_results(result)) == [("campaign_attribution_daily", "campaigns_answered")]

    portal.faults.clear()
    stats.reset()
    run = begun.instance.get_run_by_id(result.run_id)
    assert run and begun.run([ATTRIBUTION], DAYS, to_continuation_tags(run)).success
    asked = begun.store.read_table(CAMPAIGN_ATTRIBUTION_DAILY, day=DAYS[1]).num_rows
    assert stats.by_endpoint["report_metrics"] == asked
    assert list_green(begun, ATTRIBUTION) == [str(day) for day in DAYS]


def test_days_that_are_not_over_are_refused(begun: Workplace) -> None:
    tags = {"dagster/asset_partition_range_start": "2026-03-09", "dagster/asset_partition_range_end": "2026-03-10"}
    result = begun.run([ATTRIBUTION], tags=tags)
    assert "2026-03-10 is not over yet" in begun.get_failure(result)
