"""The generated parts of docs/tables.md: every table as its schema declares it."""

import re
from collections.abc import Iterator, Sequence

import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES, Aggregation
from campaign_assets.marts.database import name_relation
from campaign_assets.marts.schemas import MARTS, PERIODS
from campaign_assets.tables import (
    CAMPAIGN_ASSET_CHANGES,
    METRIC_DATE_FIELD,
    TABLES,
    TableSchema,
    get_documentation,
)
from campaign_assets_tests.docs.example_queries import get_query
from campaign_assets_tests.docs.markdown import to_anchor

ALL_TABLES: tuple[TableSchema, ...] = (*TABLES, *(mart.table for mart in MARTS))
_MARKS = {Aggregation.ADDITIVE: "", Aggregation.LEVEL: " ᴸ", Aggregation.RATIO: " ᴿ"}
_OFF = {
    "hubspot/campaign_attribution_daily": "`CAMPAIGN_ASSETS_DAILY_REPORTS` holds `attribution`",
    "hubspot/campaign_revenue_daily": "`CAMPAIGN_ASSETS_DAILY_REPORTS` holds `revenue`",
    "hubspot/campaign_contacts": "`CAMPAIGN_ASSETS_CONTACT_TYPES` names contact types",
}
"""Tables that are there only if a setting says so."""
_ENDING = re.compile(f"_({'|'.join(PERIODS)})$")


def write_overview() -> str:
    """Every table in a row: what a row of it is, and how SQL names it."""
    rows = [
        f"| [`{table.name}`](#{to_anchor(table.name)}) | {_to_grain(table)} | `{'.'.join(name_relation(table))}` |"
        for table in ALL_TABLES
    ]
    return "\n".join(["| table | one row per | in SQL |", "|---|---|---|", *rows])


def _to_grain(table: TableSchema) -> str:
    return table.grain.removeprefix("One row per ").rstrip(".").replace("|", "\\|")


def write_metrics() -> str:
    """The metrics of each asset type, in the order of the columns."""
    rows = [
        f"| `{known.slug}` | {known.label} | {', '.join(m.column + _MARKS[m.aggregation] for m in known.metrics)} |"
        for known in METRIC_ASSET_TYPES
    ]
    return "\n".join(["| asset type | in HubSpot | metrics |", "|---|---|---|", *rows])


def write_tables() -> str:
    """Every table in a section of its own."""
    return "\n\n".join("\n".join(_write_table(table)) for table in ALL_TABLES)


def _write_table(table: TableSchema) -> Iterator[str]:
    yield f"### `{table.name}`\n"
    yield table.grain + (f" {found}" if (found := _find_description(table)) else "") + "\n"
    yield f"- File: `{_to_path(table)}`"
    yield f"- Key: {', '.join(_list_key(table))}"
    if condition := _OFF.get(table.name):
        yield f"- Off, unless {condition}."
    yield "\n| column | type | null | unit | meaning |\n|---|---|---|---|---|"
    yield from map(_to_row, _list_columns(table))
    if any(map(_ENDING.search, table.columns.names)):
        yield "\nEach column that is summed over all days is there for four periods as well:\n"
        yield "| ending of the column | period |\n|---|---|"
        yield from (f"| `_{ending}` | {meaning} |" for ending, meaning in PERIODS.items())
    yield f"\n```sql\n{get_query(table)}\n```"


def _find_description(table: TableSchema) -> str:
    return next((mart.description for mart in MARTS if mart.table is table), "")


def _to_path(table: TableSchema) -> str:
    if table is CAMPAIGN_ASSET_CHANGES:
        return f"{table.name}/change_date=2026-03-01/20260301T003512.482915Z.parquet"
    folder = "metric_date=2026-03-01/" if table.daily else "metric_month=2026-03/" if table.monthly else ""
    return f"{table.name}/{folder}data.parquet"


def _list_key(table: TableSchema) -> list[str]:
    return [f"`{name}`" for name in (*(["metric_date"] if table.daily else []), *table.key)]


def _list_columns(table: TableSchema) -> Sequence[pa.Field]:
    """The columns, the day first; those of a period are told in a table of their own."""
    first = [METRIC_DATE_FIELD] if table.daily else []
    return [*first, *(column for column in table.columns if not _ENDING.search(column.name))]


def _to_row(column: pa.Field) -> str:
    null = "" if column.nullable else "never"
    meaning = get_documentation(column).replace("|", "\\|")
    cells = (f"`{column.name}`", to_type(column.type), null, get_documentation(column, "unit"), meaning)
    return "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"


def to_type(kind: pa.DataType) -> str:
    """A type as Parquet's readers call it."""
    if pa.types.is_map(kind):
        return f"map of {to_type(kind.key_type)} to {to_type(kind.item_type)}"
    if pa.types.is_list(kind):
        return f"list of {to_type(kind.value_type)}"
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision}, {kind.scale})"
    if pa.types.is_timestamp(kind):
        return f"timestamp ({kind.unit}, {kind.tz})"
    return {"date32[day]": "date"}.get(str(kind), str(kind))
