"""What is done and what must come of it: a backfill for each account, side by side, and a worker that dies."""

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from campaign_assets.days import Calendar
from campaign_assets_tests.distributed.deployment import Deployment
from campaign_assets_tests.distributed.graphql import Cell, Run, Webserver
from campaign_assets_tests.distributed.portals import EmulatedAccount
from campaign_assets_tests.distributed.processes import Process
from campaign_assets_tests.distributed.servers import TABLES
from campaign_assets_tests.distributed.timeline import Timeline

DAYS = 14
_CELLS_BEFORE_KILL = 40
"""Three days of thirteen tables: the run that is killed has done some, and not all."""
_SECONDS_TO_FIND = 60.0
_PROCESS = re.compile(r"Started process for run \(pid: (\d+)\)")


class Scenario:
    """Plays it, and collects what is wrong.

    Args:
        deployment: What runs.
        workers: Its Celery workers.
        accounts: The accounts; the run of the first is killed.
        timeline: Is told what happens.

    Attributes:
        problems: What is not as it must be, a sentence each.
        days: The days that are read.
    """

    def __init__(
        self,
        deployment: Deployment,
        workers: Sequence[Process],
        accounts: Sequence[EmulatedAccount],
        timeline: Timeline,
    ) -> None:
        self._deployment, self._workers, self._accounts, self._timeline = deployment, workers, accounts, timeline
        self._webserver = Webserver(deployment.url)
        self.problems: list[str] = []
        last = Calendar().find_last_closed()
        self.days: list[date] = [last - timedelta(days=back) for back in reversed(range(DAYS))]

    def play(self) -> None:
        """From the launch to the comparison."""
        self._refresh_campaigns()
        backfills = {account.name: self._launch(account) for account in self._accounts}
        victim = self._accounts[0]
        killed = self._kill_worker(backfills[victim.name])
        self._watch_recovery(killed)
        for name, backfill in backfills.items():
            status = self._await_backfill(backfill)
            self._timeline.note(f"{name}: the backfill is {status}")
            self._require(status == "COMPLETED_SUCCESS", f"{name}: the backfill ended as {status}")
        runs = {name: self._webserver.list_runs_of(backfill) for name, backfill in backfills.items()}
        self._check_retry(runs[victim.name])
        self._check_times(runs)
        self._check_health()
        self._compare()

    def _refresh_campaigns(self) -> None:
        runs = {
            account.name: self._webserver.launch_job(account.names.to_name("refresh_campaigns"))
            for account in self._accounts
        }
        for name, run_id in runs.items():
            status = self._await_run(run_id)
            self._timeline.note(f"{name}: campaigns and their assets are read: {status}")
            self._require(status == "SUCCESS", f"{name}: refreshing the campaigns ended as {status}")

    def _launch(self, account: EmulatedAccount) -> str:
        keys = [key.path for key in account.names.metrics]
        backfill = self._webserver.launch_backfill(keys, self.days)
        self._timeline.note(f"{account.name}: a backfill of {len(keys)} tables over {DAYS} days is launched")
        return backfill

    def _kill_worker(self, backfill: str) -> Run:
        await_until("the backfill has a run", lambda: bool(self._webserver.list_runs_of(backfill)))
        (run,) = self._webserver.list_runs_of(backfill)
        has_begun = f"run {run.id} has done some cells"
        await_until(has_begun, lambda: len(self._webserver.list_cells(run.id)) >= _CELLS_BEFORE_KILL)
        worker = self._find_worker(run)
        worker.kill()
        done = len(self._webserver.list_cells(run.id))
        self._timeline.note(f"{worker.name} is killed with all its processes; its run had {done} cells done")
        return run

    def _find_worker(self, run: Run) -> Process:
        """The worker that a run's process belongs to."""
        pids = [int(found[1]) for text in self._webserver.list_messages(run.id) if (found := _PROCESS.search(text))]
        (worker,) = [worker for worker in self._workers if pids and worker.has_started(pids[-1])]
        return worker

    def _watch_recovery(self, killed: Run) -> None:
        began = self._timeline.seconds
        status = self._await_run(killed.id)
        seconds = self._timeline.seconds - began
        self._timeline.note(f"the run of the dead worker is found dead after {seconds:.0f} s: {status}")
        self._require(status == "FAILURE", f"the run of the dead worker ended as {status}")
        self._require(seconds < _SECONDS_TO_FIND, f"the dead worker was noticed after {seconds:.0f} s")

    def _check_retry(self, runs: Sequence[Run]) -> None:
        """Whether one retry has read each cell that was missing, and no other."""
        cells = {run.id: self._webserver.list_cells(run.id) for run in runs}
        self._timeline.note(
            f"its place in the pool went to the retry, which read {len(cells[runs[-1].id])} cells after the "
            f"{len(cells[runs[0].id])} of the first run"
        )
        self._require(len(runs) == 2, f"there were {len(runs)} runs instead of one and its retry")
        told: Counter[Cell] = Counter(cell for run_cells in cells.values() for cell in run_cells)
        twice = [cell for cell, count in told.items() if count > 1]
        self._require(not twice, f"{len(twice)} cells were read by both runs, such as {twice[:1]}")

    def _check_times(self, runs: dict[str, list[Run]]) -> None:
        """Whether an account had one run at a time, and the accounts had theirs side by side."""
        spans = {name: [(run.began or 0.0, run.ended or time.time()) for run in of] for name, of in runs.items()}
        for name, own in spans.items():
            overlaps = sum(after[0] < before[1] for before, after in pairwise(sorted(own)))
            self._require(not overlaps, f"{name}: two runs talked to one account at the same time")
        if len(spans) > 1:
            first, second = list(spans.values())[:2]
            together = sum(max(0.0, min(a[1], b[1]) - max(a[0], b[0])) for a in first for b in second)
            self._timeline.note(f"runs of both accounts went side by side for {together:.0f} s")
            self._require(together > 0, "the accounts' runs never went side by side")

    def _check_health(self) -> None:
        """Whether what people watch says how it is: all is well, but for the worker that is gone."""
        told = self._deployment.watch()
        alive = told["workers"].count(": OK")
        self._timeline.note(f"health: daemon and code server are well, {alive} of {len(self._workers)} workers reply")
        self._require(alive == len(self._workers) - 1, f"celery status says of the workers: {told['workers']}")
        unhealthy = self._webserver.list_unhealthy_daemons()
        self._require(not unhealthy, f"the UI says that these daemons are not well: {unhealthy}")

    def _compare(self) -> None:
        for account in self._accounts:
            count, wrong = account.find_differences(TABLES, self.days)
            stats = account.server.stats
            self._timeline.note(
                f"{account.name}: {count} cells on S3 compared, {len(wrong)} wrong; {stats.requests} requests, "
                f"{stats.peak_in_10_seconds} in 10 s at most, {stats.rate_limited} refused"
            )
            self.problems += [*wrong[:5], *account.find_excess()]

    def _require(self, is_so: bool, problem: str) -> None:
        if not is_so:
            self.problems.append(problem)

    def _await_run(self, run_id: str) -> str:
        await_until(f"run {run_id} has ended", lambda: self._webserver.get_run(run_id).ended is not None)
        return self._webserver.get_run(run_id).status

    def _await_backfill(self, backfill: str) -> str:
        is_over = f"backfill {backfill} is over"
        await_until(is_over, lambda: self._webserver.get_backfill_status(backfill) != "REQUESTED")
        return self._webserver.get_backfill_status(backfill)


def await_until(what: str, is_so: Callable[[], bool]) -> None:
    """Waits as long as the whole may take.

    Args:
        what: What is waited for, for the error.
        is_so: Whether it is so.

    Raises:
        TimeoutError: The whole took too long meanwhile.
    """
    try:
        while not is_so():
            time.sleep(0.5)
    except TimeoutError as error:
        raise TimeoutError(f"{error}, waiting until {what}") from error
