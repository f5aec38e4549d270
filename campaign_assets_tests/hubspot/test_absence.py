"""A field that must be there and is not makes the response invalid: missing, null and empty are three things."""

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from campaign_assets.hubspot import InvalidResponse
from campaign_assets.hubspot.endpoints.account import to_account_details, to_daily_usage
from campaign_assets.hubspot.models.assets import to_asset_page
from campaign_assets.hubspot.models.campaigns import (
    to_asked_campaign,
    to_campaign,
    to_campaign_page,
    to_campaign_with_assets,
    to_read_batch,
)
from campaign_assets.hubspot.models.money import to_budget_totals, to_money_item
from campaign_assets.hubspot.models.reports import to_contact_page

ASSET = {"id": "7", "name": "A", "metrics": {"VIEWS": 1}}
CAMPAIGN = {
    "id": "c",
    "properties": {"hs_name": "C"},
    "createdAt": "2026-03-01T00:00:00Z",
    "updatedAt": "2026-03-02T00:00:00Z",
    "businessUnits": [{"id": 0}],
}
WITH_ASSETS = {**CAMPAIGN, "assets": {"FORM": {"results": [ASSET]}}}
ITEM = {"id": "1", "name": "Ads", "amount": 5, "order": 0, "createdAt": 1, "updatedAt": 1}
RESPONSES: dict[str, tuple[Callable[[Any], Any], Any, set[str]]] = {
    "search": (to_campaign_page, {"total": 1, "results": [CAMPAIGN]}, {"total", "results", "id", "properties"}),
    "campaign": (to_campaign, CAMPAIGN, {"id", "properties"}),
    "get": (partial(to_asked_campaign, "c"), WITH_ASSETS, {"id", "properties", "assets", "FORM", "results"}),
    "batch": (
        partial(to_read_batch, ["c"], parse=to_campaign_with_assets),
        {"results": [WITH_ASSETS]},
        {"results", "id", "properties", "assets"},
    ),
    "assets": (to_asset_page, {"results": [ASSET]}, {"results", "id"}),
    "totals": (
        to_budget_totals,
        {"currencyCode": "USD", "budgetItems": [ITEM], "spendItems": []},
        {"budgetItems", "spendItems", "id", "name", "amount"},
    ),
    "item": (to_money_item, ITEM, {"id", "name", "amount"}),
    "contacts": (to_contact_page, {"results": [{"id": "1"}]}, {"results"}),
    "account": (to_account_details, {"portalId": 1, "timeZone": "UTC"}, {"portalId"}),
    "usage": (to_daily_usage, {"results": [{"name": "private apps", "usageLimit": 1}]}, {"results"}),
}


def walk(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object in a response with each of its fields."""
    if isinstance(value, dict):
        yield from ((value, name) for name in list(value))
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(part)


@pytest.mark.parametrize("kind", RESPONSES)
@pytest.mark.parametrize("absent", ["missing", "null"])
def test_what_must_be_there_and_is_not_makes_the_response_invalid(kind: str, absent: str) -> None:
    parse, response, needed = RESPONSES[kind]
    parse(response)
    for number in range(len(list(walk(response)))):
        damaged = copy.deepcopy(response)
        holder, name = list(walk(damaged))[number]
        if name not in needed or holder.keys() == {"id"} or (name == "FORM" and absent == "missing"):
            continue  # business units cost themselves alone, and a type without assets is absent
        if absent == "null":
            holder[name] = None
        else:
            del holder[name]
        with pytest.raises(InvalidResponse):
            parse(damaged)


@pytest.mark.parametrize("units", ["missing", None, "EMEA", [{"id": "brand-a"}], [{"id": 10**25}], [{}], [5]])
def test_business_units_that_cannot_be_read_are_none_and_kept_and_not_empty(units: Any) -> None:
    response = {**CAMPAIGN, "businessUnits": units}
    if units == "missing":
        del response["businessUnits"]
    campaign = to_campaign(response)
    assert campaign.business_unit_ids is None
    assert campaign.extra == ({} if units in ("missing", None) else {"businessUnits": units})
    assert to_campaign({**CAMPAIGN, "businessUnits": []}).business_unit_ids == ()


def test_a_campaign_among_the_assets_makes_the_response_invalid() -> None:
    with pytest.raises(InvalidResponse, match="a campaign where an asset should be"):
        to_asset_page({"results": [CAMPAIGN]})


@pytest.mark.parametrize("spelled", ["abc-DEF", "ABC-DEF", "abc-def"])
def test_what_is_answered_under_an_id_in_any_spelling_belongs_to_it(spelled: str) -> None:
    batch = to_read_batch(["Abc-deF"], {"results": [{**CAMPAIGN, "id": spelled}]})
    assert [campaign.id for campaign in batch.results] == ["abc-def"]
    assert batch.missing == ()


def test_what_nobody_asked_for_makes_the_response_invalid() -> None:
    with pytest.raises(InvalidResponse, match="'c', which was not asked for"):
        to_read_batch(["d"], {"results": [CAMPAIGN]})
    with pytest.raises(InvalidResponse, match="'c', which was not asked for"):
        to_asked_campaign("d", WITH_ASSETS)
