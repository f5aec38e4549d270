"""Cells and what became of them: the words that all figures here are counted in."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES


@dataclass(frozen=True, order=True)
class Cell:
    """One table, or one day of a daily table.

    Attributes:
        table: Its name, such as `hubspot/campaigns`.
        day: Its day in ISO 8601; empty for a table without days.
    """

    table: str
    day: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """The table's folders below the root."""
        return tuple(self.table.split("/"))

    @property
    def date(self) -> date | None:
        """The day, or None."""
        return date.fromisoformat(self.day) if self.day else None

    def __str__(self) -> str:
        return f"{self.table} {self.day}".strip()


CAMPAIGNS_CELL = Cell(CAMPAIGNS.name)
CAMPAIGN_ASSETS_CELL = Cell(CAMPAIGN_ASSETS.name)


def metrics_cells(day: date) -> list[Cell]:
    """The cells of a day."""
    return [Cell(METRICS_TABLES[t.name].name, day.isoformat()) for t in METRIC_ASSET_TYPES]


def all_cells(days: list[date]) -> list[Cell]:
    """Every cell there is."""
    return [CAMPAIGNS_CELL, CAMPAIGN_ASSETS_CELL, *(cell for day in days for cell in metrics_cells(day))]


class Fate(StrEnum):
    """What became of a cell."""

    SURVIVED = "survived"
    FAILED = "failed cleanly"
    WRONG = "wrong"


@dataclass
class Figures:
    """What became of the cells of one case.

    Attributes:
        case: What was done to them.
        requests: Requests that reached the account.
        faults: Faults that were carried out; for a crash, kills.
        fates: How many cells met which end.
        notes: What was wrong, in words.
        files_read: Files that a reader beside it has read whole while they were written.
        seconds: How long it took.
    """

    case: str
    requests: int = 0
    faults: int = 0
    fates: dict[Fate, int] = field(default_factory=lambda: dict.fromkeys(Fate, 0))
    notes: list[str] = field(default_factory=list)
    files_read: int = 0
    seconds: float = 0.0

    def add(self, fate: Fate, count: int = 1) -> None:
        """Counts cells."""
        self.fates[fate] += count

    def blame(self, note: str) -> None:
        """Counts a cell as wrong, and says why."""
        self.add(Fate.WRONG)
        self.notes.append(note)

    @property
    def wrong(self) -> int:
        """How many cells are wrong."""
        return self.fates[Fate.WRONG]
