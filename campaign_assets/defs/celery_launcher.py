"""Dagster's Celery run launcher, which also notices that a whole worker is gone.

dagster-celery asks Celery's result backend how a run is. A worker that is killed whole, or whose machine is lost,
writes nothing there any more: the run stays STARTED, keeps its place in the pool and is never tried again. So each time
Dagster's run monitoring asks how a run is, this asks the worker itself whether it has the run.

Named in `dagster.yaml` as `run_launcher`, with the configuration of dagster-celery's own; everything else is as there.
"""

from collections import Counter
from typing import Any

import dagster as dg
from dagster_celery.launcher import CeleryRunLauncher as StockLauncher
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG

from campaign_assets.defs.dagster_core import CheckRunHealthResult, WorkerStatus

_MISSES = 3
"""So many times in a row a worker must not have said that it has a run: one that is cut off for a moment lives."""
_SECONDS_TO_REPLY = 2.0
"""A worker replies within milliseconds while it executes runs: they have processes of their own."""


class CeleryRunLauncher(StockLauncher):
    """Runs as Celery tasks; a run whose worker is gone is found failed, and Dagster tries it again."""

    def __init__(self, *args: Any, **config: Any) -> None:
        super().__init__(*args, **config)
        self._misses: Counter[str] = Counter()

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """How a run is, by the result backend and by the worker that executes it.

        A run that a shell has started has no worker, and is left to it.

        Raises:
            OperationalError: The broker cannot be reached, which says nothing of the run.
        """
        if DAGSTER_CELERY_TASK_ID_TAG not in run.tags:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        health = super().check_run_worker_health(run)
        worker = self._find_silent_worker(run) if health.status is WorkerStatus.RUNNING else None
        if worker is None:
            del self._misses[run.run_id]
            return health
        self._misses[run.run_id] += 1
        if self._misses[run.run_id] < _MISSES:
            return health
        return CheckRunHealthResult(
            WorkerStatus.FAILED, f"The Celery worker {worker} was asked {_MISSES} times and does not have the run."
        )

    def _find_silent_worker(self, run: dg.DagsterRun) -> str | None:
        """The worker that has begun a run and does not say that it has it; None where it does, or the run has ended."""
        task_id = run.tags[DAGSTER_CELERY_TASK_ID_TAG]
        begun = self.celery.AsyncResult(task_id).info
        worker = begun.get("hostname") if isinstance(begun, dict) else None
        if worker is None:
            return None
        inspect = self.celery.control.inspect(destination=[worker], timeout=_SECONDS_TO_REPLY)
        replies = inspect.query_task(task_id) or {}
        return None if task_id in replies.get(worker, {}) else str(worker)
