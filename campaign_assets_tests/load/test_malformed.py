"""Whatever one item of a response holds, it costs itself, is told, and what was known of it stays."""

from collections.abc import Callable
from typing import Any

import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.days import Calendar
from campaign_assets.defs.checks.with_run import check_campaign_assets, check_campaigns
from campaign_assets.defs.portal import Portal
from campaign_assets.load.cells import WrittenCell
from campaign_assets_tests.load.conftest import LONG, Desk

Change = Callable[[dict[str, Any]], None]


def list_failed(results: list[Any]) -> dict[str, str]:
    """What the checks that fail say, by their names."""
    return {result.check_name: str(result.description) for result in results if not result.passed}


def first_page(campaign: dict[str, Any]) -> dict[str, Any]:
    page: dict[str, Any] = next(page for page in campaign["assets"].values() if page["results"])
    return page


def nameless_asset(campaign: dict[str, Any]) -> None:
    first_page(campaign)["results"][0]["id"] = None


def no_asset(campaign: dict[str, Any]) -> None:
    first_page(campaign)["results"][0] = "asset"


def nameless_campaign(campaign: dict[str, Any]) -> None:
    campaign["id"] = None


def no_assets(campaign: dict[str, Any]) -> None:
    campaign["assets"] = None


def properties_of_nobody(campaign: dict[str, Any]) -> None:
    campaign["properties"] = None


def new_type(campaign: dict[str, Any]) -> None:
    campaign["assets"]["HOLOGRAM"] = {"count": 3}


def no_page(campaign: dict[str, Any]) -> None:
    campaign["assets"][next(iter(campaign["assets"]))] = {"count": 3}


CHANGES = [nameless_asset, no_asset, nameless_campaign, no_assets, properties_of_nobody, new_type, no_page]


@pytest.mark.parametrize("change", CHANGES)
def test_one_odd_item_of_a_batch_takes_nothing_from_the_tables(desk: Desk, change: Change) -> None:
    before = desk.list_associations()
    rows = {t.name: desk.list_rows(t.name) for t in METRIC_ASSET_TYPES}

    def damage(content: dict[str, Any]) -> None:
        campaign = next(campaign for campaign in content["results"] if len(campaign["assets"]) > 1)
        change(campaign)

    desk.damage("batch_read", damage)
    written = desk.refresh_associations()
    assert desk.list_associations() == before
    outcomes = desk.read()
    assert all(isinstance(outcome, WrittenCell) for outcome in outcomes)
    assert {t.name: desk.list_rows(t.name) for t in METRIC_ASSET_TYPES} == rows
    told = list_failed(check_campaign_assets(Portal(), written))
    if change in (nameless_asset, no_asset):
        assert "1 assets of type" in told["campaigns_answered"]
        assert [o for o in outcomes if isinstance(o, WrittenCell) and "without an id" in str(o.left_out)]
    if change is new_type:
        assert "HOLOGRAM" in told["types_answered"]


@pytest.mark.parametrize("properties", [{}, None, {"hs_name": None}])
@pytest.mark.parametrize("everywhere", [False, True])
def test_campaigns_without_their_names_are_asked_for_again_and_else_stay(
    desk: Desk, properties: Any, everywhere: bool
) -> None:
    before = desk.list_campaigns()

    def empty(content: dict[str, Any]) -> None:
        for campaign in content["results"]:
            campaign["properties"] = properties

    if properties is None:  # of all campaigns it would be no search at all
        desk.damage("search", lambda content: content["results"][0].update(properties=None))
    else:
        desk.damage("search", empty)
    if everywhere:
        desk.damage("batch_read", empty)
        desk.faults.add("get", 400, times=None)
    if properties is None and everywhere:
        return  # nobody answers at all, and the run fails
    written = desk.refresh_campaigns()
    assert desk.list_campaigns() == before
    told = list_failed(check_campaigns(Portal(), written, Calendar()))
    assert ("properties_answered" in told) is everywhere


def test_a_property_that_nobody_has_any_more_is_told(desk: Desk) -> None:
    def leave_out(content: dict[str, Any]) -> None:
        for campaign in content["results"]:
            campaign["properties"].pop("hs_start_date", None)

    for endpoint in ("search", "batch_read"):
        desk.damage(endpoint, leave_out)
    told = list_failed(check_campaigns(Portal(), desk.refresh_campaigns(), Calendar()))
    assert told == {"properties_answered": "1: no campaign has a value of hs_start_date any more"}


@pytest.mark.parametrize("name", ["createdAt", "updatedAt", "businessUnits"])
def test_a_field_that_no_campaign_has_any_more_is_told(desk: Desk, name: str) -> None:
    def leave_out(content: dict[str, Any]) -> None:
        for campaign in content["results"]:
            campaign.pop(name)

    for endpoint in ("search", "batch_read"):
        desk.damage(endpoint, leave_out)
    told = list_failed(check_campaigns(Portal(), desk.refresh_campaigns(), Calendar()))
    assert told == {"properties_answered": f"1: no campaign has a value of {name} any more"}


def test_a_row_of_the_search_without_an_id_is_told_and_its_campaign_found_by_id(desk: Desk) -> None:
    before = desk.list_campaigns()
    desk.damage("search", lambda content: content["results"][0].update(id=None))
    written = desk.refresh_campaigns()
    assert desk.list_campaigns() == before and desk.server.stats.by_endpoint["search"] == 2
    assert list_failed(check_campaigns(Portal(), written, Calendar())) == {}


@pytest.mark.parametrize("longest", [200, 500, 1_000])
@pytest.mark.parametrize("status", [414, 431])
def test_addresses_that_are_too_long_on_the_way_are_shortened(desk: Desk, longest: int, status: int) -> None:
    before = desk.list_campaigns()
    desk.faults.add(status=status, times=None, where=lambda r: len(r.path) + len(r.query_string) > longest)
    desk.refresh_campaigns()
    assert desk.list_campaigns() == before


def test_a_list_with_an_item_that_is_none_keeps_what_is_known(desk: Desk) -> None:
    before, rows = desk.list_associations(), desk.list_rows(LONG)
    desk.damage("list_assets", lambda content: content["results"][0].update(id=None))
    desk.refresh_associations()
    assert all(isinstance(outcome, WrittenCell) for outcome in desk.read())
    assert desk.list_associations() == before and desk.list_rows(LONG) == rows
