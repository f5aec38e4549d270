"""A run that is killed, over and over, and run again: nothing half, nothing left behind, nothing lost.

The run here is the plain half in a process of its own; Dagster's is killed in `dagster_crashes`.
"""

import multiprocessing
import os
import random
import time
from collections.abc import Mapping
from datetime import date
from multiprocessing.context import ForkServerProcess

from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.tables import TableStore
from campaign_assets_tests.object_storage.buckets import Bucket
from campaign_assets_tests.reliability.account import list_days, open_client, serve
from campaign_assets_tests.reliability.cells import Cell, Fate, Figures, all_cells
from campaign_assets_tests.reliability.files import Root, Watch, find_leftovers, watch_files
from campaign_assets_tests.reliability.matrix import Case, judge
from campaign_assets_tests.reliability.run import run_all
from campaign_assets_tests.reliability.truth import Truth, find_difference, read_rows

_CAMPAIGNS = 30
_LONGEST_RUN = 60.0
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["campaign_assets_tests.reliability.run"])


def write_range(url: str, root: str, days: list[date], environ: Mapping[str, str]) -> None:
    """What a killed process does: everything, as one run."""
    os.environ.update(environ)
    with open_client(url) as client:
        run = run_all(client, TableStore(root), days)
    if run.errors or run.foreign:
        raise SystemExit(1)


def kill_runs(folder: Root, seed: int, kills: int, days: int = 10) -> Figures:
    """Kills a run at so many times, each time runs it again, and compares everything."""
    figures, began = Figures(f"kill -9 at {kills} times"), time.monotonic()
    timestamps = random.Random(seed)  # noqa: S311 - times of a test
    with serve(_CAMPAIGNS, seed=seed) as server:
        asked = list_days(days)
        truth = Truth.of(server.portal, asked)
        whole = _measure(server, folder / "whole", asked)
        root = folder / "run0"
        for number in range(kills):
            if number and number % 2 == 0:  # every other run finds the tables of an earlier one in place
                root = folder / f"run{number}"
            _kill_once(figures, server, root, asked, truth, timestamps.uniform(0.02, 1.0) * whole)
        figures.requests = server.stats.requests
    figures.seconds = time.monotonic() - began
    return figures


def write_at_once(folder: Root, seed: int, rounds: int, days: int = 6) -> Figures:
    """Two runs write the same days of the same tables at the same time."""
    figures, began = Figures(f"two runs at once, {rounds} times"), time.monotonic()
    with serve(_CAMPAIGNS, seed=seed) as server:
        asked = list_days(days)
        truth = Truth.of(server.portal, asked)
        for number in range(rounds):
            root = folder / f"both{number}"
            with watch_files(root) as watch:
                writers = [_start(server, root, asked) for _ in range(2)]
                for writer in writers:
                    writer.join(_LONGEST_RUN)
            figures.faults += 1
            for writer in writers:
                if writer.exitcode != 0:
                    figures.blame(f"a run beside another ended with {writer.exitcode}")
            blame_watch(figures, watch)
            check_finished(figures, root, truth, all_cells(asked))
        figures.requests = server.stats.requests
    figures.seconds = time.monotonic() - began
    return figures


def check_finished(figures: Figures, root: Root, truth: Truth, cells: list[Cell]) -> None:
    """Every cell is there and right, and nothing else is."""
    store = TableStore(str(root))
    for cell in cells:
        difference = find_difference(read_rows(store, cell), truth.cells[cell], cell=cell)
        if difference is None:
            figures.add(Fate.SURVIVED)
        else:
            figures.blame(f"{cell}: {difference}")
    for leftover in find_leftovers(root):
        figures.blame(f"left behind: {leftover}")


def blame_watch(figures: Figures, watch: Watch) -> None:
    """Counts what a reader could not read as wrong."""
    figures.files_read += watch.read
    for broken in watch.broken:
        figures.blame(f"half a file was readable: {broken}")


def _start(server: EmulatorServer, root: Root, days: list[date]) -> ForkServerProcess:
    environ = root.environ if isinstance(root, Bucket) else {}
    process = _PROCESSES.Process(target=write_range, args=(server.url, str(root), days, environ), daemon=True)
    process.start()
    return process


def _measure(server: EmulatorServer, root: Root, days: list[date]) -> float:
    """How long a whole run takes; the second one, since the first also starts the nursery of processes."""
    seconds = 0.0
    for _ in range(2):
        began = time.monotonic()
        process = _start(server, root, days)
        process.join(_LONGEST_RUN)
        seconds = time.monotonic() - began
        if process.exitcode != 0:
            raise RuntimeError(f"a run that nobody disturbed ended with {process.exitcode}")
    return seconds


def _kill_once(
    figures: Figures, server: EmulatorServer, root: Root, days: list[date], truth: Truth, timestamp: float
) -> None:
    with watch_files(root) as watch:
        process = _start(server, root, days)
        time.sleep(timestamp)
        process.kill()
        process.join(_LONGEST_RUN)
        figures.faults += process.exitcode != 0
        check_in_place(figures, root, truth)
        with open_client(server.url) as client:
            run = run_all(client, TableStore(str(root)), days)
    blame_watch(figures, watch)
    judge(Case("again"), figures, run, TableStore(str(root)), truth, set(), server.portal)
    for leftover in find_leftovers(root):
        figures.blame(f"left behind: {leftover}")


def check_in_place(figures: Figures, root: Root, truth: Truth) -> None:
    """What a run that was cut off has left: each file that is in place is whole and right."""
    store = TableStore(str(root))
    for cell, rows in truth.cells.items():
        if store.exists(cell.path, cell.date):
            difference = find_difference(read_rows(store, cell), rows, cell=cell)
            if difference is not None:
                figures.blame(f"after the end of a run {cell}: {difference}")
