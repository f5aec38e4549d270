"""What became of the cells of a run: written, failed, or left as they are. A cell is one asset type on one day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from campaign_assets.catalog import AssetType
from campaign_assets.extract.metric_rows import MetricRows
from campaign_assets.quality.rules import Problem
from campaign_assets.tables import WrittenFile

Cell = tuple[AssetType, date]
_SHOWN_DAYS = 10


@dataclass(frozen=True, slots=True)
class WrittenCell:
    """A cell whose file is in place.

    Attributes:
        asset_type: Its type.
        day: Its day.
        file: Its file.
        rows: What stands in it.
        extracted_at: When the cell was last read whole, in UTC: where only some campaigns were read, an earlier time.
        requests: Requests that its day took, for all types together.
        whole: Whether all campaigns were read, not only some.
        left_out: Associated assets that the day's responses left out, though their campaigns were answered.
        lost: The file that was in place, where it could not be read any more.
        restated: How many of its numbers differ from those that were in place; None where none were.
    """

    asset_type: AssetType
    day: date
    file: WrittenFile
    rows: MetricRows
    extracted_at: datetime
    requests: int
    whole: bool = True
    left_out: Problem | None = None
    lost: Problem | None = None
    restated: int | None = None


@dataclass(frozen=True, slots=True)
class FailedCell:
    """A cell that could not be read or written; its file, if there is one, is as it was.

    Attributes:
        asset_type: Its type.
        day: Its day.
        error: Why.
    """

    asset_type: AssetType
    day: date
    error: Exception


@dataclass(frozen=True, slots=True)
class LeftCell:
    """A cell that was never read whole, in a run that reads some campaigns only: it is left to a run that reads all.

    Attributes:
        asset_type: Its type.
        day: Its day.
    """

    asset_type: AssetType
    day: date


@dataclass(frozen=True, slots=True)
class SurprisingTypes:
    """Types that came with metrics and have no table.

    Attributes:
        day: On which day.
        counts: How many assets of each.
    """

    day: date
    counts: dict[str, int]


CellOutcome = WrittenCell | FailedCell | LeftCell


@dataclass(slots=True)
class Summary:
    """The outcomes of a run so far.

    Attributes:
        types: The types whose tables the run writes.
        days: The days of the run.
        rows: Rows written.
        written: Cells written.
        failures: Failed types and the first reason, by day.
    """

    types: Sequence[AssetType]
    days: Sequence[date]
    rows: int = 0
    written: set[Cell] = field(default_factory=set)
    failures: dict[date, tuple[list[AssetType], Exception]] = field(default_factory=dict)

    def add(self, outcome: CellOutcome) -> None:
        """Counts a cell."""
        if isinstance(outcome, WrittenCell):
            self.rows += outcome.file.rows
            self.written.add((outcome.asset_type, outcome.day))
        elif isinstance(outcome, FailedCell):
            types, first = self.failures.get(outcome.day, ([], outcome.error))
            self.failures[outcome.day] = ([*types, outcome.asset_type], first)

    def has_written(self, asset_type: AssetType) -> bool:
        """Whether some day of a type was written."""
        return any(written is asset_type for written, _ in self.written)

    def describe_failures(self) -> str:
        """Which cells failed and why, for a person."""
        shown = [
            f"{day}{'' if len(types) == len(self.types) else ' ' + ', '.join(t.slug for t in types)}: {error}"
            for day, (types, error) in sorted(self.failures.items())[:_SHOWN_DAYS]
        ]
        more = len(self.failures) - len(shown)
        return (
            f"{len(self.failures)} of {len(self.days)} days failed; the others are in place. Re-execute from failure, "
            "or materialize these again:\n" + "\n".join(shown) + (f"\nand {more} more." if more else "")
        )
