"""All definitions of one portal: what a code location is made of, once for each HubSpot account."""

import warnings
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

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
from campaign_assets.defs.keys import CAMPAIGN_SUMMARY_KEY, DATABASE_KEY, REPORT_KEY, SUMMARIZED_KEYS
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.resources import TablesResource, build_hubspot_resource
from campaign_assets.extract.daily_reports import list_daily_reports
from campaign_assets.extract.report_plan import list_reports
from campaign_assets.load.progress import Listener
from campaign_assets.reports.building import has_renderer
from campaign_assets.settings import Settings


def build_definitions(
    settings: Settings,
    portal: Portal | None = None,
    now: Callable[[], datetime] = read_clock,
    listener: Listener | None = None,
    executor: dg.ExecutorDefinition | None = dg.in_process_executor,
) -> dg.Definitions:
    """Everything of one portal. The definitions of several, each with a name, can be merged.

    Args:
        settings: The account, where its tables lie, and what is read.
        portal: What its things are called; None for what the settings say.
        now: The present time, with its time zone.
        listener: Is told after each day of metrics how far a run is.
        executor: That of the code location; None where the project has one of its own. HubSpot's limit is shared, so
            steps gain nothing from processes of their own, which cost a second each.
    """
    portal = portal or Portal.from_settings(settings)
    return _Builder(portal, settings, now, listener).build(executor)


class _Builder:
    """What the definitions of a portal are made of."""

    def __init__(
        self, portal: Portal, settings: Settings, now: Callable[[], datetime], listener: Listener | None
    ) -> None:
        self._portal = portal
        self._settings = settings
        self._calendar = settings.build_calendar(now)
        self._listener = listener
        self._reports = [build_campaign_report(portal, r, self._calendar) for r in list_reports(settings)]
        self._daily_reports = [
            build_daily_report(portal, r, settings.live_margin_days, self._calendar, listener)
            for r in list_daily_reports(settings)
        ]
        self._report_keys = [key for definition in self._reports for key in definition.keys]
        self._daily_keys = [key for definition in self._daily_reports for key in definition.keys]

    def build(self, executor: dg.ExecutorDefinition | None) -> dg.Definitions:
        assets, checks = self._build_assets(), self._build_checks()
        sensors = self._build_sensors([key for asset in assets for key in _list_keys(asset)])
        schedules = [
            build_daily_refresh(self._portal, self._calendar, self._report_keys, self._daily_keys),
            *build_check_schedules(self._portal, self._calendar),
        ]
        automation = list_automation([*schedules, *sensors])
        return dg.Definitions(
            assets=_add_source_code(assets),
            asset_checks=checks,
            jobs=[
                *build_jobs(self._portal, self._report_keys, self._daily_keys),
                *build_check_jobs(self._portal, checks),
                build_estimate_job(self._portal, self._settings, self._calendar),
                build_readiness_job(self._portal, self._settings, self._calendar, automation),
            ],
            schedules=schedules,
            sensors=sensors,
            resources=_build_resources(self._portal, self._settings),
            executor=executor,
        )

    def _build_assets(self) -> list[dg.AssetsDefinition | dg.AssetSpec]:
        portal, calendar = self._portal, self._calendar
        return [
            build_campaigns(portal, self._settings.properties, calendar),
            build_campaign_assets(portal, calendar),
            build_campaign_asset_changes(portal),
            build_asset_metrics(portal, calendar, self._listener),
            *self._reports,
            *self._daily_reports,
            build_metric_restatements(portal, calendar),
            *build_daily_marts(portal, calendar, on_new_days()),
            build_campaign_summary_asset(portal),
            build_database_asset(portal),
            *([build_report_asset(portal, calendar)] if has_renderer() else []),
        ]

    def _build_checks(self) -> list[dg.AssetsDefinition]:
        portal, calendar = self._portal, self._calendar
        return [
            build_no_day_due(portal, calendar, self._daily_keys),
            build_settle_days_fit(portal, calendar),
            build_files_readable(portal, calendar, [*self._report_keys, *self._daily_keys]),
            build_audit(portal, calendar),
        ]

    def _build_sensors(self, assets: list[dg.AssetKey]) -> list[dg.SensorDefinition]:
        portal, calendar = self._portal, self._calendar
        plain = [CAMPAIGN_SUMMARY_KEY, DATABASE_KEY, *([REPORT_KEY] if has_renderer() else [])]
        answers, inputs = list(map(portal.key, plain)), list(map(portal.key, SUMMARIZED_KEYS))
        failure = dg.DagsterRunStatus.FAILURE
        return [
            build_campaign_changes(portal, calendar.now),
            build_late_metrics(portal, calendar),
            *([build_late_reports(portal, calendar, self._daily_keys)] if self._daily_keys else []),
            build_association_backfill(portal, calendar, self._settings.history_days),
            build_automation_sensor(portal, assets),
            build_after_every_run("answers", answers, inputs, portal=portal),
            build_after_every_run("answers_nonetheless", answers, inputs, failure, portal),
            build_run_failure_alert(portal, calendar.now),
            build_late_days_alert(portal, calendar, self._daily_keys),
        ]


def _add_source_code(
    assets: Sequence[dg.AssetsDefinition | dg.AssetSpec],
) -> Sequence[dg.AssetsDefinition | dg.AssetSpec]:
    """The same, each with the file and the line of its function, which the UI shows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # one for each asset, whenever a code location loads
        return cast("Sequence[dg.AssetsDefinition | dg.AssetSpec]", dg.with_source_code_references(assets))


def _list_keys(asset: dg.AssetsDefinition | dg.AssetSpec) -> list[dg.AssetKey]:
    return [asset.key] if isinstance(asset, dg.AssetSpec) else list(asset.keys)


def _build_resources(portal: Portal, settings: Settings) -> dict[str, object]:
    tables = TablesResource(root=settings.storage)
    webhook = dg.EnvVar(settings.alert_webhook) if settings.alert_webhook else None
    return {
        portal.hubspot: build_hubspot_resource(settings),
        portal.tables: tables,
        portal.io_manager: ParquetIOManager(tables=tables),
        portal.alerts: AlertsResource(webhook=webhook, ui_url=settings.ui_url),
    }
