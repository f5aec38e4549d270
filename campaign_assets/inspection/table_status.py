"""What there is of each table, from its files: days present and missing, due and settled, rows, bytes, last reading.

When a cell was read is told by its file. Where a Dagster instance is asked as well, what is due is the instance's to
say, for it is the instance that requests runs: what it never read, it reads again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from campaign_assets.days import Calendar
from campaign_assets.extract.daily_reports import list_daily_reports
from campaign_assets.extract.report_plan import list_reports
from campaign_assets.freshness import CellState, find_due, is_settled
from campaign_assets.marts.schemas import MARTS
from campaign_assets.settings import Settings
from campaign_assets.tables import (
    CAMPAIGN_ASSET_CHANGES,
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    METRIC_RESTATEMENTS,
    METRICS_TABLES,
    TABLES,
    FoundFile,
    TableSchema,
    TableStore,
    take_inventory,
)

ReadTimes = Mapping[tuple[str, date], datetime | None]
"""When cells were last read whole, in UTC, by table (the last part of its name) and day; None for never."""


@dataclass(frozen=True, slots=True)
class DaysStatus:
    """The days of a table that is read by day, of all closed days from the start date on.

    Attributes:
        present: Days that have a file.
        missing: Days that have none.
        due: Days that should be read now: those never read, and those that HubSpot may have restated since.
        settled: Days that are never due again.
        unknown: Days that have a file, of which the instance that was asked knows no reading.
    """

    present: int
    missing: int
    due: int
    settled: int
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class TableStatus:
    """What there is of one table.

    Attributes:
        table: Its name, such as `hubspot/campaigns`.
        files: Files in place.
        rows: Rows in them.
        bytes: Their size.
        last_read: When HubSpot was last asked for any of its rows, in UTC; None where no file says.
        first_day: The first day with a file; None where it has none, or is no table by day.
        last_day: The last such day.
        days: Its days; None where it is not read by day.
        faults: Files that cannot be read, a sentence each.
    """

    table: str
    files: int
    rows: int
    bytes: int
    last_read: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None
    days: DaysStatus | None = None
    faults: tuple[str, ...] = ()


def list_tables_by_day(settings: Settings) -> list[TableSchema]:
    """The tables whose days are read from HubSpot under these settings."""
    return [
        *(METRICS_TABLES[asset_type.name] for asset_type in settings.list_asset_types()),
        *(report.table for report in list_daily_reports(settings)),
    ]


def inspect_tables(
    settings: Settings, store: TableStore, calendar: Calendar, told: ReadTimes | None = None
) -> list[TableStatus]:
    """Every table that these settings fill, and every other that has files.

    Args:
        settings: What the environment says.
        store: Where the tables lie.
        calendar: The days of the account, and the present time.
        told: When an instance says that the cells were read; None where none is asked, and the files tell.

    Raises:
        TableError: A folder cannot be listed.
    """
    by_day = list_tables_by_day(settings)
    of_reports = [table for report in list_reports(settings) for table in report.tables]
    filled = [CAMPAIGNS, CAMPAIGN_ASSETS, CAMPAIGN_ASSET_CHANGES, METRIC_RESTATEMENTS, *by_day, *of_reports]
    found = ((table, take_inventory(store, table)) for table in (*TABLES, *(mart.table for mart in MARTS)))
    return [
        _to_status(table, files, _count_days(calendar, table, files, told) if table in by_day else None)
        for table, files in found
        if files or table in filled
    ]


def _to_status(table: TableSchema, files: list[FoundFile], days: DaysStatus | None) -> TableStatus:
    dates = [file.day for file in files if file.day]
    return TableStatus(
        table.name,
        files=len(files),
        rows=sum(file.rows for file in files),
        bytes=sum(file.bytes for file in files),
        last_read=max((file.extracted_at for file in files if file.extracted_at), default=None),
        first_day=min(dates, default=None),
        last_day=max(dates, default=None),
        days=days,
        faults=tuple(file.fault for file in files if file.fault),
    )


def _count_days(
    calendar: Calendar, table: TableSchema, files: Iterable[FoundFile], told: ReadTimes | None
) -> DaysStatus:
    slug, now = table.path[-1], calendar.now()
    closed = list(calendar.list_closed_days(now))
    by_file = {file.day: file.extracted_at for file in files if file.day}
    present = [day for day in closed if day in by_file]
    read_at = {day: by_file.get(day) if told is None else told.get((slug, day)) for day in closed}
    due = find_due(calendar, (CellState(slug, day, read_at[day]) for day in closed), now)
    return DaysStatus(
        present=len(present),
        missing=len(closed) - len(present),
        due=len(due),
        settled=sum(is_settled(calendar, day, read_at[day]) for day in closed),
        unknown=sum(read_at[day] is None for day in present) if told is not None else 0,
    )
