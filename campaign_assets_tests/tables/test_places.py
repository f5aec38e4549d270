"""Where files lie: no table lies outside of the root, and no file is taken for that of another table or day."""

import os
import random
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from upath import UPath

from campaign_assets.tables import (
    CAMPAIGN_ASSET_CHANGES,
    ChangeLog,
    DamagedFile,
    MissingTable,
    TableError,
    TableStore,
    file_bytes,
    get_extracted_at,
    parquet_file,
)
from campaign_assets_tests.tables.test_change_log import CHANGES, NOW

ONE, OTHER = ("hubspot", "things"), ("hubspot", "others")
DAYS = [date(2026, 3, 1), date(2026, 3, 2)]
SOME = pa.table({"n": pa.array([1, 2, 3], pa.int64())})
Place = tuple[tuple[str, ...], date | None]
PLACES: list[Place] = [(path, day) for path in (ONE, OTHER) for day in (None, *DAYS)]


@pytest.fixture(params=["local", "memory", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TableStore:
    """A store in a folder, one behind fsspec, and one in a bucket."""
    if request.param == "bucket":
        return TableStore(request.getfixturevalue("bucket").root)
    return TableStore(str(tmp_path) if request.param == "local" else f"memory://{tmp_path.name}")


def copy(source: UPath, target: UPath) -> None:
    target.write_bytes(source.read_bytes())


def test_a_file_is_read_in_its_own_place_and_in_no_other(store: TableStore) -> None:
    for path, day in PLACES:
        store.write(path, SOME, day=day)
    files = {place: store.locate(*place).read_bytes() for place in PLACES}
    for source in PLACES:
        for target in PLACES:
            store.locate(*target).write_bytes(files[source])
            if source == target:
                assert (
                    store.read(target[0], day=target[1]).num_rows == store.read_footer(*[target[0]], day=target[1]).rows
                )
                continue
            for read in (store.read, store.read_footer):
                with pytest.raises(
                    DamagedFile, match="is another file, which was written to hubspot/.*data.parquet: mat"
                ):
                    read(target[0], day=target[1])
            store.locate(*target).write_bytes(files[target])


def test_a_file_of_a_log_is_read_under_its_own_name_only(store: TableStore) -> None:
    log = ChangeLog(store, CAMPAIGN_ASSET_CHANGES.path)
    log.append(CHANGES, timestamp=NOW, day=NOW.date(), before="")
    ((_, file),) = log.list_files()
    copy(file, file.parent / "20260311T090000.000000Z.parquet")
    assert log.read(file).num_rows == 1
    with pytest.raises(DamagedFile, match="is another file"):
        log.read(file.parent / "20260311T090000.000000Z.parquet")


def test_a_root_that_is_moved_or_copied_whole_is_read_as_before(tmp_path: Path) -> None:
    TableStore(str(tmp_path / "one")).write(ONE, SOME, day=DAYS[0])
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    (tmp_path / "link").symlink_to(tmp_path / "two")
    for name in ("two", "link", "two/../one"):
        assert TableStore(str(tmp_path / name)).read(ONE, day=DAYS[0]).num_rows == 3


def test_what_was_read_in_one_place_may_be_written_to_another_and_says_so(store: TableStore) -> None:
    times = [datetime(2026, 3, 10, hour, tzinfo=UTC) for hour in (9, 10)]
    store.write(ONE, SOME, day=DAYS[0], extracted_at=times[0])
    for path, day in PLACES:
        for table in (store.read(ONE, day=DAYS[0]), SOME):
            store.write(path, table, day=day, extracted_at=times[1])
            assert store.read(path, day=day).num_rows == store.read_footer(path, day=day).rows == 3
            assert get_extracted_at(store.read_footer(path, day=day).columns) == times[1]


def test_files_of_before_and_those_that_somebody_makes_of_a_table_need_no_note(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    written = store.write(ONE, SOME, day=DAYS[0]).location
    target = Path(str(store.locate(OTHER)))
    target.parent.mkdir()
    for table in (SOME, pq.ParquetFile(written).read()):  # the second one has the note of the first table
        pq.write_table(table, target)
        assert store.read(OTHER).num_rows == store.read_footer(OTHER).rows == 3


NAMES = st.text(max_size=4) | st.sampled_from(
    ["..", ".", "", "a/../..", "/etc", "~", "metric_date=2026-03-01", ".x", "x"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NAMES, max_size=4))
def test_whatever_a_table_is_called_it_lies_below_the_root_or_is_refused(tmp_path: Path, path: list[str]) -> None:
    root = tmp_path / "root"
    store = TableStore(str(root))
    try:
        target = Path(store.write(path, SOME).location)
    except TableError as error:
        assert str(error).isprintable() and str(error).count("\n") == 0
        return
    assert target.resolve() == target and target.parent == root.joinpath(*path) and ".." not in target.parts
    assert [*tmp_path.iterdir()] == [root]
    assert store.read(path).num_rows == 3


@pytest.mark.parametrize(
    "path", [(), ("..", "x"), (".campaign_assets", "tmp"), ("a", "metric_date=2026-03-01"), ("a/b",)]
)
def test_a_name_that_leads_elsewhere_is_refused_wherever_it_is_used(store: TableStore, path: tuple[str, ...]) -> None:
    for use in (store.locate, store.exists, store.read, store.read_footer, store.list_days, store.move_aside):
        with pytest.raises(TableError, match="cannot be the place of a table"):
            use(path)


def put_file(place: Path) -> None:
    place.write_text("somebody's")


def put_link(place: Path) -> None:
    place.symlink_to("/nowhere/at/all")


def put_loop(place: Path) -> None:
    place.symlink_to(place)


def put_fifo(place: Path) -> None:
    os.mkfifo(place)


def put_device(place: Path) -> None:
    place.symlink_to("/dev/zero")


@pytest.mark.parametrize("put", [put_file, put_link, put_loop, put_fifo, put_device])
@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_what_lies_where_a_folder_or_a_file_belongs_is_no_table_and_is_moved_aside(
    tmp_path: Path, put: Callable[[Path], None], depth: int
) -> None:
    store = TableStore(str(tmp_path))
    target = Path(str(store.locate(ONE, DAYS[0])))
    place = Path(*target.parts[: len(tmp_path.parts) + depth])
    place.parent.mkdir(parents=True, exist_ok=True)
    put(place)
    assert store.list_days(ONE) == ([DAYS[0]] if depth == 4 and put not in (put_link, put_loop) else [])
    for read in (store.read, store.read_footer):
        with pytest.raises((DamagedFile, MissingTable)):  # below a link that leads nowhere there is nothing
            read(ONE, day=DAYS[0])
    store.write(ONE, SOME, day=DAYS[0])
    assert store.read(ONE, day=DAYS[0]).num_rows == 3
    if depth < 4:  # a file in the file's own place is replaced
        (aside,) = (tmp_path / ".campaign_assets" / "aside").iterdir()
        assert aside.name.startswith(f"{place.name}.") and os.path.lexists(aside)


def test_a_file_in_the_place_of_our_own_folder_keeps_no_table_from_being_written(tmp_path: Path) -> None:
    (tmp_path / ".campaign_assets").write_text("somebody's")
    store = TableStore(str(tmp_path))
    store.write(ONE, SOME)
    assert store.read(ONE).num_rows == 3
    assert [path.name for path in tmp_path.joinpath(*ONE).iterdir()] == ["data.parquet"]


def test_a_file_that_is_larger_than_any_memory_is_named_at_once(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    store.write(ONE, SOME)
    os.truncate(store.locate(ONE).path, 10**12)
    for read in (store.read, store.read_footer):
        with pytest.raises(DamagedFile, match="it does not end as one does"):
            read(ONE)


@pytest.mark.parametrize("size", [65 * 1024**2, 10**9, 10**12])
@pytest.mark.parametrize("end", [None, 8, 16, 300], ids=["all of it", "its length", "half of the footer", "more"])
def test_a_file_with_a_hole_and_the_end_of_another_is_named_before_its_bytes_are_read(
    tmp_path: Path, size: int, end: int | None
) -> None:
    store = TableStore(str(tmp_path))
    store.write(ONE, SOME)
    with Path(store.locate(ONE).path).open("r+b") as file:
        last = file.read()[-end if end else None :]
        file.seek(size)
        file.write(last)
    with pytest.raises(DamagedFile, match="is no Parquet file that can be read"):
        store.read(ONE)
    store.write(ONE, SOME)
    assert store.read(ONE).num_rows == 3


def test_a_footer_that_says_it_is_gigabytes_long_is_not_read(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    store.write(ONE, SOME)
    with Path(store.locate(ONE).path).open("r+b") as file:
        file.seek(10**12)
        file.write(b"\xff\xff\xff\xffPAR1")
    for read in (store.read, store.read_footer):
        with pytest.raises(DamagedFile, match="its footer would be 4,294,967,303 bytes long"):
            read(ONE)


def test_a_large_table_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_bytes, "LARGE", 1_000)
    monkeypatch.setattr(parquet_file, "LARGE", 1_000)
    store, numbers = TableStore(str(tmp_path)), random.Random(1)  # noqa: S311 - bytes that cannot be compressed
    rows = pa.table({"n": [numbers.randbytes(1_000) for _ in range(1_000)]})
    store.write(ONE, rows)
    assert store.read(ONE).equals(rows)


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"v": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])}),
        pa.table({"v": pa.array([{}], pa.struct([]))}),
        pa.Table.from_arrays([pa.array([1])] * 2, names=["n", "n"]),
        pa.table({"v": pa.array([(1, 2, 3)], pa.month_day_nano_interval())}),
    ],
    ids=["union", "empty struct", "one name twice", "interval"],
)
def test_rows_that_no_parquet_file_can_hold_are_refused_and_what_was_there_stays(
    store: TableStore, table: pa.Table
) -> None:
    store.write(ONE, SOME)
    with pytest.raises(TableError, match="cannot be written: no Parquet file can hold its rows"):
        store.write(ONE, table)
    assert store.read(ONE).num_rows == 3
