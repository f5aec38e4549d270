"""Tells what a later reading of a day says differently, as the day's file of `hubspot/metric_restatements`.

The file is written before the cells are replaced, so that no difference is lost. Where a run dies between the two, its
rows never came true: the table still holds what they call `before`. The next reading finds that, and takes them away.
So each difference is told once, however often a run is tried.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.catalog import AssetType
from campaign_assets.load.before import read_before
from campaign_assets.quality.rules import Problem
from campaign_assets.settling.comparison import Comparison, compare, find_value, sort_rows
from campaign_assets.settling.rereads import NOTE, Reread, parse_note, to_note
from campaign_assets.tables import (
    METRIC_RESTATEMENTS,
    TIMESTAMP,
    TableError,
    TableStore,
    WrittenFile,
    get_extracted_at,
    get_note,
)

_NEWEST = "told_last"
"""In a file's metadata: the time of each type's newest rows; not always the latest, for clocks go back."""


@dataclass(frozen=True, slots=True)
class WrittenRestatements:
    """The restatements of a day, in place.

    Attributes:
        day: The day.
        file: Its file.
        counts: How many rows this reading added, by asset type in HubSpot's spelling.
    """

    day: date
    file: WrittenFile
    counts: Mapping[str, int]


class DayRestatements:
    """What one reading of a day says differently than the one before, gathered table by table."""

    def __init__(self, store: TableStore, day: date, noticed_at: datetime, log: logging.Logger) -> None:
        """Takes the place; nothing is read before there is something to compare.

        Args:
            store: Where the files lie.
            day: The day.
            noticed_at: When the reading began, with its time zone.
            log: Is told of a file that cannot be read.
        """
        self._store = store
        self._day = day
        self._noticed_at = noticed_at
        self._log = log
        self._told: pa.Table | None = None
        self._unreadable: TableError | None = None
        self._lost = ""
        self._rereads: list[Reread] = []
        self._newest: dict[str, datetime] = {}
        self._found: dict[str, Comparison] = {}
        self._is_changed = False

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are to tell, by asset type."""
        return {name: found.rows.num_rows for name, found in self._found.items() if found.rows.num_rows}

    @property
    def lost(self) -> Problem | None:
        """The day's file, where it could not be read any more and was moved aside: HubSpot does not tell it again."""
        return Problem(1, self._lost) if self._lost else None

    def compare(
        self, asset_type: AssetType, before: pa.Table | None, after: pa.Table, *, whole: bool
    ) -> Comparison | None:
        """Compares what a cell holds with what it will hold; None where it was never read.

        Args:
            asset_type: The cell's type.
            before: The cell's rows as they are.
            after: The rows that will replace them.
            whole: Whether all campaigns were read, not only some.
        """
        if before is None:
            return None
        self._read()
        self._withdraw(asset_type, before)
        found = compare(asset_type, before, after, self._noticed_at)
        self._found[asset_type.name] = found
        before_at = get_extracted_at(before.schema)
        if whole and before_at is not None:
            self._rereads.append(Reread(asset_type.slug, before_at, self._noticed_at, found.movement))
            self._is_changed = True
        return found

    def write(self) -> WrittenRestatements | None:
        """Puts the day's file in place; None where there is nothing to tell.

        Raises:
            TableError: It cannot be written, or what it holds cannot be read for now.
        """
        if not self.counts and not self._is_changed:
            return None
        if self._unreadable:
            raise self._unreadable
        told = METRIC_RESTATEMENTS.columns.empty_table() if self._told is None else self._told
        rows = pa.concat_tables([told, *(found.rows for found in self._found.values())])
        told_last = self._newest | dict.fromkeys(self.counts, self._noticed_at)
        newest = {name: timestamp.isoformat() for name, timestamp in told_last.items()}
        file = self._store.write(
            METRIC_RESTATEMENTS.path,
            sort_rows(rows),
            day=self._day,
            extracted_at=self._noticed_at,
            notes={NOTE: to_note(self._rereads), _NEWEST: json.dumps(newest)},
        )
        return WrittenRestatements(self._day, file, self.counts)

    def _read(self) -> None:
        if self._told is not None or self._unreadable:
            return
        try:
            before = read_before(self._store, METRIC_RESTATEMENTS, day=self._day)
            if before.damage:
                aside = self._store.move_aside(METRIC_RESTATEMENTS.path, self._day)
                self._lost = f"{before.damage} It was moved to {aside}: what it told is lost to the table."
                self._log.warning(self._lost)
        except TableError as error:
            self._unreadable = error
            return
        if before.rows is None:
            self._told = METRIC_RESTATEMENTS.columns.empty_table()
            return
        self._rereads = parse_note(get_note(before.rows.schema, NOTE))
        self._newest = _parse_newest(get_note(before.rows.schema, _NEWEST))
        names = METRIC_RESTATEMENTS.columns.names
        self._told = before.rows.select(names).cast(METRIC_RESTATEMENTS.columns)

    def _withdraw(self, asset_type: AssetType, before: pa.Table) -> None:
        """Takes away what a run told that died before its cell was replaced."""
        timestamp = self._newest.pop(asset_type.name, None)
        if self._told is None or timestamp is None:
            return
        is_newest = pc.and_(
            pc.equal(self._told["asset_type"], asset_type.name),
            pc.equal(self._told["noticed_at"], pa.scalar(timestamp, TIMESTAMP)),
        )
        first = self._told.filter(is_newest).slice(0, 1).to_pylist()  # a cell is replaced whole: one row stands for all
        if not first or _find_value(asset_type, before, first[0]) != first[0]["before"]:
            return
        self._told = self._told.filter(pc.invert(is_newest))
        self._rereads = [r for r in self._rereads if (r.table, r.at) != (asset_type.slug, timestamp)]
        self._is_changed = True


def _find_value(asset_type: AssetType, rows: pa.Table, of: Mapping[str, Any]) -> float | None:
    return find_value(asset_type, rows, of["campaign_id"], of["asset_id"], of["metric"])


def _parse_newest(text: str) -> dict[str, datetime]:
    """When each type was told of last, from a note; nothing where it holds something else."""
    try:
        return {str(name): datetime.fromisoformat(timestamp) for name, timestamp in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}
