"""The rules: what each takes for wrong, and what not."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES, AssetType, find_asset_type
from campaign_assets.quality import verdicts
from campaign_assets.quality.row_history import RowHistory
from campaign_assets.quality.rules import find_undocumented_columns, find_unusual_count
from campaign_assets.quality.verdicts import MetricsQuality, Verdict
from campaign_assets.tables import METRICS_TABLES

DAY = date(2026, 3, 9)
KNOWN = pa.array(["known", "other"], pa.string())


def get_type(name: str) -> AssetType:
    found = find_asset_type(name)
    assert found
    return found


FORM = get_type("FORM")


def make_rows(rows: Sequence[Mapping[str, Any]], asset_type: AssetType = FORM) -> pa.Table:
    """Rows that are well but for what is said of them."""
    well = {"campaign_id": "known", "views": 3, "submissions": 1, "conversion_rate": 33.3}
    timestamp = datetime(2026, 3, 10, tzinfo=UTC)
    filled = [{"asset_id": str(n), "extracted_at": timestamp, **well, **row} for n, row in enumerate(rows)]
    return pa.Table.from_pylist(filled, schema=METRICS_TABLES[asset_type.name].columns)


def judge(rows: pa.Table, asset_type: AssetType = FORM) -> Mapping[str, Verdict]:
    quality = MetricsQuality(asset_type, KNOWN, RowHistory(lambda _: None))
    quality.add(DAY, rows)
    return quality.verdicts


@pytest.mark.parametrize("asset_type", METRIC_ASSET_TYPES, ids=lambda asset_type: asset_type.slug)
def test_every_table_without_rows_is_well(asset_type: AssetType) -> None:
    found = judge(METRICS_TABLES[asset_type.name].columns.empty_table(), asset_type)
    assert not any(verdict.bad_days for verdict in found.values())
    assert (verdicts.RATIOS_IN_RANGE in found) == (asset_type is FORM)


@pytest.mark.parametrize(
    ("rule", "rows", "problems", "example"),
    [
        (verdicts.KEY_UNIQUE, [{"asset_id": "7"}, {"asset_id": "7"}, {}], 1, "asset_id 7: 2 rows"),
        (verdicts.COUNTS_NOT_NEGATIVE, [{"views": -1}, {"views": 0}, {"views": None}], 1, "views -1"),
        (verdicts.COUNTS_NOT_NEGATIVE, [{"views": -(2**63)}, {"submissions": -2}], 2, "submissions -2"),
        (verdicts.CAMPAIGNS_KNOWN, [{"campaign_id": "gone"}, {"campaign_id": "gone"}, {}], 1, "campaign gone"),
        (verdicts.RATIOS_IN_RANGE, [{"conversion_rate": 100.5}, {"conversion_rate": -0.1}], 2, "conversion_rate 100.5"),
        (verdicts.RATIOS_IN_RANGE, [{"conversion_rate": math.nan}], 1, "conversion_rate nan"),
        (verdicts.OTHER_METRICS_EMPTY, [{"other_metrics": [("SHARES", 2.0)]}, {}], 1, "SHARES"),
    ],
)
def test_a_rule_names_what_is_wrong_and_the_others_stay_well(
    rule: str, rows: list[dict[str, Any]], problems: int, example: str
) -> None:
    found = judge(make_rows(rows))
    assert found[rule].problems == problems
    assert example in found[rule].examples[0]
    assert [name for name, verdict in found.items() if verdict.bad_days] == [rule]


def test_both_scales_of_a_ratio_are_in_range() -> None:
    found = judge(make_rows([{"conversion_rate": 0.0}, {"conversion_rate": 1.0}, {"conversion_rate": 100.0}, {}]))
    assert not found[verdicts.RATIOS_IN_RANGE].bad_days


def test_an_undocumented_missing_or_mistyped_column_is_named() -> None:
    table = METRICS_TABLES["FORM"]
    rows = make_rows([{}])
    views = rows.schema.get_field_index("views")
    odd = rows.set_column(views, "views", pa.array(["3"])).append_column("new", pa.array([1]))
    odd = odd.drop_columns(["submissions", "asset_id"])
    problem = find_undocumented_columns(odd.schema, table)
    assert problem and problem.count == 4
    for part in (
        "asset_id is missing",
        "submissions is missing",
        "new is not documented",
        "views is string, not int64",
    ):
        assert part in problem.example
    # A file may be older than a metric, but not than its key.
    older = find_undocumented_columns(odd.schema, table, old=True)
    assert older and "submissions" not in older.example and "asset_id is missing" in older.example


@pytest.mark.parametrize(
    ("rows", "earlier", "unusual"),
    [
        (99, [50] * 28, False),
        (101, [50] * 28, True),
        (25, [50] * 28, False),
        (24, [50] * 28, True),
        (0, [19] * 28, False),  # too few rows to tell
        (0, [50] * 6, False),  # too few days to tell
        (0, [], False),
        (60, [50] * 27 + [100_000], False),  # one odd day moves no median
    ],
)
def test_a_row_count_is_unusual_beyond_half_and_double_of_the_median(
    rows: int, earlier: list[int], unusual: bool
) -> None:
    assert bool(find_unusual_count(rows, earlier)) == unusual


def test_the_history_reads_a_day_once_and_forgets_those_before_four_weeks() -> None:
    asked: list[date] = []

    def count(day: date) -> int | None:
        asked.append(day)
        return 5 if day >= date(2026, 1, 30) else None

    history = RowHistory(count)
    days = [date(2026, 2, 1) + timedelta(n) for n in range(60)]
    counts = [history.list_before(day, 100) for day in days]
    assert counts[0] == [5, 5]
    assert counts[1] == [100, 5, 5]
    assert counts[59] == [100] * 28
    assert len(asked) == len(set(asked)) == 28


def test_many_days_are_one_verdict_that_does_not_grow() -> None:
    quality = MetricsQuality(FORM, KNOWN, RowHistory(lambda _: None))
    bad = make_rows([{"views": -1}])
    for number in range(100):
        quality.add(DAY + timedelta(number), bad if number % 2 else make_rows([{}]))
    verdict = quality.verdicts[verdicts.COUNTS_NOT_NEGATIVE]
    assert (verdict.days, verdict.bad_days, verdict.problems) == (100, 50, 50)
    assert (verdict.first, verdict.last) == (DAY + timedelta(1), DAY + timedelta(99))
    assert len(verdict.examples) == 5
