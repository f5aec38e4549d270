"""A run whose shell was killed lets others have its place: the pool, and the days that it was reading."""

import os
import uuid
from pathlib import Path

import dagster as dg
import pytest

from campaign_assets.cli.backfill_run import run_range  # noqa: F401 - as the command does, before the fork
from campaign_assets.defs.instance.shell_runs import end_dead_runs, held_run
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.defs.ticks import tick
from campaign_assets_tests.test_backfill_command import run
from campaign_assets_tests.workplace import DAYS, SNAPSHOTS


@dg.op
def nothing() -> None:
    """Stands for what a run does."""


@dg.job
def a_job() -> None:
    """A run of it is enough."""
    nothing()


def start(instance: dg.DagsterInstance, run_id: str) -> str:
    made = instance.create_run_for_job(a_job, run_id=run_id)
    instance.report_dagster_event(
        dg.DagsterEvent(event_type_value="PIPELINE_START", job_name=made.job_name, message=""), made.run_id
    )
    return made.run_id


def die_with_a_run(instance: dg.DagsterInstance) -> str:
    """Starts a run in a process that is gone at once, as by SIGKILL."""
    read, write = os.pipe()
    if os.fork() == 0:
        with held_run(instance) as run_id:
            os.write(write, run_id.encode())
            os._exit(1)
    os.wait()
    return start(instance, os.read(read, 36).decode())


def get_status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    found = instance.get_run_by_id(run_id)
    assert found
    return found.status


@pytest.fixture
def instance(make_workplace: MakeWorkplace) -> dg.DagsterInstance:
    return make_workplace({}, campaigns=1, assets_per_campaign=1).instance


def test_a_run_counts_as_alive_while_its_process_lives(instance: dg.DagsterInstance) -> None:
    with held_run(instance) as run_id:
        start(instance, run_id)
        assert end_dead_runs(instance) == []
        assert get_status(instance, run_id) == dg.DagsterRunStatus.STARTED


def test_a_run_whose_process_died_fails_once_and_says_how_to_go_on(instance: dg.DagsterInstance) -> None:
    run_id = die_with_a_run(instance)
    assert end_dead_runs(instance) == [run_id] and end_dead_runs(instance) == []
    assert get_status(instance, run_id) == dg.DagsterRunStatus.FAILURE
    assert any(f"--continue {run_id}" in (entry.message or "") for entry in instance.all_logs(run_id))


def test_a_run_that_another_process_runs_is_left_alone(instance: dg.DagsterInstance) -> None:
    run_id = start(instance, str(uuid.uuid4()))
    assert end_dead_runs(instance) == []
    assert get_status(instance, run_id) == dg.DagsterRunStatus.STARTED


def test_the_sensor_of_late_days_ends_a_dead_run(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace({}, campaigns=1, assets_per_campaign=1)
    run_id = die_with_a_run(workplace.instance)
    tick(workplace, "late_metrics")
    assert get_status(workplace.instance, run_id) == dg.DagsterRunStatus.FAILURE


def test_the_next_backfill_ends_a_dead_run_and_leaves_none_of_its_own(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace({}, campaigns=1, assets_per_campaign=2)
    assert workplace.run(SNAPSHOTS).success
    dead = die_with_a_run(workplace.instance)
    result = run(workplace, "--from", str(DAYS[0]), "--to", str(DAYS[0]), "--types", "form")
    assert result.exit_code == 0, result.output
    assert get_status(workplace.instance, dead) == dg.DagsterRunStatus.FAILURE
    assert end_dead_runs(workplace.instance) == []
    assert not any(Path(workplace.instance.root_directory, "shell_runs").iterdir())
