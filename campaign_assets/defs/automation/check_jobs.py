"""The jobs and schedules of the checks that run on their own."""

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.automation.jobs import build_asset_job
from campaign_assets.defs.checks.audit import BATCH_EQUALS_LIST
from campaign_assets.defs.checks.settling import SETTLE_DAYS_FIT
from campaign_assets.defs.checks.standalone import FILES_READABLE, NO_DAY_DUE
from campaign_assets.defs.dagster_core import UnresolvedAssetJobDefinition
from campaign_assets.defs.portal import Portal

CHECK_FRESHNESS = "check_freshness"
CHECK_FILES = "check_files"
CHECK_SETTLING = "check_settling"
AUDIT_ASSET_METRICS = "audit_asset_metrics"

_JOBS = {
    CHECK_FRESHNESS: (NO_DAY_DUE, "Looks whether any day is due. Asks HubSpot nothing."),
    CHECK_FILES: (FILES_READABLE, "Looks whether every file of every table opens. Asks HubSpot nothing."),
    CHECK_SETTLING: (
        SETTLE_DAYS_FIT,
        "Looks how much days still move after some days, and whether the setting fits that. Asks HubSpot nothing.",
    ),
    AUDIT_ASSET_METRICS: (
        BATCH_EQUALS_LIST,
        "Compares a sample of each table's newest day with what HubSpot's other endpoint says. Some forty requests.",
    ),
}


def build_check_jobs(portal: Portal, checks: list[dg.AssetsDefinition]) -> list[UnresolvedAssetJobDefinition]:
    """A job for each kind of check.

    Args:
        portal: Whose checks.
        checks: All checks that run on their own.
    """
    keys = [key for definition in checks for key in definition.check_keys]
    return [
        build_asset_job(portal, job, dg.AssetSelection.checks(*(key for key in keys if key.name == name)), description)
        for job, (name, description) in _JOBS.items()
    ]


def build_check_schedules(portal: Portal, calendar: Calendar) -> list[dg.ScheduleDefinition]:
    """When they run, in the account's time zone. Only the audit asks HubSpot: some forty requests a week."""
    return [
        _schedule(portal, calendar, "hourly_check_freshness", CHECK_FRESHNESS, "10 * * * *"),
        _schedule(portal, calendar, "weekly_check_files", CHECK_FILES, "30 4 * * 0"),
        _schedule(portal, calendar, "weekly_check_settling", CHECK_SETTLING, "45 4 * * 0"),
        _schedule(portal, calendar, "weekly_audit", AUDIT_ASSET_METRICS, "30 5 * * 0"),
    ]


def _schedule(portal: Portal, calendar: Calendar, name: str, job: str, cron: str) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=portal.to_name(name),
        job_name=portal.to_name(job),
        cron_schedule=cron,
        execution_timezone=calendar.time_zone,
        default_status=portal.to_schedule_status(True),
        description=_JOBS[job][1],
    )
