"""`campaigns.duckdb`: all tables as views and the marts as tables, in one file that any program with DuckDB opens.

It is made beside the tables and put into its place as a whole: who has the old one open keeps reading it. Only a local
root has one; what lies on an object storage is read where it lies.
"""

import errno
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from campaign_assets.marts.query import BOUNDS
from campaign_assets.marts.schemas import MARTS
from campaign_assets.marts.stored_files import StoredFiles
from campaign_assets.tables import (
    METRIC_DATE_FIELD,
    TABLES,
    TableError,
    TableSchema,
    TableStore,
    get_day_columns,
    get_documentation,
    list_targets,
    to_pattern,
)

logger = logging.getLogger(__name__)

DATABASE = "campaigns.duckdb"
MARTS_TABLES = tuple(mart.table for mart in MARTS)
RELATIONS: tuple[TableSchema, ...] = (*TABLES, *MARTS_TABLES)
"""What the database holds."""


@dataclass(frozen=True, slots=True)
class WrittenDatabase:
    """The database, in place.

    Attributes:
        location: Its path.
        bytes: Its size.
        rows: Rows of the marts in it, by name.
        left_out: Tables that DuckDB cannot read, each with the reason.
    """

    location: str
    bytes: int
    rows: dict[str, int]
    left_out: dict[str, str]


def build_database(store: TableStore, log: logging.Logger = logger) -> WrittenDatabase | None:
    """Replaces the database at the root of the tables; None where the root is no folder of this machine.

    A table that was never written is there without rows. One with a damaged file is left out.

    Args:
        store: Where the tables lie.
        log: Is told of what is left out.

    Raises:
        TableError: The file cannot be written.
    """
    root = store.local_root
    if root is None:
        return None

    def add(connection: duckdb.DuckDBPyConnection, table: TableSchema) -> None:
        add_relation(connection, store, table, copied=table in MARTS_TABLES)

    return write_database(store, root, add, log)


