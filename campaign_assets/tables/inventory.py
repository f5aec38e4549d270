"""Which files a table has, and what each says of itself: footers only, a few kilobytes of each file.

Whether they are the files that should be there is not known here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from upath import UPath

from campaign_assets.tables.change_log import ChangeLog, parse_file_name
from campaign_assets.tables.errors import MissingTable, TableError
from campaign_assets.tables.month_files import MonthFiles
from campaign_assets.tables.parquet_file import Remedy, get_extracted_at
from campaign_assets.tables.schemas import CAMPAIGN_ASSET_CHANGES, TableSchema
from campaign_assets.tables.store import TableStore
from campaign_assets.threads import map_in_threads

_THREADS = 16


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of a table.

    Attributes:
        day: Its day, for a daily table; else None.
        rows: Rows in it; 0 where it cannot be read.
        bytes: Its size.
        extracted_at: When its rows were read whole from HubSpot, in UTC; of a log, when they were noticed.
            None where it does not say.
        fault: Why it cannot be read, in a sentence; empty where it can.
    """

    day: date | None
    rows: int
    bytes: int
    extracted_at: datetime | None = None
    fault: str = ""


def take_inventory(store: TableStore, table: TableSchema) -> list[FoundFile]:
    """The files of a table that are there, in order; none where it was never written.

    Raises:
        TableError: The folder cannot be listed.
    """
    remedy = Remedy(missing="it was removed meanwhile", damaged=f"materialize {table.name} again")
    try:
        # In threads, since where the tables lie far away each file is a round trip.
        found = list(map_in_threads(partial(_look_at, store, remedy), _list_places(store, table), _THREADS))
    except OSError as error:
        raise TableError(f"{store.locate(table.path).parent} cannot be listed: {error}.") from error
    return [file for file in found if file]


Place = tuple[date | None, UPath]


def _list_places(store: TableStore, table: TableSchema) -> Iterator[Place]:
    if table.daily:
        yield from ((day, store.locate(table.path, day)) for day in store.list_days(table.path))
    elif table.monthly:
        months = MonthFiles(store, table)
        yield from ((None, months.locate(month)) for month in months.list_months())
    elif table is CAMPAIGN_ASSET_CHANGES:
        yield from ((None, file) for _, file in ChangeLog(store, table.path).list_files())
    else:
        yield None, store.locate(table.path)


def _look_at(store: TableStore, remedy: Remedy, place: Place) -> FoundFile | None:
    day, target = place
    try:
        footer = store.read_footer_of(target, remedy)
        read_at = get_extracted_at(footer.columns) or parse_file_name(target.name)
        return FoundFile(day, footer.rows, target.stat().st_size, read_at)
    except (MissingTable, FileNotFoundError):
        return None
    except TableError as error:
        return FoundFile(day, 0, target.stat().st_size, fault=str(error))
