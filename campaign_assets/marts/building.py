"""A mart's rows from the tables that it reads, and its file.

What a mart reads may not be there: a type that HubSpot refuses, a table that is switched off, a day that was never
read. It is left out, as a relation without rows, and never awaited.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.catalog import METRIC_ASSET_TYPES, AssetType
from campaign_assets.marts.query import run_query
from campaign_assets.marts.schemas import (
    ASSET_PERFORMANCE_DAILY,
    CAMPAIGN_PERFORMANCE_DAILY,
    CAMPAIGN_SUMMARY,
    SUMMARIZED,
    Mart,
)
from campaign_assets.tables import (
    METRIC_DATE_FIELD,
    METRICS_TABLES,
    MissingTable,
    MonthFiles,
    TableSchema,
    TableStore,
    WrittenFile,
)
from campaign_assets.threads import map_in_threads

_THREADS = 16
"""Files of an object storage that are read at once: each waits some 30 ms for its first byte, which a disk's do not."""
_TRIES = 5
Cell = tuple[AssetType, date]
Work = TypeVar("Work")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class WrittenMart:
    """A file of a mart that is in place.

    Attributes:
        file: The file.
        rows: What it holds.
        files_read: Files that its rows were made of.
    """

    file: WrittenFile
    rows: pa.Table
    files_read: int


def build_asset_performance(store: TableStore, month: date) -> WrittenMart:
    """Writes a month of `marts/asset_performance_daily`, from all days of it that were read.

    Args:
        store: Where the tables lie.
        month: The first day of the month.

    Raises:
        TableError: A file is damaged, or cannot be read or written.
    """
    for _ in range(_TRIES):
        before = _find_versions(store, month)
        parts = [rows for rows in _map_threads(store, partial(_read_cell, store), before) if rows is not None]
        metrics = pa.concat_tables([*parts, _list_columns()], promote_options="default")
        relations = {"asset_metrics": metrics, "catalog": to_catalog()}
        written = _write_month(store, ASSET_PERFORMANCE_DAILY, month, relations, len(parts))
        if _find_versions(store, month) == before:
            break
    return written


def build_campaign_performance(store: TableStore, month: date) -> WrittenMart:
    """Writes a month of `marts/campaign_performance_daily`, from the same month of `marts/asset_performance_daily`.

    Args:
        store: Where the tables lie.
        month: The first day of the month.

    Raises:
        TableError: A file is damaged, or cannot be read or written.
    """
    source = ASSET_PERFORMANCE_DAILY.table
    try:
        rows, files = MonthFiles(store, source).read(month), 1
    except MissingTable:
        rows, files = source.columns.empty_table(), 0
    return _write_month(store, CAMPAIGN_PERFORMANCE_DAILY, month, {source.path[-1]: rows}, files)


def build_campaign_summary(store: TableStore) -> WrittenMart:
    """Writes `marts/campaign_summary`.

    Args:
        store: Where the tables lie.

    Raises:
        TableError: A file is damaged, or cannot be read or written.
    """
    daily = CAMPAIGN_PERFORMANCE_DAILY.table
    files = MonthFiles(store, daily)
    months = [files.read(month) for month in files.list_months()]
    found = {table: _read_table(store, table) for table in SUMMARIZED}
    relations = {
        daily.path[-1]: pa.concat_tables([daily.columns.empty_table(), *months], promote_options="default"),
        **{table.path[-1]: table.columns.empty_table() if rows is None else rows for table, rows in found.items()},
    }
    table = CAMPAIGN_SUMMARY.table
    rows = run_query(CAMPAIGN_SUMMARY.query, relations, table.columns)
    file = store.write(table.path, rows, extracted_at=pc.max(rows["extracted_at"]).as_py())
    return WrittenMart(file, rows, len(months) + sum(rows is not None for rows in found.values()))


def to_catalog() -> pa.Table:
    """What is known of the metrics: one row per asset type × metric."""
    return pa.Table.from_pylist(
        [
            {
                "asset_type": asset_type.name,
                "metric_column": metric.column,
                "metric": metric.name,
                "kind": metric.aggregation.value,
                "unit": metric.unit,
            }
            for asset_type in METRIC_ASSET_TYPES
            for metric in asset_type.metrics
        ]
    )


def _write_month(
    store: TableStore, mart: Mart, month: date, relations: Mapping[str, pa.Table], files_read: int
) -> WrittenMart:
    rows = run_query(mart.query, relations, mart.table.columns)
    return WrittenMart(MonthFiles(store, mart.table).write(month, rows), rows, files_read)


def _find_versions(store: TableStore, month: date) -> dict[Cell, str]:
    """What tells whether a file was replaced: two runs may write one month, and the later must not write older days."""

    def find(asset_type: AssetType) -> dict[date, str]:
        return store.find_versions(METRICS_TABLES[asset_type.name].path, month)

    found = zip(METRIC_ASSET_TYPES, _map_threads(store, find, METRIC_ASSET_TYPES), strict=True)
    return {(asset_type, day): version for asset_type, days in found for day, version in days.items()}


def _map_threads(store: TableStore, function: Callable[[Work], Result], work: Iterable[Work]) -> Iterator[Result]:
    return map_in_threads(function, work, 1 if store.local_root else _THREADS)


def _read_cell(store: TableStore, cell: Cell) -> pa.Table | None:
    asset_type, day = cell
    try:
        rows = store.read_table(METRICS_TABLES[asset_type.name], day=day)
        return _with_type(rows.replace_schema_metadata(), asset_type.name)
    except MissingTable:
        return None


def _read_table(store: TableStore, table: TableSchema) -> pa.Table | None:
    try:
        return store.read_table(table)
    except MissingTable:
        return None


def _with_type(rows: pa.Table, asset_type: str) -> pa.Table:
    column = pa.repeat(pa.scalar(asset_type), rows.num_rows)
    return rows.append_column(pa.field("asset_type", pa.string()), column)


def _list_columns() -> pa.Table:
    """No rows, in the columns of all metrics tables, so that each is there whatever was read."""
    tables = [
        _with_type(METRICS_TABLES[t.name].columns.insert(0, METRIC_DATE_FIELD).empty_table(), t.name)
        for t in METRIC_ASSET_TYPES
    ]
    return pa.concat_tables(tables, promote_options="default")
