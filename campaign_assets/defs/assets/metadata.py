"""Tables in the words of Dagster's UI: column schema, previews, and what every asset has in common."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import dagster as dg
import pyarrow as pa

from campaign_assets.defs.portal import Portal
from campaign_assets.plain_text import to_line
from campaign_assets.tables import EXTRACTED_AT, METRIC_DATE_FIELD, TableSchema, WrittenFile, get_documentation

OWNERS = ["team:data-engineering"]
KINDS = {"hubspot", "parquet"}
PREVIEW_ROWS = 5
FRESHNESS = dg.FreshnessPolicy.time_window(warn_window=timedelta(hours=26), fail_window=timedelta(hours=36))
"""For the badge: it looks at the last run, whatever its days. Which day is due, the check `no_day_due` says."""


def build_spec(
    portal: Portal, table: TableSchema, *, description: str, group: str, deps: Sequence[dg.AssetKey], **more: Any
) -> dg.AssetSpec:
    """The asset of a table, with all that the UI shows of it before it is ever materialized.

    Args:
        portal: Whose asset it is.
        table: The table.
        description: What it holds, after its grain.
        group: Its group, where the portal has no name.
        deps: What it is made of, by the keys of this portal.
        **more: More of what a spec takes.
    """
    more.setdefault("freshness_policy", FRESHNESS)
    more.setdefault("kinds", KINDS)
    spec = dg.AssetSpec(
        key=dg.AssetKey(table.path),
        description=f"{table.grain} {description}",
        group_name=group,
        deps=deps,
        owners=OWNERS,
        code_version=to_code_version(table),
        metadata={
            "dagster/column_schema": to_column_schema(table),
            "dagster/table_name": ".".join([*portal.key_prefix, *table.path]),
            "dagster/storage_kind": "parquet",
        },
        **more,
    )
    return portal.translate(spec)


def to_column_schema(table: TableSchema) -> dg.TableSchema:
    """The columns as the UI shows them, `metric_date` of a daily table included."""
    columns = [METRIC_DATE_FIELD, *table.columns] if table.daily else list(table.columns)
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=str(column.type),
                description=get_documentation(column),
                constraints=dg.TableColumnConstraints(nullable=column.nullable),
                tags={"unit": unit} if (unit := get_documentation(column, "unit")) else {},
            )
            for column in columns
        ]
    )


def to_code_version(table: TableSchema) -> str:
    """Changes when the table's columns do."""
    columns = repr([(column.name, str(column.type)) for column in table.columns])
    return hashlib.sha256(columns.encode()).hexdigest()[:12]


def to_data_version(table: pa.Table) -> str:
    """Changes when the rows do, and not when the same rows are merely read again."""
    rows = table.drop_columns([EXTRACTED_AT]).combine_chunks().replace_schema_metadata()
    digest = _Digest()
    with pa.PythonFile(digest, mode="w") as sink, pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return digest.sha256.hexdigest()[:16]


class _Digest(io.RawIOBase):
    """A file of which only the digest is kept: the rows of a large account need not be in memory once more."""

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.sha256.update(data)
        return len(data)


def to_file_metadata(file: WrittenFile, extracted_at: datetime, repeated: int) -> dict[str, Any]:
    """What every materialization says of the file that it wrote. Numbers are plotted: their unit is in their name."""
    return {
        "dagster/uri": dg.MetadataValue.path(file.location),
        "size_kb": file.bytes / 1000,
        "extracted_at": dg.MetadataValue.timestamp(extracted_at),
        "repeated_keys_collapsed": repeated,
    }


def to_preview(table: pa.Table) -> dg.TableMetadataValue:
    """The first rows, as text."""
    head = table.slice(0, PREVIEW_ROWS)
    return dg.MetadataValue.table(
        records=[dg.TableRecord(_to_cells(row)) for row in head.to_pylist()],
        schema=dg.TableSchema(columns=[dg.TableColumn(c.name, str(c.type)) for c in head.schema]),
    )


def _to_cells(row: Mapping[str, Any]) -> dict[str, str | int | float | bool | None]:
    return {name: value if isinstance(value, int | float | None) else to_line(value) for name, value in row.items()}
