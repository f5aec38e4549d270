"""HubSpot's SDK accepts every response that is read from the emulator, and our client reads the same from it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hubspot_sdk import APIResponseValidationError, NotFoundError
from pydantic import BaseModel

from campaign_assets.hubspot import (
    Asset,
    AttributionModel,
    Campaign,
    CampaignSort,
    ContactType,
    MoneyItem,
    NotFound,
)
from campaign_assets.hubspot.models.fields import parse_epoch_timestamp
from campaign_assets_tests.conformance.conftest import Pair

PROPERTIES = ["hs_name", "hs_start_date", "hs_campaign_status", "hs_object_id", "hs_budget_items_sum_amount"]
DAY: dict[str, Any] = {"start_date": "2026-03-01", "end_date": "2026-03-03"}
DATES: dict[str, Any] = {"start_date": date(2026, 3, 1), "end_date": date(2026, 3, 3)}
NOBODY = "00000000-0000-4000-8000-000000000000"


def list_ids(pair: Pair) -> list[str]:
    return [str(campaign["id"]) for campaign in pair.portal.truth.campaigns()]


def same_campaign(theirs: Any, ours: Campaign) -> bool:
    """Whether both read the same of a campaign."""
    return (theirs.id, theirs.properties, theirs.created_at, theirs.updated_at) == (
        ours.id,
        ours.properties,
        ours.created_at,
        ours.updated_at,
    ) and tuple(unit.id for unit in theirs.business_units) == ours.business_unit_ids


def same_assets(theirs: Any, ours: Campaign) -> bool:
    """Whether both read the same assets, types, metrics and cursors of a campaign."""
    read = {
        name: ([to_asset(asset) for asset in page.results], page.paging.next.after if page.paging else None)
        for name, page in theirs.assets.items()
    }
    return read == {name: (list(page.results), page.next_cursor) for name, page in (ours.assets or {}).items()}


def to_asset(theirs: Any) -> Asset:
    return Asset(theirs.id, theirs.name, theirs.metrics)


def to_item(theirs: Any) -> MoneyItem:
    return MoneyItem(
        theirs.id,
        theirs.name,
        Decimal(str(theirs.amount)),
        theirs.order,
        theirs.description,
        parse_epoch_timestamp(theirs.created_at),
        parse_epoch_timestamp(theirs.updated_at),
    )


@pytest.mark.parametrize("sort", CampaignSort)
def test_search(pair: Pair, sort: CampaignSort) -> None:
    # The SDK pages by itself, with the cursors as they come.
    theirs = list(pair.sdk.marketing.campaigns.list(limit=7, sort=sort, properties=PROPERTIES))
    pages = pair.ours.campaigns.list_pages(limit=100, sort=sort, properties=PROPERTIES)
    ours = [campaign for page in pages for campaign in page.results]
    assert len(theirs) == len(ours) == 60
    assert all(map(same_campaign, theirs, ours))


def test_the_sdk_refuses_what_is_not_as_described(pair: Pair) -> None:
    pair.portal.faults.add("get", kind="body", body='{"id": "c", "properties": {}}')
    with pytest.raises(APIResponseValidationError):
        pair.sdk.marketing.campaigns.get(NOBODY)


def test_search_by_name(pair: Pair) -> None:
    part = (pair.ours.campaigns.search(properties=["hs_name"]).results[0].name or "")[:5]
    assert part
    theirs = list(pair.sdk.marketing.campaigns.list(name=part))
    assert [campaign.id for campaign in theirs] == [c.id for c in pair.ours.campaigns.search(name=part).results]


@pytest.mark.parametrize("dates", [{}, DAY])
def test_get(pair: Pair, dates: dict[str, Any]) -> None:
    for campaign_id in list_ids(pair)[:8]:
        theirs: Any = pair.sdk.marketing.campaigns.get(campaign_id, properties=PROPERTIES, **dates)
        ours = pair.ours.campaigns.get(campaign_id, properties=PROPERTIES, **(DATES if dates else {}))
        assert same_campaign(theirs, ours)
        assert same_assets(theirs, ours)


@pytest.mark.parametrize("dates", [{}, DAY])
def test_batch_read(pair: Pair, dates: dict[str, Any]) -> None:
    ids = list_ids(pair)
    inputs: Any = [{"id": campaign_id} for campaign_id in ids[:50]]
    theirs: Any = pair.sdk.marketing.campaigns.batch.get(inputs=inputs, properties=PROPERTIES, **dates)
    ours = pair.ours.campaigns.batch_read(ids[:50], properties=PROPERTIES, **(DATES if dates else {}))
    assert len(theirs.results) == len(ours.results) == 50
    assert all(map(same_campaign, theirs.results, ours.results))
    assert all(map(same_assets, theirs.results, ours.results))


def test_batch_read_of_what_does_not_exist(pair: Pair) -> None:
    found = list_ids(pair)[0]
    theirs = pair.sdk.marketing.campaigns.batch.get(inputs=[{"id": found}, {"id": NOBODY}])
    assert [campaign.id for campaign in theirs.results] == [found]
    assert pair.ours.campaigns.batch_read([found, NOBODY]).missing == (NOBODY,)


@pytest.mark.parametrize("dates", [{}, DAY])
def test_list_assets_of_every_type(pair: Pair, dates: dict[str, Any]) -> None:
    found = {(str(row["campaign_id"]), str(row["asset_type"])) for row in pair.portal.truth.associations()}
    by_type = {asset_type: campaign_id for campaign_id, asset_type in sorted(found)}
    assert len(by_type) >= 14
    for asset_type, campaign_id in by_type.items():
        theirs, after = [], ""
        while True:
            cursor: Any = {"after": after} if after else {}
            page: Any = pair.sdk.marketing.campaigns.assets.list(
                asset_type,
                campaign_guid=campaign_id,
                limit="3",
                **cursor,
                **dates,
            )
            theirs += [to_asset(asset) for asset in page.results]
            if page.paging is None or page.paging.next is None:
                break
            after = page.paging.next.after
        pages = pair.ours.assets.list_pages(campaign_id, asset_type, **(DATES if dates else {}))
        assert theirs == [asset for page in pages for asset in page.results]


def test_budget_and_spend(pair: Pair) -> None:
    for campaign_id in list_ids(pair)[:20]:
        theirs = pair.sdk.marketing.campaigns.budget.get_totals(campaign_id)
        ours = pair.ours.budget.get_totals(campaign_id)
        assert theirs.currency_code == ours.currency_code
        assert tuple(map(to_item, theirs.budget_items)) == ours.budget_items
        assert tuple(map(to_item, theirs.spend_items)) == ours.spend_items
        assert [None if v is None else Decimal(str(v)) for v in (theirs.budget_total, theirs.spend_total)] == [
            ours.budget_total,
            ours.spend_total,
        ]
        for item in ours.budget_items[:1]:
            read = pair.sdk.marketing.campaigns.budget.get(int(item.id), campaign_guid=campaign_id)
            assert to_item(read) == pair.ours.budget.get(campaign_id, item.id) == item
        for item in ours.spend_items[:1]:
            spent = pair.sdk.marketing.campaigns.spend.get(int(item.id), campaign_guid=campaign_id)
            assert to_item(spent) == pair.ours.spend.get(campaign_id, item.id) == item


@pytest.mark.parametrize("dates", [{}, DAY])
def test_metrics_report(pair: Pair, dates: Any) -> None:
    for campaign_id in list_ids(pair)[:10]:
        theirs = pair.sdk.marketing.campaigns.metrics.get_attribution_metrics(campaign_id, **dates)
        ours = pair.ours.reports.get_metrics(campaign_id, **(DATES if dates else {}))
        assert (
            theirs.sessions,
            theirs.new_contacts_first_touch,
            theirs.new_contacts_last_touch,
            theirs.influenced_contacts,
        ) == (ours.sessions, ours.new_contacts_first_touch, ours.new_contacts_last_touch, ours.influenced_contacts)


@pytest.mark.parametrize("model", AttributionModel)
def test_revenue_report(pair: Pair, model: AttributionModel) -> None:
    for campaign_id in list_ids(pair)[:10]:
        theirs: Any = pair.sdk.marketing.campaigns.metrics.get_revenue_attribution(campaign_id, attribution_model=model)
        ours = pair.ours.reports.get_revenue(campaign_id, attribution_model=model)
        assert (theirs.contacts_number, theirs.currency_code, theirs.deals_number) == (
            ours.contacts_number,
            ours.currency_code,
            ours.deals_number,
        )
        for amount, exact in (
            (theirs.deal_amount, ours.deal_amount),
            (theirs.revenue_amount, ours.revenue_amount),
        ):
            assert amount == (None if exact is None else float(exact))


@pytest.mark.parametrize("contact_type", ContactType)
def test_contacts_report(pair: Pair, contact_type: ContactType) -> None:
    campaign_id = list_ids(pair)[0]
    theirs = pair.sdk.marketing.campaigns.metrics.list_contact_ids_by_type(
        contact_type, campaign_guid=campaign_id, limit=20
    )
    pages = pair.ours.reports.list_contacts_pages(campaign_id, contact_type)
    assert [contact.id for contact in theirs] == [contact for page in pages for contact in page.contact_ids]


def test_account(pair: Pair) -> None:
    theirs, ours = pair.sdk.account.get(), pair.ours.account.get_details()
    assert (str(theirs.portal_id), theirs.time_zone, theirs.company_currency, theirs.account_type) == (
        ours.portal_id,
        ours.time_zone,
        ours.company_currency,
        ours.account_type,
    )


def test_daily_usage(pair: Pair) -> None:
    (theirs,) = pair.sdk.account.get_daily_private_apps_usage().results
    (ours,) = pair.ours.account.get_daily_usage()
    assert (theirs.name, theirs.usage_limit, theirs.resets_at) == (ours.name, ours.usage_limit, ours.resets_at)
    assert theirs.current_usage < (ours.current_usage or 0)


def test_what_does_not_exist_is_not_found_by_both(pair: Pair) -> None:
    with pytest.raises(NotFoundError):
        pair.sdk.marketing.campaigns.get(NOBODY)
    with pytest.raises(NotFound):
        pair.ours.campaigns.get(NOBODY)


def list_undescribed(value: Any, place: str) -> Iterator[str]:
    """Fields of a response that HubSpot's description does not have."""
    if isinstance(value, BaseModel):
        yield from (f"{place}.{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from list_undescribed(getattr(value, name), f"{place}.{name}")
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from list_undescribed(part, place)


def test_no_response_has_a_field_that_hubspot_does_not_describe(pair: Pair) -> None:
    campaigns, campaign_id = pair.sdk.marketing.campaigns, list_ids(pair)[0]
    inputs: Any = [{"id": campaign_id}, {"id": NOBODY}]
    responses = {
        "search": campaigns.list(limit=7, properties=PROPERTIES),
        "get": campaigns.get(campaign_id, properties=PROPERTIES, **DAY),
        "batch": campaigns.batch.get(inputs=inputs, properties=PROPERTIES, **DAY),
        "assets": campaigns.assets.list("FORM", campaign_guid=campaign_id, limit="1", **DAY),
        "totals": campaigns.budget.get_totals(campaign_id),
        "metrics": campaigns.metrics.get_attribution_metrics(campaign_id),
        "revenue": campaigns.metrics.get_revenue_attribution(campaign_id),
        "contacts": campaigns.metrics.list_contact_ids_by_type(
            "influencedContacts", campaign_guid=campaign_id, limit=2
        ),
        "account": pair.sdk.account.get(),
        "usage": pair.sdk.account.get_daily_private_apps_usage(),
    }
    found = {field for name, response in responses.items() for field in list_undescribed(response, name)}
    # These stand in recorded responses, though not in the SDK's own classes for pages and batches.
    assert {field.rpartition(".")[2] for field in found} <= {"total", "link", "errors", "numErrors"}
