"""What runs by the clock."""

from datetime import timedelta

import dagster as dg

from campaign_assets.defs.jobs import REFRESH_EVERYTHING
from campaign_assets.settings import Settings

MINUTES_AFTER_MIDNIGHT = 30
"""HubSpot counts a day's last events for a while after its end."""


def build_daily_refresh(settings: Settings) -> dg.ScheduleDefinition:
    """Every night, in the account's time zone: the campaigns, and the day that just closed."""

    @dg.schedule(
        name="daily_refresh",
        job_name=REFRESH_EVERYTHING,
        cron_schedule=f"{MINUTES_AFTER_MIDNIGHT} 0 * * *",
        execution_timezone=settings.time_zone,
        description="Every night: all campaigns, what is tied to each, and the metrics of the day that just closed.",
    )
    def daily_refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        closed = context.scheduled_execution_time.date() - timedelta(days=1)
        if closed < settings.start_date:
            return dg.SkipReason(f"{closed} is before the first day of the tables, {settings.start_date}.")
        return dg.RunRequest(run_key=closed.isoformat(), partition_key=closed.isoformat())

    return daily_refresh
