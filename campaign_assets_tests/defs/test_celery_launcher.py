"""Our Celery run launcher: a run is dead when its worker has not said three times in a row that it has it."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG
from kombu.exceptions import OperationalError

from campaign_assets.defs.celery_launcher import CeleryRunLauncher
from campaign_assets.defs.dagster_core import CheckRunHealthResult, WorkerStatus

TASK, WORKER = "task-1", "worker1@machine"
RUN = dg.DagsterRun(job_name="refresh_campaigns", run_id="run-1", tags={DAGSTER_CELERY_TASK_ID_TAG: TASK})
HAS_IT: dict[str, Any] = {WORKER: {TASK: ["active", {}]}}
NEW_UNDER_THE_SAME_NAME: dict[str, Any] = {WORKER: {}}
NO_REPLY = None


class Workers:
    """What all workers reply, one reply for each time that they are asked."""

    def __init__(self) -> None:
        self.replies: list[Any] = []
        self.asked: list[list[str]] = []

    def inspect(self, destination: list[str], timeout: float) -> "Workers":
        """As Celery's control has it."""
        assert 0 < timeout < 10
        self.asked.append(destination)
        return self

    def query_task(self, task_id: str) -> Any:
        """The next reply, or the next error."""
        assert task_id == TASK
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


@pytest.fixture
def workers() -> Workers:
    return Workers()


@pytest.fixture
def launcher(workers: Workers) -> Iterator[CeleryRunLauncher]:
    """A launcher with a result backend of its own, in which the run has begun."""
    launcher = CeleryRunLauncher(default_queue="dagster", broker="memory://", backend="cache+memory://")
    launcher.celery.control = workers
    launcher.celery.backend.store_result(TASK, {"hostname": WORKER, "pid": 1}, "STARTED")
    yield launcher
    launcher.celery.backend.forget(TASK)


def check(launcher: CeleryRunLauncher, workers: Workers, *replies: Any) -> list[WorkerStatus]:
    workers.replies = list(replies)
    return [launcher.check_run_worker_health(RUN).status for _ in replies]


def test_a_run_that_its_worker_has_goes_on(launcher: CeleryRunLauncher, workers: Workers) -> None:
    assert check(launcher, workers, *[HAS_IT] * 5) == [WorkerStatus.RUNNING] * 5
    assert workers.asked == [[WORKER]] * 5


@pytest.mark.parametrize("reply", [NO_REPLY, NEW_UNDER_THE_SAME_NAME, {WORKER: {"error": "shutting down"}}])
def test_a_run_whose_worker_is_gone_is_dead_at_the_third_time(
    launcher: CeleryRunLauncher, workers: Workers, reply: Any
) -> None:
    assert check(launcher, workers, reply, reply) == [WorkerStatus.RUNNING] * 2
    workers.replies = [reply]
    health = launcher.check_run_worker_health(RUN)
    assert health == CheckRunHealthResult(
        WorkerStatus.FAILED, f"The Celery worker {WORKER} was asked 3 times and does not have the run."
    )


def test_a_worker_that_is_silent_for_a_moment_lives(launcher: CeleryRunLauncher, workers: Workers) -> None:
    replies = [NO_REPLY, NO_REPLY, HAS_IT] * 2
    assert check(launcher, workers, *replies) == [WorkerStatus.RUNNING] * 6


def test_a_broker_that_cannot_be_reached_says_nothing_of_a_run(launcher: CeleryRunLauncher, workers: Workers) -> None:
    workers.replies = [OperationalError("connection refused")] * 5
    for _ in range(5):
        with pytest.raises(OperationalError):
            launcher.check_run_worker_health(RUN)
    assert check(launcher, workers, NO_REPLY, NO_REPLY) == [WorkerStatus.RUNNING] * 2


@pytest.mark.parametrize(
    ("state", "result", "status"),
    [("SUCCESS", 0, WorkerStatus.SUCCESS), ("FAILURE", ValueError("killed"), WorkerStatus.FAILED)],
)
def test_a_run_that_has_ended_is_as_the_result_backend_says(
    launcher: CeleryRunLauncher, workers: Workers, state: str, result: Any, status: WorkerStatus
) -> None:
    launcher.celery.backend.store_result(TASK, result, state)
    assert launcher.check_run_worker_health(RUN).status is status
    assert not workers.asked


def test_a_run_that_a_shell_started_is_left_alone(launcher: CeleryRunLauncher, workers: Workers) -> None:
    run = dg.DagsterRun(job_name="refresh_campaigns", run_id="run-2", tags={})
    assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
    assert not workers.asked
