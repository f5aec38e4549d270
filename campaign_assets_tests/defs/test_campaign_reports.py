"""The campaign reports as Dagster runs them."""

import dagster as dg

from campaign_assets.emulator.options import SCOPE_SETS, TokenGrant
from campaign_assets.tables import (
    CAMPAIGN_ATTRIBUTION,
    CAMPAIGN_BUDGET_ITEMS,
    CAMPAIGN_BUDGETS,
    CAMPAIGN_REVENUE,
    CAMPAIGN_SPEND_ITEMS,
    REPORT_TABLES,
)
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.defs.check_results import get_results, list_failed
from campaign_assets_tests.workplace import SNAPSHOTS, Workplace

BUDGETS = [dg.AssetKey(table.path) for table in (CAMPAIGN_BUDGET_ITEMS, CAMPAIGN_SPEND_ITEMS, CAMPAIGN_BUDGETS)]
ATTRIBUTION, REVENUE = dg.AssetKey(CAMPAIGN_ATTRIBUTION.path), dg.AssetKey(CAMPAIGN_REVENUE.path)


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
        "files_readable",
    }
    events = {event.asset_key: event.materialization for event in result.get_asset_materialization_events()}
    metadata = events[BUDGETS[-1]].metadata
    asked = workplace.server.stats.by_endpoint["budget_totals"]
    assert metadata["planned_requests"].value == metadata["hubspot_requests_sent"].value == asked == 12
    assert events.keys() == {*SNAPSHOTS, *BUDGETS}


def test_a_run_of_which_one_campaign_fails_writes_the_others_and_names_it(workplace: Workplace) -> None:
    bad = workplace.server.portal.truth.campaigns()[0]["id"]
    workplace.server.portal.faults.add("budget_totals", 400, times=None, where=lambda request: bad in request.path)
    result = workplace.run([*SNAPSHOTS, *BUDGETS])
    assert not result.success
    assert workplace.get_failure(result).startswith("1 of 12 campaigns failed")
    assert list_failed(get_results(result)) == [("campaign_budgets", "campaigns_answered")]
    assert workplace.store.read_table(CAMPAIGN_BUDGETS).num_rows == 11


def test_without_a_scope_for_revenue_that_asset_alone_fails_and_names_it(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace(tokens=(TokenGrant(scopes=SCOPE_SETS["without-revenue"]),), campaigns=3)
    result = workplace.run([*SNAPSHOTS, *BUDGETS, ATTRIBUTION, REVENUE])
    assert not result.success
    assert [event.step_key for event in result.all_events if event.is_step_failure] == ["campaign_revenue"]
    assert "Grant the app the scope marketing.campaigns.revenue.read or" in workplace.get_failure(result)
    made = {event.asset_key for event in result.get_asset_materialization_events()}
    assert made == {*SNAPSHOTS, *BUDGETS, ATTRIBUTION}
    assert not list_failed(get_results(result))


def test_reports_that_are_off_are_no_assets_and_those_that_are_on_are(make_workplace: MakeWorkplace) -> None:
    everything = make_workplace(
        {
            "CAMPAIGN_ASSETS_DAILY_REPORTS": "attribution,revenue",
            "CAMPAIGN_ASSETS_CONTACT_TYPES": "influencedcontacts",
        }
    )
    keys = everything.definitions.resolve_asset_graph().get_all_asset_keys()
    assert {dg.AssetKey(table.path) for table in REPORT_TABLES} <= keys
    by_default = make_workplace().definitions.resolve_asset_graph().get_all_asset_keys()
    assert {key.path[-1] for key in keys - by_default} == {
        "campaign_contacts",
        "campaign_attribution_daily",
        "campaign_revenue_daily",
    }
