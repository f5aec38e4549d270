"""Ticks of sensors, as Dagster's daemon has them evaluated, and what they say in their log."""

from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from typing import Any

import dagster as dg

from campaign_assets_tests.workplace import Workplace

_WARNING = " - WARNING - "


def tick(workplace: Workplace, name: str, cursor: str | None = None) -> Any:
    """One tick of a sensor."""
    repository = workplace.definitions.get_repository_def()
    resources = {key: (workplace.definitions.resources or {})[key] for key in ("hubspot", "tables")}
    with dg.build_sensor_context(
        instance=workplace.instance, cursor=cursor, repository_def=repository, resources=resources
    ) as context:
        return repository.get_sensor_def(name).evaluate_tick(context)


def end_run(
    workplace: Workplace, sensor: str, ticked: Any, status: dg.DagsterRunStatus = dg.DagsterRunStatus.SUCCESS
) -> str:
    """Puts the run that a tick asked for into the instance with some status, named as the daemon does; its id."""
    (request,) = ticked.run_requests
    tags = {"dagster/run_key": str(request.run_key), "dagster/sensor_name": sensor}
    run = dg.DagsterRun(job_name="any", status=status, tags=tags)
    workplace.instance.add_run(run)
    return run.run_id


def list_run_keys(*ticks: Any) -> list[str]:
    """The keys of all runs that ticks have asked for."""
    return [request.run_key for one in ticks for request in one.run_requests or ()]


@contextmanager
def collected_warnings() -> Iterator[list[str]]:
    """The warnings that ticks write into their logs meanwhile, once it is over."""
    found: list[str] = []
    with redirect_stderr(StringIO()) as log:
        yield found
    lines = log.getvalue().splitlines()
    found += [line.split(_WARNING, 1)[1] for line in lines if _WARNING in line]
