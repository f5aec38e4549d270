"""Which files a table has, and what each says of itself: footers only, a few kilobytes of each file.

Whether they are the files that should be there is not known here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from upath import UPath

from campaign_assets.tables.change_log import CHANGE_DATE, is_file_name, parse_file_name
from campaign_assets.tables.errors import MissingTable, TableError
from campaign_assets.tables.month_files import METRIC_MONTH, to_month
from campaign_assets.tables.parquet_file import Remedy, get_extracted_at
from campaign_assets.tables.schemas import CAMPAIGN_ASSET_CHANGES, METRIC_DATE, TableSchema
from campaign_assets.tables.store import FILE, TableStore, to_day
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
        StorageUnavailable: Nothing can be.
    """
    remedy = Remedy(missing="it was removed meanwhile", damaged=f"materialize {table.name} again")
    try:
        # In threads, since where the tables lie far away each file is a round trip.
        found = list(map_in_threads(partial(_look_at, store, remedy), _list_places(store, table), _THREADS))
    except OSError as error:
        folder = store.locate(table.path).parent
        raise TableError(f"{folder} cannot be listed: {error}. Check the folder's rights.") from error
    return [file for file in found if file]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a file lies, and its size where the listing has told it."""

    target: UPath
    day: date | None = None
    size: int | None = None


def list_targets(store: TableStore, table: TableSchema) -> list[UPath]:
    """Where the files of a table lie, in order; of a table without days, where its file would.

    Raises:
        OSError: The disk does not let the folder be listed.
        StorageError: The object storage does not.
    """
    return [place.target for place in _list_places(store, table)]


def _list_places(store: TableStore, table: TableSchema) -> Iterator[_Place]:
    folder = store.locate(table.path).parent
    if not (table.daily or table.monthly or table is CAMPAIGN_ASSET_CHANGES):
        yield _Place(folder / FILE)
    elif table is CAMPAIGN_ASSET_CHANGES:
        for entry in store.files.list_entries(folder, f"{CHANGE_DATE}="):
            if is_file_name(entry.name):
                yield _Place(folder / entry.folder / entry.name, size=entry.size)
    else:
        column, read = (METRIC_DATE, to_day) if table.daily else (METRIC_MONTH, to_month)
        for entry in store.files.list_entries(folder, f"{column}=", FILE):
            if day := read(entry.folder):
                yield _Place(folder / entry.folder / FILE, day if table.daily else None, entry.size)


def _look_at(store: TableStore, remedy: Remedy, place: _Place) -> FoundFile | None:
    size = 0
    try:
        size = _measure(store, place)
        footer = store.read_footer_of(place.target, remedy)
        read_at = get_extracted_at(footer.columns) or parse_file_name(place.target.name)
        return FoundFile(place.day, footer.rows, size, read_at)
    except (MissingTable, FileNotFoundError):
        return None
    except TableError as error:
        return FoundFile(place.day, 0, size, fault=str(error))


def _measure(store: TableStore, place: _Place) -> int:
    return store.files.measure(place.target) if place.size is None else place.size
