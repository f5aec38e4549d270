"""The three reports of a campaign: metrics, revenue, contacts."""

from typing import Any

from campaign_assets.emulator.attribution import (
    CONTACT_TYPES,
    MODELS,
    Contact,
    contacts_of,
    deals_of,
    sessions_of,
)
from campaign_assets.emulator.cursors import write_cursor
from campaign_assets.emulator.endpoints.parameters import campaign_of, report_days
from campaign_assets.emulator.errors import invalid_request
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import ApiRequest, ApiResponse, DateRange, json_response
from campaign_assets.emulator.state import Campaign

_CONTACTS_PER_PAGE = 100


def metrics(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Count a campaign's sessions and contacts."""
    campaign, days = campaign_of(portal, request), report_days(portal, request)
    contacts = _contacts(portal, campaign, days)
    sessions = sessions_of(portal.options.seed, campaign.id, campaign.created_at.toordinal(), days)
    return json_response(
        200,
        {
            "sessions": sessions,
            "newContactsFirstTouch": _count(contacts, "contactFirstTouch"),
            "newContactsLastTouch": _count(contacts, "contactLastTouch"),
            "influencedContacts": _count(contacts, "influencedContacts"),
        },
    )


def revenue(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Give the deals and the revenue an attribution model credits to a campaign."""
    model = request.text("attributionModel") or "LINEAR"
    if model not in MODELS:
        raise invalid_request(f"Invalid attribution model: {model}. Correct ones are {list(MODELS)}")
    campaign, days = campaign_of(portal, request), report_days(portal, request)
    first_day = campaign.created_at.toordinal()
    deals = [
        deal for deal in deals_of(portal.options.seed, campaign.id, first_day) if days.first <= deal.day <= days.last
    ]
    content: dict[str, Any] = {
        "contactsNumber": len(_contacts(portal, campaign, days)),
        "currencyCode": portal.options.currency,
        "dealsNumber": len(deals),
        "dealAmount": float(sum(deal.amount for deal in deals)),
        "revenueAmount": float(sum(deal.credit(model) for deal in deals)),
    }
    return json_response(200, content)


def contacts(portal: Portal, request: ApiRequest) -> ApiResponse:
    """List the contacts of one type; its cursors are offsets."""
    contact_type = request.path_values["contact_type"]
    if contact_type not in CONTACT_TYPES:
        raise invalid_request(f"Invalid contact type: {contact_type}. Correct ones are {list(CONTACT_TYPES)}")
    campaign = campaign_of(portal, request)
    limit, offset, days = request.limit(_CONTACTS_PER_PAGE), request.position(), report_days(portal, request)
    found = [contact for contact in _contacts(portal, campaign, days) if contact_type in contact.types]
    content: dict[str, Any] = {"results": [{"id": contact.id} for contact in found[offset : offset + limit]]}
    if offset + limit < len(found):
        content["paging"] = request.paging(write_cursor(offset + limit))
    return json_response(200, content)


def _contacts(portal: Portal, campaign: Campaign, days: DateRange) -> list[Contact]:
    everyone = contacts_of(portal.options.seed, campaign.id, campaign.created_at.toordinal())
    return [contact for contact in everyone if days.first <= contact.day <= days.last]


def _count(contacts: list[Contact], contact_type: str) -> int:
    return sum(contact_type in contact.types for contact in contacts)
