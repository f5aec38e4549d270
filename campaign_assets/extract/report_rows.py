"""How each campaign report is asked for, and its answer as rows of its tables.

Amounts go from the response's text to the column as decimals. A value that its column does not hold exactly is null
there, and told.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from campaign_assets.extract.amounts import fit_amount, fit_count
from campaign_assets.extract.campaign_reports import Question, ReportRows, Window
from campaign_assets.extract.campaign_rows import UnreadableValue
from campaign_assets.hubspot import HubSpotClient, MoneyItem
from campaign_assets.tables import (
    CAMPAIGN_BUDGET_ITEMS,
    CAMPAIGN_BUDGETS,
    CAMPAIGN_CONTACTS,
    CAMPAIGN_SPEND_ITEMS,
    EXTRACTED_AT,
    TableSchema,
)

Row = Mapping[str, Any]


def read_budget(extracted_at: datetime, client: HubSpotClient, question: Question) -> ReportRows:
    """Asks for the money of a campaign: one row of `campaign_budgets`, and its items.

    Args:
        extracted_at: When the reading began, with its time zone; likewise below.
        client: The account; likewise below.
        question: The campaign.

    Raises:
        HubSpotError: The request failed for good; likewise below.
    """
    totals = client.budget.get_totals(question.campaign_id)
    rows = _Rows(question, extracted_at)
    rows.add(
        CAMPAIGN_BUDGETS,
        {
            "currency_code": totals.currency_code,
            "budget_total": totals.budget_total,
            "spend_total": totals.spend_total,
            "remaining_budget": totals.remaining_budget,
        },
    )
    for table, items in ((CAMPAIGN_BUDGET_ITEMS, totals.budget_items), (CAMPAIGN_SPEND_ITEMS, totals.spend_items)):
        rows.add(table, *_list_items(items, totals.currency_code))
    return rows.to_report()


def read_attribution(
    table: TableSchema, extracted_at: datetime, client: HubSpotClient, question: Question
) -> ReportRows:
    """Asks for the sessions and contacts that a campaign brought: one row.

    Args:
        table: `campaign_attribution` or `campaign_attribution_daily`.
        extracted_at: As above.
        client: As above.
        question: The campaign and the days.
    """
    days = _get_window(question).days
    found = client.reports.get_metrics(question.campaign_id, start_date=days.first, end_date=days.last)
    rows = _Rows(question, extracted_at)
    rows.add(
        table,
        {
            "sessions": found.sessions,
            "new_contacts_first_touch": found.new_contacts_first_touch,
            "new_contacts_last_touch": found.new_contacts_last_touch,
            "influenced_contacts": found.influenced_contacts,
        },
    )
    return rows.to_report()


def read_revenue(table: TableSchema, extracted_at: datetime, client: HubSpotClient, question: Question) -> ReportRows:
    """Asks for the revenue that a model credits to a campaign: one row.

    Args:
        table: `campaign_revenue` or `campaign_revenue_daily`.
        extracted_at: As above.
        client: As above.
        question: The campaign, the days and the model.
    """
    days, model = _get_window(question).days, question.variant
    found = client.reports.get_revenue(
        question.campaign_id, attribution_model=model, start_date=days.first, end_date=days.last
    )
    rows = _Rows(question, extracted_at)
    rows.add(
        table,
        {
            "attribution_model": model,
            "contacts": found.contacts_number,
            "deals": found.deals_number,
            "deal_amount": found.deal_amount,
            "revenue_amount": found.revenue_amount,
            "currency_code": found.currency_code,
        },
    )
    return rows.to_report()


def read_contacts(extracted_at: datetime, client: HubSpotClient, question: Question) -> ReportRows:
    """Asks for the contacts of one type that a campaign brought, page by page: one row for each.

    Args:
        extracted_at: As above.
        client: As above.
        question: The campaign and the contact type.
    """
    rows = _Rows(question, extracted_at)
    pages = client.reports.list_contacts_pages(question.campaign_id, question.variant)
    ids = (contact_id for page in pages for contact_id in page.contact_ids)
    rows.add(CAMPAIGN_CONTACTS, *({"contact_type": question.variant, "contact_id": contact_id} for contact_id in ids))
    return rows.to_report()


def _get_window(question: Question) -> Window:
    if question.window is None:
        raise ValueError(f"a question about {question.campaign_id} without its days")
    return question.window


def _list_items(items: Iterable[MoneyItem], currency_code: str | None) -> list[Row]:
    return [
        {
            "item_id": item.id,
            "name": item.name,
            "description": item.description,
            "amount": item.amount,
            "position": item.order,
            "currency_code": currency_code,
            "created_at": item.created_at,
            "updated_at": item.updated_at,
        }
        for item in items
    ]


class _Rows:
    """Collects the rows of one answer; where two have the same key, the last one counts."""

    def __init__(self, question: Question, extracted_at: datetime) -> None:
        self._question = question
        self._same: dict[str, Any] = {"campaign_id": question.campaign_id, EXTRACTED_AT: extracted_at}
        if question.window:
            days = question.window.days
            self._same |= {"window": question.window.name, "first_day": days.first, "last_day": days.last}
        self._tables: dict[str, pa.Table] = {}
        self._unreadable: list[UnreadableValue] = []
        self._repeated = 0

    def add(self, table: TableSchema, *rows: Row) -> None:
        filled = [{**self._same, **{name: self._fit(name, value) for name, value in row.items()}} for row in rows]
        by_key = {tuple(row[name] for name in table.key): row for row in filled}
        self._repeated += len(filled) - len(by_key)
        self._tables[table.name] = pa.Table.from_pylist(list(by_key.values()), schema=table.columns)

    def to_report(self) -> ReportRows:
        return ReportRows(self._tables, tuple(self._unreadable), self._repeated)

    def _fit(self, name: str, value: object) -> object:
        """A value as its column holds it; null where it does not."""
        fitting = value
        if isinstance(value, Decimal):
            fitting = fit_amount(value)
        elif isinstance(value, int):
            fitting = fit_count(value)
        if value is not None and fitting is None:
            self._unreadable.append(UnreadableValue(self._question.campaign_id, name, str(value)))
        return fitting
