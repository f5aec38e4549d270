"""Due days as runs to request: one for each range of days, and none ahead of the associations that it needs."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.instance.extraction_times import find_extracted_at
from campaign_assets.defs.instance.in_progress import find_cells_in_progress
from campaign_assets.defs.instance.last_reads import find_cell_states
from campaign_assets.defs.keys import ASSOCIATIONS_SINCE_TAG, LAST_IN_QUEUE
from campaign_assets.defs.portal import Portal
from campaign_assets.freshness import DueCell, DueRange, find_due


def find_due_cells(
    instance: dg.DagsterInstance,
    portal: Portal,
    calendar: Calendar,
    now: datetime,
    log: logging.Logger,
    keys: Collection[dg.AssetKey],
) -> list[DueCell]:
    """The cells that are due, whether somebody reads them already or not.

    Args:
        instance: Whose events tell what was read.
        portal: Whose cells.
        calendar: The days of the account.
        now: At this time.
        log: Is told which events are not what this code location writes.
        keys: The assets.
    """
    days = list(calendar.list_closed_days(now))
    return find_due(calendar, find_cell_states(instance, portal, days, calendar, log, keys), now)


def leave_out_in_progress(
    instance: dg.DagsterInstance, portal: Portal, due: Sequence[DueCell], log: logging.Logger
) -> list[DueCell]:
    """The cells that nobody reads or will read yet.

    Args:
        instance: Whose runs and backfills.
        portal: Whose cells.
        due: The cells.
        log: Is told which runs and backfills are passed over.
    """
    in_progress = find_cells_in_progress(instance, portal, {cell.day for cell in due}, log) if due else set()
    return [cell for cell in due if (cell.table, cell.day) not in in_progress]


def find_associations_timestamp(instance: dg.DagsterInstance, portal: Portal) -> datetime | None:
    """When `campaign_assets` was read last, in UTC; None for never."""
    event = instance.get_latest_materialization_event(portal.campaign_assets_key)
    return find_extracted_at(event.asset_materialization if event else None)


def to_run_request(portal: Portal, due: DueRange, run_key: str) -> dg.RunRequest:
    """The run that reads a range.

    Args:
        portal: Whose days.
        due: The range.
        run_key: Requested twice under the same key, it runs once.
    """
    keys = [portal.days_keys[table] for table in due.tables]
    is_of_metrics = not set(keys).issubset(portal.daily_reports)
    needs = {ASSOCIATIONS_SINCE_TAG: due.last_settling_time.isoformat()} if is_of_metrics else LAST_IN_QUEUE
    return dg.RunRequest(run_key=run_key, asset_selection=keys, tags={**due.days.to_tags(), **needs})
