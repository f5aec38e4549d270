"""Whatever JSON comes, a parser gives a typed response or an error of the tree, and never anything else."""

import json
import pickle
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign_assets.hubspot import HubSpotError, InvalidResponse
from campaign_assets.hubspot.endpoints.account import to_account_details, to_daily_usage
from campaign_assets.hubspot.errors import ApiError
from campaign_assets.hubspot.json_text import read_json, write_json
from campaign_assets.hubspot.models.assets import to_asset_page
from campaign_assets.hubspot.models.campaigns import (
    to_batch_errors,
    to_campaign,
    to_campaign_page,
    to_created_batch,
    to_read_batch,
)
from campaign_assets.hubspot.models.fields import parse_epoch_timestamp, parse_timestamp, to_amount, to_count
from campaign_assets.hubspot.models.money import to_budget_totals, to_money_item
from campaign_assets.hubspot.models.reports import to_attribution_metrics, to_contact_page, to_revenue_attribution
from campaign_assets.hubspot.wire.error_responses import to_error
from campaign_assets.hubspot.wire.masking import Masker
from campaign_assets.hubspot.wire.request import Request

PARSERS: dict[str, Callable[[Any], Any]] = {
    "campaign": to_campaign,
    "campaign page": to_campaign_page,
    "batch": partial(to_read_batch, ("a", "b")),
    "created batch": partial(to_created_batch, ("a", "b")),
    "batch errors": to_batch_errors,
    "asset page": to_asset_page,
    "money item": to_money_item,
    "budget totals": to_budget_totals,
    "metrics": to_attribution_metrics,
    "revenue": to_revenue_attribution,
    "contact page": to_contact_page,
    "account": to_account_details,
    "usage": to_daily_usage,
}
FIELDS = [
    "id",
    "name",
    "properties",
    "createdAt",
    "updatedAt",
    "businessUnits",
    "assets",
    "results",
    "paging",
    "next",
    "after",
    "total",
    "errors",
    "metrics",
    "VIEWS",
    "amount",
    "order",
    "description",
    "currencyCode",
    "budgetItems",
    "spendItems",
    "budgetTotal",
    "spendTotal",
    "remainingBudget",
    "sessions",
    "newContactsFirstTouch",
    "influencedContacts",
    "contactsNumber",
    "dealAmount",
    "dealsNumber",
    "revenueAmount",
    "portalId",
    "timeZone",
    "usageLimit",
    "currentUsage",
    "collectedAt",
    "resetsAt",
    "message",
    "category",
    "correlationId",
    "policyName",
    "context",
    "requiredGranularScopes",
    "hs_name",
    "hs_start_date",
    "hs_campaign_status",
    "FORM",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**300)
    | st.floats()
    | st.decimals()
    | st.text(max_size=8)
    | st.sampled_from(["1", "0.5", "1e400", "nan", "2026-03-01", "2026-03-01T00:00:00.5Z", "0001-01-01T00:00:00+14:00"])
    | st.sampled_from([Decimal("1e999999"), Decimal("-0"), 1e300, -1, 0])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=4), inner, max_size=8)
    ),
    max_leaves=25,
)


