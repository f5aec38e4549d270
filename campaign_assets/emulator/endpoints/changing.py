"""Changing campaigns: create, update, delete, one at a time or in a batch."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from campaign_assets.emulator.campaign_text import campaign_fields, timestamp
from campaign_assets.emulator.endpoints.campaigns import find
from campaign_assets.emulator.errors import ApiError, forbidden_properties, invalid, invalid_request, name_taken
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.properties import IGNORED, KNOWN, forbidden, is_writable, problem_with
from campaign_assets.emulator.requests import UNPAIRED, ApiRequest, ApiResponse, checked_guid, input_id
from campaign_assets.emulator.state import Campaign


def create(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Make a campaign and give it back with the properties it was given."""
    given = checked_properties(request.json())
    return ApiResponse(201, _written(portal, make_campaign(portal, given), given).encode())


def update(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Change some properties of a campaign; an empty value resets one."""
    given = checked_properties(request.json())
    campaign = find(portal, request.campaign_id)
    change_campaign(portal, campaign, given)
    return ApiResponse(200, _written(portal, campaign, given).encode())


def delete(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Delete a campaign; the response is the same whether it existed or not."""
    portal.delete_campaign(request.path_values["campaign_id"])
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
            campaign = find(portal, checked_guid(input_id(entry)))
            change_campaign(portal, campaign, given)
            results.append(_written(portal, campaign, given))
        except ApiError as error:
            errors.append(error.batch_error())
    return batch_response(portal, 200, results, errors)


def batch_archive(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Delete up to 50 campaigns; the response is the same whether they existed or not."""
    for entry in request.inputs():
        portal.delete_campaign(input_id(entry))
    return ApiResponse(204)


def batch_response(portal: Portal, status: int, results: list[str], errors: list[dict[str, Any]]) -> ApiResponse:
    """Put written results, and errors if there are any, into a batch's response; errors make its status 207."""
    now = timestamp(portal.clock.now())
    body = f'"startedAt":"{now}","completedAt":"{now}"'
    if errors:
        status = 207
        listed = json.dumps(errors, ensure_ascii=False, separators=(",", ":"))
        body += f',"numErrors":{len(errors)},"errors":{listed}'
    whole = f'{{"status":"COMPLETE","results":[{",".join(results)}],{body}}}'
    return ApiResponse(status, whole.encode("utf-8", UNPAIRED))


def checked_properties(content: Mapping[str, Any]) -> dict[str, str]:
    """Give the properties a client wants to write, as strings; `hs_goal` is ignored, as it is by HubSpot.

    Raises:
        ApiError: 400, where one is unknown, read-only or has a value it cannot have.
    """
    properties = content.get("properties")
    if not isinstance(properties, dict):
        raise invalid("Invalid input JSON: 'properties' must be an object")
    given = {name: _text(name, value) for name, value in properties.items() if name not in IGNORED}
    wrong = forbidden(list(given))
    if wrong:
        raise forbidden_properties(wrong, KNOWN)
    for name, value in given.items():
        if not is_writable(name):
            raise invalid_request(f"Property '{name}' is read only")
        problem = problem_with(name, value) if value else None
        if problem is not None:
            raise invalid_request(problem)
    return given


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
        raise invalid_request("Property 'hs_name' is required")
    _check_name(portal, name, None)
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
        _check_name(portal, name, campaign.id)
        portal.store.rename(campaign, name)
    retained = {key: value for key, value in ({**campaign.properties, **given}).items() if value}
    campaign.properties = retained
    portal.mark_changed(campaign)


def _check_name(portal: Portal, name: str, own_id: str | None) -> None:
    holder = portal.store.holder_of(name)
    if holder is not None and holder != own_id:
        raise name_taken(name)


def _check_dates(properties: Mapping[str, str]) -> None:
    start, end = properties.get("hs_start_date"), properties.get("hs_end_date")
    if start and end and date.fromisoformat(start) > date.fromisoformat(end):
        raise invalid_request(f"Property 'hs_end_date' {end} must not be before 'hs_start_date' {start}")


def _written(portal: Portal, campaign: Campaign, given: Mapping[str, str]) -> str:
    return "{" + campaign_fields(campaign, list(given), portal.clock.today()) + "}"
