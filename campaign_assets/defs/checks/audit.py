"""The audit: a sample of each metrics table's newest day, read from HubSpot through both of its endpoints.

It asks HubSpot, so it has a job of its own, and no run that materializes a table pays for it. How the two responses are
compared is in `extract.endpoint_audit`.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import date

import dagster as dg
from pydantic import Field

from campaign_assets.catalog import AssetType, get_metric_asset_type
from campaign_assets.days import Calendar, RangeError
from campaign_assets.defs.checks.building import build_standing_checks, find_last, stands_alone
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.resources import plain_failures
from campaign_assets.extract.endpoint_audit import (
    Comparison,
    choose_campaigns,
    compare_endpoints,
    describe_differences,
    to_cells,
)
from campaign_assets.plain_text import to_line
from campaign_assets.tables import CAMPAIGN_ASSETS, METRICS_TABLES, MissingTable, StorageError, TableError, TableStore

BATCH_EQUALS_LIST = "batch_equals_list"
_NEVER = "Never compared yet: the job audit_asset_metrics does it, on Sundays or whenever it is launched."
_SHOWN = 5
_KEPT = 100
_LONGEST_DIFFERENCE = 300


class AuditConfig(dg.Config):
    """What a person may choose for an audit."""

    campaigns: int = Field(
        default=3, ge=1, le=1000, description="Campaigns of each asset type. Each costs one request or more."
    )
    day: str | None = Field(
        default=None, description="The day, such as 2026-03-01. Unset: the newest day that any table has."
    )


def build_audit(portal: Portal, calendar: Calendar) -> dg.AssetsDefinition:
    """The check `batch_equals_list` of each metrics table."""

    def batch_equals_list(
        context: dg.AssetCheckExecutionContext, config: AuditConfig
    ) -> Iterator[dg.AssetCheckEvaluation]:
        if not stands_alone(context):
            yield from _tell_last(context)
            return
        store, selected = portal.get_store(context), sorted(context.selected_asset_check_keys)
        keys = {get_metric_asset_type(portal.to_table(key.asset_key)): key for key in selected}
        with plain_failures(portal.name_variables):
            day = _to_day(config.day, calendar) if config.day else _find_newest_day(store, keys)
        if day is None:
            context.log.info("No table has a day yet: nothing to compare.")
            return
        try:
            associations = store.read_table(CAMPAIGN_ASSETS)
        except StorageError as error:
            yield from (_refuse(key, error) for key in keys.values())
            return
        with plain_failures(portal.name_variables):
            sample = {t: choose_campaigns(associations, t, day, config.campaigns) for t in keys}
            found = compare_endpoints(portal.get_hubspot(context).client, sample, day)
            stale = {t: _find_stale(store, t, found[t], day, context.log) for t in keys}
        for asset_type, key in keys.items():
            yield _to_result(key, found[asset_type], day, stale[asset_type])

    return build_standing_checks(
        portal,
        BATCH_EQUALS_LIST,
        batch_equals_list,
        portal.metrics,
        description="For a sample of campaigns, the batch endpoint that the table is read with and the endpoint that "
        "lists assets say the same of a day, and two days in one window are the sum of both. Run by the job "
        "audit_asset_metrics.",
        asks_hubspot=True,
    )


def _tell_last(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckEvaluation]:
    """The last results once more: a run that materializes a table asks HubSpot nothing for the audit."""
    keys = sorted(context.selected_asset_check_keys)
    last = find_last(context.instance, keys)
    for key in keys:
        yield last.get(key) or dg.AssetCheckEvaluation(
            asset_key=key.asset_key, check_name=key.name, passed=True, description=_NEVER
        )


def _to_day(text: str, calendar: Calendar) -> date:
    try:
        return calendar.parse_range(text, text).first
    except RangeError as error:
        raise dg.Failure(str(error), allow_retries=False) from error


def _find_newest_day(store: TableStore, asset_types: Mapping[AssetType, dg.AssetCheckKey]) -> date | None:
    days = [store.list_days(METRICS_TABLES[asset_type.name].path)[-1:] for asset_type in asset_types]
    return max((day for of_type in days for day in of_type), default=None)


def _refuse(key: dg.AssetCheckKey, error: StorageError) -> dg.AssetCheckEvaluation:
    """What is to be compared cannot be found out: the check fails, and not the run."""
    return dg.AssetCheckEvaluation(asset_key=key.asset_key, check_name=key.name, passed=False, description=str(error))


def _find_stale(
    store: TableStore, asset_type: AssetType, found: Comparison, day: date, log: logging.Logger
) -> list[str] | None:
    """Where the stored table is not what HubSpot says now; None where the day was never read, or cannot be."""
    try:
        stored = store.read_table(METRICS_TABLES[asset_type.name], day=day)
    except MissingTable:
        return None
    except TableError as error:
        log.warning(f"{error}")  # which is the business of another check
        return None
    return describe_differences(to_cells(stored, found.campaigns), found.batch, ("the table", "HubSpot now"))


def _to_result(key: dg.AssetCheckKey, found: Comparison, day: date, stale: list[str] | None) -> dg.AssetCheckEvaluation:
    compared = f"{len(found.batch):,} assets of {len(found.campaigns):,} campaigns on {day}"
    differences = [to_line(difference, _LONGEST_DIFFERENCE) for difference in found.differences]
    said = f"{compared}: {len(differences):,} differences" if differences else f"{compared}: equal"
    text = "; ".join([said, *differences[:_SHOWN]]) + "."
    restated = None if stale is None else [to_line(one, _LONGEST_DIFFERENCE) for one in stale[:_KEPT]]
    if stale and restated:
        text += f" HubSpot has restated {len(stale):,} values since the table was read: {restated[0]}."
    return dg.AssetCheckEvaluation(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not differences,
        description=text,
        metadata={
            "day": str(day),
            "campaigns": len(found.campaigns),
            "assets": len(found.batch),
            "differences": differences[:_KEPT],
            "restated_since_read": "the day was never read, or cannot be" if restated is None else restated,
        },
    )
