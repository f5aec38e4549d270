"""Reports on campaigns as HubSpot answers them. Which are asked for is in `reports`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from campaign_assets.hubspot.errors import InvalidResponse
from campaign_assets.hubspot.json_text import JSON
from campaign_assets.hubspot.models.fields import (
    to_amount,
    to_answer,
    to_count,
    to_cursor,
    to_id,
    to_list,
    to_object,
    to_optional_text,
    to_response,
    without,
)

_KNOWN_METRICS = frozenset({"sessions", "newContactsFirstTouch", "newContactsLastTouch", "influencedContacts"})
_KNOWN_REVENUE = frozenset({"contactsNumber", "currencyCode", "dealAmount", "dealsNumber", "revenueAmount"})

_NOT_OF_A_CONTACT = frozenset({"name", "metrics", "properties", "usageLimit"})
"""Fields of what else comes in a list of results."""


@dataclass(frozen=True, slots=True)
class AttributionMetrics:
    """What a campaign brought. A count that HubSpot does not say is None, which is not zero.

    Attributes:
        sessions: Sessions on the website.
        new_contacts_first_touch: New contacts whose first interaction was with the campaign.
        new_contacts_last_touch: New contacts whose last interaction before creation was with it.
        influenced_contacts: Contacts who interacted with it.
        extra: Fields that we do not know.
    """

    sessions: int | None = None
    new_contacts_first_touch: int | None = None
    new_contacts_last_touch: int | None = None
    influenced_contacts: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RevenueAttribution:
    """The revenue that a model credits to a campaign. What HubSpot does not say is None, which is not zero.

    Attributes:
        currency_code: The currency of the amounts (ISO 4217).
        contacts_number: Contacts that were attributed.
        deals_number: Deals that were attributed.
        deal_amount: What these deals are worth.
        revenue_amount: How much of it the model credits to the campaign.
        extra: Fields that we do not know.
    """

    currency_code: str | None = None
    contacts_number: int | None = None
    deals_number: int | None = None
    deal_amount: Decimal | None = None
    revenue_amount: Decimal | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContactPage:
    """A page of the contacts of a campaign.

    Attributes:
        contact_ids: HubSpot's ids of the contacts.
        next_cursor: Where the next page is, or None on the last.
    """

    contact_ids: tuple[str, ...]
    next_cursor: str | None = None


def to_attribution_metrics(response: JSON) -> AttributionMetrics:
    """The report as HubSpot answers it.

    Raises:
        InvalidResponse: It is something else.
    """
    report = to_answer(response, "a report on a campaign", _KNOWN_METRICS)
    return AttributionMetrics(
        sessions=to_count(report.get("sessions"), "the sessions"),
        new_contacts_first_touch=to_count(report.get("newContactsFirstTouch"), "the contacts by first touch"),
        new_contacts_last_touch=to_count(report.get("newContactsLastTouch"), "the contacts by last touch"),
        influenced_contacts=to_count(report.get("influencedContacts"), "the influenced contacts"),
        extra=without(report, _KNOWN_METRICS),
    )


def to_revenue_attribution(response: JSON) -> RevenueAttribution:
    """The report as HubSpot answers it.

    Raises:
        InvalidResponse: It is something else.
    """
    # Each of its fields may be missing, by HubSpot's description: only a response of other fields is something else.
    report = to_response(response, "a report on revenue")
    if not report.keys() <= _KNOWN_REVENUE:
        to_answer(report, "a report on revenue", _KNOWN_REVENUE - {"currencyCode"})
    return RevenueAttribution(
        currency_code=to_optional_text(report.get("currencyCode")),
        contacts_number=to_count(report.get("contactsNumber"), "the number of contacts"),
        deals_number=to_count(report.get("dealsNumber"), "the number of deals"),
        deal_amount=to_amount(report.get("dealAmount"), "the amount of the deals"),
        revenue_amount=to_amount(report.get("revenueAmount"), "the revenue"),
        extra=without(report, _KNOWN_REVENUE),
    )


def to_contact_page(response: JSON) -> ContactPage:
    """A page of contacts as HubSpot answers it.

    Raises:
        InvalidResponse: It is something else.
    """
    page = to_response(response, "a page of contacts")
    ids = to_list(page.get("results"), "the contacts", _to_contact_id)
    return ContactPage(ids, to_cursor(page))


def _to_contact_id(value: JSON) -> str:
    contact = to_object(value, "a contact")
    if not contact.keys().isdisjoint(_NOT_OF_A_CONTACT):
        raise InvalidResponse("HubSpot's response holds something else where a contact should be.")
    return to_id(contact.get("id"), "a contact")
