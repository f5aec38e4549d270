"""What an earlier attempt at the same work has done: such cells are not read again.

A run that is tried again, or re-executed from failure, goes on where its forerunners stopped. A run that is
re-executed whole reads everything again, and whoever continues that one goes back to it and no further.
Which runs belong together stands in tags that Dagster sets; what becomes of the cells is the asset's business.
"""

from collections.abc import Mapping

import dagster as dg
from dagster import DagsterEventType

Cell = tuple[dg.AssetKey, str]
"""An asset on a day, by its partition key."""

PARENT_TAG = "dagster/parent_run_id"
ROOT_TAG = "dagster/root_run_id"
FROM_FAILURE_TAG = "dagster/is_resume_retry"
"""Set by "from failure" in the UI, and by the daemon when it tries a run again."""
FROM_ASSET_FAILURE_TAG = "dagster/is_asset_resume_retry"
"""Set by "from asset failure" in the UI. A run that is re-executed whole inherits it, so it alone proves nothing."""


def find_done_cells(context: dg.AssetExecutionContext) -> frozenset[Cell]:
    """The cells that the attempts before this one have reported as done, and that are green."""
    reported = frozenset(
        (event.asset_key, event.partition)
        for run_id in _list_attempts(context)
        for entry in context.instance.all_logs(run_id, of_type=DagsterEventType.ASSET_MATERIALIZATION)
        if (event := entry.dagster_event) and event.asset_key and event.partition
    )
    return _keep_green(context.instance, reported)


def _keep_green(instance: dg.DagsterInstance, cells: frozenset[Cell]) -> frozenset[Cell]:
    """Leaves out cells that only their run knows of.

    Dagster notes an event in the run's log first and with the asset second: where the process was killed between the
    two, the cell is not green, and stays so unless it is reported again.
    """
    green: set[Cell] = set()
    for key in {key for key, _ in cells}:
        days = {day for of_key, day in cells if of_key == key}
        known = instance.get_latest_storage_id_by_partition(key, DagsterEventType.ASSET_MATERIALIZATION, days)
        green.update((key, day) for day in days if day in known)
    return frozenset(green)


def to_continuation_tags(run: dg.DagsterRun) -> dict[str, str]:
    """The tags of a run that continues another."""
    return {
        PARENT_TAG: run.run_id,
        ROOT_TAG: run.tags.get(ROOT_TAG, run.run_id),
        FROM_FAILURE_TAG: "true",
    }


def _list_attempts(context: dg.AssetExecutionContext) -> list[str]:
    """The runs that this one continues, directly or not; the run itself, where its step is tried again."""
    run, instance = context.run, context.instance
    attempts = [run.run_id] if context.retry_number else []
    if ROOT_TAG in run.tags:
        runs = _get_runs(instance, run.tags[ROOT_TAG]) | {run.run_id: run}
        origin = _find_origin(instance, run, runs)
        others = (other for other in runs.values() if other.run_id != run.run_id)
        attempts += [other.run_id for other in others if _find_origin(instance, other, runs) == origin]
    return attempts


def _get_runs(instance: dg.DagsterInstance, root: str) -> dict[str, dg.DagsterRun]:
    """All runs that go back to the same one, itself included; those that were deleted are missing."""
    runs = list(instance.get_runs(dg.RunsFilter(tags={ROOT_TAG: root})))
    first = instance.get_run_by_id(root)
    return {run.run_id: run for run in ([first, *runs] if first else runs)}


def _find_origin(instance: dg.DagsterInstance, run: dg.DagsterRun, runs: Mapping[str, dg.DagsterRun]) -> str:
    """The run in which the work was begun that this run continues: itself, where it continues none."""
    passed = set()
    while run.run_id not in passed and _continues(instance, run):
        passed.add(run.run_id)
        parent = run.tags.get(PARENT_TAG, "")
        if parent not in runs:
            return parent  # deleted: those that continue it still belong together
        run = runs[parent]
    return run.run_id  # also where tags that somebody set lead in a circle


def _continues(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    if PARENT_TAG not in run.tags:
        return False
    if run.tags.get(FROM_FAILURE_TAG) == "true":
        return True
    if run.tags.get(FROM_ASSET_FAILURE_TAG) != "true":
        return False
    # "From asset failure" selects what the parent did not materialize at all. A selection that holds more is that of
    # a run that was re-executed whole, and has inherited the tag.
    materialized = instance.get_asset_keys_for_run(run.tags[PARENT_TAG], of_type=DagsterEventType.ASSET_MATERIALIZATION)
    return not set(materialized) & set(run.asset_selection or ())
