"""What lies below a table and is no part of it is found, whatever it is called and whatever it is."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign_assets.tables import (
    CAMPAIGN_ASSET_CHANGES,
    CAMPAIGNS,
    METRICS_TABLES,
    ChangeLog,
    TableSchema,
    TableStore,
    list_strays,
)

DAYS = [date(2026, 3, 1), date(2026, 3, 2)]
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
POSTS = METRICS_TABLES["BLOG_POST"]
TABLES = [CAMPAIGNS, POSTS, CAMPAIGN_ASSET_CHANGES]
BY_NAME = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


@pytest.fixture(params=["local", "object store"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TableStore:
    """A store in a folder, and one behind fsspec."""
    return TableStore(str(tmp_path / "root") if request.param == "local" else f"memory://strays{tmp_path.name}")


def fill(store: TableStore, table: TableSchema) -> None:
    """Writes a file or two of a table, as the product does."""
    rows = pa.table({"n": [1]})
    if table is CAMPAIGN_ASSET_CHANGES:
        log = ChangeLog(store, table.path)
        for day in DAYS:
            log.append(rows, timestamp=NOW, day=day, before="")
    elif table.daily:
        for day in DAYS:
            store.write(table.path, rows, day=day)
    else:
        store.write(table.path, rows)


@BY_NAME
def test_a_table_that_was_never_written_and_one_as_the_product_writes_it_have_none(
    store: TableStore, table: TableSchema
) -> None:
    assert list_strays(store, table) == []
    fill(store, table)
    assert list_strays(store, table) == []


STRANGE = st.sampled_from(
    ["x", "data.parquet", "data.parquet.old", "_SUCCESS", "metric_date=foo", "metric_date=2026-03-01 (copy)", "a b"]
    + ["metric_date=2026-03-09", "change_date=2026-03-10", "change_date=", "20260310T090000.000000Z.parquet", "é?*"]
)


@BY_NAME
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(parts=st.lists(STRANGE, min_size=1, max_size=3))
def test_a_file_is_a_stray_unless_it_lies_where_the_product_would_write_one(
    tmp_path_factory: pytest.TempPathFactory, table: TableSchema, parts: list[str]
) -> None:
    store = TableStore(str(tmp_path_factory.mktemp("root")))
    folder = Path(store.locate(table.path).parent.path)
    file = folder.joinpath(*parts)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"")
    ours = {
        CAMPAIGNS.name: "data.parquet",
        POSTS.name: "metric_date=2026-03-09/data.parquet",
        CAMPAIGN_ASSET_CHANGES.name: "change_date=2026-03-10/20260310T090000.000000Z.parquet",
    }
    strays = [str(stray) for stray in list_strays(store, table)]
    if "/".join(parts) == ours[table.name]:
        assert strays == []
    else:
        (stray,) = strays
        assert file.is_relative_to(stray) and stray != str(folder)


def put_link(place: Path) -> None:
    place.symlink_to("/nowhere/at/all")


@pytest.mark.parametrize("put", [Path.touch, os.mkfifo, put_link])
def test_whatever_lies_where_a_folder_belongs_is_a_stray(tmp_path: Path, put: Callable[[Path], object]) -> None:
    store = TableStore(str(tmp_path))
    day = tmp_path.joinpath(*POSTS.path, "metric_date=2026-03-01")
    day.parent.mkdir(parents=True)
    put(day)
    assert [str(stray) for stray in list_strays(store, POSTS)] == [str(day)]
    campaigns = tmp_path.joinpath(*CAMPAIGNS.path)
    put(campaigns)
    assert [str(stray) for stray in list_strays(store, CAMPAIGNS)] == [str(campaigns)]


@BY_NAME
def test_a_stray_object_is_found_too(table: TableSchema) -> None:
    store = TableStore(f"memory://strange{len(table.name)}")
    fill(store, table)
    for name in ("notes.txt", "metric_date=2026-03-01/other.parquet"):
        (store.locate(table.path).parent / name).write_bytes(b"x")
    assert len(list_strays(store, table)) == 2
