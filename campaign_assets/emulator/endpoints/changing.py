"""Changing campaigns: create, update, delete, one at a time or in a batch."""

from collections.abc import Mapping
from typing import Any

from campaign_assets.emulator.campaign_dates import note_dates
from campaign_assets.emulator.campaign_text import campaign_fields, timestamp
from campaign_assets.emulator.endpoints.parameters import campaign_of, checked_id, find_campaign
from campaign_assets.emulator.errors import (
    ApiError,
    cannot_be_written,
    invalid,
    invalid_request,
    name_taken,
    no_date,
    no_name,
)
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.properties import (
    ACCEPTED,
    DATES,
    IGNORED,
    business_unit_ids,
    business_units,
    is_date,
    problem_with,
)
from campaign_assets.emulator.requests import (
    ApiRequest,
    ApiResponse,
    input_id,
    json_text,
    text_response,
)
from campaign_assets.emulator.state import Campaign


def create(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Make a campaign and give it back with the properties it was given.

    Source: HubSpot's changelog of 2026-08-17, for the `Location` header.
    """
    given = checked_properties(request.json())
    campaign = make_campaign(portal, given)
    return text_response(201, _written(portal, campaign, given), request.location(campaign.id))


def update(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Change some properties of a campaign; an empty value resets one."""
    given = checked_properties(request.json(), is_lenient=request.is_beta)
    campaign = campaign_of(portal, request)
    change_campaign(portal, campaign, given)
    return text_response(200, _written(portal, campaign, given))


def delete(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Delete a campaign; the response is the same whether it existed or not."""
    portal.delete_campaign(checked_id(portal, request.path_values["campaign_id"]))
    return ApiResponse(204)


def batch_create(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Make up to 50 campaigns; one that cannot be made does not keep the others from it."""
    results, errors = [], []
    for entry in request.inputs():
        try:
            given = checked_properties(entry)
            results.append(_written(portal, make_campaign(portal, given), given))
        except ApiError as error:
            errors.append(error.batch_error())
    return batch_response(portal, 201, results, errors)


def batch_update(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Change up to 50 campaigns; one that cannot be changed does not keep the others from it."""
    results, errors = [], []
    for entry in request.inputs():
        try:
            given = checked_properties(entry)
            campaign = find_campaign(portal, input_id(entry))
            change_campaign(portal, campaign, given)
            results.append(_written(portal, campaign, given))
        except ApiError as error:
            errors.append(error.batch_error())
    return batch_response(portal, 200, results, errors)


def batch_archive(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Delete up to 50 campaigns; the response is the same whether they existed or not."""
    for campaign_id in [checked_id(portal, input_id(entry)) for entry in request.inputs()]:
        portal.delete_campaign(campaign_id)
    return ApiResponse(204)


def batch_response(portal: Portal, status: int, results: list[str], errors: list[dict[str, Any]]) -> ApiResponse:
    """Put written results, and errors if there are any, into a batch's response; errors make its status 207."""
    now = timestamp(portal.clock.now())
    body = f'"startedAt":"{now}","completedAt":"{now}"'
    if errors:
        status = 207
        body += f',"numErrors":{len(errors)},"errors":{json_text(errors)}'
    return text_response(status, f'{{"status":"COMPLETE","results":[{",".join(results)}],{body}}}')


def checked_properties(content: Mapping[str, Any], is_lenient: bool = False) -> dict[str, str]:
    """Give the properties a client wants to write, as strings; `hs_goal` is ignored, as it is by HubSpot.

    Args:
        content: The request's body, or one input of a batch.
        is_lenient: Whether those that are unknown or read-only are ignored too. Source: HubSpot's description of
            2026-09-beta, for PATCH.

    Raises:
        ApiError: 400, where one is unknown, read-only or has a value it cannot have.
    """
    properties = content.get("properties")
    if not isinstance(properties, dict):
        raise invalid("Invalid input JSON: 'properties' must be an object")
    wrong = [name for name in properties if name not in ACCEPTED]
    if wrong and not is_lenient:
        raise cannot_be_written(wrong, ACCEPTED)
    accepted = ACCEPTED - IGNORED
    given = {name: _text(name, value) for name, value in properties.items() if name in accepted}
    for name, value in given.items():
        if value:
            _check_value(name, value)
    if given.get("hs_business_unit_ids") is not None:
        given["hs_business_unit_ids"] = business_unit_ids(business_units(given["hs_business_unit_ids"]))
    return given


def _check_value(name: str, value: str) -> None:
    if name in DATES and not is_date(value):
        raise no_date(name, value)
    problem = problem_with(name, value)
    if problem is not None:
        raise invalid_request(problem)


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise invalid(f"Invalid input JSON: property '{name}' must be a string")


def make_campaign(portal: Portal, given: Mapping[str, str]) -> Campaign:
    """Make a campaign from checked properties.

    Raises:
        ApiError: 400 without a name, 409 where another campaign has it.
    """
    name = given.get("hs_name", "")
    if not name:
        raise no_name()
    check_name(portal, name, None)
    _check_dates(given)
    return portal.add_campaign(given)


def change_campaign(portal: Portal, campaign: Campaign, given: Mapping[str, str]) -> None:
    """Write checked properties into a campaign.

    Raises:
        ApiError: 400 where the name would be empty, 409 where another campaign has it.
    """
    _check_dates({**campaign.properties, **given})
    name = given.get("hs_name", campaign.name)
    if not name:
        raise invalid_request("Property 'hs_name' is required")
    if name != campaign.name:
        check_name(portal, name, campaign.id)
        portal.store.rename(campaign, name)
    retained = {key: value for key, value in ({**campaign.properties, **given}).items() if value}
    campaign.properties = retained
    note_dates(campaign, portal.clock.zone, given)
    campaign.business_units = business_units(retained.get("hs_business_unit_ids", ""))
    portal.mark_changed(campaign)


def check_name(portal: Portal, name: str, own_id: str | None) -> None:
    """Check that no campaign but the one with this id has a name.

    Raises:
        ApiError: 409, where another one has it.
    """
    holder = portal.store.holder_of(name)
    if holder is not None and holder != own_id:
        raise name_taken(name)


def _check_dates(properties: Mapping[str, str]) -> None:
    start, end = properties.get("hs_start_date"), properties.get("hs_end_date")
    if start and end and is_date(start) and is_date(end) and start > end:
        raise invalid_request(f"Property 'hs_end_date' {end} must not be before 'hs_start_date' {start}")


def _written(portal: Portal, campaign: Campaign, given: Mapping[str, str]) -> str:
    return "{" + campaign_fields(campaign, list(given), portal.clock.today()) + "}"
