"""How a check is built that runs on its own, and what it does in a run that materializes its asset.

Dagster takes every check of an asset into the runs that materialize it, and skips those behind a range of days. A
skipped check hides its last result. So these checks wait for no asset, come last in such a run, and only show their
last result again: looking at all days or asking HubSpot is for a run of their own.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import dagster as dg

from campaign_assets.defs.dagster_core import AssetCheckExecutionRecordStatus
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
    specs = {"__".join(key.path): dg.AssetCheckSpec(name, asset=key, description=description) for key in keys}
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


def repeat_last(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckEvaluation]:
    """The last results of the selected checks, once more."""
    storage = context.instance.event_log_storage
    for key in sorted(context.selected_asset_check_keys):
        for record in storage.get_asset_check_execution_history(key, limit=1, status=_DONE):
            if last := record.evaluation:
                yield dg.AssetCheckEvaluation(
                    asset_key=key.asset_key,
                    check_name=key.name,
                    passed=last.passed,
                    metadata=last.metadata,
                    severity=last.severity,
                    description=last.description,
                )
