"""When what stands downstream of the tables runs: for daily assets a condition, for others a sensor.

Three things that look right and are not: plain `eager()` requests one of many backfilled days; without its window but
with `campaigns` among its inputs it requests every day whenever the campaigns are refreshed; and an asset without days
below daily ones is never requested by a condition at all.
"""

from collections.abc import Sequence
from typing import cast

import dagster as dg

from campaign_assets.defs.automation.jobs import build_asset_job
from campaign_assets.defs.checks.standalone import NO_DAY_DUE
from campaign_assets.defs.keys import NAMED_TAG
from campaign_assets.defs.portal import Portal

AnyCondition = dg.AutomationCondition[dg.AssetKey]


def on_every_day(*ignored: dg.AssetKey) -> AnyCondition:
    """The condition of a daily asset that is to be made for every day whose inputs are new.

    It waits for every input of the day, and until the checks of the inputs that block have passed. An automation
    sensor must run: `build_automation_sensor` makes the one of this code location.

    Args:
        *ignored: Inputs that do not call for it: those without days, such as `hubspot/campaigns`, and those that are
            never materialized.
    """
    condition = dg.AutomationCondition.eager().without(dg.AutomationCondition.in_latest_time_window())
    condition = condition & dg.AutomationCondition.all_deps_blocking_checks_passed()
    if ignored:
        condition = condition.ignore(dg.AssetSelection.assets(*ignored))
    return cast("AnyCondition", condition)


def on_new_days() -> AnyCondition:
    """The condition of a daily asset that is made of whatever there is of its inputs.

    It is requested for every day that an input is new for, and waits for nothing that may never come: neither for
    inputs that are missing, nor for checks that never ran. It does wait while an input of the day is in progress, and
    while one has the error of a check that blocks.
    """
    error = dg.AutomationCondition.any_checks_match(dg.AutomationCondition.check_failed(), blocking_only=True)
    condition = dg.AutomationCondition.eager().without(dg.AutomationCondition.in_latest_time_window())
    condition = condition.without(~dg.AutomationCondition.any_deps_missing())
    return cast("AnyCondition", condition & ~dg.AutomationCondition.any_deps_match(error))


def build_automation_sensor(portal: Portal, assets: Sequence[dg.AssetKey]) -> dg.AutomationConditionSensorDefinition:
    """Evaluates the conditions of assets. It runs by default: the one that Dagster makes itself does not.

    Args:
        portal: Whose sensor. One without a name looks after everybody's assets, but those of portals that have one.
        assets: The assets of the portal.
    """
    everybody = dg.AssetSelection.all() - dg.AssetSelection.tag(NAMED_TAG, "")
    return dg.AutomationConditionSensorDefinition(
        name=portal.to_name("automation"),
        target=dg.AssetSelection.assets(*assets) if portal.name else everybody,
        default_status=portal.to_sensor_status(True),
        minimum_interval_seconds=30,
        description="Makes the daily marts of each day that is new, and assets of yours that have an automation "
        "condition.",
    )


def build_after_every_run(
    name: str,
    assets: Sequence[dg.AssetKey],
    after: Sequence[dg.AssetKey],
    ended: dg.DagsterRunStatus = dg.DagsterRunStatus.SUCCESS,
    portal: Portal | None = None,
) -> dg.SensorDefinition:
    """Materializes assets without days after each run that materialized some of their inputs and ended well.

    A run that fails may have materialized some of them all the same: HubSpot refuses one report and answers another.
    Where the assets are made of whatever there is, a second sensor, for FAILURE, follows such runs.

    A run one of whose checks is an error on such an input does not count.

    Args:
        name: The sensor's name, where the portal has none.
        assets: What to materialize; without days.
        after: The inputs that call for it.
        ended: How the runs end that it follows.
        portal: The portal that it is named after; None for one without a name.
    """
    inputs, portal = frozenset(after), portal or Portal()
    how = "ended well" if ended is dg.DagsterRunStatus.SUCCESS else "failed"
    names = ", ".join(key.path[-1] for key in assets)
    description = f"Makes {names} anew, after a run that {how} and materialized some of what they are made of."

    @dg.run_status_sensor(
        name=portal.to_name(name),
        run_status=ended,
        request_jobs=[build_asset_job(portal, f"{name}_job", dg.AssetSelection.assets(*assets), description)],
        default_status=portal.to_sensor_status(True),
        minimum_interval_seconds=30,
        description=description,
    )
    def after_every_run(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        run_id = context.dagster_run.run_id
        made = context.instance.get_asset_keys_for_run(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
        if not inputs & set(made):
            return dg.SkipReason("The run materialized none of the inputs.")
        if bad := sorted(_list_errors(context.instance, run_id, inputs)):
            return dg.SkipReason(f"Checks of the inputs failed: {', '.join(bad)}.")
        return dg.RunRequest(run_key=run_id)

    return after_every_run


def _list_errors(instance: dg.DagsterInstance, run_id: str, keys: frozenset[dg.AssetKey]) -> set[str]:
    entries = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    found = [entry.asset_check_evaluation for entry in entries]
    return {
        f"{e.asset_key.to_user_string()}:{e.check_name}"
        for e in found
        if e and e.asset_key in keys and not e.passed and e.severity is dg.AssetCheckSeverity.ERROR
        if e.check_name != NO_DAY_DUE  # which says nothing against the days that were read
    }
