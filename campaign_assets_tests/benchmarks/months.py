"""A year's views of all types, from the tables and from the marts: `python -m campaign_assets_tests.benchmarks.months`.

What docs/marts.md quotes. Synthetic rows, written by the store and the marts as a run writes them, on this disk.
"""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES, AssetType
from campaign_assets.marts.building import build_asset_performance, build_campaign_performance
from campaign_assets.tables import METRICS_TABLES, TableStore

DAYS = [date(2025, 1, 1) + timedelta(days=number) for number in range(365)]
CAMPAIGNS, ASSETS, TRIES = 50, 4, 3
READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
QUESTIONS = {
    "asset_metrics, a file for each type and day": (
        "SELECT campaign_id, sum(views) FROM read_parquet('{root}/hubspot/asset_metrics/*/*/data.parquet', "
        "union_by_name = true, hive_partitioning = true) GROUP BY ALL",
        "hubspot/asset_metrics/*/*/data.parquet",
    ),
    "asset_performance_daily, a file for each month": (
        "SELECT campaign_id, sum(value) FROM read_parquet('{root}/marts/asset_performance_daily/*/data.parquet') "
        "WHERE metric = 'VIEWS' GROUP BY ALL",
        "marts/asset_performance_daily/*/data.parquet",
    ),
    "campaign_performance_daily, a file for each month": (
        "SELECT campaign_id, sum(views) FROM read_parquet('{root}/marts/campaign_performance_daily/*/data.parquet') "
        "GROUP BY ALL",
        "marts/campaign_performance_daily/*/data.parquet",
    ),
}


def main() -> None:
    """Writes a year and prints how long each question takes, the best of some tries."""
    with TemporaryDirectory() as folder:
        store = TableStore(folder)
        rows = {asset_type: _make_rows(asset_type) for asset_type in METRIC_ASSET_TYPES}
        for day in DAYS:
            for asset_type, of_day in rows.items():
                store.write(METRICS_TABLES[asset_type.name].path, of_day, day=day, extracted_at=READ_AT)
        for month in sorted({day.replace(day=1) for day in DAYS}):
            build_asset_performance(store, month)
            build_campaign_performance(store, month)
        for name, (question, files) in QUESTIONS.items():
            count = len(list(Path(folder).glob(files)))
            print(f"{name}: {count:,} files, {min(_time(question, folder) for _ in range(TRIES)):.3f} s")


def _make_rows(asset_type: AssetType) -> pa.Table:
    metrics = {metric.column: 7 for metric in asset_type.metrics}
    rows = [
        {"campaign_id": str(campaign), "asset_id": str(asset), "asset_name": "x", "extracted_at": READ_AT, **metrics}
        for campaign in range(CAMPAIGNS)
        for asset in range(ASSETS)
    ]
    return pa.Table.from_pylist(rows, METRICS_TABLES[asset_type.name].columns)


def _time(question: str, root: str) -> float:
    with duckdb.connect() as connection:
        began = time.perf_counter()
        found = connection.execute(question.format(root=root)).fetchall()
        assert len(found) == CAMPAIGNS
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
