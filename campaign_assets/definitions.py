"""What Dagster loads: `defs`, put together from the environment. Nothing else belongs here."""

import os
from collections.abc import Callable
from datetime import datetime

import dagster as dg

from campaign_assets.days import read_clock
from campaign_assets.defs.assets.asset_metrics import build_asset_metrics
from campaign_assets.defs.assets.campaign_reports import build_campaign_report
from campaign_assets.defs.assets.daily_reports import build_daily_report
from campaign_assets.defs.assets.marts import build_campaign_summary_asset, build_daily_marts, build_database_asset
from campaign_assets.defs.assets.report import build_report_asset
from campaign_assets.defs.assets.restatements import build_metric_restatements
from campaign_assets.defs.assets.snapshots import build_campaign_asset_changes, build_campaign_assets, build_campaigns
from campaign_assets.defs.automation.alerts import AlertsResource, build_late_days_alert, build_run_failure_alert
from campaign_assets.defs.automation.association_backfill import build_association_backfill
from campaign_assets.defs.automation.campaign_changes import build_campaign_changes
from campaign_assets.defs.automation.check_jobs import build_check_jobs, build_check_schedules
from campaign_assets.defs.automation.downstream import build_after_every_run, build_automation_sensor, on_new_days
from campaign_assets.defs.automation.estimate import build_estimate_job
from campaign_assets.defs.automation.jobs import build_jobs
from campaign_assets.defs.automation.late_metrics import build_late_metrics
from campaign_assets.defs.automation.late_reports import build_late_reports
from campaign_assets.defs.automation.readiness import build_readiness_job
from campaign_assets.defs.automation.schedules import build_daily_refresh
from campaign_assets.defs.checks.audit import build_audit
from campaign_assets.defs.checks.settling import build_settle_days_fit
from campaign_assets.defs.checks.standalone import build_files_readable, build_no_day_due
from campaign_assets.defs.instance.readiness import list_automation
from campaign_assets.defs.io_manager import ParquetIOManager
from campaign_assets.defs.keys import CAMPAIGN_SUMMARY_KEY, DATABASE_KEY, SUMMARIZED_KEYS
from campaign_assets.defs.resources import TablesResource, build_hubspot_resource
from campaign_assets.extract.daily_reports import list_daily_reports
from campaign_assets.extract.report_plan import list_reports
from campaign_assets.load.progress import Listener
from campaign_assets.reports.building import has_renderer
from campaign_assets.settings import ALERT_WEBHOOK, Settings


def build_definitions(
    settings: Settings, now: Callable[[], datetime] = read_clock, listener: Listener | None = None
) -> dg.Definitions:
    """The whole code location.

    Args:
        settings: What the environment says.
        now: The present time, with its time zone.
        listener: Is told after each day of metrics how far a run is.
    """
    tables = TablesResource(root=settings.storage)
    calendar = settings.build_calendar(now)
    campaign_reports = [build_campaign_report(report, calendar) for report in list_reports(settings)]
    daily_reports = [
        build_daily_report(report, settings.live_margin_days, calendar, listener)
        for report in list_daily_reports(settings)
    ]
    reports = [key for definition in campaign_reports for key in definition.keys]
    reports_by_day = [key for definition in daily_reports for key in definition.keys]
    checks = [
        build_no_day_due(calendar, reports_by_day),
        build_settle_days_fit(calendar),
        build_files_readable(calendar, [*reports, *reports_by_day]),
        build_audit(calendar),
    ]
    reports_of_marts = [build_report_asset(calendar)] if has_renderer() else []
    answers = [CAMPAIGN_SUMMARY_KEY, DATABASE_KEY, *(asset.key for asset in reports_of_marts)]
    schedules = [build_daily_refresh(calendar, reports, reports_by_day), *build_check_schedules(calendar)]
    sensors = [
        build_campaign_changes(calendar.now),
        build_late_metrics(calendar),
        *([build_late_reports(calendar, reports_by_day)] if reports_by_day else []),
        build_association_backfill(calendar, settings.history_days),
        build_automation_sensor(),
        build_after_every_run("answers", answers, SUMMARIZED_KEYS),
        build_after_every_run("answers_nonetheless", answers, SUMMARIZED_KEYS, dg.DagsterRunStatus.FAILURE),
        build_run_failure_alert(calendar.now),
        build_late_days_alert(calendar, reports_by_day),
    ]
    return dg.Definitions(
        assets=[
            build_campaigns(settings.properties, calendar),
            build_campaign_assets(calendar),
            build_campaign_asset_changes(),
            build_asset_metrics(calendar, listener),
            *campaign_reports,
            *daily_reports,
            build_metric_restatements(calendar),
            *build_daily_marts(calendar, on_new_days()),
            build_campaign_summary_asset(),
            build_database_asset(),
            *reports_of_marts,
        ],
        asset_checks=checks,
        jobs=[
            *build_jobs(reports, reports_by_day),
            *build_check_jobs(checks),
            build_estimate_job(settings, calendar),
            build_readiness_job(settings, calendar, list_automation([*schedules, *sensors])),
        ],
        schedules=schedules,
        sensors=sensors,
        resources={
            "hubspot": build_hubspot_resource(settings),
            "tables": tables,
            "io_manager": ParquetIOManager(tables=tables),
            "alerts": AlertsResource(
                webhook=dg.EnvVar(ALERT_WEBHOOK) if settings.alert_webhook_is_set else None, ui_url=settings.ui_url
            ),
        },
        # HubSpot's limit is shared, so steps gain nothing from processes of their own, which cost a second each.
        executor=dg.in_process_executor,
    )


defs = build_definitions(Settings.from_environ(os.environ))
