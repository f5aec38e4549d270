"""How a check is built that runs on its own, and what it does in a run that materializes its asset.

Dagster takes every check of an asset into the runs that materialize it, and skips those behind a range of days; a check
that was skipped, and one whose asset was materialized since, shows no result at all. So these checks wait for no asset,
come last in such a run, and always end with a result: what costs little is looked at again, and of the rest the last
result stands until a run of its own, unless there is none yet or it was a failure, which the run may have mended.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import dagster as dg

from campaign_assets.defs.dagster_core import AssetCheckExecutionRecordStatus
from campaign_assets.defs.keys import CAMPAIGN_ASSET_CHANGES_KEY, METRIC_RESTATEMENTS_KEY
from campaign_assets.defs.portal import Portal

_LAST = {"dagster/priority": "-1"}
_DONE = {AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED}


def build_standing_checks(
    portal: Portal,
    name: str,
    compute: Callable[..., Any],
    keys: Iterable[dg.AssetKey],
    *,
    description: str,
    asks_hubspot: bool = False,
) -> dg.AssetsDefinition:
    """One check for each of several assets, all by one step.

    Args:
        portal: Whose assets.
        name: The name of each check, and of the step where the portal has no name.
        compute: Yields the results of the checks that its context says are selected; what it takes besides the
            context, a `config`, Dagster gives it by its annotation. Required are the tables, and the account where it
            asks HubSpot.
        keys: The assets.
        description: What is true when it passes.
        asks_hubspot: Whether it asks HubSpot, and waits for its turn.
    """
    specs = {
        "__".join(key.path): dg.AssetCheckSpec(name, asset=key, description=portal.name_variables(description))
        for key in keys
    }
    outs = {output: dg.Out(dg.Nothing, is_required=False) for output in specs}
    step = dg.op(
        name=portal.to_name(name),
        out=outs,
        tags=_LAST,
        pool=portal.pool if asks_hubspot else None,
        required_resource_keys={portal.tables, *([portal.hubspot] if asks_hubspot else [])},
    )
    checks: dg.AssetsDefinition = dg.AssetChecksDefinition.create(
        keys_by_input_name={},
        node_def=step(compute),
        check_specs_by_output_name=specs,
        can_subset=True,
    )
    return checks


def stands_alone(context: dg.AssetCheckExecutionContext) -> bool:
    """Whether the run is about checks, and materializes nothing."""
    return not context.job_def.asset_layer.selected_asset_keys


def list_checks(portal: Portal, context: dg.AssetCheckExecutionContext, name: str) -> list[dg.AssetCheckKey]:
    """The checks that a run is to have a result of: the selected ones, and in a run that materializes more.

    No run can select the tables that are written along with others, and so nothing else takes their checks into one.

    Args:
        portal: Whose assets.
        context: That of the checks' step.
        name: The name of the checks.
    """
    selected = context.selected_asset_check_keys
    if stands_alone(context):
        return sorted(selected)
    written_along = {
        portal.campaign_assets_key: portal.key(CAMPAIGN_ASSET_CHANGES_KEY),
        **dict.fromkeys(portal.metrics, portal.key(METRIC_RESTATEMENTS_KEY)),
    }
    more = {written_along[key.asset_key] for key in selected if key.asset_key in written_along}
    return sorted({*selected, *(dg.AssetCheckKey(key, name) for key in more)})


def find_standing(
    context: dg.AssetCheckExecutionContext, keys: Sequence[dg.AssetCheckKey]
) -> Mapping[dg.AssetCheckKey, dg.AssetCheckEvaluation]:
    """Results that stand, to be yielded once more: in a run that materializes, those that passed last."""
    if stands_alone(context):
        return {}
    return {key: last for key, last in find_last(context.instance, keys).items() if last.passed}


def find_last(
    instance: dg.DagsterInstance, keys: Iterable[dg.AssetCheckKey]
) -> Mapping[dg.AssetCheckKey, dg.AssetCheckEvaluation]:
    """The last result of each check that has one, to be yielded once more."""
    storage = instance.event_log_storage
    return {
        key: _repeat(last)
        for key in keys
        for record in storage.get_asset_check_execution_history(key, limit=1, status=_DONE)
        if (last := record.evaluation)
    }


def _repeat(last: dg.AssetCheckEvaluation) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=last.asset_key,
        check_name=last.check_name,
        passed=last.passed,
        metadata=last.metadata,
        severity=last.severity,
        description=last.description,
    )
