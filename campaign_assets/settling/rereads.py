"""What the readings of a day have shown: kept in the notes of the day's file of restatements, one for each table.

A reading that found nothing different is evidence too, and leaves no row.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial

from campaign_assets.settling.comparison import Movement
from campaign_assets.tables import METRIC_RESTATEMENTS, TableError, TableStore
from campaign_assets.threads import map_in_threads

NOTE = "rereads"
"""The name of the note."""
_THREADS = 16
_KEPT = 20
"""So many readings of a table's day are kept: the schedule needs four, and people may read a day again and again."""


@dataclass(frozen=True, slots=True)
class Reread:
    """One later reading of all campaigns of a table's day, beside the one before it.

    Attributes:
        table: Slug of the table.
        before_at: When the earlier reading began, in UTC.
        at: When the later one began, in UTC.
        movement: What it found.
    """

    table: str
    before_at: datetime
    at: datetime
    movement: Movement


def to_note(rereads: Iterable[Reread]) -> str:
    """The newest readings of each table as a note."""
    kept: dict[str, list[Reread]] = {}
    for reread in sorted(rereads, key=lambda reread: (reread.table, reread.at)):
        kept.setdefault(reread.table, []).append(reread)
    return json.dumps(
        [
            {
                "table": reread.table,
                "before_at": reread.before_at.isoformat(),
                "at": reread.at.isoformat(),
                **asdict(reread.movement),
            }
            for of_table in kept.values()
            for reread in of_table[-_KEPT:]
        ]
    )


def parse_note(text: str) -> list[Reread]:
    """The readings in a note; what is none is passed over."""
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [reread for entry in entries if (reread := _parse(entry))] if isinstance(entries, list) else []


def read_evidence(store: TableStore, days: int) -> dict[date, list[Reread]]:
    """What the newest days of the restatements have shown, by day; a file that cannot be read shows nothing.

    Args:
        store: Where the files lie; of each, the footer is read.
        days: How many of the newest days.
    """
    newest = store.list_days(METRIC_RESTATEMENTS.path)[-days:]
    return dict(zip(newest, map_in_threads(partial(_read_day, store), newest, _THREADS), strict=True))


def _read_day(store: TableStore, day: date) -> list[Reread]:
    try:
        notes = store.read_footer(METRIC_RESTATEMENTS.path, day=day).notes
    except TableError:
        return []
    return parse_note(notes.get(NOTE, ""))


def _parse(entry: object) -> Reread | None:
    try:
        fields = dict(entry)  # type: ignore[call-overload]
        before_at, at = (datetime.fromisoformat(fields[name]) for name in ("before_at", "at"))
        movement = Movement(
            int(fields["values"]), int(fields["changed"]), float(fields["moved"]), float(fields["total"])
        )
        table = fields["table"]
    except (TypeError, ValueError, KeyError, OverflowError):
        return None
    is_ours = isinstance(table, str) and at.tzinfo is not None and before_at.tzinfo is not None
    return Reread(table, before_at, at, movement) if is_ours else None
