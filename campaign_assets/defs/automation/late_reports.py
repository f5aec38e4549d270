"""The sensor that puts right what was missed of the campaign reports by day, as `late_metrics` does for the metrics.

It asks for each report by itself, since one that fails, for want of a scope for example, must not hold up another, and
for one run at a time: they come last in the queue and take what the metrics leave.
"""

from collections.abc import Sequence

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.automation.attempts import Attempts
from campaign_assets.defs.automation.jobs import REFRESH_EVERYTHING
from campaign_assets.defs.automation.late_metrics import DAYS_PER_RUN, GRACE, SECONDS_BETWEEN_TICKS
from campaign_assets.defs.instance.due_cells import find_due_cells, leave_out_in_progress, to_run_request
from campaign_assets.defs.portal import Portal
from campaign_assets.freshness import DueCell, combine


def build_late_reports(
    portal: Portal, calendar: Calendar, reports_by_day: Sequence[dg.AssetKey]
) -> dg.SensorDefinition:
    """Requests what is late of the reports by day: due for an hour, and neither running nor queued.

    Args:
        portal: Whose reports.
        calendar: The days of the account.
        reports_by_day: The tables of the campaign reports that are read by day.
    """

    @dg.sensor(
        name=portal.to_name("late_reports"),
        job_name=portal.to_name(REFRESH_EVERYTHING),
        default_status=portal.to_sensor_status(False),
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        description="Reads days of the campaign reports that were missed, that failed, or that HubSpot may have "
        "restated since: whatever is due for more than an hour and neither running nor queued.",
    )
    def late_reports(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        timestamp = calendar.now()
        attempts = Attempts.read(context)
        due = find_due_cells(context.instance, portal, calendar, timestamp, context.log, reports_by_day)
        late = [cell for cell in due if cell.since <= timestamp - GRACE]
        attempts.forget_others({_to_name(cell) for cell in late})
        idle = leave_out_in_progress(context.instance, portal, late, context.log)
        ready = [cell for cell in idle if attempts.may_ask(_to_name(cell), cell.last_settling_time, timestamp)]
        requests = []
        for key in reports_by_day:
            table = portal.to_table(key)
            of_table = [cell for cell in ready if cell.table == table]
            for days in combine(of_table, DAYS_PER_RUN)[:1]:
                for cell in (cell for cell in of_table if cell.day in days.days):
                    attempts.add(_to_name(cell), cell.last_settling_time, timestamp)
                what = f"{table} {days.days} {days.last_settling_time.isoformat()}"
                requests.append(to_run_request(portal, days, attempts.asked.to_run_key(what, timestamp)))
        if requests:
            attempts.asked = attempts.asked.add(timestamp)
            return dg.SensorResult(run_requests=requests, cursor=attempts.to_cursor())
        context.update_cursor(attempts.to_cursor())
        in_progress = len(late) - len(idle)
        told = f"{len(late)} days are late: {in_progress} running or queued, {len(idle)} waiting after a failure."
        return dg.SkipReason(told if late else "Nothing is late.")

    return late_reports


def _to_name(cell: DueCell) -> str:
    return f"{cell.table} {cell.day}"
