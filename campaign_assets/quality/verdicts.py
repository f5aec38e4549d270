"""What the rules find in a metrics table over many days, counted with memory that does not grow with them.

What a verdict means for whom, and how it is shown, is not decided here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from campaign_assets.catalog import Aggregation, AssetType
from campaign_assets.quality import rules
from campaign_assets.quality.row_history import RowHistory
from campaign_assets.quality.rules import Problem
from campaign_assets.tables import METRICS_TABLES, TableSchema, fill_columns, find_wrong_columns

KEY_UNIQUE = "key_unique"
COUNTS_NOT_NEGATIVE = "counts_not_negative"
CAMPAIGNS_KNOWN = "campaigns_known"
RATIOS_IN_RANGE = "ratios_in_range"
ROW_COUNT_USUAL = "row_count_usual"
COLUMNS_DOCUMENTED = "columns_documented"
OTHER_METRICS_EMPTY = "other_metrics_empty"
VALUES_READABLE = "values_readable"
ASSETS_ANSWERED = "assets_answered"
NOTHING_LOST = "nothing_lost"

HIGHEST_RATIO = 100.0
"""HubSpot does not say whether its ratios run from 0 to 1 or to 100, so both are in range."""
EXAMPLES = 5


@dataclass(slots=True)
class Verdict:
    """What one rule found over many days.

    Attributes:
        days: Days that were looked at.
        problems: Rows, values or names concerned, of all days together.
        bad_days: Days with a problem: how many.
        first: The first of them.
        last: The last of them.
        examples: A few, each with its day.
    """

    days: int = 0
    problems: int = 0
    bad_days: int = 0
    first: date | None = None
    last: date | None = None
    examples: list[str] = field(default_factory=list)

    def add(self, day: date, problem: Problem | None) -> None:
        """Counts a day."""
        self.days += 1
        if problem is None:
            return
        self.problems += problem.count
        self.bad_days += 1
        self.first = min(self.first or day, day)
        self.last = max(self.last or day, day)
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"{day}: {problem.example}")


class MetricsQuality:
    """Judges the days of one metrics table, one after the other.

    Attributes:
        verdicts: What each rule found, by its name; only rules that the table has columns for.
    """

    def __init__(self, asset_type: AssetType, campaign_ids: pa.Array, history: RowHistory) -> None:
        """Looks at nothing yet.

        Args:
            asset_type: The type whose table it is.
            campaign_ids: Every campaign that is known, the deleted ones included.
            history: The row counts of earlier days.
        """
        self._table = METRICS_TABLES[asset_type.name]
        self._rules = _list_rules(asset_type, self._table, campaign_ids, history)
        self.verdicts = {name: Verdict() for name in (*self._rules, ASSETS_ANSWERED, NOTHING_LOST)}

    def add_reading(self, day: date, left_out: Problem | None, lost: Problem | None) -> None:
        """Judges how a day was just read and written.

        Args:
            day: The day.
            left_out: Associated assets that the response left out; None where there are none.
            lost: The file in place, where it could not be read any more; None where it could, or where there was none.
        """
        self.verdicts[ASSETS_ANSWERED].add(day, left_out)
        self.verdicts[NOTHING_LOST].add(day, lost)

    def add(self, day: date, rows: pa.Table) -> None:
        """Judges a day.

        Args:
            day: The day; days come in order.
            rows: Its rows as they are in the file. Where its columns are not the table's, that is all that is said.
        """
        is_foreign = bool(find_wrong_columns(rows.schema, self._table, old=True))
        complete = rows if is_foreign else fill_columns(rows, self._table)
        for name, rule in self._rules.items():
            if name == COLUMNS_DOCUMENTED:
                self.verdicts[name].add(day, rule(day, rows))
            elif not is_foreign:
                self.verdicts[name].add(day, rule(day, complete))


def list_rules(asset_type: AssetType) -> list[str]:
    """The names of the rules that apply to a type's table."""
    ratios = [RATIOS_IN_RANGE] if _list_columns(asset_type, ratios=True) else []
    first = [KEY_UNIQUE, COUNTS_NOT_NEGATIVE, CAMPAIGNS_KNOWN]
    last = [ROW_COUNT_USUAL, COLUMNS_DOCUMENTED, OTHER_METRICS_EMPTY, VALUES_READABLE, ASSETS_ANSWERED, NOTHING_LOST]
    return [*first, *ratios, *last]


Rule = Callable[[date, pa.Table], Problem | None]


def _list_rules(
    asset_type: AssetType, table: TableSchema, campaign_ids: pa.Array, history: RowHistory
) -> Mapping[str, Rule]:
    counts = _list_columns(asset_type, ratios=False)
    ratios = _list_columns(asset_type, ratios=True)
    by_name: dict[str, Rule] = {
        KEY_UNIQUE: lambda _, rows: rules.find_repeated_keys(rows, table.key),
        COUNTS_NOT_NEGATIVE: lambda _, rows: rules.find_outside(rows, counts, 0, None),
        CAMPAIGNS_KNOWN: lambda _, rows: rules.find_unknown_campaigns(rows, campaign_ids),
        RATIOS_IN_RANGE: lambda _, rows: rules.find_outside(rows, ratios, 0, HIGHEST_RATIO),
        ROW_COUNT_USUAL: lambda day, rows: rules.find_unusual_count(
            rows.num_rows, history.list_before(day, rows.num_rows)
        ),
        COLUMNS_DOCUMENTED: lambda _, rows: rules.find_undocumented_columns(rows.schema, table),
        OTHER_METRICS_EMPTY: lambda _, rows: rules.find_other_metrics(rows),
        VALUES_READABLE: lambda _, rows: rules.find_unreadable(rows),
    }
    return {name: by_name[name] for name in list_rules(asset_type) if name in by_name}


def _list_columns(asset_type: AssetType, *, ratios: bool) -> list[str]:
    return [m.column for m in asset_type.metrics if (m.aggregation is Aggregation.RATIO) == ratios]
