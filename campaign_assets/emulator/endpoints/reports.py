"""The three reports of a campaign: metrics, revenue, contacts."""

from typing import Any

from campaign_assets.emulator.attribution import CONTACT_TYPES
from campaign_assets.emulator.cursors import write_cursor
from campaign_assets.emulator.deals import MODELS
from campaign_assets.emulator.endpoints.parameters import campaign_of, report_days
from campaign_assets.emulator.errors import invalid_request
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import ApiRequest, ApiResponse, json_response

_CONTACTS_PER_PAGE = 100
_MOST_CONTACTS = 10_000
"""In a page that asks for more; HubSpot names no limit here."""


def metrics(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Count a campaign's sessions and contacts."""
    campaign, days = campaign_of(portal, request), report_days(portal, request)
    counts = portal.attribution.counts(campaign, days, portal.clock.timestamp())
    return json_response(
        200,
        {
            "sessions": int(counts.sessions.sum()),
            "newContactsFirstTouch": counts.contacts("contactFirstTouch"),
            "newContactsLastTouch": counts.contacts("contactLastTouch"),
            "influencedContacts": counts.contacts("influencedContacts"),
        },
    )


def revenue(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Give the deals and the revenue an attribution model credits to a campaign."""
    model = request.text("attributionModel") or "LINEAR"
    if model not in MODELS:
        raise invalid_request(f"Invalid attribution model: {model}. Correct ones are {list(MODELS)}")
    campaign, days = campaign_of(portal, request), report_days(portal, request)
    now = portal.clock.timestamp()
    deals, amount, credit = portal.attribution.revenue(campaign, days, now, model)
    content: dict[str, Any] = {
        "contactsNumber": portal.attribution.counts(campaign, days, now).contacts("influencedContacts"),
        "currencyCode": portal.options.currency,
        "dealsNumber": deals,
        "dealAmount": float(amount),
        "revenueAmount": float(credit),
    }
    return json_response(200, content)


def contacts(portal: Portal, request: ApiRequest) -> ApiResponse:
    """List the contacts of one type; its cursors are offsets."""
    contact_type = request.path_values["contact_type"]
    if contact_type not in CONTACT_TYPES:
        raise invalid_request(f"Invalid contact type: {contact_type}. Correct ones are {list(CONTACT_TYPES)}")
    campaign = campaign_of(portal, request)
    limit, offset, days = (
        request.limit(_CONTACTS_PER_PAGE, _MOST_CONTACTS),
        request.position(),
        report_days(portal, request),
    )
    now, last = portal.clock.timestamp(), offset + limit
    count = portal.attribution.counts(campaign, days, now).contacts(contact_type)
    found = portal.attribution.contact_ids(campaign, contact_type, days, now, offset, last)
    content: dict[str, Any] = {"results": [{"id": contact_id} for contact_id in found]}
    if last < count:
        content["paging"] = request.paging(write_cursor(last))
    return json_response(200, content)
