"""The daily metrics: one asset for each asset type that has metrics, all read together by one step.

A cell is one asset on one day. Each is written and reported as soon as its day is read, so a range shows its progress
and keeps what it has; a day that fails leaves the others in place and is named at the end.
"""

import difflib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

import dagster as dg
import pyarrow as pa
from pydantic import Field

from campaign_assets.catalog import AssetType, get_metric_asset_type
from campaign_assets.days import Calendar
from campaign_assets.defs.assets.cell_events import CellEvent, to_cell_event
from campaign_assets.defs.assets.day_runs import Downstream, check_days, explained
from campaign_assets.defs.assets.metadata import build_spec
from campaign_assets.defs.assets.restatements import to_restatements_event
from campaign_assets.defs.checks.specs import build_metrics_specs
from campaign_assets.defs.checks.with_run import MetricsInspection, inspect_stored, to_campaign_ids, with_results
from campaign_assets.defs.instance.resume import find_done_cells
from campaign_assets.defs.keys import ASSOCIATIONS_SINCE_TAG, METRICS_OP
from campaign_assets.defs.partitions import build_partitions, to_days
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.resources import plain_failures
from campaign_assets.extract.campaigns import list_existing
from campaign_assets.extract.plan import DayPlan, plan_day
from campaign_assets.hubspot import (
    normalize_campaign_id,
    parse_timestamp,
)
from campaign_assets.load.cells import Cell, CellOutcome, Summary, SurprisingTypes, WrittenCell
from campaign_assets.load.metrics import MetricsWork, refresh_metrics
from campaign_assets.load.progress import Listener
from campaign_assets.load.restatements import WrittenRestatements
from campaign_assets.plain_text import to_enumeration
from campaign_assets.tables import (
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    METRICS_TABLES,
    MissingTable,
    TableStore,
    get_extracted_at,
)

GROUP = "asset_metrics"

_LONGEST_ID = 60
_NAMED_IDS = 5


class MetricsConfig(dg.Config):
    """What a person may choose for a run of metrics."""

    campaign_ids: list[str] | None = Field(
        default=[],
        description="Read only these campaigns again, and leave the rows of all others as they are. Empty: all.",
    )


def build_asset_metrics(portal: Portal, calendar: Calendar, listener: Listener | None = None) -> dg.AssetsDefinition:
    """The assets `hubspot/asset_metrics/<slug>`, one for each type with metrics.

    Args:
        portal: Whose metrics, and of which types.
        calendar: The days of the account.
        listener: Is told after each day how far a run is.
    """

    @dg.multi_asset(
        name=portal.to_name(METRICS_OP),
        specs=[_build_spec(portal, asset_type) for asset_type in portal.asset_types],
        check_specs=build_metrics_specs(portal),
        partitions_def=build_partitions(calendar),
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,
        pool=portal.pool,
        required_resource_keys={portal.hubspot, portal.tables},
    )
    def asset_metrics(
        context: dg.AssetExecutionContext, config: MetricsConfig
    ) -> Iterator[CellEvent | dg.AssetCheckEvaluation]:
        store = portal.get_store(context)
        types = _sort(portal, context.selected_asset_keys)
        only = frozenset(map(normalize_campaign_id, config.campaign_ids or ())) or None
        if not types:  # somebody executes checks and materializes nothing
            with plain_failures(portal.name_variables):
                yield from inspect_stored(portal, context, store)
            return
        with plain_failures(portal.name_variables):
            campaigns = _read_campaigns(store)
            inspection = MetricsInspection(portal, store, to_campaign_ids(campaigns))
            check_days(context.run.tags, calendar)
            plan = _plan(store, types, only, campaigns, context.run.tags.get(ASSOCIATIONS_SINCE_TAG))
            days = to_days(context.partition_keys)
            done = _find_done(portal, context, days)
            work = MetricsWork(days, types, frozenset(list_existing(campaigns)), only, done)
            summary = Summary(types, days)
            inspection.add_done(done)
            downstream = Downstream(context, portal.metrics)
            outcomes = refresh_metrics(
                portal.get_hubspot(context).client,
                store,
                plan,
                work,
                calendar.now,
                log=context.log,
                listener=listener,
            )
            with explained(portal, lambda: len(work.list_open_days(store, summary)), len(days), calendar):
                events = map(downstream.note, _tell(portal, context, outcomes, summary, inspection))
                yield from with_results(context, events, inspection)
        if summary.failures:
            raise dg.Failure(portal.name_variables(summary.describe_failures()), allow_retries=False)
        yield from downstream.tell(_list_untold(portal, work, summary))

    return asset_metrics


def _sort(portal: Portal, keys: Collection[dg.AssetKey]) -> list[AssetType]:
    """The types of some metrics, always in the same order."""
    return [get_metric_asset_type(slug) for slug in sorted(map(portal.to_table, keys))]


