"""A log of changes: a file for each run that noticed some, named by its time, and never rewritten.

The log is written before the table whose changes it tells is replaced. Where a run dies between the two, the next one
compares with the same table again, and takes the file of the dead run away: each change is told once.

A file that cannot be read would fail everybody who follows the log, for ever: nothing writes it again. So whoever adds
to the log first moves such files out of it, and says that what they told is lost.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pyarrow as pa
from upath import UPath

from campaign_assets.tables.errors import DamagedFile, MissingTable, TableError
from campaign_assets.tables.parquet_file import Remedy, get_note, to_rows_of, with_notes
from campaign_assets.tables.schemas import CAMPAIGN_ASSET_CHANGES, CAMPAIGN_ASSETS, TableSchema
from campaign_assets.tables.store import TableStore
from campaign_assets.threads import map_in_threads

COMPARED_WITH = "compared_with"
"""In a file's metadata: when the table was read that the run compared with."""
CHANGE_DATE = "change_date"
_NAME = "%Y%m%dT%H%M%S.%fZ.parquet"
_SHAPE = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}Z\.parquet")
_NEWEST = 1_000
"""So many of the newest files are looked at before one is added: years of changes, and seconds where they lie far."""
_THREADS = 16
_REMEDY = Remedy(
    missing="it was removed meanwhile",
    damaged=f"materialize {CAMPAIGN_ASSETS.name}, which moves it out of the log; the changes that it told are lost",
)


class ChangeLog:
    """The files of a log below one folder."""

    def __init__(self, store: TableStore, path: Sequence[str], table: TableSchema = CAMPAIGN_ASSET_CHANGES) -> None:
        """Takes the place; nothing is made before the first write.

        Args:
            store: Where the tables lie.
            path: The log's folders below the root.
            table: What its files hold.
        """
        self._store = store
        self._folder = store.root.joinpath(*path)
        self._table = table

    def append(self, table: pa.Table, *, timestamp: datetime, day: date, before: str) -> str:
        """Adds a file.

        Args:
            table: The changes.
            timestamp: When they were noticed.
            day: The day of its folder.
            before: When the table was read that was compared with.

        Raises:
            TableError: The file cannot be written.
        """
        self._remove_unfinished(before)
        target = self._folder / f"{CHANGE_DATE}={day.isoformat()}" / timestamp.astimezone(UTC).strftime(_NAME)
        return self._store.write_file(target, with_notes(table, {COMPARED_WITH: before})).location

    def list_files(self, after: str = "") -> list[tuple[str, UPath]]:
        """The files in the order of their times, each with its name; what is named in another way is none of them.

        Args:
            after: Only files whose name comes after this one. What is no name of a file is before all.
        """
        if not is_file_name(after):
            after = ""
        entries = self._store.files.list_entries(self._folder, f"{CHANGE_DATE}=")
        files = [(entry.name, self._folder / entry.folder / entry.name) for entry in entries]
        return sorted((name, file) for name, file in files if is_file_name(name) and name > after)

    def read(self, file: UPath) -> pa.Table:
        """The changes of one file.

        Raises:
            MissingTable: It is not there any more.
            DamagedFile: It is no Parquet, or holds something else than changes.
            TableError: It cannot be read for another reason.
        """
        return to_rows_of(self._table, self._store.read_file(file, _REMEDY), file, _REMEDY)

    def mend(self) -> list[str]:
        """Moves files that cannot be read out of the log, and answers what is lost with each, in a sentence.

        Raises:
            TableError: The disk does not let a file be read or moved.
        """
        files = [file for _, file in self.list_files()[-_NEWEST:]]
        lost = []
        for file, error in zip(files, map_in_threads(self._find_damage, files, _THREADS), strict=True):
            if error is None:
                continue
            with _explained(file):
                aside = self._store.files.move_aside(file)
                lost.append(f"{error} It was moved to {aside}.")
        return lost

    def _find_damage(self, file: UPath) -> DamagedFile | None:
        try:
            self.read(file)
        except MissingTable:
            return None  # another run has removed it meanwhile
        except DamagedFile as error:
            return error
        return None

    def _remove_unfinished(self, before: str) -> None:
        """Removes what runs have written that compared with the same table and died before they could replace it.

        A clock that was wrong may have named others later than these.
        """
        files = [file for _, file in self.list_files()[-_NEWEST:]] if before else []
        for file, compared_with in zip(files, map_in_threads(self._read_before, files, _THREADS), strict=True):
            if compared_with == before:
                with _explained(file):
                    self._store.files.remove(file)

    def _read_before(self, file: UPath) -> str:
        try:
            return get_note(self._store.read_footer_of(file, _REMEDY).columns, COMPARED_WITH)
        except TableError:
            return ""  # whoever mends the log names it


@contextmanager
def _explained(file: UPath) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        return  # another run was first
    except OSError as error:
        raise TableError(f"{file} cannot be taken out of the log: {error}.") from error


def is_file_name(text: str) -> bool:
    """Whether a text is the name of a file as a log gives it: a time that exists, and nothing else."""
    return parse_file_name(text) is not None


def parse_file_name(text: str) -> datetime | None:
    """The time, in UTC, that a log has named a file by; None of any other name."""
    if not _SHAPE.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, _NAME).replace(tzinfo=UTC)  # the name ends with its zone
    except ValueError:
        return None
