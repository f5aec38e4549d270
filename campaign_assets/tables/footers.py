"""What a table's files say of themselves without their rows being read: how many there are, and which columns.

A Parquet file ends with its footer, so this costs a few kilobytes of each file, however large it is. Reading rows is
the store's business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from campaign_assets.tables.store import DamagedFile, MissingTable, TableError, TableStore


@dataclass(frozen=True, slots=True)
class Footer:
    """What a file says of itself.

    Attributes:
        rows: Rows in it.
        columns: Its columns, without `metric_date`, which is in the path.
    """

    rows: int
    columns: pa.Schema


def read_footer(store: TableStore, path: Sequence[str], day: date | None = None) -> Footer:
    """The footer of a table's file, or of one day of it.

    Raises:
        MissingTable: It was never written.
        DamagedFile: Its file is no Parquet.
        TableError: It cannot be read for another reason.
    """
    target = store.locate(path, day)
    try:
        return _read(target)
    except FileNotFoundError:
        raise MissingTable(f"{target} is not there: materialize {'/'.join(path)} first.") from None
    except pa.ArrowException as error:
        raise DamagedFile(f"{target} is no Parquet file that can be read ({error}).") from error
    except OSError as error:
        raise TableError(f"{target} cannot be read: {error}.") from error


def count_rows(store: TableStore, path: Sequence[str], day: date) -> int | None:
    """Rows of a day; None where it was never read, or its file cannot be."""
    try:
        return read_footer(store, path, day).rows
    except TableError:
        return None


def _read(target: UPath) -> Footer:
    with target.open("rb") as file, pq.ParquetFile(file) as parquet:
        return Footer(parquet.metadata.num_rows, parquet.schema_arrow)
