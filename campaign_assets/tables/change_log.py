"""A log of changes: a file for each run that noticed some, named by its time, and never rewritten.

The log is written before the table whose changes it tells is replaced. Where a run dies between the two, the next one
compares with the same table again, and takes the file of the dead run away: each change is told once.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pyarrow as pa
from upath import UPath

from campaign_assets.tables.parquet_file import Remedy, get_note, read_footer, read_rows, with_notes
from campaign_assets.tables.store import TableStore

BEFORE = "compared_with"
"""In a file's metadata: when the table was read that the run compared with."""
CHANGE_DATE = "change_date"
_REMEDY = Remedy(missing="it was removed meanwhile", damaged="remove it; the changes that it told are lost")
_NAME = "%Y%m%dT%H%M%S.%fZ"


class ChangeLog:
    """The files of a log below one folder."""

    def __init__(self, store: TableStore, path: Sequence[str]) -> None:
        """Takes the place; nothing is made before the first write.

        Args:
            store: Where the tables lie.
            path: The log's folders below the root.
        """
        self._store = store
        self._folder = store.root.joinpath(*path)

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
        target = (
            self._folder / f"{CHANGE_DATE}={day.isoformat()}" / f"{timestamp.astimezone(UTC).strftime(_NAME)}.parquet"
        )
        return self._store.write_file(target, with_notes(table, {BEFORE: before})).location

    def list_files(self, after: str = "") -> list[tuple[str, UPath]]:
        """The files in the order of their times, each with its name.

        Args:
            after: Only files whose name comes after this one.
        """
        if not self._folder.exists():
            return []
        files = [(file.name, file) for folder in self._folder.iterdir() for file in folder.glob("*.parquet")]
        return sorted((name, file) for name, file in files if name > after and not name.startswith("."))

    def read(self, file: UPath) -> pa.Table:
        """The changes of one file.

        Raises:
            MissingTable: It is not there any more.
            DamagedFile: It is no Parquet.
            TableError: It cannot be read for another reason.
        """
        return read_rows(file, _REMEDY)

    def _remove_unfinished(self, before: str) -> None:
        files = self.list_files()
        if files and before:
            _, newest = files[-1]
            if get_note(read_footer(newest, _REMEDY).columns, BEFORE) == before:
                newest.unlink()
