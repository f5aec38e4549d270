"""Which cells are running or queued: nobody asks for them a second time."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, cast

import dagster as dg

from campaign_assets.days import DayRange, RangeError
from campaign_assets.defs.dagster_core import BulkActionsFilter, BulkActionStatus
from campaign_assets.defs.keys import METRICS_KEYS
from campaign_assets.defs.partitions import to_days

_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_METRICS = frozenset(METRICS_KEYS.values())


def find_cells_in_progress(instance: dg.DagsterInstance) -> set[tuple[str, date]]:
    """Slug and day of every cell that an unfinished run or backfill will read whole."""
    cells: set[tuple[str, date]] = set()
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        if not _reads_in_part(run):
            keys = _METRICS & (run.asset_selection or _METRICS)
            cells.update((key.path[-1], day) for day in _list_days(run) for key in keys)
    cells.update(_list_backfilled(instance))
    return cells


def is_in_progress(instance: dg.DagsterInstance, key: dg.AssetKey, job_names: Iterable[str]) -> bool:
    """Whether an unfinished run materializes an asset.

    Args:
        instance: Whose runs.
        key: The asset.
        job_names: Jobs that materialize it whenever they run whole.
    """
    runs = instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED))
    names = frozenset(job_names)
    return any(key in run.asset_selection if run.asset_selection else run.job_name in names for run in runs)


def _reads_in_part(run: dg.DagsterRun) -> bool:
    ops = cast("dict[str, Any]", run.run_config.get("ops") or {})
    return bool(ops.get("asset_metrics", {}).get("config", {}).get("campaign_ids"))


def _list_days(run: dg.DagsterRun) -> Iterable[date]:
    try:
        return DayRange.from_tags(run.tags) or ()
    except RangeError:
        return ()  # a run of somebody else's, whose partitions are no days


def _list_backfilled(instance: dg.DagsterInstance) -> Iterator[tuple[str, date]]:
    requested = BulkActionsFilter(statuses=[BulkActionStatus.REQUESTED])
    for backfill in instance.get_backfills(filters=requested):
        data = backfill.asset_backfill_data
        for key in _METRICS if data else ():
            if data and key in data.target_subset.asset_keys:
                subset = data.target_subset.get_partitions_subset(key)
                yield from ((key.path[-1], day) for day in to_days(subset.get_partition_keys()))
