"""Files are replaced whole, whatever happens to their writers, and nothing but finished files lies below a table."""

import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from campaign_assets.tables import DamagedFile, TableError, TableStore
from campaign_assets_tests.reliability.disk import can_mount, mounted
from campaign_assets_tests.reliability.files import find_leftovers

PATH = ("hubspot", "things")
SOME = pa.table({"n": pa.array([1, 2, 3], pa.int64())})


def list_temporary(root: Path) -> list[Path]:
    return list((root / ".campaign_assets" / "tmp").iterdir())


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("a file where the root should be")
    with pytest.raises(TableError, match="data.parquet cannot be written: .* Check the folder's rights and space."):
        TableStore(str(tmp_path / "root")).write(PATH, SOME)
    assert (tmp_path / "root").read_text() == "a file where the root should be"


def test_a_writer_that_is_killed_leaves_the_old_file_and_its_scraps_go_with_the_next_write(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    file = Path(store.write(PATH, SOME).location)
    program = f"""
        import os, signal
        import pyarrow as pa
        from campaign_assets.tables import TableStore, atomic_file
        os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
        TableStore({str(tmp_path)!r}).write({PATH!r}, pa.table({{"n": [9]}}))
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False)  # noqa: S603
    assert killed.returncode == -signal.SIGKILL
    assert len(list_temporary(tmp_path)) == 1  # the scrap is there, and no table's
    assert list(file.parent.iterdir()) == [file]
    assert store.read(PATH).num_rows == 3
    assert ds.dataset(file.parent).to_table().num_rows == 3
    store.write(("another", "table"), SOME)
    assert list_temporary(tmp_path) == []


def test_the_temporary_file_of_a_living_writer_is_left_alone(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    file = Path(store.write(PATH, SOME).location)
    program = f"""
        import os, sys
        import pyarrow as pa
        from campaign_assets.tables import TableStore
        fsync = os.fsync
        def wait(descriptor):
            print("writing", flush=True)
            sys.stdin.readline()
            fsync(descriptor)
        os.fsync = wait
        TableStore({str(tmp_path)!r}).write({PATH!r}, pa.table({{"n": [9]}}))
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:  # noqa: S603
        assert other.stdout and other.stdout.readline() == b"writing\n"
        assert len(list_temporary(tmp_path)) == 1
        store.write(PATH, SOME)
        assert len(list_temporary(tmp_path)) == 1
        other.communicate(b"\n")
    assert other.returncode == 0
    assert store.read(PATH).to_pylist() == [{"n": 9}]
    assert list(file.parent.iterdir()) == [file]
    assert list_temporary(tmp_path) == []


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    store.write(PATH, SOME)
    program = f"""
        import pyarrow as pa
        from campaign_assets.tables import TableStore
        for number in range(150):
            TableStore({str(tmp_path)!r}).write({PATH!r}, pa.table({{"n": [number] * (1 + number * 50)}}))
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)]) as writer:  # noqa: S603
        reads = 0
        while writer.poll() is None:
            numbers = store.read(PATH)["n"].to_pylist()
            assert numbers == [1, 2, 3] or len(numbers) == 1 + numbers[0] * 50
            reads += 1
    assert writer.returncode == 0
    assert reads > 100


def test_what_an_older_version_left_beside_the_file_goes_with_the_next_write(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    file = Path(store.write(PATH, SOME).location)
    file.with_name(f".{file.name}.0123.tmp").write_bytes(b"half a file")
    store.write(PATH, SOME)
    assert list(file.parent.iterdir()) == [file]


def test_a_table_on_a_disk_of_its_own_is_written_all_the_same(tmp_path: Path) -> None:
    if not can_mount(tmp_path):
        pytest.skip("a disk of its own takes the right to mount one")
    store = TableStore(str(tmp_path / "root"))
    with mounted(tmp_path / "root" / "hubspot", "1m") as disk:
        file = Path(store.write(PATH, SOME).location)
        assert file.stat().st_dev == disk.stat().st_dev != (tmp_path / "root").stat().st_dev
        store.write(PATH, SOME)
        assert list(file.parent.iterdir()) == [file]
        file.unlink()
        file.mkdir()
        store.write(PATH, SOME)
        assert store.read(PATH).num_rows == 3


def test_a_folder_that_nothing_moves_into_gets_its_temporary_file_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if self.parent != target.parent:  # as between two mounts of one disk
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    file = Path(TableStore(str(tmp_path)).write(PATH, SOME).location)
    assert list(file.parent.iterdir()) == [file]
    assert find_leftovers(tmp_path) == []


def test_a_root_that_is_somebody_elses_is_no_obstacle_where_the_tables_folder_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mkdir = Path.mkdir

    def refuse(self: Path, *arguments: bool, **options: bool) -> None:
        if ".campaign_assets" in self.parts:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        mkdir(self, *arguments, **options)

    monkeypatch.setattr(Path, "mkdir", refuse)
    store = TableStore(str(tmp_path))
    file = Path(store.write(PATH, SOME).location)
    file.unlink()
    os.mkdir(file)  # noqa: PTH102 - Path's own is replaced
    store.write(PATH, SOME)
    assert store.read(PATH).num_rows == 3


def test_a_file_and_every_new_folder_above_it_are_made_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced, fsync = set(), os.fsync

    def note(descriptor: int) -> None:
        synced.add(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    file = Path(TableStore(str(tmp_path)).write(PATH, SOME).location)
    assert {file.parent, file.parent.parent, tmp_path} < synced
    assert any(path.parent == tmp_path / ".campaign_assets" / "tmp" for path in synced)


# What may lie where a file belongs.


def put_fifo(place: Path) -> None:
    os.mkfifo(place)


def put_socket(place: Path) -> None:
    here = Path.cwd()
    os.chdir(place.parent)  # the path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(place.name)
    finally:
        os.chdir(here)


def put_folder(place: Path) -> None:
    place.mkdir()
    (place / "kept.txt").write_text("somebody's")


KINDS: list[tuple[Callable[[Path], None], str]] = [
    (put_fifo, "a FIFO"),
    (put_socket, "a socket"),
    (put_folder, "a folder"),
    (lambda place: place.symlink_to("/dev/zero"), "a device"),
    (lambda place: place.symlink_to(place), "a link that leads back to itself"),
]


@pytest.mark.parametrize(("put", "kind"), KINDS, ids=[kind for _, kind in KINDS])
def test_what_is_no_file_is_named_without_waiting_for_it_and_mended_by_the_next_write(
    tmp_path: Path, put: Callable[[Path], None], kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = TableStore(str(tmp_path))
    file = Path(store.write(PATH, SOME).location)
    file.unlink()
    put(file)
    for read in (store.read, store.read_footer):
        with pytest.raises(DamagedFile, match=f"{file} is no file, but {kind}: materialize hubspot/things again"):
            read(PATH)
    with caplog.at_level(logging.WARNING):
        store.write(PATH, SOME)
    assert store.read(PATH).num_rows == 3
    assert file.is_file() and not file.is_symlink()
    kept = list((tmp_path / ".campaign_assets").glob("aside/*/kept.txt"))
    assert len(kept) == (kind == "a folder")
    assert [str(kept_file.parent) in caplog.text for kept_file in kept] == [True] * len(kept)


def test_a_folder_where_an_object_belongs_is_named() -> None:
    store = TableStore("memory://folders")
    store.locate(PATH).joinpath("inside").write_bytes(b"x")
    with pytest.raises(TableError, match="data.parquet"):
        store.read(PATH)
