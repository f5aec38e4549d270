"""The money of campaigns: the endpoints of budget and spend items, and of what they add up to.

What an item is, is in `models.money`.
"""

from decimal import Decimal
from typing import Any, ClassVar

from campaign_assets.hubspot.endpoints.arguments import check_text
from campaign_assets.hubspot.endpoints.endpoint import Endpoint, to_nothing
from campaign_assets.hubspot.errors import InvalidRequest
from campaign_assets.hubspot.models.fields import read_amount
from campaign_assets.hubspot.models.money import BudgetTotals, MoneyItem, to_budget_totals, to_money_item
from campaign_assets.hubspot.wire.request import Request


class MoneyEndpoint(Endpoint):
    """Creates, gets, replaces and deletes the items of one kind."""

    kind: ClassVar[str]

    def create(
        self, campaign_id: str, *, name: str, amount: Decimal | int, order: int, description: str | None = None
    ) -> MoneyItem:
        """Adds an item to a campaign. Takes the write scope.

        Not idempotent: sent again only where HubSpot surely did nothing (no connection, 423, 429, an expired token).
        After any other failure read the totals before you call again.

        Args:
            campaign_id: The campaign.
            name: What it is.
            amount: How much, in the campaign's currency; sent with all of its digits.
            order: Its place among the campaign's items, from 0.
            description: What it is for.

        Raises:
            InvalidRequest: Something is not as HubSpot takes it; nothing was sent.
            NotFound: There is no such campaign.
            ConnectionFailed: The response was lost; `sent` says whether the item may have been made.
            HubSpotError: The last failure, after retries.

        Source: HubSpot's API reference (POST, answered with the item).
        """
        body = _to_body(name, amount, order, description)
        path = self._paths.money(campaign_id, self.kind)
        request = Request(f"create_{self.kind}_item", "POST", path, body=body, idempotent=False, exact=True)
        return self._call(request, to_money_item)

    def get(self, campaign_id: str, item_id: str) -> MoneyItem:
        """One item of a campaign. Retried after every failure that may pass.

        Raises:
            InvalidRequest: An id is empty; nothing was sent.
            NotFound: There is no such campaign or item.
            HubSpotError: The last failure, after retries.
        """
        path = self._paths.money_item(campaign_id, self.kind, item_id)
        return self._call(Request(f"get_{self.kind}_item", "GET", path, exact=True), to_money_item)

    def update(
        self,
        campaign_id: str,
        item_id: str,
        *,
        name: str,
        amount: Decimal | int,
        order: int,
        description: str | None = None,
    ) -> MoneyItem:
        """Replaces an item as a whole: what is not given is emptied. Takes the write scope.

        Retried after every failure that may pass; further arguments are those of `create`.

        Raises:
            InvalidRequest: Something is not as HubSpot takes it; nothing was sent.
            NotFound: There is no such campaign or item.
            HubSpotError: The last failure, after retries.

        Source: HubSpot's API reference (PUT, answered with the item).
        """
        body = _to_body(name, amount, order, description)
        path = self._paths.money_item(campaign_id, self.kind, item_id)
        return self._call(Request(f"update_{self.kind}_item", "PUT", path, body=body, exact=True), to_money_item)

    def delete(self, campaign_id: str, item_id: str) -> None:
        """Deletes an item. Takes the write scope.

        Retried after every failure that may pass; one that is gone on such a retry counts as deleted.

        Raises:
            InvalidRequest: An id is empty; nothing was sent.
            NotFound: HubSpot says that there is no such campaign or item.
            HubSpotError: The last failure, after retries.

        Source: HubSpot's API reference (DELETE, answered 204).
        """
        path = self._paths.money_item(campaign_id, self.kind, item_id)
        self._call(Request(f"delete_{self.kind}_item", "DELETE", path), to_nothing)


class BudgetEndpoint(MoneyEndpoint):
    """The budget items of campaigns, and the totals of budget and spend."""

    kind = "budget"

    def get_totals(self, campaign_id: str) -> BudgetTotals:
        """All budget and spend items of a campaign and their sums. Retried after every failure that may pass.

        Raises:
            InvalidRequest: The id is empty; nothing was sent.
            NotFound: There is no such campaign.
            HubSpotError: The last failure, after retries.

        Source: HubSpot's API reference; there is no batch form.
        """
        path = self._paths.budget_totals(campaign_id)
        return self._call(Request("budget_totals", "GET", path, exact=True), to_budget_totals)


class SpendEndpoint(MoneyEndpoint):
    """The spend items of campaigns."""

    kind = "spend"


def _to_body(name: object, amount: object, order: object, description: object) -> dict[str, Any]:
    if not check_text("name", name).strip():
        raise InvalidRequest("name is empty, but an item needs a name.")
    if not isinstance(order, int) or isinstance(order, bool) or order < 0:
        raise InvalidRequest(f"order is {order!r:.60}, but may be a whole number from 0.")
    body = {"name": name, "amount": _check_amount(amount), "order": order}
    return body if description is None else {**body, "description": check_text("description", description)}


def _check_amount(amount: object) -> Decimal:
    exact = read_amount(amount) if isinstance(amount, int | Decimal) and not isinstance(amount, bool) else None
    if exact is None:
        raise InvalidRequest(f"amount is {amount!r:.60}, but may be a Decimal or a whole number: no float is exact.")
    return exact
