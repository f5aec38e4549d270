"""Budget and spend as HubSpot answers them. Which are asked for is in `money`.

Amounts are `Decimal` from end to end and never pass through a float.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from campaign_assets.hubspot.errors import InvalidResponse
from campaign_assets.hubspot.json_text import JSON
from campaign_assets.hubspot.models.fields import (
    parse_epoch_timestamp,
    to_amount,
    to_count,
    to_id,
    to_list,
    to_object,
    to_optional_text,
    to_response,
    without,
)

_KNOWN = frozenset({"id", "name", "amount", "order", "description", "createdAt", "updatedAt"})
_KNOWN_TOTALS = frozenset({"currencyCode", "budgetItems", "spendItems", "budgetTotal", "spendTotal", "remainingBudget"})


@dataclass(frozen=True, slots=True)
class MoneyItem:
    """A budget or a spend item of a campaign.

    Attributes:
        id: HubSpot's id of the item.
        name: What it is.
        amount: How much, in the campaign's currency.
        order: Its place among the campaign's items, from 0.
        description: What it is for; None where it has none.
        created_at: When it was created, in UTC; None where HubSpot says none that can be read.
        updated_at: When it was last changed, in UTC; None likewise.
        extra: Fields that we do not know.
    """

    id: str
    name: str
    amount: Decimal
    order: int | None = None
    description: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BudgetTotals:
    """All money of a campaign.

    Attributes:
        currency_code: The currency of every amount (ISO 4217).
        budget_items: What is planned.
        spend_items: What was spent.
        budget_total: The sum of the budget; None where HubSpot says none, which is not zero.
        spend_total: The sum of the spend; None likewise.
        remaining_budget: What is left of the budget; None likewise.
        extra: Fields that we do not know.
    """

    currency_code: str | None
    budget_items: tuple[MoneyItem, ...] = ()
    spend_items: tuple[MoneyItem, ...] = ()
    budget_total: Decimal | None = None
    spend_total: Decimal | None = None
    remaining_budget: Decimal | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def to_money_item(value: JSON) -> MoneyItem:
    """A budget or spend item as HubSpot answers it; its times are in milliseconds since 1970.

    Raises:
        InvalidResponse: It is something else.
    """
    item = to_object(value, "a budget or spend item")
    amount = to_amount(item.get("amount"), "the amount of an item")
    name = to_optional_text(item.get("name"))
    if amount is None or name is None:
        missing = "an amount" if amount is None else "a name"
        raise InvalidResponse(f"HubSpot's response holds a budget or spend item without {missing}.")
    return MoneyItem(
        id=to_id(item.get("id"), "a budget or spend item"),
        name=name,
        amount=amount,
        order=to_count(item.get("order"), "the order of an item"),
        description=to_optional_text(item.get("description")),
        created_at=parse_epoch_timestamp(item.get("createdAt")),
        updated_at=parse_epoch_timestamp(item.get("updatedAt")),
        extra=without(item, _KNOWN),
    )


def to_budget_totals(response: JSON) -> BudgetTotals:
    """The money of a campaign as HubSpot answers it.

    Raises:
        InvalidResponse: It is something else.
    """
    totals = to_response(response, "the totals of a budget")
    return BudgetTotals(
        currency_code=to_optional_text(totals.get("currencyCode")),
        budget_items=to_list(totals.get("budgetItems"), "the budget items", to_money_item),
        spend_items=to_list(totals.get("spendItems"), "the spend items", to_money_item),
        budget_total=to_amount(totals.get("budgetTotal"), "the sum of the budget"),
        spend_total=to_amount(totals.get("spendTotal"), "the sum of the spend"),
        remaining_budget=to_amount(totals.get("remainingBudget"), "what is left of the budget"),
        extra=without(totals, _KNOWN_TOTALS),
    )
