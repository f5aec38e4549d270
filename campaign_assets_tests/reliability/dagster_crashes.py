"""A range that Dagster materializes, killed from outside and materialized again."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets_tests.reliability.account import list_days, serve
from campaign_assets_tests.reliability.cells import Figures, all_cells
from campaign_assets_tests.reliability.crashes import blame_watch, check_finished, check_in_place
from campaign_assets_tests.reliability.files import watch_files
from campaign_assets_tests.reliability.truth import Truth

_CHECKOUT = Path(__file__).parents[2]
_LONGEST_RUN = 120.0


def kill_dagster(folder: Path, seed: int, kills: int = 5, days: int = 10) -> Figures:
    """Kills `dagster asset materialize` at so many times, each time runs it again, and compares everything."""
    figures, began = Figures(f"Dagster: kill -9 at {kills} times"), time.monotonic()
    timestamps = random.Random(seed)  # noqa: S311 - times of a test
    with serve(30, seed=seed) as server:
        asked = list_days(days)
        truth = Truth.of(server.portal, asked)
        command = _Command(server.url, folder, f"{asked[0]}...{asked[-1]}")
        whole = command.run(folder / "whole")
        for number in range(kills):
            root = folder / f"run{number}"
            with watch_files(root) as watch:
                figures.faults += command.kill(root, whole * timestamps.uniform(0.4, 1.0))
                check_in_place(figures, root, truth)
                command.run(root)
            blame_watch(figures, watch)
            check_finished(figures, root, truth, all_cells(asked))
        figures.requests = server.stats.requests
    figures.seconds = time.monotonic() - began
    return figures


class _Command:
    """`dagster asset materialize` for all assets and a range of days."""

    def __init__(self, url: str, folder: Path, days: str) -> None:
        home = folder / "home"
        home.mkdir(parents=True)
        shutil.copy(Path(__file__).parents[2] / "dagster.yaml", home)
        self._environ = {
            **os.environ,
            "DAGSTER_HOME": str(home),
            "HUBSPOT_BASE_URL": url,
            "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
        }
        module = ["-m", "dagster", "asset", "materialize", "-m", "campaign_assets.definitions"]
        self._words = [sys.executable, *module, "--select", "*", "--partition-range", days]

    def run(self, root: Path) -> float:
        """Runs it to its end, and gives the seconds that it took."""
        began = time.monotonic()
        process = self._start(root)
        if process.wait(_LONGEST_RUN) != 0:
            raise RuntimeError(f"dagster ended with {process.returncode}; see {root}.log")
        return time.monotonic() - began

    def kill(self, root: Path, timestamp: float) -> bool:
        """Kills it, and all that it started, after so many seconds; tells whether it was still running."""
        process = self._start(root)
        time.sleep(timestamp)
        was_running = process.poll() is None
        if was_running:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(_LONGEST_RUN)
        return was_running

    def _start(self, root: Path) -> "subprocess.Popen[bytes]":
        environ = {**self._environ, "CAMPAIGN_ASSETS_STORAGE": str(root)}
        with Path(f"{root}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - words of our own
                self._words, cwd=_CHECKOUT, env=environ, stdout=log, stderr=log, start_new_session=True
            )
