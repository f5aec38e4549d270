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
from campaign_assets.hubspot.models.reports import to_attribution_metrics, to_contact_page

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
    "search": (to_campaign_page, {"total": 1, "results": [CAMPAIGN]}, {"total", "results"}),
    "campaign": (to_campaign, CAMPAIGN, {"id", "properties"}),
    "get": (partial(to_asked_campaign, "c"), WITH_ASSETS, {"properties", "assets"}),
    "batch": (
        partial(to_read_batch, ["c"], parse=to_campaign_with_assets),
        {"results": [WITH_ASSETS]},
        {"properties", "assets"},
    ),
    "assets": (to_asset_page, {"results": [ASSET, ASSET]}, {"results"}),
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
        if name not in needed or holder.keys() == {"id"}:
            continue  # business units cost themselves alone
        if absent == "null":
            holder[name] = None
        else:
            del holder[name]
        with pytest.raises(InvalidResponse):
            parse(damaged)


def test_a_report_in_which_every_count_is_null_says_nothing_and_is_invalid() -> None:
    counts = ("sessions", "newContactsFirstTouch", "newContactsLastTouch", "influencedContacts")
    with pytest.raises(InvalidResponse, match="without any field of a report on a campaign"):
        to_attribution_metrics(dict.fromkeys(counts))
    for name in counts:  # one that says something is a report
        to_attribution_metrics({**dict.fromkeys(counts), name: 0})


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


ODD_ITEMS: list[Any] = [None, 5, "text", [], {}, {"id": None}, {"id": ""}, {"id": {"guid": 1}}, {"id": 1.5}]


@pytest.mark.parametrize("odd", ODD_ITEMS)
def test_an_asset_that_is_none_costs_itself_alone(odd: Any) -> None:
    page = to_asset_page({"results": [ASSET, odd]})
    assert [asset.id for asset in page.results] == ["7"] and page.unreadable == 1
    with pytest.raises(InvalidResponse):
        to_asset_page({"results": [odd, odd]})


@pytest.mark.parametrize("odd", [*ODD_ITEMS, {"id": "D", "properties": None}, {"id": "D"}])
def test_a_campaign_that_cannot_be_read_costs_itself_alone(odd: Any) -> None:
    page = to_campaign_page({"total": 2, "results": [CAMPAIGN, odd]})
    assert [campaign.id for campaign in page.results] == ["c"]
    assert page.unreadable == ("d" if isinstance(odd, dict) and odd.get("id") == "D" else None,)
    batch = to_read_batch(["c", "d"], {"results": [WITH_ASSETS, odd]}, to_campaign_with_assets, whole=False)
    assert [campaign.id for campaign in batch.results] == ["c"] and batch.missing == ("d",)


@pytest.mark.parametrize("odd", [None, 5, "text", [], {"count": 3}, {"results": None}, {"results": [{}, {}]}])
def test_a_type_that_is_no_page_costs_itself_alone(odd: Any) -> None:
    campaign = to_campaign_with_assets({**WITH_ASSETS, "assets": {"FORM": {"results": [ASSET]}, "NEW": odd}})
    assert campaign.assets is not None and list(campaign.assets) == ["FORM"]
    assert campaign.unreadable_types == ("NEW",)


@pytest.mark.parametrize("odd", ["n/a", [1], 5, True])
def test_metrics_that_are_none_are_kept_as_text(odd: Any) -> None:
    (asset,) = to_asset_page({"results": [{**ASSET, "metrics": odd}]}).results
    assert asset.metrics is None and list(asset.unreadable) == ["metrics"]


@pytest.mark.parametrize("properties", [None, [], "missing"])
def test_properties_that_nobody_asked_for_need_not_be_there(properties: Any) -> None:
    response = {**WITH_ASSETS, "properties": properties}
    if properties == "missing":
        del response["properties"]
    assert to_asked_campaign("c", response, has_properties=False).properties == {}


@pytest.mark.parametrize("kind", RESPONSES)
def test_an_error_that_comes_as_a_success_is_none(kind: str) -> None:
    parse, response, _ = RESPONSES[kind]
    if kind == "item":
        return  # an item of a list, never a response of its own
    with pytest.raises(InvalidResponse):
        parse({"status": "error", "message": "No."})
    with pytest.raises(InvalidResponse, match="is an error where"):
        parse({**response, "status": "error", "message": "No."})


@pytest.mark.parametrize(
    ("text", "year", "told"),
    [
        ("2026-03-01T00:00:00Z", 2026, False),
        ("2026-03-01T00:00:00.120Z", 2026, False),
        ("2026-03-01T02:00:00+02:00", 2026, False),
        ("2026-03-01T00:00:00.123456000Z", 2026, False),
        ("2026-03-01T00:00:00.123456789Z", 2026, True),
        ("2026-03-01T00:00:00", None, True),
        ("2026-03-01", None, True),
        ("20260301", None, True),
        ("1772323200000", None, True),
        ("soon", None, True),
    ],
)
@pytest.mark.parametrize("field", ["createdAt", "updatedAt"])
def test_a_time_that_is_not_wholly_one_is_told(field: str, text: str, year: int | None, told: bool) -> None:
    campaign = to_campaign({**CAMPAIGN, field: text})
    timestamp = campaign.created_at if field == "createdAt" else campaign.updated_at
    assert (timestamp.year if timestamp else None) == year
    assert campaign.extra == ({field: text} if told else {})