def _plan(
    store: TableStore, types: Sequence[AssetType], only: frozenset[str] | None, campaigns: pa.Table, since: str | None
) -> DayPlan:
    """The requests of each day; the associations, which a large account has a million of, need not stay in memory."""
    associations = store.read_table(CAMPAIGN_ASSETS)
    _check_age(associations, since)
    _check_known(only or frozenset(), campaigns, associations)
    return plan_day(associations, types, only)


def _tell(
    portal: Portal,
    context: dg.AssetExecutionContext,
    outcomes: Iterable[CellOutcome | SurprisingTypes | WrittenRestatements],
    summary: Summary,
    inspection: MetricsInspection,
) -> Iterator[CellEvent]:
    """An event for each cell that is written; what failed stands in the summary."""
    for outcome in outcomes:
        if isinstance(outcome, SurprisingTypes):
            inspection.surprising_types.update(outcome.counts)
            context.log.warning(
                f"{outcome.day}: metrics came for types that have no table: {to_enumeration(outcome.counts)}. "
                "To have them, add the types' metrics to campaign_assets/catalog/asset_types.py."
            )
            continue
        if isinstance(outcome, WrittenRestatements):
            context.log_event(to_restatements_event(portal, outcome))
            continue
        summary.add(outcome)
        if isinstance(outcome, WrittenCell):
            inspection.add_written(outcome)
            yield to_cell_event(portal, outcome, summary.days)


def _find_done(portal: Portal, context: dg.AssetExecutionContext, days: Sequence[date]) -> frozenset[Cell]:
    """The cells of this run that an earlier attempt at the same work has written."""
    types = {portal.metrics_keys[asset_type.name]: asset_type for asset_type in portal.asset_types}
    wanted = {day.isoformat(): day for day in days}  # an attempt may have reported what is no day of ours
    done = find_done_cells(context)
    return frozenset((types[key], wanted[partition]) for key, partition in done if key in types and partition in wanted)


def _check_known(wanted: Collection[str], campaigns: pa.Table, associations: pa.Table) -> None:
    """Refuses ids of campaigns that no table knows: a run would read nothing for them and seem to succeed.

    Raises:
        Failure: There are such ids.
    """
    if not wanted:
        return
    ids = (*campaigns["campaign_id"].to_pylist(), *associations["campaign_id"].unique().to_pylist())
    known = set(map(normalize_campaign_id, ids))
    unknown = sorted(set(wanted) - known)
    if unknown:
        near = difflib.get_close_matches(unknown[0][:_LONGEST_ID], known, n=1)
        named = ", ".join(f"{campaign_id!r:.{_LONGEST_ID}}" for campaign_id in unknown[:_NAMED_IDS])
        raise dg.Failure(
            f"campaign_ids names {len(unknown):,} of {len(wanted):,} campaigns that are not in "
            f"{'/'.join(CAMPAIGNS.path)}: {named}{', …' if len(unknown) > _NAMED_IDS else ''}"
            f"{f' (did you mean {near[0]}?)' if near else ''}. For a new campaign, materialize it first.",
            allow_retries=False,
        )


def _check_age(associations: pa.Table, since: str | None) -> None:
    """Refuses associations that are older than a run may use: metrics follow what is tied to a campaign today.

    Raises:
        Failure: They are, or the tag holds no timestamp.
    """
    if not since:
        return
    needed = parse_timestamp(since)
    if needed is None:
        raise dg.Failure(
            f"The tag {ASSOCIATIONS_SINCE_TAG} is {since[:40]!r}, but may hold a timestamp such as "
            "2026-03-10T00:00:00+00:00, or be left out.",
            allow_retries=False,
        )
    read_at = get_extracted_at(associations.schema)
    if read_at is None or read_at < needed:
        known = read_at.isoformat() if read_at else "an unknown time"
        raise dg.Failure(
            f"campaign_assets was read at {known}, before {since}, from which on this run needs "
            "it: materialize campaigns and campaign_assets, then run again.",
            allow_retries=False,
        )


def _list_untold(portal: Portal, work: MetricsWork, summary: Summary) -> list[dg.AssetKey]:
    """The assets of which a run yielded no result: only events, or none where an earlier attempt did it all."""
    is_range = len(work.days) > 1
    if not (is_range or work.done):
        return []
    return [portal.metrics_keys[t.name] for t in work.types if is_range or not summary.has_written(t)]


def _build_spec(portal: Portal, asset_type: AssetType) -> dg.AssetSpec:
    metrics = ", ".join(metric.column for metric in asset_type.metrics)
    return build_spec(
        portal,
        METRICS_TABLES[asset_type.name],
        description=f"{asset_type.label}: {metrics}. Days are the account's own, in its time zone.",
        group=GROUP,
        deps=[portal.campaign_assets_key],
        skippable=True,
    )


def _read_campaigns(store: TableStore) -> pa.Table:
    try:
        return store.read_table(CAMPAIGNS)
    except MissingTable:
        return CAMPAIGNS.columns.empty_table()
