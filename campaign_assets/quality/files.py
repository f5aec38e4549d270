"""Which files of a table are missing or damaged, found without reading all rows of all days."""

from collections.abc import Iterable
from datetime import date
from functools import partial

from campaign_assets.quality.rules import find_undocumented_columns
from campaign_assets.tables import TableError, TableSchema, TableStore
from campaign_assets.threads import map_in_threads

_THREADS = 16


def find_bad_files(store: TableStore, table: TableSchema, days: Iterable[date | None], *, whole: bool) -> list[str]:
    """What is wrong with a table's files, each with the file's name; empty where all is well.

    Args:
        store: Where the files lie.
        table: The table.
        days: Days whose files should be there; None for a table without days.
        whole: Read every row. Otherwise only the footers are read: a few kilobytes of each file, which finds a file
            that was cut short or is no Parquet, and misses one that is damaged in its middle.
    """
    # In threads, since where the tables lie far away each file is a round trip.
    found = map_in_threads(partial(_find_fault, store, table, whole), days, _THREADS)
    return [fault for fault in found if fault]


def _find_fault(store: TableStore, table: TableSchema, whole: bool, day: date | None) -> str:
    try:
        columns = store.read(table.path, day=day).schema if whole else store.read_footer(table.path, day=day).columns
    except TableError as error:
        return str(error)
    problem = find_undocumented_columns(columns, table, old=True)
    return f"{store.locate(table.path, day)}: {problem.example}." if problem else ""
