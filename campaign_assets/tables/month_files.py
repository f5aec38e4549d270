"""A table whose files are months: a question about a year opens twelve of them, not one for each day and type.

    <root>/<path>/metric_month=2026-03/data.parquet

The day is a column of the file, the month a folder. Whoever writes a month writes all of it.
"""

import re
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from upath import UPath

from campaign_assets.tables.parquet_file import Remedy, to_rows_of, with_extracted_at
from campaign_assets.tables.schemas import EXTRACTED_AT, TableSchema
from campaign_assets.tables.store import FILE, TableStore, WrittenFile

METRIC_MONTH = "metric_month"
_FOLDER = re.compile(rf"{METRIC_MONTH}=(\d{{4}}-(?:0[1-9]|1[0-2]))", re.ASCII)


class MonthFiles:
    """The files of one table; a month is named by its first day."""

    def __init__(self, store: TableStore, table: TableSchema) -> None:
        """Takes the place; nothing is made before the first write.

        Args:
            store: Where the tables lie.
            table: What the files hold.
        """
        self._store = store
        self._table = table
        self._folder = store.locate(table.path).parent
        self._remedy = Remedy(
            missing=f"materialize {table.name} first", damaged=f"materialize the month of {table.name} again"
        )

    def locate(self, month: date) -> UPath:
        """Where a month's file lies, whether it is there or not."""
        return self._folder / f"{METRIC_MONTH}={month:%Y-%m}" / FILE

    def write(self, month: date, rows: pa.Table) -> WrittenFile:
        """Replaces a month's file whole.

        Args:
            month: The month.
            rows: All its rows, those of every day of it.

        Raises:
            TableError: The file cannot be written.
        """
        newest = pc.max(rows[EXTRACTED_AT]).as_py()
        return self._store.write_file(self.locate(month), with_extracted_at(rows, newest) if newest else rows)

    def read(self, month: date, *, must_be_sealed: bool = False) -> pa.Table:
        """The rows of a month, with all columns of the table.

        Args:
            month: The month.
            must_be_sealed: Take no file without a seal, which somebody else may have written.

        Raises:
            MissingTable: It was never written.
            DamagedFile: Its file is no Parquet, or holds something else than this table.
            TableError: It cannot be read for another reason.
        """
        target = self.locate(month)
        rows = self._store.read_file(target, self._remedy, must_be_sealed=must_be_sealed)
        return to_rows_of(self._table, rows, target, self._remedy)

    def list_months(self) -> list[date]:
        """The months that were written, in order; a folder that is named like none is passed over."""
        entries = self._store.files.list_entries(self._folder, f"{METRIC_MONTH}=", FILE)
        return sorted(month for entry in entries if (month := to_month(entry.folder)))


def to_month(folder: str) -> date | None:
    """The first day of the month that a folder is named by; None where it is none."""
    found = _FOLDER.fullmatch(folder)
    return date.fromisoformat(f"{found[1]}-01") if found else None
