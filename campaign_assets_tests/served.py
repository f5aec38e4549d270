"""What an emulated account serves of single campaigns, asked without the product's client: what tables are held to."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.request import Request, urlopen

from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.emulator.state import Campaign

Row = dict[str, Any]
MICROS = Decimal("0.000001")


def ask(server: EmulatorServer, path: str) -> Any:
    """A response's JSON, amounts exact as their text.

    Args:
        server: The account.
        path: Below the campaigns' root.
    """
    headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
    request = Request(f"{server.url}/marketing/v3/campaigns/{path}", headers=headers)  # noqa: S310 - this machine's
    with urlopen(request) as response:  # noqa: S310
        return json.loads(response.read(), parse_float=Decimal)


def list_ids(server: EmulatorServer) -> list[str]:
    """Every campaign, in order."""
    return sorted(campaign["id"] for campaign in server.portal.truth.campaigns())


def to_money(value: int | Decimal | None) -> Decimal | None:
    """An amount as its column shows it."""
    return None if value is None else Decimal(value).quantize(MICROS)


def serve_budgets(server: EmulatorServer) -> dict[str, list[Row]]:
    """The rows of the three tables of money, by the last part of the table's name."""
    tables: dict[str, list[Row]] = {"campaign_budgets": [], "campaign_budget_items": [], "campaign_spend_items": []}
    for campaign_id in list_ids(server):
        served = ask(server, f"{campaign_id}/budget/totals")
        code = served["currencyCode"]
        tables["campaign_budgets"].append(
            {
                "campaign_id": campaign_id,
                "budget_total": to_money(served.get("budgetTotal")),
                "spend_total": to_money(served.get("spendTotal")),
                "remaining_budget": to_money(served.get("remainingBudget")),
                "currency_code": code,
            }
        )
        for kind in ("budget", "spend"):
            items = [_to_item(campaign_id, item, code) for item in served[f"{kind}Items"]]
            tables[f"campaign_{kind}_items"] += sorted(items, key=lambda item: item["item_id"])
    return tables


def _to_item(campaign_id: str, item: Row, code: str) -> Row:
    return {
        "campaign_id": campaign_id,
        "item_id": item["id"],
        "name": item["name"],
        "description": item.get("description"),
        "amount": to_money(item["amount"]),
        "position": item["order"],
        "currency_code": code,
        "created_at": datetime.fromtimestamp(item["createdAt"] / 1000, UTC),
        "updated_at": datetime.fromtimestamp(item["updatedAt"] / 1000, UTC),
    }


def serve_attribution(server: EmulatorServer, campaign_id: str, first: date, last: date) -> Row:
    """The counts of a campaign over some days."""
    served = ask(server, f"{campaign_id}/reports/metrics?startDate={first}&endDate={last}")
    return {
        "sessions": served["sessions"],
        "new_contacts_first_touch": served["newContactsFirstTouch"],
        "new_contacts_last_touch": served["newContactsLastTouch"],
        "influenced_contacts": served["influencedContacts"],
    }


def serve_revenue(server: EmulatorServer, campaign_id: str, first: date, last: date, model: str) -> Row:
    """The revenue of a campaign over some days, as a model credits it."""
    served = ask(server, f"{campaign_id}/reports/revenue?startDate={first}&endDate={last}&attributionModel={model}")
    return {
        "contacts": served["contactsNumber"],
        "deals": served["dealsNumber"],
        "deal_amount": to_money(served["dealAmount"]),
        "revenue_amount": to_money(served["revenueAmount"]),
        "currency_code": served["currencyCode"],
    }


def serve_contacts(server: EmulatorServer, campaign_id: str, contact_type: str) -> list[str]:
    """The ids of a campaign's contacts, of all pages."""
    ids: list[str] = []
    path = f"{campaign_id}/reports/contacts/{contact_type}"
    page = ask(server, path)
    while True:
        ids += [contact["id"] for contact in page["results"]]
        if "paging" not in page:
            return ids
        page = ask(server, f"{path}?after={page['paging']['next']['after']}")


def is_live(campaign: Campaign, day: date, margin: int) -> bool:
    """Whether a report by day asks about a campaign, in other words than the product's."""
    around = timedelta(days=margin)
    start, end = campaign.properties.get("hs_start_date"), campaign.properties.get("hs_end_date")
    has_begun = start is None or date.fromisoformat(start) - around <= day
    return has_begun and (end is None or day <= date.fromisoformat(end) + around)
