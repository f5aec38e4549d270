"""Which files of a table are missing, damaged or somebody else's, found without reading all rows of all days."""

from collections.abc import Iterable
from datetime import date
from functools import partial

from upath import UPath

from campaign_assets.plain_text import to_line
from campaign_assets.quality.rules import find_undocumented_columns
from campaign_assets.tables import ChangeLog, MissingTable, TableError, TableSchema, TableStore, list_strays
from campaign_assets.threads import map_in_threads

_THREADS = 16
_LONGEST = 400


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


def find_bad_changes(log: ChangeLog) -> list[str]:
    """What is wrong with the files of a log, each with its name: every row is read, for none is ever written again."""
    found = map_in_threads(partial(_find_fault_of_log, log), log.list_files(), _THREADS)
    return [fault for fault in found if fault]


def find_strange_files(store: TableStore, table: TableSchema) -> list[str]:
    """What lies below a table and is no part of it, each with its name."""
    try:
        strays = list_strays(store, table)
    except TableError as error:
        return [str(error)]
    except OSError as error:
        return [f"{store.locate(table.path).parent} cannot be listed: {to_line(error)}. Check the folder's rights."]
    return [
        f"{to_line(stray, _LONGEST)} is no part of {table.name}: move it elsewhere, for readers may take it for rows."
        for stray in strays
    ]


def _find_fault(store: TableStore, table: TableSchema, whole: bool, day: date | None) -> str:
    try:
        columns = store.read(table.path, day=day).schema if whole else store.read_footer(table.path, day=day).columns
    except TableError as error:
        return str(error)
    problem = find_undocumented_columns(columns, table, old=True)
    return f"{store.locate(table.path, day)}: {problem.example}." if problem else ""


def _find_fault_of_log(log: ChangeLog, file: tuple[str, UPath]) -> str:
    try:
        log.read(file[1])
    except MissingTable:
        return ""  # a run has taken it back meanwhile
    except TableError as error:
        return str(error)
    return ""
