"""What can be wrong with the columns of a file that should hold one of the tables: it may be somebody else's.

Files of different age are the same table: a column that was added since is missing in the older ones.
"""

from collections import Counter

import pyarrow as pa

from campaign_assets.tables.schemas import TableSchema


def find_wrong_columns(columns: pa.Schema, table: TableSchema, *, old: bool) -> list[str]:
    """Columns that are missing, there twice, or of another type, each as half a sentence.

    Args:
        columns: The columns of a file.
        table: What they should be.
        old: The file may be older than a column that was added since: one that may be null may be missing.
    """
    counts = Counter(columns.names)
    wrong = []
    for column in table.columns:
        if counts[column.name] > 1:
            wrong.append(f"{column.name} is there {counts[column.name]} times")
        elif not counts[column.name]:
            wrong += [] if old and column.nullable else [f"{column.name} is missing"]
        elif (found := columns.field(column.name).type) != column.type:
            wrong.append(f"{column.name} is {found}, not {column.type}")
    return wrong


def find_wrong_values(rows: pa.Table, table: TableSchema) -> list[str]:
    """Columns that hold nulls and never may, each as half a sentence.

    Args:
        rows: Rows whose columns are right.
        table: What they should be.
    """
    counts = {column.name: rows[column.name].null_count for column in table.columns if not column.nullable}
    return [f"{name} is null in {count:,} rows" for name, count in counts.items() if count]


def fill_columns(rows: pa.Table, table: TableSchema) -> pa.Table:
    """Rows with a null in each column that their file is too old to have.

    Args:
        rows: Rows whose columns are right.
        table: What they should be.
    """
    for column in table.columns:
        if column.name not in rows.column_names:
            rows = rows.append_column(column, pa.nulls(rows.num_rows, column.type))
    return rows