def objects(names: str, inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects of these fields, of which some may be missing."""
    return st.fixed_dictionaries({}, optional={name: inner for name in names.split()})


ASSETS = st.lists(objects("id name metrics", SCALARS | objects("VIEWS CLICKS", SCALARS)), max_size=3)
PAGING = SCALARS | objects("next", SCALARS | objects("after link", SCALARS))
CAMPAIGNS = st.fixed_dictionaries(
    {"id": st.text(min_size=1)},
    optional={
        "properties": st.dictionaries(st.text(max_size=4) | st.sampled_from(FIELDS), SCALARS, max_size=4),
        "createdAt": SCALARS,
        "updatedAt": SCALARS,
        "businessUnits": st.lists(objects("id", SCALARS), max_size=2),
        "assets": st.dictionaries(
            st.sampled_from(["FORM", "CTA"]), st.fixed_dictionaries({"results": ASSETS}, optional={"paging": PAGING})
        ),
    },
)
NEAR = (
    CAMPAIGNS
    | st.fixed_dictionaries(
        {"total": st.integers(0), "results": st.lists(CAMPAIGNS, max_size=3) | ASSETS},
        optional={"paging": PAGING, "errors": ANYTHING},
    )
    | objects("id name amount order description createdAt updatedAt", SCALARS)
    | objects(" ".join(FIELDS), SCALARS)
)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(response=ANYTHING | NEAR)
def test_a_parser_gives_a_response_or_an_error_of_the_tree(name: str, response: Any) -> None:
    try:
        parsed = PARSERS[name](response)
    except HubSpotError:
        return
    if name == "campaign":  # what is computed on demand is as safe
        _ = (parsed.status, parsed.start_date, parsed.end_date, parsed.budget_amount, parsed.spend_amount)
        assert pickle.loads(pickle.dumps(parsed)).id == parsed.id  # noqa: S301 - our own
        "".join(parsed.properties.values()).encode()


@settings(max_examples=150)
@given(
    status=st.integers(300, 600),
    body=st.binary(max_size=40) | ANYTHING.map(lambda v: repr(v).encode()),
    data=st.data(),
)
def test_any_body_of_an_error_is_an_api_error(status: int, body: bytes, data: st.DataObject) -> None:
    envelope = data.draw(objects(" ".join(FIELDS), st.none() | st.text(max_size=5) | st.lists(st.integers())))
    headers = {"Retry-After": data.draw(st.text(max_size=10)), "Date": data.draw(st.text(max_size=10))}
    for text in (body, json.dumps(envelope).encode()):
        error = to_error(Request("any", "GET", "/any"), status, headers, text, Masker([]))
        assert isinstance(error, ApiError)
        assert str(error)


@settings(max_examples=150)
@given(body=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_json_or_a_value_error(body: bytes) -> None:
    for exact in (True, False):
        try:
            read_json(body, exact=exact)
        except ValueError as error:
            assert error.__cause__ is None and error.__context__ is None


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@settings(max_examples=150)
@given(value=JSON_VALUES)
def test_what_is_written_is_read_back_exactly(value: Any) -> None:
    assert read_json(write_json(value).encode(), exact=True) == value


@pytest.mark.parametrize("value", [float("nan"), Decimal("Infinity"), Decimal("NaN")])
def test_a_number_that_is_none_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match="."):
        write_json([value])


def test_half_of_a_character_in_a_text_is_spelled_out() -> None:
    campaign = to_campaign({"id": "a\ud800", "properties": {"b\udfff": "c\ud800"}})
    assert (campaign.id, campaign.properties) == ("a\\ud800", {"b\\udfff": "c\\ud800"})


def test_timestamps_are_in_utc_or_nothing() -> None:
    assert str(parse_timestamp("2026-03-01T01:00:00.123+01:00")) == "2026-03-01 00:00:00.123000+00:00"
    no_times = ("soon", 5, None, "0001-01-01T00:00:00+14:00", "2026-03-01T01:00:00", "2026-03-01")
    assert [parse_timestamp(value) for value in no_times] == [None] * 6
    assert [parse_epoch_timestamp(value) for value in (10**30, "5", True, None, 1.5)] == [None] * 5


def test_a_count_or_an_amount_that_is_none_is_an_invalid_response() -> None:
    no_counts: list[Any] = ["5", -1, 1.5, True, Decimal("1.5"), float("inf"), []]
    for value in no_counts:
        with pytest.raises(InvalidResponse):
            to_count(value, "x")
    no_amounts: list[Any] = ["x", True, 1.5, Decimal("NaN"), Decimal("1e31"), {}]
    for value in no_amounts:
        with pytest.raises(InvalidResponse):
            to_amount(value, "x")
