"""`campaigns.duckdb`: what stands in it, and that a reader never meets half of one."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from campaign_assets import tables
from campaign_assets.marts.building import (
    build_asset_performance,
    build_campaign_performance,
    build_campaign_summary,
)
from campaign_assets.marts.database import build_database, name_relation
from campaign_assets.marts.schemas import MARTS
from campaign_assets.tables import CAMPAIGNS, METRICS_TABLES, MonthFiles, TableSchema, TableStore
from campaign_assets_tests.marts.rows import write_metrics, write_table

MARCH, DAY = date(2026, 3, 1), date(2026, 3, 7)


@pytest.fixture
def store(tmp_path: Path) -> TableStore:
    """Tables below a folder whose name holds what SQL and globs take for their own."""
    store = TableStore(str(tmp_path / "it's [all] *"))
    write_table(store, CAMPAIGNS, {"campaign_id": "a", "name": "Spring"})
    write_metrics(store, "BLOG_POST", DAY, {"views": 5})
    build_asset_performance(store, MARCH)
    build_campaign_performance(store, MARCH)
    build_campaign_summary(store)
    return store


def ask(file: str | Path, sql: str) -> list[Any]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_tables_are_views_and_marts_are_tables(store: TableStore) -> None:
    written = build_database(store)
    assert written and not written.left_out
    assert written.rows == {
        "marts/asset_performance_daily": 1,
        "marts/campaign_performance_daily": 1,
        "marts/campaign_summary": 1,
    }
    posts = "SELECT metric_date, views FROM hubspot.asset_metrics_blog_post JOIN hubspot.campaigns USING (campaign_id)"
    assert ask(written.location, posts) == [(DAY, 5)]
    assert ask(written.location, "SELECT name, views FROM marts.campaign_summary") == [("Spring", 5)]
    views = "SELECT view_name FROM duckdb_views() WHERE NOT internal"
    assert set(ask(written.location, views)) == {("campaigns",), ("asset_metrics_blog_post",)}


def test_a_table_that_was_never_written_is_there_without_rows(store: TableStore) -> None:
    written = build_database(store)
    assert written
    assert ask(written.location, "SELECT count(deal_amount) FROM hubspot.campaign_revenue") == [(0,)]


def test_every_table_is_in_it(store: TableStore) -> None:
    written = build_database(store)
    assert written
    known = [table for table in vars(tables).values() if isinstance(table, TableSchema)]
    known += [*METRICS_TABLES.values(), *tables.REPORT_TABLES, *(mart.table for mart in MARTS)]
    found = ask(
        written.location,
        "SELECT schema_name, table_name FROM duckdb_tables() UNION ALL "
        "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal",
    )
    assert set(found) == {name_relation(table) for table in known}


def test_views_see_what_is_written_later_and_say_what_their_columns_mean(store: TableStore) -> None:
    written = build_database(store)
    assert written
    write_metrics(store, "BLOG_POST", date(2026, 3, 8), {"views": 7})
    assert ask(written.location, "SELECT sum(views) FROM hubspot.asset_metrics_blog_post") == [(12,)]
    comment = "SELECT comment FROM duckdb_columns() WHERE table_name = 'campaign_summary' AND column_name = 'rank'"
    assert ask(written.location, comment)[0][0].startswith("Place among all campaigns")


def test_a_strange_file_beside_a_tables_own_is_no_rows(store: TableStore) -> None:
    month = MonthFiles(store, MARTS[0].table).locate(MARCH)
    day = store.locate(METRICS_TABLES["BLOG_POST"].path, DAY)
    for file in (store.locate(CAMPAIGNS.path), day, month):
        data = file.read_bytes()
        file.with_name("data (1).parquet").write_bytes(data)
        for folder in ("old", "metric_date=foo", "metric_date=2026-3-7", "metric_month=2026"):
            (file.parents[1 if "=" in file.parent.name else 0] / folder).mkdir()
            (file.parents[1 if "=" in file.parent.name else 0] / folder / file.name).write_bytes(data)
    written = build_database(store)
    assert written and not written.left_out
    assert written.rows["marts/asset_performance_daily"] == 1
    assert ask(written.location, "SELECT metric_date, views FROM hubspot.asset_metrics_blog_post") == [(DAY, 5)]
    assert ask(written.location, "SELECT * FROM hubspot.campaigns")[0][:2] == ("a", "Spring")
    assert ask(written.location, "SELECT count(*) FROM hubspot.campaigns") == [(1,)]


def test_who_has_the_old_one_open_keeps_reading_it(store: TableStore) -> None:
    written = build_database(store)
    assert written
    with duckdb.connect(written.location, read_only=True) as reader:
        write_metrics(store, "BLOG_POST", DAY, {"views": 99})
        build_asset_performance(store, MARCH)
        assert build_database(store)
        assert reader.execute("SELECT value FROM marts.asset_performance_daily").fetchall() == [(5.0,)]
    assert ask(written.location, "SELECT value FROM marts.asset_performance_daily") == [(99.0,)]
    assert [file.name for file in Path(written.location).parent.iterdir() if "duckdb" in file.name] == [
        "campaigns.duckdb"
    ]


def test_what_was_left_beside_the_old_one_is_not_taken_for_the_new_ones(store: TableStore) -> None:
    written = build_database(store)
    assert written
    Path(f"{written.location}.wal").write_bytes(b"somebody's changes to the old file")
    assert build_database(store)
    assert ask(written.location, "SELECT count(*) FROM marts.campaign_summary") == [(1,)]


def test_a_table_with_a_damaged_file_is_left_out_and_named(store: TableStore) -> None:
    store.locate(METRICS_TABLES["BLOG_POST"].path, DAY).write_bytes(b"no Parquet")
    written = build_database(store)
    assert written and list(written.left_out) == ["hubspot/asset_metrics/blog_post"]
    assert ask(written.location, "SELECT name FROM hubspot.campaigns") == [("Spring",)]


def test_an_object_storage_has_none() -> None:
    assert build_database(TableStore("memory://bucket/tables")) is None
