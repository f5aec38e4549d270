"""Tables of a few rows for the marts, written as the product writes them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from campaign_assets.tables import METRICS_TABLES, TableSchema, TableStore

READ_AT = datetime(2026, 3, 10, 9, tzinfo=UTC)


def write_metrics(store: TableStore, asset_type: str, day: date, *rows: Mapping[str, Any]) -> None:
    """Writes a day of a type; campaign and asset are `a` and `1` where a row does not say."""
    table = METRICS_TABLES[asset_type]
    filled = [{"campaign_id": "a", "asset_id": "1", "extracted_at": READ_AT, **row} for row in rows]
    store.write(table.path, pa.Table.from_pylist(filled, table.columns), day=day, extracted_at=READ_AT)


def write_table(store: TableStore, table: TableSchema, *rows: Mapping[str, Any]) -> None:
    """Writes a table without days."""
    filled = [{"extracted_at": READ_AT, **row} for row in rows]
    store.write(table.path, pa.Table.from_pylist(filled, table.columns), extracted_at=READ_AT)
