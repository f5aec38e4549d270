"""Where a table lies, and how it is read and written: whole files, replaced atomically.

A table is a folder below the root, its asset's key its path; a daily table has a folder for each day. What the
columns mean is in `schemas`. This module knows bytes and days, no HubSpot and no Dagster.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
from upath import UPath

from campaign_assets.tables import parquet_file
from campaign_assets.tables.errors import MissingTable, TableError
from campaign_assets.tables.file_bytes import is_local
from campaign_assets.tables.files import Entry, Files, LocalFiles
from campaign_assets.tables.objects import Objects, Patience, open_root
from campaign_assets.tables.parquet_file import WRITTEN_TO, Footer, Remedy, to_half_sentence, to_rows_of, with_notes
from campaign_assets.tables.schemas import METRIC_DATE, METRIC_DATE_FIELD, TableSchema
from campaign_assets.tables.unification import describe_days, unify_days

logger = logging.getLogger(__name__)

FILE = "data.parquet"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that is in place.

    Attributes:
        location: Its full path or address.
        rows: Rows in it.
        bytes: Its size.
    """

    location: str
    rows: int
    bytes: int


class TableStore:
    """All tables below one root: a local folder, or any fsspec address."""

    def __init__(self, root: str, patience: Patience | None = None) -> None:
        """Takes the root; nothing is made before the first write, and nothing is asked before it is needed.

        Args:
            root: A folder, or an fsspec address.
            patience: How often and how long a request to an object storage is tried.

        Raises:
            StorageUnavailable: The driver of the address is not installed.
        """
        self._address = root.rstrip("/")
        path = UPath(root)
        self.files: Files
        if is_local(path):
            self.root = UPath(path.path).expanduser().absolute()
            self.files = LocalFiles(self.root)
        else:
            self.root = open_root(root)
            self.files = Objects(self.root, patience)

    def __repr__(self) -> str:
        return f"TableStore({str(self.root)!r})"

    @property
    def local_root(self) -> Path | None:
        """The root, where it is a folder of this machine; else None."""
        return Path(self.root.path) if is_local(self.root) else None

    def locate(self, path: Sequence[str], day: date | None = None) -> UPath:
        """Where a table's file lies, whether it is there or not.

        Args:
            path: The table's folders below the root.
            day: The day, for a daily table.

        Raises:
            TableError: A folder's name is none: the table would lie elsewhere.
        """
        folder = self._find_folder(path)
        return (folder / f"{METRIC_DATE}={day.isoformat()}" if day else folder) / FILE

    def _find_folder(self, path: Sequence[str]) -> UPath:
        wrong = [name for name in path if not _is_folder_name(name)]
        if wrong or not path:
            raise TableError(
                f"{to_half_sentence('/'.join(path))} cannot be the place of a table: each part names a folder, and "
                "may not be empty, begin with a dot, or hold a slash, an equals sign or what cannot be printed."
            )
        return self.root.joinpath(*path)

    def to_location(self, target: UPath) -> str:
        """The full path or address of a file below the root."""
        # The address of a server's file, as text, leaves the server out.
        return str(target) if is_local(target) else f"{self._address}/{self.find_place(target)}"

    def find_place(self, target: UPath) -> str:
        """Where a file lies below the root, as its notes say it."""
        return str(target.path).removeprefix(str(self.root.path)).strip("/")

    def write(
        self,
        path: Sequence[str],
        table: pa.Table,
        *,
        day: date | None = None,
        extracted_at: datetime | None = None,
        notes: Mapping[str, str] | None = None,
    ) -> WrittenFile:
        """Replaces a table's file whole: a reader sees the old rows or the new, never half of them.

        Args:
            path: The table's folders below the root.
            table: The rows; of a daily table without `metric_date`, which is in the path.
            day: The day, for a daily table.
            extracted_at: When the rows were read; stands in the file's metadata, for a file without rows too.
            notes: What the file says of itself besides.

        Raises:
            TableError: The file cannot be written.
        """
        table = with_notes(table, notes or {})
        if extracted_at:
            table = parquet_file.with_extracted_at(table, extracted_at)
        return self.write_file(self.locate(path, day), table)

    def write_file(self, target: UPath, table: pa.Table) -> WrittenFile:
        """Replaces one file whole.

        Raises:
            TableError: It cannot be written, or no Parquet file can hold it.
        """
        try:
            data = parquet_file.to_bytes(with_notes(table, {WRITTEN_TO: self.find_place(target)}))
        except Exception as error:  # pyarrow has one for each type that it cannot write
            raise TableError(
                f"{target} cannot be written: no Parquet file can hold its rows ({to_half_sentence(error)})."
            ) from error
        try:
            self.files.replace(target, data)
        except OSError as error:
            raise TableError(f"{target} cannot be written: {error}. Check the folder's rights and space.") from error
        return WrittenFile(self.to_location(target), table.num_rows, data.size)

    def replace_other(self, place: str, data: pa.Buffer) -> str:
        """Replaces a file that is no table, such as a report, whole; its path or address.

        Args:
            place: Its place below the root, with slashes.
            data: What it will hold.

        Raises:
            TableError: It cannot be written.
        """
        target = self.root / place
        try:
            self.files.replace(target, data)
        except OSError as error:
            raise TableError(f"{target} cannot be written: {error}. Check the folder's rights and space.") from error
        return str(target)

    def measure_other(self, place: str) -> int | None:
        """The size in bytes of a file that is no table; None where there is none.

        Args:
            place: Its place below the root, with slashes.

        Raises:
            TableError: It cannot be looked at.
        """
        target = self.root / place
        try:
            return self.files.measure(target)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise TableError(f"{target} cannot be looked at: {error.strerror or error}.") from error

    def read_file(self, target: UPath, remedy: Remedy, *, must_be_sealed: bool = False) -> pa.Table:
        """The rows of one file.

        Args:
            target: The file.
            remedy: What to do where it cannot be read.
            must_be_sealed: Take no file without a seal, which somebody else may have written.

        Raises:
            MissingTable: It is not there.
            DamagedFile: It is no Parquet, or was written to another place.
            TableError: It cannot be read for another reason.
        """
        place = self.find_place(target)
        return parquet_file.read_rows(self.files, target, place, remedy, must_be_sealed=must_be_sealed)

    def read_bytes(self, target: UPath) -> bytes:
        """All bytes of one file, compared with its seal.

        Raises:
            MissingTable: It is not there.
            DamagedFile: They are not what was written, or not what was written there.
            TableError: It cannot be read for another reason.
        """
        remedy = Remedy("it was removed meanwhile", "materialize it again")
        return parquet_file.read_bytes(self.files, target, self.find_place(target), remedy)

    def read_footer_of(self, target: UPath, remedy: Remedy) -> Footer:
        """What one file says of itself.

        Raises:
            MissingTable: It is not there.
            DamagedFile: It is no Parquet, or was written to another place.
            TableError: It cannot be read for another reason.
        """
        return parquet_file.read_footer(self.files, target, self.find_place(target), remedy)

    def move_aside(self, path: Sequence[str], day: date | None = None) -> str:
        """Moves a file that cannot be read out of its table, for a person to look at; where it lies now.

        Args:
            path: The table's folders below the root.
            day: The day, for a daily table.

        Raises:
            TableError: The disk does not let it be moved.
        """
        target = self.locate(path, day)
        try:
            return self.files.move_aside(target)
        except OSError as error:
            raise TableError(f"{target} cannot be moved out of its table: {to_half_sentence(error)}.") from error

    def exists(self, path: Sequence[str], day: date | None = None) -> bool:
        """Whether the table, or the day of it, was ever written."""
        return self.files.exists(self.locate(path, day))

    def read(self, path: Sequence[str], *, day: date | None = None) -> pa.Table:
        """A table's rows, or those of one day, which then have `metric_date` as their first column.

        Raises:
            MissingTable: It was never written.
            DamagedFile: Its file is no Parquet, or that of another table or day.
            TableError: It cannot be read for another reason.
        """
        table = self.read_file(self.locate(path, day), _to_remedy(path))
        return table if day is None else _add_day(table, day)

    def read_table(self, table: TableSchema, *, day: date | None = None) -> pa.Table:
        """The rows of one of the product's own tables, with all its columns.

        A column that an older file lacks is null; one that only the file knows stays.

        Args:
            table: The table; what its file holds is compared with it.
            day: The day, for a daily table.

        Raises:
            MissingTable: It was never written.
            DamagedFile: Its file is no Parquet, or holds something else than this table.
            TableError: It cannot be read for another reason.
        """
        rows = self.read(table.path, day=day)
        return to_rows_of(table, rows, self.locate(table.path, day), _to_remedy(table.path))

    def read_sealed(self, table: TableSchema, *, day: date | None = None) -> pa.Table:
        """The rows of one of the product's own tables as its file holds them, of a file that the product wrote itself.

        Args:
            table: The table.
            day: The day, for a daily table; its rows come without `metric_date`.

        Raises:
            MissingTable: It was never written.
            DamagedFile: Its file is not what was written there, has no seal, or holds something else than this table.
            TableError: It cannot be read for another reason.
        """
        target, remedy = self.locate(table.path, day), _to_remedy(table.path)
        return to_rows_of(table, self.read_file(target, remedy, must_be_sealed=True), target, remedy)

    def read_footer(self, path: Sequence[str], *, day: date | None = None) -> Footer:
        """What a table's file, or that of one day, says of itself: a few kilobytes, however large it is.

        Raises:
            MissingTable: It was never written.
            DamagedFile: Its file is no Parquet, or that of another table or day.
            TableError: It cannot be read for another reason.
        """
        return self.read_footer_of(self.locate(path, day), _to_remedy(path))

    def count_rows(self, path: Sequence[str], day: date) -> int | None:
        """Rows of a day; None where it was never read, or its file cannot be."""
        try:
            return self.read_footer(path, day=day).rows
        except TableError:
            return None

    def read_days(self, path: Sequence[str], days: Iterable[date]) -> pa.Table:
        """The rows of several days, as one table with `metric_date` as its first column.

        Days that were never read are left out and logged; a column that an older file lacks is null there, and types
        that differ are unified.

        Raises:
            MissingTable: None of the days was ever read.
            DamagedFile: A file is no Parquet.
            TableError: The days hold types that do not go together, or one cannot be read for another reason.
        """
        parts, missing = [], []
        for day in days:
            try:
                parts.append((day, self.read(path, day=day).replace_schema_metadata()))
            except MissingTable:
                missing.append(day)
        if not parts:
            raise MissingTable(f"No day asked for of {'/'.join(path)} was ever read: materialize it first.")
        if missing:
            logger.warning("%s: left out %s", "/".join(path), describe_days(missing))
        return unify_days(parts, "/".join(path))

    def list_days(self, path: Sequence[str]) -> list[date]:
        """The days of a daily table that were read, in order; a folder that is named like none is passed over.

        Raises:
            TableError: The folder cannot be listed.
        """
        folder = self._find_folder(path)
        entries = self._list_entries(folder, f"{METRIC_DATE}=")
        days = {entry.folder: to_day(entry.folder) for entry in entries}
        foreign = [name for name, day in days.items() if day is None]
        if foreign:
            logger.warning("%s: passed over %s, which is no day.", folder, ", ".join(foreign[:_SHOWN]))
        return sorted(day for day in days.values() if day is not None)

    def find_versions(self, path: Sequence[str], month: date) -> dict[date, str]:
        """What tells whether the files of a month were replaced, by day; days that were never written have none.

        Args:
            path: The folders of a daily table below the root.
            month: The first day of the month.

        Raises:
            TableError: The folder cannot be listed.
        """
        entries = self._list_entries(self._find_folder(path), f"{METRIC_DATE}={month:%Y-%m}-")
        days = {to_day(entry.folder): entry.version for entry in entries}
        return {day: version for day, version in days.items() if day is not None}

    def _list_entries(self, folder: UPath, prefix: str) -> list[Entry]:
        try:
            return self.files.list_entries(folder, prefix, FILE)
        except OSError as error:
            raise TableError(
                f"{folder} cannot be listed: {to_half_sentence(error)}. Check the folder's rights."
            ) from error

    def try_out(self) -> None:
        """Finds out whether an object storage takes and gives files at all; of a folder of this machine, nothing.

        Whoever is about to ask HubSpot for what would then be lost asks this first.

        Raises:
            StorageUnavailable: There is no such bucket, no right, nobody there.
        """
        self.files.try_out()


def _is_folder_name(name: str) -> bool:
    """Whether a name is one of a folder of a table: readers take `a=b` for a column, and pass over what is hidden."""
    return bool(name) and name.isprintable() and not name.startswith(".") and not set(name) & set("/\\=")


def to_day(folder: str, column: str = METRIC_DATE) -> date | None:
    """The day that a folder is named by; None where it is none, or written in another way than the store does."""
    text = folder.removeprefix(f"{column}=")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def _add_day(table: pa.Table, day: date) -> pa.Table:
    if METRIC_DATE in table.column_names:  # somebody else's file; the path says which day it is
        table = table.drop_columns([METRIC_DATE])
    column = pa.repeat(pa.scalar(day, pa.date32()), table.num_rows)
    return table.add_column(0, METRIC_DATE_FIELD, column)


def _to_remedy(path: Sequence[str]) -> Remedy:
    name = "/".join(path)
    return Remedy(missing=f"materialize {name} first", damaged=f"materialize {name} again")
