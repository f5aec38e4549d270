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
        columns: The columns that it answers in: their names, in order, and the types that they are cast to. A whole
            number or an amount that its column cannot hold is null: one odd figure costs itself and no other row.
    """
    sql = files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    with duckdb.connect(":memory:", config=BOUNDS) as connection:
        for relation, table in relations.items():
            connection.register(relation, table)
        connection.register("answer", columns.empty_table())
        types = connection.table("answer").dtypes
        answer = connection.sql(sql)
        rows = answer.project(", ".join(map(_to_cast, columns, types))).to_arrow_table()
    return rows.select(columns.names).cast(columns).combine_chunks()


def _to_cast(column: pa.Field, kind: object) -> str:
    if pa.types.is_integer(column.type) or pa.types.is_decimal(column.type):
        return f'TRY_CAST("{column.name}" AS {kind}) AS "{column.name}"'
    return f'"{column.name}"'
