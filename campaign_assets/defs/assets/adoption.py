"""Tells an instance of files that lie in the storage and that it does not know, so that they are not read again.

So it is with a new instance, a folder that was moved, or an instance that was lost. Each file becomes the event that
its run would have written (`adopted_events`). Only files that are whole and that the product wrote are told of.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.assets.adopted_events import (
    to_beside_event,
    to_changes_event,
    to_mart_event,
    to_snapshot_event,
    to_stored_cell_event,
)
from campaign_assets.defs.assets.metadata import to_data_version
from campaign_assets.defs.instance.known_reads import KnownReads
from campaign_assets.defs.portal import Portal
from campaign_assets.extract.report_plan import list_reports
from campaign_assets.freshness import is_settled
from campaign_assets.inspection.stored_files import (
    DAILY_MARTS,
    StoredFile,
    find_last_change,
    list_mart_days,
    read_stored,
)
from campaign_assets.inspection.table_status import list_tables_by_day
from campaign_assets.settings import Settings
from campaign_assets.tables import (
    CAMPAIGN_ASSET_CHANGES,
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    METRIC_RESTATEMENTS,
    MissingTable,
    TableError,
    TableSchema,
    TableStore,
    get_extracted_at,
)
from campaign_assets.threads import map_in_threads

_THREADS = 4
_FOLLOWED_AGAIN = timedelta(days=1)
"""Changes of so long ago may not have been followed to their end by the instance before."""
Place = tuple[TableSchema, date]


@dataclass(slots=True)
class TableAdoption:
    """What becomes of the files of one table; of a mart, of its days.

    Attributes:
        table: Its name.
        adopted: Told to the instance.
        known: Known to it already, or being read now.
        refused: Damaged, somebody else's, or without a time of their reading.
        outside: Of days that the tables do not have: before the start date, or not over yet.
        outdated: Days of a mart that was made before the tables were read last.
    """

    table: str
    adopted: int = 0
    known: int = 0
    refused: int = 0
    outside: int = 0
    outdated: int = 0


@dataclass(slots=True)
class Adoption:
    """What there is to tell an instance.

    Attributes:
        events: The events, in the order in which they are told: of each day the cell first that was read first.
        tables: What becomes of each table's files, by its name.
        faults: Why files are not told of, a sentence each.
        followed_until: When the newest change of associations was noticed that counts as followed; None for none.
    """

    events: list[dg.AssetMaterialization] = field(default_factory=list)
    tables: dict[str, TableAdoption] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    followed_until: datetime | None = None


def find_adoption(
    settings: Settings,
    portal: Portal,
    store: TableStore,
    calendar: Calendar,
    instance: dg.DagsterInstance | None,
    log: logging.Logger,
) -> Adoption:
    """Reads what the instance does not know, and says what there is to tell it; tells it nothing yet.

    Args:
        settings: What the environment says.
        portal: Whose tables.
        store: Where the tables lie.
        calendar: The days of the account, and the present time.
        instance: The instance; None where there is none yet.
        log: Is told which events are not what this code location writes.

    Raises:
        TableError: A folder cannot be listed.
    """
    by_day = list_tables_by_day(settings)
    snapshots = [CAMPAIGNS, CAMPAIGN_ASSETS, *(table for report in list_reports(settings) for table in report.tables)]
    beside = [METRIC_RESTATEMENTS, *(mart.table for mart in DAILY_MARTS)]
    known = KnownReads()
    if instance is not None:
        known = KnownReads.ask(instance, portal, calendar, by_day, [*snapshots, CAMPAIGN_ASSET_CHANGES], beside, log)
    finder = _Finder(portal, store, calendar, known)
    try:
        for table in snapshots:
            finder.add_snapshot(table)
        finder.add_changes(CAMPAIGN_ASSET_CHANGES)
        finder.add_cells(by_day)
        finder.add_beside(METRIC_RESTATEMENTS)
        for mart in DAILY_MARTS:
            finder.add_mart(mart.table)
    except OSError as error:
        place = error.filename or store.root
        raise TableError(f"{place} cannot be listed: {error.strerror or error}. Check its rights.") from error
    return finder.adoption


def adopt(
    instance: dg.DagsterInstance, events: Iterable[dg.AssetMaterialization], listener: Callable[[], object]
) -> None:
    """Tells an instance.

    Args:
        instance: The instance.
        events: The events, in their order.
        listener: Is told after each.
    """
    for event in events:
        instance.report_runless_asset_event(event)
        listener()


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell's event, and what decides its place among the others."""

    day: date
    extracted_at: datetime
    table: str
    newest_row: datetime | None
    event: dg.AssetMaterialization


