"""Which cells are running or queued: nobody asks for them a second time.

The instance holds everybody's runs and backfills, and people and programs may give them any tags and any config. A
run counts by what it materializes, whatever its job is called: by the assets that it selects, else by those that it
was planned with.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

import dagster as dg

from campaign_assets.days import DayRange
from campaign_assets.defs.dagster_core import BulkActionsFilter, BulkActionStatus, PartitionBackfill
from campaign_assets.defs.keys import METRICS_OP
from campaign_assets.defs.partitions import split_days
from campaign_assets.defs.portal import Portal
from campaign_assets.plain_text import to_enumeration, to_line

Cell = tuple[str, date]
"""Last part of the name of a table by day, and a day."""

_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def find_cells_in_progress(
    instance: dg.DagsterInstance, portal: Portal, days: Collection[date], log: logging.Logger
) -> set[Cell]:
    """Every cell of some days that an unfinished run or backfill will read whole.

    Args:
        instance: Whose runs and backfills.
        portal: Whose cells.
        days: The days; a run may name more than there ever were.
        log: Is told which run or backfill of our assets is passed over, because nobody can tell what it reads.
    """
    return {*_list_of_runs(instance, portal, days, log), *_list_of_backfills(instance, portal, days, log)}


def is_in_progress(instance: dg.DagsterInstance, key: dg.AssetKey) -> bool:
    """Whether an unfinished run materializes an asset."""
    return any(key in _find_assets(instance, run) for run in _list_unfinished(instance))


def _list_of_runs(
    instance: dg.DagsterInstance, portal: Portal, days: Collection[date], log: logging.Logger
) -> Iterator[Cell]:
    ours, metrics = frozenset(portal.days_keys.values()), frozenset(portal.metrics)
    for run in _list_unfinished(instance):
        keys = ours & _find_assets(instance, run)
        try:
            if keys & metrics and _list_campaign_ids(portal, run.run_config):
                keys -= metrics  # a part of their cells
            if not keys:
                continue  # somebody else's
            of_run = DayRange.from_tags(run.tags)
        except ValueError as error:
            log.warning(f"The run {run.run_id} is passed over, which is to read our tables: {to_line(error)}")
            continue
        yield from ((portal.to_table(key), day) for day in days if of_run and day in of_run for key in keys)


def _list_unfinished(instance: dg.DagsterInstance) -> Iterable[dg.DagsterRun]:
    return instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED))


def _find_assets(instance: dg.DagsterInstance, run: dg.DagsterRun) -> frozenset[dg.AssetKey]:
    """What a run materializes; a run of a whole job selects nothing."""
    planned = dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED
    return frozenset(run.asset_selection or instance.get_asset_keys_for_run(run.run_id, of_type=planned))


def _list_campaign_ids(portal: Portal, run_config: object) -> list[object]:
    """The campaigns that a run reads; none where it reads all.

    Raises:
        ValueError: The config is no such thing: the run will fail when it starts, and read nothing.
    """
    value = run_config
    for name in ("ops", portal.to_name(METRICS_OP), "config", "campaign_ids"):
        if not isinstance(value, Mapping):
            raise ValueError(f"its config holds no {name}, but {value!r:.60}.")
        value = value.get(name)
        if value is None:
            return []
    if not isinstance(value, list):
        raise ValueError(f"its config holds no list of campaign_ids, but {value!r:.60}.")
    return value


def _list_of_backfills(
    instance: dg.DagsterInstance, portal: Portal, days: Collection[date], log: logging.Logger
) -> Iterator[Cell]:
    wanted = frozenset(days)
    for backfill in instance.get_backfills(filters=BulkActionsFilter(statuses=[BulkActionStatus.REQUESTED])):
        partitions = _list_partitions(portal, backfill, log)
        others: set[str] = set()
        for key, of_key in partitions.items():
            of_backfill, no_days = split_days(of_key)
            others.update(no_days)
            yield from ((portal.to_table(key), day) for day in wanted.intersection(of_backfill))
        if others:
            log.warning(
                f"The backfill {backfill.backfill_id} is to read the partitions {to_enumeration(sorted(others))}, "
                "which are no days: passed over."
            )


def _list_partitions(
    portal: Portal, backfill: PartitionBackfill, log: logging.Logger
) -> Mapping[dg.AssetKey, Collection[str]]:
    """The partitions of our assets that a backfill is to read."""
    data = backfill.asset_backfill_data
    subsets = data.target_subset.partitions_subsets_by_asset_key if data else {}
    ours = set(portal.days_keys.values())
    try:
        return {key: list(subset.get_partition_keys()) for key, subset in subsets.items() if key in ours}
    except Exception as error:  # of whatever partitions the assets had when it was stored
        log.warning(f"The partitions of the backfill {backfill.backfill_id} cannot be read: {to_line(error)}")
        return {}
