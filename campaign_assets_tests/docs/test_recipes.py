"""The recipes that read tables, run as they stand over files of different age, while another file is being written."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from campaign_assets.tables import CAMPAIGNS, METRICS_TABLES, TableStore
from campaign_assets_tests.docs.markdown import ROOT, list_blocks

PAGE = ROOT / "docs" / "recipes.md"
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
POSTS = METRICS_TABLES["BLOG_POST"]
VIEWS: dict[date, list[int | None]] = {
    date(2026, 2, 28): [5, None],  # before the column of submissions was added
    date(2026, 3, 1): [2**53 + 1, 7],
    date(2026, 3, 2): [],
}
NEW = "submissions"
EXPECTED = {
    (day, str(number), views, None if day == min(VIEWS) else number)
    for day, of_day in VIEWS.items()
    for number, views in enumerate(of_day)
}


@pytest.fixture(autouse=True)
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tables in the folder `data` of the present one, the oldest file without the newest column."""
    store = TableStore(str(tmp_path / "data"))
    campaign = {"campaign_id": "a", "name": "Spring", "budget_amount": Decimal(1), "extracted_at": NOW}
    store.write(CAMPAIGNS.path, pa.Table.from_pylist([campaign], CAMPAIGNS.columns), extracted_at=NOW)
    for day, of_day in VIEWS.items():
        rows = [
            {"campaign_id": "a", "asset_id": str(number), "views": views, NEW: number, "extracted_at": NOW}
            for number, views in enumerate(of_day)
        ]
        table = pa.Table.from_pylist(rows, POSTS.columns)
        store.write(POSTS.path, table.drop_columns([NEW]) if day == min(VIEWS) else table, day=day, extracted_at=NOW)
    (tmp_path / "data" / ".campaign_assets" / "tmp" / ".data.parquet.0.tmp").write_bytes(b"half a file")
    monkeypatch.chdir(tmp_path)
    yield


def extract(section: str, language: str) -> str:
    (block,) = [block for block in list_blocks(PAGE) if block.heading == section and block.language == language]
    return block.text


def run(section: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(extract(section, "python"), section, "exec"), names)  # noqa: S102 - the page's own words
    return names


def find_rows(section: str) -> list[dict[str, Any]]:
    """The rows that a recipe reads, with its own types."""
    posts = run(section)["posts"]
    if section == "pyarrow":
        assert posts.schema.field(NEW).type == posts.schema.field("views").type == pa.int64()
        rows: list[dict[str, Any]] = posts.to_table().to_pylist()
    elif section == "Polars":
        schema = posts.collect_schema()
        assert str(schema[NEW]) == str(schema["views"]) == "Int64"
        rows = posts.collect().to_dicts()
    else:
        assert str(posts[NEW].dtype) == str(posts["views"].dtype) == "Int64"
        assert str(posts["metric_date"].dtype).startswith("datetime64")
        columns = posts.assign(metric_date=posts["metric_date"].dt.date).astype(object)
        rows = columns.where(columns.notna(), None).to_dict("records")
    return rows


@pytest.mark.parametrize(("section", "package"), [("pandas", "pandas"), ("pyarrow", "pyarrow"), ("Polars", "polars")])
def test_a_recipe_reads_files_of_every_age(section: str, package: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip(package)
    rows = find_rows(section)
    assert {(row["metric_date"], row["asset_id"], row["views"], row[NEW]) for row in rows} == EXPECTED
    assert all(type(row["metric_date"]) is date for row in rows)
    assert all(type(row["views"]) in (int, type(None)) for row in rows)
    assert (str(2**53 + 13) in capsys.readouterr().out) == (section != "pyarrow")  # the sum of all views, exactly


def test_the_recipe_for_duckdb_reads_files_of_every_age() -> None:
    connect: Callable[[], Any] = pytest.importorskip("duckdb").connect
    with connect() as connection:
        best = connection.execute(extract("DuckDB", "sql")).fetchall()
        assert best[0] == ("Spring", date(2026, 3, 1), 2**53 + 8)
        posts = connection.execute("SELECT metric_date, asset_id, views, submissions FROM posts")
        assert [str(column[1]) for column in posts.description] == ["DATE", "VARCHAR", "BIGINT", "BIGINT"]
        assert set(posts.fetchall()) == EXPECTED


def test_a_whole_table_is_read_with_a_glob_of_any_depth() -> None:
    duckdb = pytest.importorskip("duckdb")
    polars = pytest.importorskip("polars")
    with duckdb.connect() as connection:
        found = connection.execute("SELECT count(*) FROM read_parquet('data/**/*.parquet', union_by_name = true)")
        assert found.fetchone() == (len(EXPECTED) + 1,)
    newest = polars.scan_parquet("data/hubspot/asset_metrics/blog_post", extra_columns="ignore").collect()
    assert len(newest) == len(EXPECTED)
