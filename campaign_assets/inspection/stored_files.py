"""Files that lie in the storage, each read whole and compared with its seal: what it holds, and when that was read.

A file that is damaged, somebody else's, or does not say when it was read is none of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from upath import UPath

from campaign_assets.marts.schemas import ASSET_PERFORMANCE_DAILY, CAMPAIGN_PERFORMANCE_DAILY
from campaign_assets.tables import (
    EXTRACTED_AT,
    METRIC_DATE,
    ChangeLog,
    MonthFiles,
    TableError,
    TableSchema,
    TableStore,
    get_extracted_at,
    parse_file_name,
)

DAILY_MARTS = (ASSET_PERFORMANCE_DAILY, CAMPAIGN_PERFORMANCE_DAILY)
_AHEAD = timedelta(days=1)
"""So far in the future a time may lie that a clock wrote which was wrong."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that the product wrote, and that is whole.

    Attributes:
        table: Its table.
        day: Its day; None for a table without days.
        location: Its full path or address.
        bytes: Its size.
        rows: What it holds, with all columns of the table but `metric_date`.
        extracted_at: When it was last read whole from HubSpot, in UTC.
    """

    table: TableSchema
    day: date | None
    location: str
    bytes: int
    rows: pa.Table
    extracted_at: datetime

    @property
    def newest_row(self) -> datetime | None:
        """When the newest of its rows was read; None where it has none, or does not say."""
        if EXTRACTED_AT not in self.rows.column_names:
            return None
        newest: datetime | None = pc.max(self.rows[EXTRACTED_AT]).as_py()
        return newest

    @property
    def is_partial(self) -> bool:
        """Whether some of its campaigns were read again since it was read whole."""
        return self.newest_row is not None and self.newest_row > self.extracted_at


@dataclass(frozen=True, slots=True)
class MartDay:
    """A day of a daily mart.

    Attributes:
        table: Its table.
        day: The day.
        location: The file of its month.
        bytes: The file's size.
        rows: What the file holds, the other days of the month too.
        newest_row: When the newest of the day's figures was read, in UTC.
    """

    table: TableSchema
    day: date
    location: str
    bytes: int
    rows: pa.Table
    newest_row: datetime


def read_stored(store: TableStore, table: TableSchema, day: date | None, now: datetime) -> StoredFile:
    """Reads a file whole.

    Args:
        store: Where it lies.
        table: Its table.
        day: Its day, for a daily table.
        now: The present time, with its time zone.

    Raises:
        TableError: It is not there, not what was written there, or does not say when it was read.
    """
    target = store.locate(table.path, day)
    rows = store.read_sealed(table, day=day)
    extracted_at = get_extracted_at(rows.schema)
    if extracted_at is None:
        raise TableError(f"{target} does not say when it was read whole: materialize {table.name} again.")
    if extracted_at > now + _AHEAD:
        raise TableError(f"{target} says that it was read at {extracted_at:%Y-%m-%d %H:%M} UTC, which is yet to come.")
    return StoredFile(
        table, day, store.to_location(target), _measure(store, target), _to_written(rows, table), extracted_at
    )


def list_mart_days(store: TableStore, table: TableSchema) -> Iterator[MartDay | TableError]:
    """The days of a daily mart, in order, and why a month of it cannot be read.

    Raises:
        OSError: The folder cannot be listed.
    """
    months = MonthFiles(store, table)
    for month in months.list_months():
        target = months.locate(month)
        try:
            rows = _to_written(months.read(month, must_be_sealed=True), table)
            size = _measure(store, target)
        except TableError as error:
            yield error
            continue
        newest = rows.group_by(METRIC_DATE).aggregate([(EXTRACTED_AT, "max")]).sort_by(METRIC_DATE).to_pylist()
        for row in newest:
            timestamp = row[f"{EXTRACTED_AT}_max"]
            yield MartDay(table, row[METRIC_DATE], store.to_location(target), size, rows, timestamp)


def _to_written(rows: pa.Table, table: TableSchema) -> pa.Table:
    """The rows as they were written: Parquet gives the inner field of a map another name."""
    fields = {column.name: column for column in table.columns}
    return rows.cast(pa.schema([fields.get(column.name, column) for column in rows.schema]))


def _measure(store: TableStore, target: UPath) -> int:
    try:
        return store.files.measure(target)
    except OSError as error:
        raise TableError(f"{target} cannot be looked at: {error.strerror or error}.") from error


def find_last_change(store: TableStore, table: TableSchema, before: datetime) -> tuple[str, datetime] | None:
    """The newest file of a log of changes that is older than some time: its name, and when it was written.

    Raises:
        OSError: The folder cannot be listed.
    """
    names = [name for name, _ in ChangeLog(store, table.path).list_files()]
    timestamps = [(name, at) for name in names if (at := parse_file_name(name)) and at < before]
    return timestamps[-1] if timestamps else None
