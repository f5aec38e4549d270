"""What an earlier attempt at the same work has done: such cells are not read again.

A run that is retried, or re-executed from failure, goes on where its forerunners stopped. A run that is re-executed
whole reads everything again.
"""

import dagster as dg
from dagster import DagsterEventType

Cell = tuple[dg.AssetKey, str]
"""An asset on a day, by its partition key."""

_FROM_FAILURE = "dagster/is_resume_retry"


def find_done_cells(context: dg.AssetExecutionContext) -> frozenset[Cell]:
    """The cells that the attempts before this one have reported as done."""
    return frozenset(
        (event.asset_key, event.partition)
        for run_id in _list_attempts(context)
        for entry in context.instance.all_logs(run_id, of_type=DagsterEventType.ASSET_MATERIALIZATION)
        if (event := entry.dagster_event) and event.asset_key and event.partition
    )


def _list_attempts(context: dg.AssetExecutionContext) -> list[str]:
    """Runs of the same root that came before; the run itself, where its step is tried again."""
    run = context.run
    attempts = [run.run_id] if context.retry_number else []
    if run.tags.get(_FROM_FAILURE) == "true":
        group = context.instance.get_run_group(run.run_id)
        attempts += [other.run_id for other in (group[1] if group else ()) if other.run_id != run.run_id]
    return attempts