def write_database(
    store: TableStore,
    root: Path,
    add: Callable[[duckdb.DuckDBPyConnection, TableSchema], None],
    log: logging.Logger = logger,
) -> WrittenDatabase:
    """Makes a database of all relations, and puts it into its place as a whole.

    Args:
        store: At whose root it is to lie.
        root: The same root, as a folder of this machine.
        add: Makes a table a relation of it; one whose files DuckDB cannot read is left out.
        log: Is told of what is left out.

    Raises:
        TableError: The file cannot be written.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / DATABASE
        left_out = {}
        with duckdb.connect(file, config={**BOUNDS, "enable_external_access": "true"}) as connection:
            for table in RELATIONS:
                try:
                    add(connection, table)
                except (duckdb.Error, TableError) as error:
                    left_out[table.name] = " ".join(str(error).split())
                    log.warning(f"{DATABASE}: left out {table.name}, which cannot be read: {left_out[table.name]}")
            rows = {table.name: _count(connection, table) for table in MARTS_TABLES if table.name not in left_out}
        with pa.memory_map(str(file)) as data:
            location = store.replace_other(DATABASE, data.read_buffer())
            size = data.size()
    # What somebody wrote into the old file and DuckDB had not merged yet belongs to that one.
    (root / f"{DATABASE}.wal").unlink(missing_ok=True)
    return WrittenDatabase(location, size, rows, left_out)


def name_relation(table: TableSchema) -> tuple[str, str]:
    """Schema and name of a table in the database: `hubspot.campaigns`, `hubspot.asset_metrics_blog_post`."""
    return table.path[0], "_".join(table.path[1:])


def add_relation(
    connection: duckdb.DuckDBPyConnection,
    store: TableStore,
    table: TableSchema,
    *,
    copied: bool = False,
    files: StoredFiles | None = None,
) -> bool:
    """Makes a table of the store a relation of a database; one that was never written has no rows.

    Args:
        connection: To the database; may read files.
        store: Where the table lies.
        table: Its columns and grain, which the relation tells in its comments.
        copied: As a table of its own instead of a view on the files.
        files: What the connection reads them through; where None, they lie in a folder of this machine.

    Returns:
        Whether it was ever written.

    Raises:
        duckdb.Error: Its files cannot be read.
        TableError: Its folders cannot be: DuckDB would take them for empty.
        StorageError: It lies on an object storage and cannot be read.
    """
    source = to_source(store, table, files)
    if source is None:
        connection.register("no_rows", make_no_rows(table))
    create_relation(connection, table, f"FROM {source or 'no_rows'}", copied=copied or source is None)
    return source is not None


def to_source(store: TableStore, table: TableSchema, files: StoredFiles | None = None) -> str | None:
    """The files of a table as SQL; None where there are none.

    Args:
        store: Where the table lies.
        table: The table.
        files: What they are read through; where None, they lie in a folder of this machine.

    Raises:
        TableError: Its folders cannot be read: DuckDB would take them for empty.
        StorageError: They lie on an object storage and cannot be read.
    """
    found = _find_files(store, table, files)
    return f"read_parquet({found}, {_to_options(table)}, union_by_name = true)" if found else None


def make_no_rows(table: TableSchema) -> pa.Table:
    """A table that was never written, as one without rows."""
    return (table.columns.append(METRIC_DATE_FIELD) if table.daily else table.columns).empty_table()


def create_relation(
    connection: duckdb.DuckDBPyConnection, table: TableSchema, query: str, *, copied: bool = False
) -> None:
    """Makes the rows of a query a relation of a database, with what its columns mean.

    Args:
        connection: To the database.
        table: The relation's columns and grain.
        query: Its rows.
        copied: As a table of its own instead of a view.

    Raises:
        duckdb.Error: The query cannot be answered.
    """
    (schema, name), kind = name_relation(table), "TABLE" if copied else "VIEW"
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    connection.execute(f"CREATE {kind} {schema}.{name} AS {query}")  # noqa: S608 - names of our own
    for comment in _describe(table, kind):
        connection.execute(comment)


def _check_rights(folder: Path) -> None:
    try:
        below = [entry for entry in folder.iterdir() if entry.is_dir()] if folder.is_dir() else []
    except OSError as error:
        raise TableError(f"{folder} cannot be read: {error.strerror or error}. Check its rights.") from error
    for place in below:
        if not os.access(place, os.R_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
            raise TableError(f"{place} cannot be read: {os.strerror(errno.EACCES)}. Check its rights.")


def _find_files(store: TableStore, table: TableSchema, files: StoredFiles | None) -> str:
    """The files of a table in SQL: a pattern that new files will fit too, or what lies on an object storage now."""
    if files is not None:
        addresses = files.add(list_targets(store, table))
        return f"[{', '.join(map(_to_literal, addresses))}]" if addresses else ""
    folder = Path(store.root.path).joinpath(*table.path)
    _check_rights(folder)
    is_there = next(folder.glob(to_pattern(table)), None) is not None
    return _to_literal(f"{_escape(str(folder))}/{to_pattern(table)}") if is_there else ""


def _to_options(table: TableSchema) -> str:
    """How the columns of the path are read: those of the table and no guess."""
    columns = get_day_columns(table)
    if not columns:
        return "hive_partitioning = false"
    types = ", ".join(f"'{name}': {kind}" for name, kind in columns.items())
    return f"hive_partitioning = true, hive_types = {{{types}}}"


def _describe(table: TableSchema, kind: str) -> Iterator[str]:
    schema, name = name_relation(table)
    yield f"COMMENT ON {kind} {schema}.{name} IS {_to_literal(table.grain)}"
    for column in table.columns:
        unit = get_documentation(column, "unit")
        text = get_documentation(column) + (f" Unit: {unit}." if unit else "")
        yield f'COMMENT ON COLUMN {schema}.{name}."{column.name}" IS {_to_literal(text)}'


def _count(connection: duckdb.DuckDBPyConnection, table: TableSchema) -> int:
    schema, name = name_relation(table)
    (rows,) = connection.execute(f"SELECT count(*) FROM {schema}.{name}").fetchall()[0]  # noqa: S608 - as above
    return int(rows)


def _escape(path: str) -> str:
    """A path in which nothing is taken for a pattern."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in path)


def _to_literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
