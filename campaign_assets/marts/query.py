"""A query of a file, over tables that are in memory.

DuckDB reads no file and no network here and loads nothing: the store reads the tables, on any storage, and names what
is damaged. So an answer depends on the rows alone.
"""

from collections.abc import Mapping
from importlib.resources import files

import duckdb
import pyarrow as pa

BOUNDS: dict[str, str | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "2GB",
    "enable_external_access": "false",  # nor is anything spilled
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
"""What DuckDB may take of this machine, and that it loads nothing from elsewhere."""


def run_query(name: str, relations: Mapping[str, pa.Table], columns: pa.Schema) -> pa.Table:
    """The rows of a query, in its order.

    Args:
        name: Its file beside this one, without the ending.
        relations: What it reads, by the names that it uses.
        columns: The columns that it answers in: their names, in order, and the types that they are cast to.
    """
    sql = files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    with duckdb.connect(":memory:", config=BOUNDS) as connection:
        for relation, table in relations.items():
            connection.register(relation, table)
        rows = connection.sql(sql).to_arrow_table()
    return rows.select(columns.names).cast(columns).combine_chunks()
