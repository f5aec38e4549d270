"""Who is told when a run fails, or a day is not read in time: one short message to a webhook.

Without a webhook neither sensor does anything. A webhook that fails is a warning in the sensor's log, and the next
failure is the next try. How a message is sent is in `webhook`, when a day is too late in `checks`.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import dagster as dg
from pydantic import Field

from campaign_assets.days import Calendar, DayRange, RangeError
from campaign_assets.defs.automation.alert_cooldown import AlertCooldown
from campaign_assets.defs.checks.standalone import TOO_LATE, describe_due
from campaign_assets.defs.instance.due_cells import find_due_cells
from campaign_assets.defs.instance.run_owners import is_run_of
from campaign_assets.defs.portal import HasResources, Portal
from campaign_assets.defs.resources import build_setting_field, describe_secret
from campaign_assets.plain_text import to_line
from campaign_assets.settings import ALERT_WEBHOOK
from campaign_assets.webhook import Webhook, WebhookError

COOLDOWN_AFTER_FAILURE = timedelta(hours=1)
COOLDOWN_AFTER_LATE_DAYS = timedelta(hours=6)
"""Late days stay late until somebody mends it: an hourly reminder would be ignored."""
SECONDS_BETWEEN_TICKS = 900
_HOUR = timedelta(hours=1)
_NO_WEBHOOK = f"Nobody is told: {ALERT_WEBHOOK} is not set."
_LONGEST_REASON = 240
_NAMED_ASSETS = 3


class AlertsResource(dg.ConfigurableResource[Any]):
    """Where alerts go."""

    webhook: str | None = Field(default=None, repr=False, description=describe_secret(ALERT_WEBHOOK))
    ui_url: str = build_setting_field("ui_url")

    def tell(
        self,
        context: dg.SensorEvaluationContext | dg.RunStatusSensorContext,
        text: str,
        cause: str,
        cooldown: AlertCooldown,
    ) -> bool:
        """Sends a message and notes its cause; says whether it arrived."""
        try:
            Webhook(self.webhook or "").post(text)
        except WebhookError as error:
            context.log.warning(f"No alert was sent. {error}")
            return False
        cooldown.begin(cause)
        return True


def build_run_failure_alert(portal: Portal, now: Callable[[], datetime]) -> dg.SensorDefinition:
    """Tells of each run that fails, at most once an hour for the same assets and kind of error.

    Args:
        portal: Whose runs.
        now: The present time, with its time zone.
    """

    # Called directly, Dagster hands over what is required by name too.
    def alert_on_failed_run(context: dg.RunStatusSensorContext, **_: object) -> dg.SkipReason | None:
        alerts, failed = _get_alerts(portal, context), context.for_run_failure()
        if not alerts.webhook:
            return dg.SkipReason(portal.name_variables(_NO_WEBHOOK))
        if not is_run_of(portal, context.dagster_run, context.repository_def):
            return dg.SkipReason("The run is somebody else's.")
        run, (kind, reason) = context.dagster_run, _find_reason(failed)
        cause = f"{_name_assets(run, 100)} {kind}"
        cooldown = AlertCooldown(context.instance, portal, "failed_runs", now, context.log)
        if not cooldown.is_over(cause, COOLDOWN_AFTER_FAILURE):
            return dg.SkipReason(f"Told of the same kind of failure less than {COOLDOWN_AFTER_FAILURE // _HOUR} h ago.")
        text = f"{_name_portal(portal)}{_name_assets(run, _NAMED_ASSETS)} failed{_name_days(run)}: {reason}"
        alerts.tell(context, f"{_escape(text)} <{alerts.ui_url}/runs/{run.run_id}|The run>", cause, cooldown)
        return None

    return dg.RunStatusSensorDefinition(
        name=portal.to_name("alert_on_failed_run"),
        run_status=dg.DagsterRunStatus.FAILURE,
        run_status_sensor_fn=alert_on_failed_run,
        required_resource_keys={portal.alerts},
        default_status=portal.to_sensor_status(True),
        minimum_interval_seconds=30,
        description=portal.name_variables(
            "Sends a message about each run that failed: which assets and days, why, and a link to the run, to "
            f"{ALERT_WEBHOOK}. Does nothing where the variable is not set."
        ),
    )


def build_late_days_alert(
    portal: Portal, calendar: Calendar, reports_by_day: Sequence[dg.AssetKey]
) -> dg.SensorDefinition:
    """Tells of days that are due past the limit, at most once in six hours.

    Args:
        portal: Whose days.
        calendar: The days of the account.
        reports_by_day: The tables of the campaign reports that are read by day.
    """

    @dg.sensor(
        name=portal.to_name("alert_on_late_days"),
        required_resource_keys={portal.alerts},
        default_status=portal.to_sensor_status(True),
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        description=portal.name_variables(
            "Sends a message about days that are late: due for so long that the check no_day_due is an error, to "
            f"{ALERT_WEBHOOK}. Does nothing where the variable is not set."
        ),
    )
    def alert_on_late_days(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        alerts = _get_alerts(portal, context)
        if not alerts.webhook:
            return dg.SkipReason(portal.name_variables(_NO_WEBHOOK))
        now = calendar.now()
        cooldown, cause = AlertCooldown(context.instance, portal, "late_days", calendar.now, context.log), "late days"
        if not cooldown.is_over(cause, COOLDOWN_AFTER_LATE_DAYS):
            return dg.SkipReason(f"Told of late days less than {COOLDOWN_AFTER_LATE_DAYS // _HOUR} h ago.")
        keys = [*portal.metrics, *reports_by_day]
        due = find_due_cells(context.instance, portal, calendar, now, context.log, keys)
        late = [cell for cell in due if now - cell.since > TOO_LATE]
        if not late:
            return dg.SkipReason("No day is late.")
        tables = sorted({cell.table for cell in late})
        since = min(cell.since for cell in late)
        named = f"{_name_portal(portal)}{_join(tables, _NAMED_ASSETS)} not read in time: {describe_due(late)}"
        text = f"{named}; due since {since:%Y-%m-%d %H:%M} UTC."
        link = f"<{alerts.ui_url}/runs|The runs>"
        sent = alerts.tell(context, f"{_escape(text)} {link}", cause, cooldown)
        return dg.SkipReason("Told of late days." if sent else "Days are late, but no alert was sent.")

    return alert_on_late_days


def _get_alerts(portal: Portal, context: HasResources) -> AlertsResource:
    return cast("AlertsResource", getattr(context.resources, portal.alerts))


def _name_portal(portal: Portal) -> str:
    return f"{portal.name}: " if portal.name else ""


def _find_reason(context: dg.RunFailureSensorContext) -> tuple[str, str]:
    """The kind of the error, and one line that says what went wrong."""
    for event in context.get_step_failure_events():
        data = event.step_failure_data
        error = data.error
        kind = (error.cause or error).cls_name if error else None
        told = data.user_failure_data.description if data.user_failure_data else None
        message = told or ((error.cause or error).message if error else "")
        return kind or "Failure", _shorten(message)
    return "Run", _shorten(context.failure_event.message or "the run ended without a word")


def _shorten(text: str) -> str:
    return to_line(text, _LONGEST_REASON)


def _name_assets(run: dg.DagsterRun, shown: int) -> str:
    keys = sorted(run.asset_selection or ())
    return _join([key.path[-1] for key in keys], shown) or run.job_name


def _name_days(run: dg.DagsterRun) -> str:
    try:
        days = DayRange.from_tags(run.tags)
    except RangeError:
        return ""  # partitions that are no days, of an asset of somebody else's
    return f" on {days}" if days else ""


def _join(names: Iterable[str], shown: int) -> str:
    known = list(names)
    more = len(known) - shown
    return ", ".join(known[:shown]) + (f" and {more} more" if more > 0 else "")


def _escape(text: str) -> str:
    """Text that Slack shows as it is. Source: Slack's guide to formatting text (three characters to escape)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
