"""What can be wrong with the rows of a table: one plain function for each rule, over the rows of one file.

Each answers None where all is well. Which rules a table has, and what becomes of what they find, is in `verdicts`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.plain_text import to_enumeration, to_line
from campaign_assets.tables import METRIC_DATE, OTHER_METRICS, OTHER_METRICS_TEXT, TableSchema, find_wrong_columns

_LONGEST_EXAMPLE = 600
FEWEST_DAYS = 7
"""So many earlier days make a median that is worth a comparison."""
FEWEST_ROWS = 20
"""A table with fewer rows a day doubles and halves by chance."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What one rule found on one day.

    Attributes:
        count: How many rows, values or names are concerned.
        example: One of them, or all in a few words, for a person: one line that can be printed, and not endless,
            whatever the rows hold.
    """

    count: int
    example: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "example", to_line(self.example, _LONGEST_EXAMPLE))


def find_fall(before: Mapping[str, int], after: Mapping[str, int], fewest: int) -> Problem | None:
    """What has fallen to less than half since the reading before, and whether nothing at all is left, of however few.

    Args:
        before: How many there were of each kind.
        after: How many there are now; kinds that are not there count as none.
        fewest: So many there must have been: fewer halve by chance, but where all kinds are empty, none is by chance.
    """
    is_all_gone = not sum(after.values())
    fallen = {k: n for k, n in before.items() if n and (n >= fewest or is_all_gone) and 2 * after.get(k, 0) < n}
    words = [f"{kind}: {number:,} before, {after.get(kind, 0):,} now" for kind, number in sorted(fallen.items())]
    return Problem(len(words), "; ".join(words)) if words else None


def find_repeated_keys(rows: pa.Table, key: Sequence[str]) -> Problem | None:
    """Keys that several rows share."""
    groups = rows.select(key).group_by(list(key), use_threads=False).aggregate([([], "count_all")])
    repeated = groups.filter(pc.greater(groups["count_all"], 1))
    if not repeated.num_rows:
        return None
    first = repeated.slice(0, 1).to_pylist()[0]
    shown = ", ".join(f"{name} {first[name]}" for name in key)
    return Problem(repeated.num_rows, f"{shown}: {first['count_all']} rows")


def find_outside(rows: pa.Table, columns: Sequence[str], lowest: float, highest: float | None) -> Problem | None:
    """Values of some columns below or above their bounds, and those that are no number."""
    count, example = 0, ""
    for name in columns:
        values = pc.drop_null(rows[name])
        bad = values.filter(_is_outside(values, lowest, highest))
        count += len(bad)
        example = example or (f"{name} {bad[0].as_py()}" if len(bad) else "")
    return Problem(count, example) if count else None


def find_unknown_campaigns(rows: pa.Table, campaign_ids: pa.Array) -> Problem | None:
    """Campaigns that the table of campaigns does not have, not even as deleted."""
    found = pc.unique(rows["campaign_id"])
    unknown = found.filter(pc.invert(pc.is_in(found, value_set=campaign_ids)))
    return Problem(len(unknown), f"campaign {unknown[0].as_py()}") if len(unknown) else None


def find_unusual_count(rows: int, earlier: Sequence[int]) -> Problem | None:
    """A number of rows that is less than half or more than double of the median of earlier days."""
    usual = median(earlier) if len(earlier) >= FEWEST_DAYS else 0
    if usual < FEWEST_ROWS or usual / 2 <= rows <= usual * 2:
        return None
    return Problem(1, f"{rows:,} rows, where the median of {len(earlier)} earlier days is {usual:,.0f}")


def find_undocumented_columns(columns: pa.Schema, table: TableSchema, *, old: bool = False) -> Problem | None:
    """Columns that are missing, of another type, or not in the table's documentation.

    Args:
        columns: The columns of a file.
        table: What they should be.
        old: The file may be older than a column that was added since: such a one may be missing.
    """
    unknown = {*columns.names} - {*table.columns.names, METRIC_DATE}
    wrong = [*(f"{name} is not documented" for name in unknown), *find_wrong_columns(columns, table, old=old)]
    return Problem(len(wrong), ", ".join(sorted(wrong))) if wrong else None


def find_other_metrics(rows: pa.Table) -> Problem | None:
    """Metrics that have no column, or a number that does not fit theirs."""
    maps = pc.drop_null(rows[OTHER_METRICS].combine_chunks())
    names: list[str] = sorted(set(maps.keys.to_pylist()))
    return Problem(len(names), to_enumeration(names)) if names else None


def find_unreadable(rows: pa.Table) -> Problem | None:
    """Values of metrics that are no number, or that no number column holds exactly."""
    with_text = rows.filter(pc.is_valid(rows[OTHER_METRICS_TEXT]))
    if not with_text.num_rows:
        return None
    values = [len(pairs) for pairs in with_text[OTHER_METRICS_TEXT].to_pylist()]
    first = with_text.slice(0, 1).select(["campaign_id", "asset_id", OTHER_METRICS_TEXT]).to_pylist()[0]
    name, text = first[OTHER_METRICS_TEXT][0]
    asset = f"campaign {to_line(first['campaign_id'])} asset {to_line(first['asset_id'])}"
    return Problem(sum(values), f"{asset}: {to_line(name)} is {text!r:.60}")


def _is_outside(values: Any, lowest: float, highest: float | None) -> Any:
    below = pc.less(values, lowest)
    if highest is None:
        return below
    # Written so that a NaN, which is in no range, is outside too.
    return pc.invert(pc.and_(pc.greater_equal(values, lowest), pc.less_equal(values, highest)))