class _Finder:
    """Goes through the tables.

    Attributes:
        adoption: What was found so far.
    """

    def __init__(self, portal: Portal, store: TableStore, calendar: Calendar, known: KnownReads) -> None:
        self.adoption = Adoption()
        self._portal = portal
        self._store = store
        self._calendar = calendar
        self._known = known
        self._known_days = known.days
        self._now = calendar.now()
        self._days = calendar.list_closed_days(self._now)
        self._newest_rows: dict[date, datetime] = {}

    def add_snapshot(self, table: TableSchema) -> None:
        """A table without days."""
        try:
            read_at = get_extracted_at(self._store.read_footer(table.path).columns)
            file = None
            if read_at is None or not self._known.knows_snapshot(table, read_at):
                file = read_stored(self._store, table, None, self._now)
        except MissingTable:
            return
        except TableError as error:
            self._refuse(table, error)
            return
        self._add(table, to_snapshot_event(self._portal, file) if file else None)

    def add_changes(self, table: TableSchema) -> None:
        """The log of changes, as one event that says how far it counts as followed."""
        last = find_last_change(self._store, table, self._now - _FOLLOWED_AGAIN)
        if last is None:
            return
        if self._known.knows_snapshot(table, None):
            self._add(table, None)
            return
        name, self.adoption.followed_until = last
        self._add(table, to_changes_event(self._portal, name))

    def add_cells(self, tables: Sequence[TableSchema]) -> None:
        """The tables whose days are read from HubSpot."""
        places = [(table, day) for table in tables for day in self._list_days(table)]
        find = partial(self._find_cell, max((day for _, day in places), default=None))
        cells = []
        for (table, _), found in zip(places, map_in_threads(find, places, _THREADS), strict=True):
            if isinstance(found, TableError):
                self._refuse(table, found)
            elif found is None:
                self._add(table, None)
            else:
                cells.append((table, found))
        for table, cell in sorted(cells, key=lambda item: (item[1].day, item[1].extracted_at, item[1].table)):
            self._add(table, cell.event)
            if cell.newest_row is not None:
                self._newest_rows[cell.day] = max(cell.newest_row, self._newest_rows.get(cell.day, cell.newest_row))

    def add_beside(self, table: TableSchema) -> None:
        """A table with days that is written beside the cells."""
        for day in self._list_days(table):
            if day in self._known.others.get(table.name, ()):
                self._add(table, None)
                continue
            try:
                self._add(table, to_beside_event(self._portal, read_stored(self._store, table, day, self._now)))
            except TableError as error:
                self._refuse(table, error)

    def add_mart(self, table: TableSchema) -> None:
        """The days of a mart that were made of cells which are told now, as they are."""
        versions: dict[str, str] = {}
        for day in list_mart_days(self._store, table):
            if isinstance(day, TableError):
                self._refuse(table, day)
            elif day.day in self._known.others.get(table.name, ()):
                self._add(table, None)
            elif day.day not in self._newest_rows:
                continue  # its cells are known already, or not told of: who knows them makes it
            elif day.newest_row < self._newest_rows[day.day]:
                self._get(table).outdated += 1
            else:
                if day.location not in versions:
                    versions[day.location] = to_data_version(day.rows)
                self._add(table, to_mart_event(self._portal, day, versions[day.location]))

    def _list_days(self, table: TableSchema) -> list[date]:
        days = self._store.list_days(table.path)
        inside = [day for day in days if day in self._days]
        if len(days) > len(inside):
            self._get(table).outside += len(days) - len(inside)
        return inside

    def _find_cell(self, last: date | None, place: Place) -> "_Cell | TableError | None":
        """The event of a cell; None where it is known, or being read; an error where its file cannot be told of."""
        table, day = place
        if (table.path[-1], day) in self._known.in_progress or self._known.knows_settled(self._calendar, table, day):
            return None
        try:
            read_at = get_extracted_at(self._store.read_footer(table.path, day=day).columns)
            if read_at is not None and self._known.knows_cell(table, day, read_at):
                return None
            file = read_stored(self._store, table, day, self._now)
        except TableError as error:
            return error
        event = to_stored_cell_event(
            self._portal, file, says_when=self._is_out_of_order(file, day), with_preview=day == last
        )
        return _Cell(day, file.extracted_at, table.name, file.newest_row, event)

    def _is_out_of_order(self, file: StoredFile, day: date) -> bool:
        """Whether the instance would take a cell for settled, since it was told of another of the day before."""
        return day in self._known_days and not is_settled(self._calendar, day, file.extracted_at)

    def _get(self, table: TableSchema) -> TableAdoption:
        return self.adoption.tables.setdefault(table.name, TableAdoption(table.name))

    def _add(self, table: TableSchema, event: dg.AssetMaterialization | None) -> None:
        """Counts a file: as adopted, or where there is nothing to tell, as known."""
        found = self._get(table)
        if event is None:
            found.known += 1
        else:
            found.adopted += 1
            self.adoption.events.append(event)

    def _refuse(self, table: TableSchema, error: TableError) -> None:
        self._get(table).refused += 1
        self.adoption.faults.append(str(error))
