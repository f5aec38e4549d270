"""The sensor that puts right what was missed: days that are due and that nobody reads.

It leaves an hour to the schedule, asks for a few runs at a time, waits longer each time a day fails again, and never
asks for metrics ahead of the associations that they need.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.automation.attempts import Attempts
from campaign_assets.defs.automation.jobs import REFRESH_EVERYTHING
from campaign_assets.defs.instance.due_cells import (
    find_associations_timestamp,
    find_due_cells,
    leave_out_in_progress,
    to_run_request,
)
from campaign_assets.defs.instance.in_progress import is_in_progress
from campaign_assets.defs.instance.shell_runs import end_dead_runs
from campaign_assets.defs.portal import Portal
from campaign_assets.freshness import DueCell, DueRange, combine

SECONDS_BETWEEN_TICKS = 120
GRACE = timedelta(hours=1)
"""A day is late, and this sensor's business, only after the schedule had its time."""
RUNS_PER_TICK = 3
DAYS_PER_RUN = 92
_ASSOCIATIONS = "associations"


def build_late_metrics(portal: Portal, calendar: Calendar) -> dg.SensorDefinition:
    """Requests what is late: due for an hour, and neither running nor queued.

    Args:
        portal: Whose metrics.
        calendar: The days of the account.
    """

    @dg.sensor(
        name=portal.to_name("late_metrics"),
        job_name=portal.to_name(REFRESH_EVERYTHING),
        default_status=portal.to_sensor_status(False),
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        description="Reads days of metrics that were missed, that failed, or that HubSpot may have restated since: "
        "whatever is due for more than an hour and neither running nor queued.",
    )
    def late_metrics(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        for run_id in end_dead_runs(context.instance):
            context.log.warning(f"The run {run_id} was in a shell that is gone: it counts as failed from now on.")
        timestamp = calendar.now()
        attempts = Attempts.read(context)
        due = find_due_cells(context.instance, portal, calendar, timestamp, context.log, portal.metrics)
        late = [cell for cell in due if cell.since <= timestamp - GRACE]
        attempts.forget_others({str(cell.day) for cell in late} | ({_ASSOCIATIONS} if late else set()))
        idle = leave_out_in_progress(context.instance, portal, late, context.log)
        waiting = [cell for cell in idle if not attempts.may_ask(str(cell.day), cell.last_settling_time, timestamp)]
        for day in sorted({str(cell.day) for cell in waiting}):
            context.log.info(f"Failed before, waiting: {attempts.describe(day)}.")
        ready = combine([cell for cell in idle if cell not in waiting], DAYS_PER_RUN)[:RUNS_PER_TICK]
        requests = _request(portal, context, attempts, ready, timestamp)
        if not requests:
            return _skip(context, attempts, late, idle, waiting)
        return dg.SensorResult(run_requests=requests, cursor=attempts.to_cursor())

    return late_metrics


def _request(
    portal: Portal,
    context: dg.SensorEvaluationContext,
    attempts: Attempts,
    ranges: Sequence[DueRange],
    timestamp: datetime,
) -> list[dg.RunRequest]:
    """The runs to ask for: those of the ranges, or what they need first."""
    needed = max((r.last_settling_time for r in ranges), default=None)
    if needed is None:
        return []
    known = find_associations_timestamp(context.instance, portal)
    if known is None or known < needed:
        return _request_associations(portal, context, attempts, needed, timestamp)
    requests = []
    for due in ranges:
        for day in due.days:
            attempts.add(str(day), due.last_settling_time, timestamp)
        what = f"{'+'.join(due.tables)} {due.days} {due.last_settling_time.isoformat()}"
        requests.append(to_run_request(portal, due, attempts.asked.to_run_key(what, timestamp)))
    attempts.asked = attempts.asked.add(timestamp)
    return requests


def _request_associations(
    portal: Portal, context: dg.SensorEvaluationContext, attempts: Attempts, needed: datetime, timestamp: datetime
) -> list[dg.RunRequest]:
    """The campaigns and what is tied to them, which metrics must not be older than."""
    if is_in_progress(context.instance, portal.campaign_assets_key):
        context.log.info("Waiting for campaign_assets, which is being read.")
        return []
    if not attempts.may_ask(_ASSOCIATIONS, needed, timestamp):
        context.log.info(f"Failed before, waiting: {attempts.describe(_ASSOCIATIONS)}.")
        return []
    attempts.add(_ASSOCIATIONS, needed, timestamp)
    key = attempts.asked.to_run_key(f"{_ASSOCIATIONS} {needed.isoformat()}", timestamp)
    attempts.asked = attempts.asked.add(timestamp)
    return [dg.RunRequest(run_key=key, asset_selection=[portal.campaigns_key, portal.campaign_assets_key])]


def _skip(
    context: dg.SensorEvaluationContext,
    attempts: Attempts,
    late: Sequence[DueCell],
    idle: Sequence[DueCell],
    waiting: Sequence[DueCell],
) -> dg.SkipReason:
    context.update_cursor(attempts.to_cursor())
    if not late:
        return dg.SkipReason("Nothing is late.")
    return dg.SkipReason(
        f"{len(late)} cells are late: {len(late) - len(idle)} running or queued, {len(waiting)} waiting after a "
        "failure, the rest for campaign_assets."
    )
