"""What can be wrong with the rows of campaign reports. Each rule answers None where all is well, as in `rules`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from campaign_assets.quality.rules import Problem

_NAMED = 3
_NOTHING = Decimal(0)
Row = Mapping[str, Any]


def find_wrong_totals(budgets: pa.Table, budget_items: pa.Table, spend_items: pa.Table) -> Problem | None:
    """Totals that are not the sum of the campaign's items, and remainders that are not budget less spend."""
    sums = {"budget_total": _add_up(budget_items), "spend_total": _add_up(spend_items)}
    wrong = []
    for row in budgets.to_pylist():
        campaign_id = row["campaign_id"]
        for name, by_campaign in sums.items():
            items = by_campaign.get(campaign_id, _NOTHING)
            if items is not None and items != (row[name] or _NOTHING):
                wrong.append(f"campaign {campaign_id}: {name} is {row[name]}, its items are {items}")
        rest = None if row["budget_total"] is None else row["budget_total"] - (row["spend_total"] or _NOTHING)
        if None not in (rest, row["remaining_budget"]) and rest != row["remaining_budget"]:
            wrong.append(f"campaign {campaign_id}: remaining_budget is {row['remaining_budget']}, and not {rest}")
    return _to_problem(wrong)


def find_other_sums(budgets: pa.Table, campaigns: pa.Table) -> Problem | None:
    """Totals that are not the sums which the campaign itself says."""
    sums = {row["campaign_id"]: row for row in campaigns.to_pylist() if row["deleted_at"] is None}
    wrong = []
    for row in budgets.to_pylist():
        campaign = sums.get(row["campaign_id"])
        for name, other in (("budget_total", "budget_amount"), ("spend_total", "spend_amount")):
            if campaign and (row[name] or _NOTHING) != (campaign[other] or _NOTHING):
                wrong.append(f"campaign {row['campaign_id']}: {name} is {row[name]}, {other} {campaign[other]}")
    return _to_problem(wrong)


def find_several_currencies(tables: Sequence[pa.Table]) -> Problem | None:
    """Campaigns whose rows, over some tables, are in several currencies."""
    found: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        pairs = zip(table["campaign_id"].to_pylist(), table["currency_code"].to_pylist(), strict=True)
        for campaign_id, code in pairs:
            if code is not None:
                found[campaign_id].add(code)
    return _to_problem(
        f"campaign {campaign_id}: {', '.join(sorted(codes))}" for campaign_id, codes in found.items() if len(codes) > 1
    )


def _add_up(items: pa.Table) -> dict[str, Decimal | None]:
    """The sum of each campaign's items; None where one has no amount that could be read."""
    sums: dict[str, Decimal | None] = {}
    for campaign_id, amount in zip(items["campaign_id"].to_pylist(), items["amount"].to_pylist(), strict=True):
        before = sums.get(campaign_id, _NOTHING)
        sums[campaign_id] = None if before is None or amount is None else before + amount
    return sums


def _to_problem(wrong: Iterable[str]) -> Problem | None:
    found = list(wrong)
    return Problem(len(found), "; ".join(found[:_NAMED])) if found else None
