"""Is the Dagster instance ready: does the pool hold one run at a time, and is what should run by itself on."""

from collections.abc import Iterable, Mapping

import dagster as dg

from campaign_assets.defs.portal import Portal
from campaign_assets.inspection.findings import Finding
from campaign_assets.plain_text import to_enumeration

NEEDED = {
    "daily_refresh": "nothing is read at night",
    "late_metrics": "a day that was missed is not read by itself",
    "late_reports": "a day of a report that was missed is not read by itself",
}
"""What fills the tables and keeps them fresh, and what is so where it is off; all else is a choice.

The last one is there only where reports are read by day.
"""


def list_automation(definitions: Iterable[object]) -> dict[str, bool]:
    """Schedules and sensors by name, and whether each is on where nobody has said anything.

    Args:
        definitions: The schedules and sensors of the code location; others are passed over.
    """
    kinds = (dg.ScheduleDefinition, dg.SensorDefinition)
    return {one.name: one.default_status.value == "RUNNING" for one in definitions if isinstance(one, kinds)}


def check_instance(instance: dg.DagsterInstance, portal: Portal, automation: Mapping[str, bool]) -> list[Finding]:
    """What is found of the instance.

    Args:
        instance: The instance.
        portal: Whose pool and automation.
        automation: What `list_automation` says of the code location.
    """
    return [
        _check_pool(instance, portal.pool),
        *_check_automation(instance, portal, automation),
        _check_daemon(instance),
    ]


def _check_pool(instance: dg.DagsterInstance, name: str) -> Finding:
    config = instance.get_concurrency_config().pool_config
    own = {pool.name: pool for pool in instance.event_log_storage.get_pool_limits()}
    subject, remedy = f"pool {name}", f"dagster instance concurrency set {name} 1."
    if name not in own:
        limit = config.default_pool_limit
        said = "no limit" if limit is None else f"{limit} by default only, which does not hold at the pool's first use"
        return Finding(subject, False, f"{said}, so that runs fight over one rate limit: {remedy}")
    if own[name].limit != 1:
        return Finding(subject, False, f"{own[name].limit:,}, so that runs fight over one rate limit: {remedy}")
    if config.pool_granularity is None or config.pool_granularity.value != "run":
        return Finding(
            subject,
            False,
            "1 for each step, so that a run which is killed holds up the next: set concurrency: pools: granularity: "
            "run in the instance's dagster.yaml.",
        )
    said = "the instance's default" if own[name].from_default else "set on the instance"
    return Finding(subject, True, f"1, {said}: one run at a time talks to HubSpot.")


def _check_automation(instance: dg.DagsterInstance, portal: Portal, automation: Mapping[str, bool]) -> list[Finding]:
    needed = {portal.to_name(name): off for name, off in NEEDED.items() if portal.to_name(name) in automation}
    told = {state.instigator_name: state.status.value for state in instance.all_instigator_state()}
    # What is declared in code is as the code says.
    on = {n: told[n] == "RUNNING" if told.get(n) in ("RUNNING", "STOPPED") else on for n, on in automation.items()}
    findings = [
        Finding(name, True, "on.")
        if on.get(name)
        else Finding(name, False, f"off, so that {off}: switch it on in the UI, under Automation.")
        for name, off in needed.items()
    ]
    off = sorted(name for name in automation if not on[name] and name not in needed)
    if off:
        return [*findings, Finding("other automation", None, f"off: {to_enumeration(off)}.")]
    return [*findings, Finding("other automation", True, "on.")]


def _check_daemon(instance: dg.DagsterInstance) -> Finding:
    statuses = instance.get_daemon_statuses()
    idle = sorted(kind.lower() for kind, status in statuses.items() if status.required and not status.healthy)
    if not idle:
        return Finding("daemon", True, "running.")
    return Finding(
        "daemon",
        False,
        f"{to_enumeration(idle)} not running, without which nothing runs by itself: start dagster-daemon run, or "
        "dagster dev, with this DAGSTER_HOME.",
    )
