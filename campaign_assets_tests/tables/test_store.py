"""Files of tables: where they lie, readable by others, and mended by the next write."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from campaign_assets.tables import CAMPAIGNS, METRICS_TABLES, DamagedFile, MissingTable, TableStore
from campaign_assets.tables.parquet_file import get_extracted_at

PATH = ("hubspot", "things")
DAY = date(2026, 3, 1)
SOME = pa.table({"n": pa.array([1, 2, 3], pa.int64())})


@pytest.fixture(params=["local", "memory", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TableStore:
    """A store in a folder, one behind fsspec, and one in a bucket."""
    if request.param == "bucket":
        return TableStore(request.getfixturevalue("bucket").root)
    return TableStore(str(tmp_path) if request.param == "local" else f"memory://{tmp_path.name}")


def test_what_is_written_is_read_again(store: TableStore) -> None:
    written = store.write(PATH, SOME)
    assert (written.rows, written.bytes > 0) == (3, True)
    assert store.read(PATH).to_pylist() == SOME.to_pylist()
    assert store.exists(PATH)


def test_a_day_lies_in_a_hive_folder_and_its_date_is_the_first_column(store: TableStore) -> None:
    written = store.write(PATH, SOME, day=DAY)
    assert written.location.endswith("/hubspot/things/metric_date=2026-03-01/data.parquet")
    read = store.read(PATH, day=DAY)
    assert read.schema.names == ["metric_date", "n"]
    assert set(read["metric_date"].to_pylist()) == {DAY}
    assert store.list_days(PATH) == [DAY]


def test_other_readers_find_the_date_in_the_path(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    for number in (1, 2):
        store.write(PATH, SOME, day=date(2026, 3, number))
    partitioning = ds.partitioning(pa.schema([("metric_date", pa.date32())]), flavor="hive")
    read = ds.dataset(tmp_path / "hubspot" / "things", partitioning=partitioning).to_table()
    assert sorted(set(read["metric_date"].to_pylist())) == [date(2026, 3, 1), date(2026, 3, 2)]
    assert read.num_rows == 6


def test_the_timestamp_of_reading_stands_in_a_file_without_rows(store: TableStore) -> None:
    table = METRICS_TABLES["BLOG_POST"]
    timestamp = datetime(2026, 3, 10, 9, tzinfo=UTC)
    store.write(table.path, table.columns.empty_table(), day=DAY, extracted_at=timestamp)
    assert get_extracted_at(store.read_footer(table.path, day=DAY).columns) == timestamp


def test_columns_are_documented_in_the_file_and_compressed_with_zstd(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    file = pq.ParquetFile(store.write(CAMPAIGNS.path, CAMPAIGNS.columns.empty_table()).location)
    assert file.schema_arrow.field("budget_amount").metadata[b"description"].startswith(b"Sum of the campaign's budget")
    file = pq.ParquetFile(store.write(PATH, SOME).location)
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_a_table_that_was_never_written_is_named(store: TableStore) -> None:
    with pytest.raises(MissingTable, match="materialize hubspot/things first"):
        store.read(PATH)
    with pytest.raises(MissingTable, match="No day asked for of hubspot/things"):
        store.read_days(PATH, [DAY])
    assert store.list_days(PATH) == []


def test_a_damaged_file_is_named_and_mended_by_the_next_write(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    file = Path(store.write(PATH, SOME).location)
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(DamagedFile, match=f"{file} is no Parquet file that can be read"):
        store.read(PATH)
    store.write(PATH, SOME)
    assert store.read(PATH).num_rows == 3


def test_a_relative_root_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = TableStore("tables")
    os.chdir("/")
    assert store.write(PATH, SOME).location.startswith(str(tmp_path / "tables"))
