"""A disk that is full, read-only or taken away: cells that cannot be written say so, and a later run mends them."""

import os
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from campaign_assets.tables import METRICS_TABLES, TableStore
from campaign_assets_tests.reliability.account import list_days, open_client, serve
from campaign_assets_tests.reliability.cells import Fate, Figures, all_cells
from campaign_assets_tests.reliability.crashes import check_in_place
from campaign_assets_tests.reliability.files import find_leftovers
from campaign_assets_tests.reliability.matrix import Case, judge
from campaign_assets_tests.reliability.run import Run, run_all
from campaign_assets_tests.reliability.truth import Truth

_SMALL = "500k"
_LARGE = "64m"
Disturb = Callable[[Path], None]


def list_disk_cases(folder: Path, seed: int) -> Iterator[Figures]:
    """Every case that this machine can make: those with a disk of their own need the right to mount one."""
    # What lies in a folder's place is moved aside, so that there is nothing to mend.
    yield run_disturbed("a file in a folder's place", folder / "file", seed, _put_file, lambda root: None)
    yield delete_folders(folder / "deleted", seed)
    if can_mount(folder):
        with mounted(folder / "full", _SMALL) as disk:
            yield run_disturbed(
                "disk full", disk, seed, lambda root: None, lambda root: _remount(root, f"size={_LARGE}")
            )
        with mounted(folder / "readonly", _LARGE) as disk:
            yield make_read_only(disk, seed)


def run_disturbed(name: str, root: Path, seed: int, disturb: Disturb, mend: Disturb) -> Figures:
    """Runs on a disturbed disk, then again on a mended one."""
    figures, began = Figures(name, faults=1), time.monotonic()
    root.mkdir(parents=True, exist_ok=True)
    with serve(60, seed=seed) as server, open_client(server.url) as client:
        asked = list_days(8)
        truth = Truth.of(server.portal, asked)
        store = TableStore(str(root))
        disturb(root)
        _count(figures, run_all(client, store, asked))
        figures.requests = server.stats.requests
        mend(root)
        check_in_place(figures, root, truth)
        mended = Figures("mended")
        judge(Case("mended"), mended, run_all(client, store, asked), store, truth, set(), server.portal)
        for note in [*mended.notes, *(f"left behind: {file}" for file in find_leftovers(root))]:
            figures.blame(f"after a second run: {note}")
    figures.seconds = time.monotonic() - began
    return figures


def delete_folders(root: Path, seed: int, times: int = 6) -> Figures:
    """Takes the tables' folder away from under a run, at random times, then runs again."""
    timestamps = random.Random(seed)  # noqa: S311 - times of a test
    stop = threading.Event()

    def delete() -> None:
        for _ in range(times):
            stop.wait(timestamps.uniform(0.05, 0.4))
            shutil.rmtree(root, ignore_errors=True)

    def finish(_: Path) -> None:
        stop.set()
        thread.join()

    thread = threading.Thread(target=delete)
    figures = run_disturbed("folder deleted under the run", root, seed, lambda _: thread.start(), finish)
    figures.faults = times
    return figures


def make_read_only(root: Path, seed: int) -> Figures:
    """Makes the disk read-only while a run writes to it."""

    def close() -> None:
        time.sleep(0.5)
        while True:
            try:
                _remount(root, "ro")
                break
            except subprocess.CalledProcessError:  # a file is being written
                time.sleep(0.002)

    def finish(_: Path) -> None:
        thread.join()
        _remount(root, "rw")

    thread = threading.Thread(target=close)
    return run_disturbed("disk read-only from some time on", root, seed, lambda _: thread.start(), finish)


def _count(figures: Figures, run: Run) -> None:
    """What a run says of its cells, before anybody looks at the files."""
    if run.foreign is not None:
        figures.blame(f"a foreign exception ended the run: {type(run.foreign).__name__}: {run.foreign!s:.200}")
    for cell in all_cells(run.days):
        error = run.errors.get(cell, "")
        if cell in run.finished:
            figures.add(Fate.SURVIVED)
        elif "cannot be written" in error or "is not there" in error or "cannot be read" in error:
            figures.add(Fate.FAILED)
        else:
            figures.blame(f"{cell} is not finished, and its error does not say why: {error!r:.200}")


def _put_file(root: Path) -> None:
    place = root.joinpath(*METRICS_TABLES["BLOG_POST"].path)
    place.parent.mkdir(parents=True)
    place.write_text("no folder")


def can_mount(folder: Path) -> bool:
    """Whether this process may mount a disk of its own."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        return False
    try:
        with mounted(folder / "probe", "64k"):
            return True
    except subprocess.CalledProcessError:
        return False


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """A disk of this size in memory."""
    folder.mkdir(parents=True, exist_ok=True)
    _call("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        _call("umount", str(folder))


def _remount(root: Path, options: str) -> None:
    _call("mount", "-o", f"remount,{options}", str(root))


def _call(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - words of our own
