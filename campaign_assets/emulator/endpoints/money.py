"""A campaign's budget and spend: single items and totals."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from campaign_assets.emulator.campaign_text import money_item, total
from campaign_assets.emulator.endpoints.campaigns import find
from campaign_assets.emulator.errors import invalid, no_object
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import ApiRequest, ApiResponse, json_response
from campaign_assets.emulator.state import Campaign, MoneyItem

_Handler = Callable[[Portal, ApiRequest], ApiResponse]


def _items(campaign: Campaign, kind: str) -> dict[str, MoneyItem]:
    return campaign.budget if kind == "budget" else campaign.spend


def create_item(kind: str) -> _Handler:
    """Make the endpoint that adds a budget or spend item."""

    def create(portal: Portal, request: ApiRequest) -> ApiResponse:
        campaign = find(portal, request.campaign_id)
        fields = _checked_fields(request.json())
        now = portal.clock.now()
        item = MoneyItem(id=str(portal.store.next_sequence()), created_at=now, updated_at=now, **fields)
        _items(campaign, kind)[item.id] = item
        portal.mark_changed(campaign)
        return json_response(201, money_item(item))

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
        campaign = find(portal, request.campaign_id)
        if _items(campaign, kind).pop(request.path_values["item_id"], None) is not None:
            portal.mark_changed(campaign)
        return ApiResponse(204)

    return delete


def totals(portal: Portal, request: ApiRequest) -> ApiResponse:
    """Give all items of a campaign and what they add up to; a sum without items is left out."""
    campaign = find(portal, request.campaign_id)
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
    campaign = find(portal, request.campaign_id)
    item_id = request.path_values["item_id"]
    item = _items(campaign, kind).get(item_id)
    if item is None:
        raise no_object(f"{kind.capitalize()} item", item_id)
    return campaign, item


def _checked_fields(content: dict[str, Any]) -> dict[str, Any]:
    name, order, amount = content.get("name"), content.get("order"), content.get("amount")
    description = content.get("description")
    if not isinstance(name, str) or not name:
        raise invalid("Some required fields were not set: [name]")
    if not isinstance(amount, int | float) or isinstance(amount, bool) or amount < 0:
        raise invalid("Some required fields were not set: [amount]")
    if not isinstance(order, int) or isinstance(order, bool) or order < 0:
        raise invalid("Some required fields were not set: [order]")
    if description is not None and not isinstance(description, str):
        raise invalid("Invalid input JSON: 'description' must be a string")
    return {"name": name, "amount": Decimal(str(amount)), "order": order, "description": description or None}
