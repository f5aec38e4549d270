"""The sensor that puts right what was missed: days that are due and that nobody reads.

It leaves an hour to the schedule, asks for a few runs at a time, waits longer each time a day fails again, and never
asks for metrics ahead of the associations that they need.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.automation.jobs import REFRESH_CAMPAIGNS, REFRESH_EVERYTHING
from campaign_assets.defs.instance.due_cells import (
    find_associations_timestamp,
    find_due_cells,
    leave_out_in_progress,
    to_run_request,
)
from campaign_assets.defs.instance.in_progress import is_in_progress
from campaign_assets.defs.keys import CAMPAIGN_ASSETS_KEY, CAMPAIGNS_KEY
from campaign_assets.freshness import DueCell, DueRange, combine

SECONDS_BETWEEN_TICKS = 120
GRACE = timedelta(hours=1)
"""A day is late, and this sensor's business, only after the schedule had its time."""
RUNS_PER_TICK = 3
DAYS_PER_RUN = 92
FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=6)
_ASSOCIATIONS = "associations"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was asked for and not done yet.

    Attributes:
        last_settling_time: The settling time that it was asked for, as ISO 8601.
        times: How often it was asked for.
        last: When it was asked for last, as ISO 8601.
    """

    last_settling_time: str
    times: int
    last: str

    def find_next(self) -> datetime:
        """When it may be asked for again: later each time."""
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (self.times - 1))
        return datetime.fromisoformat(self.last) + wait


class Attempts:
    """What was asked for, by day; survives in the sensor's cursor."""

    def __init__(self, cursor: str | None) -> None:
        known = json.loads(cursor) if cursor else {}
        self._by_name = {name: Attempt(**attempt) for name, attempt in known.items()}

    def to_cursor(self) -> str:
        """All of it as text."""
        return json.dumps({name: asdict(attempt) for name, attempt in sorted(self._by_name.items())})

    def may_ask(self, name: str, last_settling_time: datetime, now: datetime) -> bool:
        """Whether something may be asked for: for the first time, or after its wait."""
        attempt = self._by_name.get(name)
        return (
            attempt is None
            or attempt.last_settling_time != last_settling_time.isoformat()
            or attempt.find_next() <= now
        )

    def add(self, name: str, last_settling_time: datetime, now: datetime) -> int:
        """Notes that something is asked for now; returns how often it was, this time included."""
        before = self._by_name.get(name)
        times = before.times + 1 if before and before.last_settling_time == last_settling_time.isoformat() else 1
        self._by_name[name] = Attempt(last_settling_time.isoformat(), times, now.isoformat())
        return times

    def forget_others(self, names: set[str]) -> None:
        """Keeps only what is still due."""
        self._by_name = {name: attempt for name, attempt in self._by_name.items() if name in names}

    def describe(self, name: str) -> str:
        """For the log: how often something was asked for, and when it will be again."""
        attempt = self._by_name[name]
        return (
            f"{name} asked for {attempt.times} times, again after {attempt.find_next().isoformat(timespec='minutes')}"
        )


def build_late_metrics(calendar: Calendar) -> dg.SensorDefinition:
    """Requests what is late: due for an hour, and neither running nor queued."""

    @dg.sensor(
        name="late_metrics",
        job_name=REFRESH_EVERYTHING,
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        description="Reads days that were missed, that failed, or that HubSpot may have restated since: whatever is "
        "due for more than an hour and neither running nor queued.",
    )
    def late_metrics(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        timestamp = calendar.now()
        attempts = Attempts(context.cursor)
        late = [
            cell for cell in find_due_cells(context.instance, calendar, timestamp) if cell.since <= timestamp - GRACE
        ]
        attempts.forget_others({str(cell.day) for cell in late} | ({_ASSOCIATIONS} if late else set()))
        idle = leave_out_in_progress(context.instance, late)
        waiting = [cell for cell in idle if not attempts.may_ask(str(cell.day), cell.last_settling_time, timestamp)]
        for day in sorted({str(cell.day) for cell in waiting}):
            context.log.info(f"Failed before, waiting: {attempts.describe(day)}.")
        ready = combine([cell for cell in idle if cell not in waiting], DAYS_PER_RUN)[:RUNS_PER_TICK]
        requests = _request(context, attempts, ready, timestamp)
        if not requests:
            return _skip(context, attempts, late, idle, waiting)
        return dg.SensorResult(run_requests=requests, cursor=attempts.to_cursor())

    return late_metrics


def _request(
    context: dg.SensorEvaluationContext, attempts: Attempts, ranges: Sequence[DueRange], timestamp: datetime
) -> list[dg.RunRequest]:
    """The runs to ask for: those of the ranges, or what they need first."""
    needed = max((r.last_settling_time for r in ranges), default=None)
    if needed is None:
        return []
    known = find_associations_timestamp(context.instance)
    if known is None or known < needed:
        return _request_associations(context, attempts, needed, timestamp)
    requests = []
    for due in ranges:
        times = max(attempts.add(str(day), due.last_settling_time, timestamp) for day in due.days)
        key = f"{'+'.join(due.tables)} {due.days} {due.last_settling_time.isoformat()} {times}"
        requests.append(to_run_request(due, key))
    return requests


def _request_associations(
    context: dg.SensorEvaluationContext, attempts: Attempts, needed: datetime, timestamp: datetime
) -> list[dg.RunRequest]:
    """The campaigns and what is tied to them, which metrics must not be older than."""
    if is_in_progress(context.instance, CAMPAIGN_ASSETS_KEY, (REFRESH_CAMPAIGNS, REFRESH_EVERYTHING)):
        context.log.info("Waiting for campaign_assets, which is being read.")
        return []
    if not attempts.may_ask(_ASSOCIATIONS, needed, timestamp):
        context.log.info(f"Failed before, waiting: {attempts.describe(_ASSOCIATIONS)}.")
        return []
    times = attempts.add(_ASSOCIATIONS, needed, timestamp)
    key = f"{_ASSOCIATIONS} {needed.isoformat()} {times}"
    return [dg.RunRequest(run_key=key, asset_selection=[CAMPAIGNS_KEY, CAMPAIGN_ASSETS_KEY])]


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
