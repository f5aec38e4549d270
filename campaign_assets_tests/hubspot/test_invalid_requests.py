"""What HubSpot would refuse is refused before it is sent, with a sentence that says what is allowed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from campaign_assets.hubspot import CampaignFields, HubSpotClient, InvalidRequest
from campaign_assets.hubspot.wire.request import LONGEST_TARGET, Request
from campaign_assets_tests.hubspot.fake_clock import FakeClock

Call = Callable[[Any], Any]
NOON: Any = datetime(2026, 3, 1, 12, tzinfo=UTC)
MONEY: dict[str, Any] = {"name": "Print", "amount": Decimal("1"), "order": 0}


def fields(**given: Any) -> Call:
    """Creates a campaign of what is given, with a name."""
    return lambda client: client.campaigns.create(CampaignFields(**{"name": "New", **given}))


REFUSED: dict[str, tuple[Call, str]] = {
    "long name": (fields(name="x" * 257), r"hs_name is 257 characters long, but may have 256\."),
    "no name": (fields(name=None), r"A new campaign needs a name\.|nothing to write"),
    "blank name": (fields(name=" "), r"hs_name is empty"),
    "name of half a character": (fields(name="\ud800"), r"hs_name holds half of a character"),
    "name that is no text": (fields(name=5), r"hs_name is 5, but may be text only\."),
    "long utm": (fields(utm="x" * 257), r"hs_utm is 257 characters long, but may have 256\."),
    "unknown status": (
        fields(status="done"),
        r"hs_campaign_status is 'done', but may be one of planned, in_progress, active, paused, completed\.",
    ),
    "end before start": (
        fields(start_date=date(2026, 3, 2), end_date=date(2026, 3, 1)),
        r"hs_end_date 2026-03-01 is before hs_start_date 2026-03-02\.",
    ),
    "time as start": (fields(start_date=NOON), r"start_date is datetime.*, but may be a date such as date\("),
    "text as end": (fields(end_date="2026-03-01"), r"end_date is '2026-03-01', but may be a date"),
    "small currency": (fields(currency_code="eur"), r"hs_currency_code is 'eur', but may be a currency code of ISO"),
    "currency that is none": (fields(currency_code="XYZ"), "is 'XYZ', but may be a currency code of ISO"),
    "currency of four": (fields(currency_code="EURO"), r"ISO 4217 such as EUR\."),
    "read-only property": (fields(properties={"hs_owner": "5"}), r"hs_owner is read-only"),
    "business units with commas": (
        fields(properties={"hs_business_unit_ids": "0,7"}),
        r"hs_business_unit_ids is '0,7', but may be ids of business units with ; between them",
    ),
    "read-only sum": (fields(properties={"hs_budget_items_sum_amount": "5"}), r"is read-only"),
    "property given twice": (fields(properties={"hs_name": "x"}), r"hs_name is given twice"),
    "no property name": (fields(properties={"Region!": "x"}), r"'Region!' is no internal name of a property"),
    "property that is no text": (fields(properties={"region": 5}), r"region is 5, but may be text only\."),
    "date property": (
        fields(properties={"hs_start_date": "1 March"}),
        r"hs_start_date is '1 March', but may be a day such as 2025-03-31\.",
    ),
    "date property of no month": (fields(properties={"hs_start_date": "2026-13-01"}), r"may be a day such as"),
    "week date property": (fields(properties={"hs_start_date": "2026-W10-1"}), r"may be a day such as"),
    "nothing to update": (lambda c: c.campaigns.update("a", CampaignFields()), r"There is nothing to write"),
    "name to reset": (lambda c: c.campaigns.update("a", CampaignFields(name="")), r"hs_name is empty"),
    "no id": (lambda c: c.campaigns.get(""), r"campaign_id is '', which is no id\."),
    "folder as id": (lambda c: c.campaigns.delete(".."), r"campaign_id is '\.\.', which is no id\."),
    "half a character as id": (lambda c: c.campaigns.get("\ud800"), r"which is no text\."),
    "limit of zero": (
        lambda c: c.campaigns.search(limit=0),
        r"limit is 0, but may be a whole number from 1 to",
    ),
    "limit of 101": (lambda c: c.campaigns.search(limit=101), r"limit is 101"),
    "limit of truth": (lambda c: c.campaigns.search(limit=True), r"limit is True"),
    "limit of text": (lambda c: c.assets.get_page("a", "FORM", limit="5"), r"limit is '5'"),
    "limit of contacts": (
        lambda c: c.reports.get_contacts_page("a", "contactFirstTouch", limit=10_001),
        r"limit is 10001",
    ),
    "unknown order": (lambda c: c.campaigns.search(sort="name"), r"sort is 'name', but may be one of hs_name, cre"),
    "empty cursor": (lambda c: c.campaigns.search(after=""), r"after is '', which is no cursor\."),
    "cursor of half a character": (lambda c: c.campaigns.search(after="\ud800"), r"which is no cursor\."),
    "cursor that is no text": (lambda c: c.campaigns.search(after=5), r"after is 5, which is no cursor\."),
    "name to search that is no text": (lambda c: c.campaigns.search(name=5), r"name is 5, but may be text only\."),
    "properties in one text": (lambda c: c.campaigns.search(properties="hs_name"), r"may be a list of texts\."),
    "property with a comma": (lambda c: c.campaigns.search(properties=["a,b"]), r"'a,b', which is no internal name"),
    "property without a name": (lambda c: c.campaigns.get("a", properties=[""]), r"which is no internal name"),
    "one date": (lambda c: c.campaigns.get("a", start_date=date(2026, 3, 1)), r"start_date and end_date go together"),
    "dates turned around": (
        lambda c: c.assets.get_page("a", "FORM", start_date=date(2026, 3, 2), end_date=date(2026, 3, 1)),
        r"start_date 2026-03-02 is after end_date 2026-03-01\.",
    ),
    "dates of a report": (
        lambda c: c.reports.get_metrics("a", start_date=date(2026, 3, 2), end_date=date(2026, 3, 1)),
        r"is after end_date",
    ),
    "time of a batch": (lambda c: c.campaigns.batch_read(["a"], start_date=NOON, end_date=NOON), r"may be a date"),
    "ids in one text": (lambda c: c.campaigns.batch_read("abc"), r"campaign_ids is the text 'abc'"),
    "id that is no text": (lambda c: c.campaigns.batch_archive([5]), r"campaign_ids holds 5, but may hold texts"),
    "two of a name": (
        lambda c: c.campaigns.batch_create([CampaignFields(name="A"), CampaignFields(name="A")]),
        r"Two campaigns are to be named 'A', but names are unique\.",
    ),
    "one bad of many": (
        lambda c: c.campaigns.batch_create([*(CampaignFields(name=f"{i}") for i in range(99)), CampaignFields()]),
        r"There is nothing to write",
    ),
    "one bad change": (lambda c: c.campaigns.batch_update({"a": CampaignFields(utm="x" * 300)}), r"hs_utm is 300"),
    "amount as float": (
        lambda c: c.budget.create("a", **{**MONEY, "amount": 0.1}),
        r"amount is 0\.1, but may be a Decimal or a whole number: no float is exact\.",
    ),
    "amount that is no number": (lambda c: c.spend.create("a", **{**MONEY, "amount": Decimal("NaN")}), r"amount is"),
    "amount without end": (lambda c: c.spend.create("a", **{**MONEY, "amount": Decimal("1e99")}), r"amount is"),
    "amount of truth": (lambda c: c.spend.create("a", **{**MONEY, "amount": True}), r"amount is True"),
    "negative order": (lambda c: c.budget.create("a", **{**MONEY, "order": -1}), r"order is -1, but may be a whole"),
    "item without name": (lambda c: c.budget.update("a", "b", **{**MONEY, "name": ""}), r"name is empty"),
    "description that is no text": (lambda c: c.budget.create("a", **MONEY, description=5), r"description is 5"),
    "totals as item": (lambda c: c.budget.delete("a", "totals"), r"item_id is 'totals', which is no id\."),
    "unknown model": (
        lambda c: c.reports.get_revenue("a", attribution_model="BEST"),
        r"attribution_model is 'BEST', but may be one of LINEAR, FIRST_INTERACTION",
    ),
    "unknown contacts": (
        lambda c: c.reports.get_contacts_page("a", "everybody"),
        r"contact_type is 'everybody', but may be one of contactFirstTouch, contactLastTouch, influencedContacts\.",
    ),
    "too many properties": (
        lambda c: c.campaigns.search(properties=[f"a_rather_long_property_{i}" for i in range(400)]),
        r"would be 1\d,\d+ characters long, but may have 8,000: shorten properties, or ask in several calls",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_and_nothing_is_sent(case: str) -> None:
    call, sentence = REFUSED[case]
    # Nobody listens there: anything sent would fail otherwise.
    client = HubSpotClient("pat-na1-x", base_url="http://127.0.0.1:1", clock=FakeClock())
    with client, pytest.raises(InvalidRequest, match=sentence) as caught:
        call(client)
    assert isinstance(caught.value, ValueError)
    assert len(str(caught.value)) < 400


def test_what_is_just_allowed_is_accepted() -> None:
    longest = CampaignFields(
        name="x" * 256, utm="y" * 256, start_date=date(2026, 3, 1), end_date=date(2026, 3, 1), currency_code="EUR"
    )
    assert longest.to_properties() == {
        "hs_name": "x" * 256,
        "hs_start_date": "2026-03-01",
        "hs_end_date": "2026-03-01",
        "hs_currency_code": "EUR",
        "hs_utm": "y" * 256,
    }


def test_an_empty_text_resets_every_property_but_the_name() -> None:
    reset = CampaignFields(
        start_date="", end_date="", status="", currency_code="", utm="", notes="", audience="", properties={"a": ""}
    )
    assert set(reset.to_properties().values()) == {""}
    assert len(reset.to_properties()) == 8


def test_an_address_may_be_just_as_long_as_servers_read() -> None:
    path = "/" + "x" * (LONGEST_TARGET - 1)
    assert len(Request("any", "GET", path).to_target()) == LONGEST_TARGET
    with pytest.raises(InvalidRequest, match="shorten path"):
        Request("any", "GET", path + "x").to_target()
