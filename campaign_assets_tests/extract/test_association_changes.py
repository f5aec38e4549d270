"""Which past days an addition makes wrong."""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from campaign_assets.days import DayRange
from campaign_assets.extract.association_changes import HistoryGap, find_changes, find_history_gap
from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, CAMPAIGN_ASSETS

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
LAST = date(2026, 3, 9)
STARTS = {"a": date(2026, 2, 1), "b": date(2026, 3, 5), "unknown start": None, "future": date(2026, 4, 1)}


def to_state(*keys: tuple[str, str, str]) -> pa.Table:
    rows = [
        {"campaign_id": c, "asset_type": t, "asset_id": a, "asset_name": f"{t} {a}", "extracted_at": NOW}
        for c, t, a in keys
    ]
    return pa.Table.from_pylist(rows, schema=CAMPAIGN_ASSETS.columns)


def to_changes(*changes: tuple[str, str, str]) -> pa.Table:
    rows = [
        {"changed_at": NOW, "change": change, "campaign_id": c, "asset_type": t, "asset_id": "1"}
        for change, c, t in changes
    ]
    return pa.Table.from_pylist(rows, schema=CAMPAIGN_ASSET_CHANGES.columns)


def find_gap(*changes: tuple[str, str, str], **options: Any) -> HistoryGap | None:
    chosen = {"earliest": date(2025, 1, 1), "last": LAST, "history_days": 365, **options}
    return find_history_gap(to_changes(*changes), STARTS, **chosen)


def test_changes_are_what_only_one_state_has() -> None:
    before = to_state(("a", "FORM", "1"), ("a", "FORM", "2"))
    after = to_state(("a", "FORM", "2"), ("b", "CTA", "2"))
    rows = find_changes(before, after, NOW).to_pylist()
    found = [(row["change"], row["campaign_id"], row["asset_type"], row["asset_id"]) for row in rows]
    assert found == [("removed", "a", "FORM", "1"), ("added", "b", "CTA", "2")]
    assert find_changes(after, after, NOW).num_rows == 0


def test_changes_of_thousands_of_campaigns_are_those_of_all_of_them_together() -> None:
    before = {(f"c{n:05}", "FORM", str(n % 7)) for n in range(0, 5_000, 2)}
    after = {(f"c{n:05}", "FORM", str(n % 7 if n % 500 else 9)) for n in range(0, 6_000, 2)}
    rows = find_changes(to_state(*sorted(before, reverse=True)), to_state(*sorted(after)), NOW).to_pylist()
    found = [(row["change"], row["campaign_id"], row["asset_type"], row["asset_id"]) for row in rows]
    assert {row[1:] for row in found if row[0] == "added"} == after - before
    assert {row[1:] for row in found if row[0] == "removed"} == before - after
    assert found == sorted(found, key=lambda row: (row[1:], row[0]))
    assert all(row["asset_name"] == f"FORM {row['asset_id']}" for row in rows)


def test_a_gap_goes_from_the_campaigns_first_day_to_yesterday() -> None:
    assert find_gap(("added", "a", "FORM")) == HistoryGap(("a",), ("FORM",), DayRange(date(2026, 2, 1), LAST))


def test_several_additions_are_one_gap_from_the_earliest_start_on() -> None:
    gap = find_gap(("added", "b", "CTA"), ("added", "a", "FORM"), ("added", "a", "CTA"))
    assert gap == HistoryGap(("a", "b"), ("CTA", "FORM"), DayRange(date(2026, 2, 1), LAST))


@pytest.mark.parametrize(
    "change",
    [
        ("removed", "a", "FORM"),
        ("added", "a", "CALL"),  # a type without metrics
        ("added", "deleted campaign", "FORM"),
        ("added", "future", "FORM"),
    ],
)
def test_what_makes_no_past_day_wrong_is_no_gap(change: tuple[str, str, str]) -> None:
    assert find_gap(change) is None


@pytest.mark.parametrize(
    ("campaign", "options", "first"),
    [
        ("a", {"history_days": 10}, date(2026, 2, 28)),
        ("a", {"earliest": date(2026, 2, 20)}, date(2026, 2, 20)),
        ("b", {"history_days": 1}, LAST),
        ("unknown start", {"history_days": 30}, date(2026, 2, 8)),
    ],
)
def test_a_gap_is_bounded_by_the_history_and_by_the_first_day_of_the_tables(
    campaign: str, options: dict[str, Any], first: date
) -> None:
    gap = find_gap(("added", campaign, "FORM"), **options)
    assert gap is not None
    assert gap.days == DayRange(first, LAST)


def test_no_history_days_is_no_gap() -> None:
    assert find_gap(("added", "a", "FORM"), history_days=0) is None
