"""The campaign reports as Dagster runs them."""

import dagster as dg

from campaign_assets.tables import CAMPAIGN_BUDGET_ITEMS, CAMPAIGN_BUDGETS, CAMPAIGN_SPEND_ITEMS
from campaign_assets_tests.defs.check_results import get_results, list_failed
from campaign_assets_tests.workplace import SNAPSHOTS, Workplace

BUDGETS = [dg.AssetKey(table.path) for table in (CAMPAIGN_BUDGET_ITEMS, CAMPAIGN_SPEND_ITEMS, CAMPAIGN_BUDGETS)]


def test_a_run_shows_its_plan_what_it_took_and_the_checks(workplace: Workplace) -> None:
    result = workplace.run([*SNAPSHOTS, *BUDGETS])
    assert result.success
    results = get_results(result)
    assert not list_failed(results)
    assert {name for table, name in results if table == "campaign_budgets"} == {
        "key_unique",
        "campaigns_known",
        "campaigns_answered",
        "nothing_lost",
        "values_readable",
        "one_currency",
        "totals_equal_items",
        "budgets_equal_campaigns",
    }
    events = {event.asset_key: event.materialization for event in result.get_asset_materialization_events()}
    metadata = events[BUDGETS[-1]].metadata
    asked = workplace.server.stats.by_endpoint["budget_totals"]
    assert metadata["planned_requests"].value == metadata["hubspot_requests"].value == asked == 12
    assert events.keys() == {*SNAPSHOTS, *BUDGETS}


def test_a_run_of_which_one_campaign_fails_writes_the_others_and_names_it(workplace: Workplace) -> None:
    bad = workplace.server.portal.truth.campaigns()[0]["id"]
    workplace.server.portal.faults.add("budget_totals", 400, times=None, where=lambda request: bad in request.path)
    result = workplace.run([*SNAPSHOTS, *BUDGETS])
    assert not result.success
    assert workplace.get_failure(result).startswith("1 of 12 campaigns failed")
    assert list_failed(get_results(result)) == [("campaign_budgets", "campaigns_answered")]
    assert workplace.store.read_table(CAMPAIGN_BUDGETS).num_rows == 11
