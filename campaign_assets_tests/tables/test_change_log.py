"""The log of changes: files in the order of their times, and one that is damaged does not stop those who follow it."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, ChangeLog, DamagedFile, TableStore, is_file_name

DAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
CHANGES = pa.Table.from_pylist(
    [{"changed_at": NOW, "change": "added", "campaign_id": "a", "asset_type": "FORM", "asset_id": "1"}],
    schema=CAMPAIGN_ASSET_CHANGES.columns,
)


@pytest.fixture(params=["local", "memory", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TableStore:
    """A store in a folder, one behind fsspec, and one in a bucket."""
    if request.param == "bucket":
        return TableStore(request.getfixturevalue("bucket").root)
    return TableStore(str(tmp_path) if request.param == "local" else f"memory://{tmp_path.name}")


def append(log: ChangeLog, minutes: int) -> str:
    return log.append(CHANGES, timestamp=NOW + timedelta(minutes=minutes), day=DAY, before=f"before {minutes}")


def fill(store: TableStore, files: int = 3) -> ChangeLog:
    log = ChangeLog(store, CAMPAIGN_ASSET_CHANGES.path)
    for minutes in range(files):
        append(log, minutes)
    return log


def test_files_are_listed_in_the_order_of_their_times_after_a_cursor(store: TableStore) -> None:
    log = fill(store)
    names = [name for name, _ in log.list_files()]
    assert names == [f"20260310T09{minutes:02}00.000000Z.parquet" for minutes in range(3)]
    assert [name for name, _ in log.list_files(after=names[1])] == names[2:]
    assert [log.read(file).num_rows for _, file in log.list_files()] == [1, 1, 1]


@pytest.mark.parametrize("cursor", ["zzz", "29990101", "20261332T000000.000000Z.parquet", "{}", "\x00", "9" * 40])
def test_a_cursor_that_names_no_file_passes_over_none(store: TableStore, cursor: str) -> None:
    assert not is_file_name(cursor)
    assert len(fill(store).list_files(after=cursor)) == 3


@given(minutes=st.integers(-(10**7), 10**8), microsecond=st.integers(0, 999_999))
def test_the_name_of_every_time_is_a_name(minutes: int, microsecond: int) -> None:
    log = ChangeLog(TableStore("memory://names"), ("names",))
    timestamp = (NOW + timedelta(minutes=minutes)).replace(microsecond=microsecond)
    location = log.append(CHANGES, timestamp=timestamp, day=DAY, before="")
    assert is_file_name(location.rpartition("/")[2])


@given(text=st.text())
def test_a_text_is_hardly_ever_a_name(text: str) -> None:
    assert not is_file_name(text)


def test_what_is_not_named_like_a_file_of_the_log_is_none(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    log = fill(store)
    folder = tmp_path.joinpath(*CAMPAIGN_ASSET_CHANGES.path)
    for name in ("data.parquet", "zzz.parquet", ".20260310T090000.000000Z.parquet", "notes.txt"):
        (folder / "change_date=2026-03-10" / name).write_text("somebody's")
    (folder / "stray.parquet").write_text("somebody's")
    (folder / "other").mkdir()
    (folder / "other" / "20260310T090000.000000Z.parquet").write_text("somebody's")
    assert len(log.list_files()) == 3


def damage_bytes(file: Path) -> None:
    file.write_bytes(b"garbage")


def damage_columns(file: Path) -> None:
    pq.write_table(pa.table({"foreign": [1]}), file)


def damage_kind(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def damage_link(file: Path) -> None:
    file.unlink()
    file.symlink_to("/nowhere/at/all")


def damage_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("damage", [damage_bytes, damage_columns, damage_kind, damage_link, damage_folder])
def test_a_damaged_file_is_named_and_taken_out_of_the_log(
    tmp_path: Path, damage: Callable[[Path], None], place: int
) -> None:
    log = fill(TableStore(str(tmp_path)))
    name, file = log.list_files()[place]
    damage(Path(file.path))
    with pytest.raises(DamagedFile, match=f"{name} .*materialize hubspot/campaign_assets, which moves it out"):
        log.read(file)
    assert [sentence.count(name) for sentence in log.mend()] == [2]  # where it was, and where it is
    assert name not in [name for name, _ in log.list_files()]
    append(log, 10)
    assert [log.read(file).num_rows for _, file in log.list_files()] == [1, 1, 1]
    assert len(list((tmp_path / ".campaign_assets" / "aside").iterdir())) == 1


def test_a_damaged_object_is_taken_out_of_the_log() -> None:
    log = fill(TableStore("memory://damaged_log"))
    log.list_files()[0][1].write_bytes(b"garbage")
    log.mend()
    assert len(log.list_files()) == 2


def test_a_log_that_is_whole_is_left_alone(store: TableStore) -> None:
    log = fill(store)
    assert (log.mend(), len(log.list_files())) == ([], 3)


def test_what_a_run_that_died_has_told_is_taken_back(store: TableStore) -> None:
    log = fill(store)
    log.append(CHANGES, timestamp=NOW + timedelta(hours=1), day=DAY, before="before 2")
    assert [name for name, _ in log.list_files()][-1] == "20260310T100000.000000Z.parquet"
    assert len(log.list_files()) == 3


def test_a_file_that_is_named_in_the_future_hides_none_that_runs_which_died_have_left(store: TableStore) -> None:
    log = ChangeLog(store, CAMPAIGN_ASSET_CHANGES.path)
    for days, before in ((3_000, "of another table"), (0, "one"), (1, "one"), (2, "two"), (3, "one")):
        log.append(CHANGES, timestamp=NOW + timedelta(days=days), day=DAY, before=before)
    assert [name[:8] for name, _ in log.list_files()] == ["20260312", "20260313", "20340527"]
