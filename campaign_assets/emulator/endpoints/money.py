"""A campaign's budget and spend: single items and totals."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from campaign_assets.emulator.campaign_text import money_item, total
from campaign_assets.emulator.endpoints.parameters import campaign_of
from campaign_assets.emulator.errors import invalid, no_object
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import ApiRequest, ApiResponse, json_response
from campaign_assets.emulator.state import Campaign, MoneyItem

_ITEM_ID = re.compile("[0-9]{1,20}")
_LARGEST = 10**15
_Handler = Callable[[Portal, ApiRequest], ApiResponse]


def _items(campaign: Campaign, kind: str) -> dict[str, MoneyItem]:
    return campaign.budget if kind == "budget" else campaign.spend


def create_item(kind: str) -> _Handler:
    """Make the endpoint that adds a budget or spend item."""

    def create(portal: Portal, request: ApiRequest) -> ApiResponse:
        campaign = campaign_of(portal, request)
        fields = _checked_fields(request.json())
        now = portal.clock.now()
        item = MoneyItem(id=str(portal.store.next_sequence()), created_at=now, updated_at=now, **fields)
        _items(campaign, kind)[item.id] = item
        portal.mark_changed(campaign)
        return json_response(201, money_item(item), request.location(campaign.id, kind, item.id))

    return create


def get_item(kind: str) -> _Handler:
    """Make the endpoint that gives a budget or spend item."""

    def get(portal: Portal, request: ApiRequest) -> ApiResponse:
        return json_response(200, money_item(_found(portal, request, kind)[1]))

    return get


def update_item(kind: str) -> _Handler:
    """Make the endpoint that replaces a budget or spend item."""

    def update(portal: Portal, request: ApiRequest) -> ApiResponse:
        campaign, item = _found(portal, request, kind)
        for name, value in _checked_fields(request.json()).items():
            setattr(item, name, value)
        item.updated_at = portal.clock.now()
        portal.mark_changed(campaign)
        return json_response(200, money_item(item))

    return update


def delete_item(kind: str) -> _Handler:
    """Make the endpoint that removes a budget or spend item."""

    def delete(portal: Portal, request: ApiRequest) -> ApiResponse:
        campaign = campaign_of(portal, request)
        if _items(campaign, kind).pop(_item_id(request), None) is not None:
            portal.mark_changed(campaign)
        return ApiResponse(204)

    return delete


def totals(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Give all items of a campaign and what they add up to; a sum without items is left out."""
    campaign = campaign_of(portal, request)
    content: dict[str, Any] = {
        "currencyCode": campaign.properties.get("hs_currency_code", portal.options.currency),
        "budgetItems": [money_item(item) for item in _ordered(campaign.budget)],
        "spendItems": [money_item(item) for item in _ordered(campaign.spend)],
    }
    budget, spend = total(campaign.budget.values()), total(campaign.spend.values())
    if campaign.budget:
        content["budgetTotal"] = float(budget)
        content["remainingBudget"] = float(budget - spend)
    if campaign.spend:
        content["spendTotal"] = float(spend)
    return json_response(200, content)


def _ordered(items: dict[str, MoneyItem]) -> list[MoneyItem]:
    return sorted(items.values(), key=lambda item: (item.order, item.created_at, item.id))


def _found(portal: Portal, request: ApiRequest, kind: str) -> tuple[Campaign, MoneyItem]:
    campaign = campaign_of(portal, request)
    item_id = _item_id(request)
    item = _items(campaign, kind).get(item_id)
    if item is None:
        raise no_object(f"{kind.capitalize()} item", item_id)
    return campaign, item


def _item_id(request: ApiRequest) -> str:
    """Give the item in the path.

    Raises:
        ApiError: 400, where it is no number.
    """
    item_id = request.path_values["item_id"]
    if not _ITEM_ID.fullmatch(item_id):
        raise invalid(f"Unable to parse value for path parameter: item id. Not a number: '{item_id}'")
    return item_id


def _checked_fields(content: dict[str, Any]) -> dict[str, Any]:
    missing = [name for name in ("name", "amount", "order") if content.get(name) in (None, "")]
    if missing:
        raise invalid(f"Some required fields were not set: [{', '.join(missing)}]")
    name, description = content["name"], content.get("description")
    if not isinstance(name, str):
        raise invalid("Invalid input JSON: 'name' must be a string")
    if description is not None and not isinstance(description, str):
        raise invalid("Invalid input JSON: 'description' must be a string")
    amount = Decimal(str(_checked_number("amount", content["amount"], int | float)))
    order = _checked_number("order", content["order"], int)
    return {"name": name, "amount": amount, "order": order, "description": description or None}


def _checked_number(name: str, value: Any, kind: Any) -> int | float:
    """Give a number that is not negative, nor past what HubSpot can hold."""
    if not isinstance(value, kind) or isinstance(value, bool):
        raise invalid(f"Invalid input JSON: '{name}' must be a number")
    if value < 0:
        raise invalid(f"'{name}' must not be negative, but was {value}")
    if value > _LARGEST:
        raise invalid(f"'{name}' must be at most {_LARGEST}")
    number: int | float = value
    return number
