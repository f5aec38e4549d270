"""Files that are Parquet, and not the table that should lie there."""

import logging
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_assets.tables import (
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    METRICS_TABLES,
    DamagedFile,
    TableSchema,
    TableStore,
    find_wrong_columns,
)

DAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
POSTS = METRICS_TABLES["BLOG_POST"]
TABLES = [CAMPAIGNS, CAMPAIGN_ASSETS, POSTS]
BY_NAME = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
ROW = {"campaign_id": "a", "asset_type": "FORM", "asset_id": "1", "extracted_at": NOW}


def make_rows(table: TableSchema) -> pa.Table:
    return pa.Table.from_pylist([{name: ROW[name] for name in table.columns.names if name in ROW}], table.columns)


def write(folder: Path, table: TableSchema, rows: pa.Table) -> TableStore:
    store = TableStore(str(folder))
    store.write(table.path, rows, day=DAY if table.daily else None)
    return store


def read(store: TableStore, table: TableSchema) -> pa.Table:
    return store.read_table(table, day=DAY if table.daily else None)


@BY_NAME
def test_a_table_is_read_as_it_was_written(tmp_path: Path, table: TableSchema) -> None:
    rows = read(write(tmp_path, table, make_rows(table)), table)
    assert rows.drop_columns(["metric_date"] if table.daily else []).to_pylist() == make_rows(table).to_pylist()


@BY_NAME
@pytest.mark.parametrize("foreign", [pa.table({"n": [1]}), pa.table({}), pa.table({"campaign_id": [1]})])
def test_another_table_in_its_place_is_named_with_file_and_column(
    tmp_path: Path, table: TableSchema, foreign: pa.Table
) -> None:
    store = write(tmp_path, table, foreign)
    file = store.locate(table.path, DAY if table.daily else None)
    with pytest.raises(DamagedFile) as raised:
        read(store, table)
    assert str(raised.value).startswith(f"{file} does not hold {table.name} (campaign_id is ")
    assert str(raised.value).endswith(f": materialize {table.name} again.")


@given(number=st.integers(0, 2), place=st.integers(0, 30), other=st.sampled_from([pa.string(), pa.int8(), pa.date64()]))
def test_a_column_of_another_type_is_named(number: int, place: int, other: pa.DataType) -> None:
    columns = TABLES[number].columns
    place %= len(columns)
    wrong = columns.set(place, columns.field(place).with_type(other))
    expected = [] if columns.field(place).type == other else [f"{columns.names[place]} is {other}, not"]
    found = find_wrong_columns(wrong, TABLES[number], old=True)
    assert [text.startswith(start) for text, start in zip(found, expected, strict=True)] == [True] * len(expected)


def test_a_column_that_is_there_twice_is_named(tmp_path: Path) -> None:
    rows = make_rows(POSTS)
    store = write(tmp_path, POSTS, rows)
    twice = rows.append_column(POSTS.columns.field("views"), rows["views"])  # which the store itself refuses to write
    pq.write_table(twice, store.locate(POSTS.path, DAY).path)
    with pytest.raises(DamagedFile, match="views is there 2 times"):
        read(store, POSTS)


def test_a_null_where_none_may_be_is_named(tmp_path: Path) -> None:
    rows = make_rows(POSTS)
    store = write(tmp_path, POSTS, rows.set_column(0, "campaign_id", pa.array([None], pa.string())))
    with pytest.raises(DamagedFile, match="campaign_id is null in 1 rows"):
        read(store, POSTS)


def test_a_column_that_the_file_is_too_old_for_is_null_and_one_that_it_alone_knows_stays(tmp_path: Path) -> None:
    rows = make_rows(POSTS).drop_columns(["views", "other_metrics"]).append_column("newer", pa.array([5]))
    found = read(write(tmp_path, POSTS, rows), POSTS)
    assert found.schema.field("views").type == pa.int64()
    assert found.select(["views", "other_metrics", "newer"]).to_pylist() == [
        {"views": None, "other_metrics": None, "newer": 5}
    ]


def test_a_day_that_stands_in_the_file_too_is_the_one_of_its_folder(tmp_path: Path) -> None:
    rows = make_rows(POSTS).append_column("metric_date", pa.array([date(1999, 1, 1)]))
    assert read(write(tmp_path, POSTS, rows), POSTS)["metric_date"].to_pylist() == [DAY]


FOREIGN_FOLDERS = ["metric_date=foo", "metric_date=", "metric_date=20260301", "metric_date=2026-W10-1", "metric_date="]


def test_a_folder_that_is_named_like_no_day_is_passed_over_and_named_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = write(tmp_path, POSTS, make_rows(POSTS))
    folder = tmp_path.joinpath(*POSTS.path)
    for name in FOREIGN_FOLDERS:
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "data.parquet").write_bytes(b"somebody's")
    (folder / "metric_date=2026-03-02").write_text("a file where a folder belongs")
    with caplog.at_level(logging.WARNING):
        assert store.list_days(POSTS.path) == [DAY]
    (record,) = caplog.records
    assert "passed over metric_date=, metric_date=2026-W10-1, metric_date=20260301, metric_date=foo" in record.message
