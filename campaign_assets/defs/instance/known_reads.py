"""What an instance knows of the files that lie in the storage: which of them it was told of, and as of when."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.instance.extraction_times import find_extracted_at
from campaign_assets.defs.instance.in_progress import find_cells_in_progress
from campaign_assets.defs.instance.last_reads import find_cell_states
from campaign_assets.defs.portal import Portal
from campaign_assets.freshness import is_settled
from campaign_assets.tables import TableSchema

_MATERIALIZED = dg.DagsterEventType.ASSET_MATERIALIZATION


@dataclass(frozen=True, slots=True)
class KnownReads:
    """What an instance knows; nothing, where there is no instance yet.

    Attributes:
        cells: When cells were last read whole, in UTC, by the last part of their table's name and day.
        in_progress: Cells that somebody reads now.
        snapshots: When tables without days were read, in UTC, by name; None where their event does not say.
        others: Days of other daily assets that have an event, by name.
    """

    cells: dict[tuple[str, date], datetime] = field(default_factory=dict)
    in_progress: Collection[tuple[str, date]] = ()
    snapshots: dict[str, datetime | None] = field(default_factory=dict)
    others: dict[str, frozenset[date]] = field(default_factory=dict)

    @classmethod
    def ask(
        cls,
        instance: dg.DagsterInstance,
        portal: Portal,
        calendar: Calendar,
        by_day: Sequence[TableSchema],
        snapshots: Sequence[TableSchema],
        others: Sequence[TableSchema],
        log: logging.Logger,
    ) -> "KnownReads":
        """What an instance knows.

        Args:
            instance: The instance.
            portal: Whose tables.
            calendar: The days of the account.
            by_day: Tables whose days are read from HubSpot.
            snapshots: Tables without days.
            others: Tables with days that are written beside others, or made of them.
            log: Is told which events are not what this code location writes.
        """
        days = list(calendar.list_closed_days())
        keys = list(map(portal.key, by_day))
        states = find_cell_states(instance, portal, days, calendar, log, keys)
        return cls(
            {(state.table, state.day): state.read_at for state in states if state.read_at},
            find_cells_in_progress(instance, portal, days, log),
            dict(_find_snapshots(instance, portal, snapshots)),
            {table.name: _find_days(instance, portal.key(table), days) for table in others},
        )

    def knows_settled(self, calendar: Calendar, table: TableSchema, day: date) -> bool:
        """Whether the instance knows of a reading of a cell after which none is due."""
        return is_settled(calendar, day, self.cells.get((table.path[-1], day)))

    def knows_cell(self, table: TableSchema, day: date, extracted_at: datetime) -> bool:
        """Whether the instance knows of a reading of a cell that is no older."""
        read_at = self.cells.get((table.path[-1], day))
        return read_at is not None and read_at >= extracted_at

    def knows_snapshot(self, table: TableSchema, extracted_at: datetime | None) -> bool:
        """Whether the instance knows of a reading of a table without days that is no older."""
        if table.name not in self.snapshots:
            return False
        read_at = self.snapshots[table.name]
        return extracted_at is None or (read_at is not None and read_at >= extracted_at)

    @property
    def days(self) -> frozenset[date]:
        """The days of which the instance knows some cell."""
        return frozenset(day for _, day in self.cells)


def _find_snapshots(
    instance: dg.DagsterInstance, portal: Portal, tables: Sequence[TableSchema]
) -> "list[tuple[str, datetime | None]]":
    events = [(table.name, instance.get_latest_materialization_event(portal.key(table))) for table in tables]
    return [(name, find_extracted_at(event.asset_materialization)) for name, event in events if event]


def _find_days(instance: dg.DagsterInstance, key: dg.AssetKey, days: Sequence[date]) -> frozenset[date]:
    by_partition = {day.isoformat(): day for day in days}
    storage = instance.event_log_storage
    known = storage.get_latest_storage_id_by_partition(key, _MATERIALIZED, set(by_partition))
    return frozenset(by_partition[partition] for partition in known)
