"""What runs by the clock."""

from collections.abc import Collection, Sequence

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.automation.jobs import REFRESH_EVERYTHING
from campaign_assets.defs.instance.due_cells import find_due_cells, leave_out_in_progress, to_run_request
from campaign_assets.defs.keys import FIRST_IN_QUEUE, LAST_IN_QUEUE
from campaign_assets.defs.portal import Portal
from campaign_assets.freshness import combine

MINUTES_AFTER_MIDNIGHT = 30
"""HubSpot counts a day's last events for a while after its end."""


def build_daily_refresh(
    portal: Portal, calendar: Calendar, reports: Sequence[dg.AssetKey], reports_by_day: Sequence[dg.AssetKey]
) -> dg.ScheduleDefinition:
    """Every night, in the account's time zone: the campaigns, then the days that are due, then the campaign reports.

    Args:
        portal: Whose schedule.
        calendar: The days of the account.
        reports: The tables of the campaign reports that are read.
        reports_by_day: Those of the reports that are read by day too.
    """

    @dg.schedule(
        name=portal.to_name("daily_refresh"),
        job_name=portal.to_name(REFRESH_EVERYTHING),
        default_status=portal.to_schedule_status(False),
        cron_schedule=f"{MINUTES_AFTER_MIDNIGHT} 0 * * *",
        execution_timezone=calendar.time_zone,
        description="Every night: all campaigns and what is tied to each, then the metrics of the days that are due: "
        "the one that just closed, and those that HubSpot may have restated. One run for each range of days. The "
        "campaign reports come last: they take what the metrics leave of the day's requests.",
    )
    def daily_refresh(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
        now = context.scheduled_execution_time
        night = now.isoformat()

        def request_due(keys: Collection[dg.AssetKey]) -> list[dg.RunRequest]:
            due = find_due_cells(context.instance, portal, calendar, now, context.log, keys)
            idle = leave_out_in_progress(context.instance, portal, due, context.log)
            return [to_run_request(portal, r, f"{night} {'+'.join(r.tables)} {r.days}") for r in combine(idle)]

        snapshot = dg.RunRequest(
            run_key=f"{night} campaigns",
            asset_selection=[portal.campaigns_key, portal.campaign_assets_key],
            tags=FIRST_IN_QUEUE,
        )
        of_campaigns = dg.RunRequest(
            run_key=f"{night} campaign_reports", asset_selection=list(reports), tags=LAST_IN_QUEUE
        )
        by_day = [request for key in reports_by_day for request in request_due([key])]
        return [snapshot, *request_due(portal.metrics), of_campaigns, *by_day]

    return daily_refresh
