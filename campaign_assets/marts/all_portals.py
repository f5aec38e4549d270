"""`campaigns.duckdb` over several portals: the same relations, with `portal` as their first column.

Rows are put one below the other and nothing is added up: portals may have different currencies, which stand beside
every amount.
"""

import logging
from collections.abc import Mapping
from pathlib import Path

import duckdb

from campaign_assets.marts.database import (
    MARTS_TABLES,
    WrittenDatabase,
    create_relation,
    make_no_rows,
    to_source,
    write_database,
)
from campaign_assets.tables import TableSchema, TableStore

logger = logging.getLogger(__name__)

PORTAL = "portal"
"""The column that says whose row it is."""


def build_portals_database(
    portals: Mapping[str, TableStore], store: TableStore, log: logging.Logger = logger
) -> WrittenDatabase | None:
    """Replaces the database over all portals; None where a root is no folder of this machine.

    A portal that has not written a table has no rows in it.

    Args:
        portals: Where the tables of each portal lie, by its name.
        store: At whose root the database is to lie.
        log: Is told of what is left out.

    Raises:
        TableError: The file cannot be written.
    """
    root = store.local_root
    if root is None or any(of_portal.local_root is None for of_portal in portals.values()):
        return None
    Path(root).mkdir(parents=True, exist_ok=True)

    def add(connection: duckdb.DuckDBPyConnection, table: TableSchema) -> None:
        query = _to_query(portals, table)
        if not query:
            connection.register("no_rows", make_no_rows(table))
        none = f"SELECT CAST(NULL AS VARCHAR) AS {PORTAL}, * FROM no_rows"  # noqa: S608 - names of our own
        create_relation(connection, table, query or none, copied=not query or table in MARTS_TABLES)

    return write_database(store, root, add, log)


def _to_query(portals: Mapping[str, TableStore], table: TableSchema) -> str:
    """The rows of a table of all portals that have written it; empty where none has."""
    sources = {name: to_source(store, table) for name, store in portals.items()}
    return " UNION ALL BY NAME ".join(
        f"SELECT '{name}' AS {PORTAL}, * FROM {source}"  # noqa: S608 - a portal's name is a word
        for name, source in sources.items()
        if source
    )
