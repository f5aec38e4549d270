"""The daily metrics: one asset for each asset type that has metrics, all read together by one step.

A cell is one asset on one day. Each is written and reported as soon as its day is read, so a range shows its progress
and keeps what it has; a day that fails leaves the others in place and is named at the end.
"""

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
import pyarrow as pa
from pydantic import Field

from campaign_assets.catalog import METRIC_ASSET_TYPES, AssetType, get_metric_asset_type
from campaign_assets.defs.assets.cell_writer import CellEvent, CellWriter
from campaign_assets.defs.assets.metadata import build_spec
from campaign_assets.defs.assets.progress import Listener, ProgressLog
from campaign_assets.defs.checks.specs import build_metrics_specs
from campaign_assets.defs.checks.with_run import MetricsInspection, inspect_stored, to_campaign_ids, with_results
from campaign_assets.defs.instance.resume import find_done_cells
from campaign_assets.defs.keys import ASSOCIATIONS_SINCE_TAG, CAMPAIGN_ASSETS_KEY, METRICS_KEYS, POOL
from campaign_assets.defs.partitions import build_partitions, to_days
from campaign_assets.defs.resources import HubSpotResource, TablesResource, plain_failures
from campaign_assets.extract.asset_metrics import DayExtract, DayFailure, read_days
from campaign_assets.extract.campaigns import list_deleted
from campaign_assets.extract.estimate import RangeError, to_range
from campaign_assets.extract.plan import DayPlan, plan_day
from campaign_assets.hubspot import DailyLimitReached, DailyReserveReached, HubSpotClient, HubSpotError
from campaign_assets.hubspot.models.fields import parse_timestamp
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES, MissingTable, TableStore

GROUP = "asset_metrics"

_LONGEST_ID = 60
_NAMED_IDS = 5


class MetricsConfig(dg.Config):
    """What a person may choose for a run of metrics."""

    campaign_ids: list[str] = Field(
        default=[],
        description="Read only these campaigns again, and leave the rows of all others as they are. Empty: all.",
    )


def build_asset_metrics(
    settings: Settings, now: Callable[[], datetime], listener: Listener | None = None
) -> dg.AssetsDefinition:
    """The assets `hubspot/asset_metrics/<slug>`, one for each type with metrics.

    Args:
        settings: What the environment says.
        now: The present time, with its time zone.
        listener: Is told after each day how far a run is.
    """

    @dg.multi_asset(
        name="asset_metrics",
        specs=[_build_spec(asset_type) for asset_type in METRIC_ASSET_TYPES],
        check_specs=build_metrics_specs(),
        partitions_def=build_partitions(settings),
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,
        pool=POOL,
    )
    def asset_metrics(
        context: dg.AssetExecutionContext, config: MetricsConfig, hubspot: HubSpotResource, tables: TablesResource
    ) -> Iterator[CellEvent | dg.AssetCheckEvaluation]:
        types = [get_metric_asset_type(key.path[-1]) for key in sorted(context.selected_asset_keys)]
        only = frozenset(config.campaign_ids) or None
        with plain_failures():
            campaigns = _read_campaigns(tables.store)
            inspection = MetricsInspection(tables.store, to_campaign_ids(campaigns))
            if not types:  # somebody executes checks and materializes nothing
                yield from inspect_stored(context, inspection)
                return
            _check_days(context.run.tags, settings, now())
            associations = tables.store.read(CAMPAIGN_ASSETS.path)
            _check_age(associations, context.run.tags.get(ASSOCIATIONS_SINCE_TAG))
            _check_known(only or frozenset(), campaigns, associations)
            plan = plan_day(associations, types, only)
            writer = CellWriter(
                tables.store,
                types,
                to_days(context.partition_keys),
                deleted=list_deleted(campaigns),
                only=only,
                done=find_done_cells(context),
                inspect=inspection.add,
            )
            inspection.add_done(writer.done, writer.days)
            with _explained(writer, settings, now):
                events = _read_and_write(context, hubspot.client, plan, writer, now, listener, inspection)
                yield from with_results(context, events, inspection)
        if writer.failures:
            raise dg.Failure(writer.describe_failures(), allow_retries=False)
        yield from _repeat_for_downstream(context, writer)

    return asset_metrics


def _check_days(tags: Mapping[str, str], settings: Settings, now: datetime) -> None:
    """Refuses days that no table has: not everything that launches a run asks Dagster whether there is such a day.

    Raises:
        Failure: A day is none, comes before the first, or is not over yet.
    """
    first = tags.get("dagster/asset_partition_range_start") or tags.get("dagster/partition")
    last = tags.get("dagster/asset_partition_range_end") or first
    if first is None or last is None:
        return
    yesterday = now.astimezone(ZoneInfo(settings.time_zone)).date() - timedelta(days=1)
    try:
        to_range(first, last, settings.start_date, yesterday)
    except RangeError as error:
        raise dg.Failure(str(error), allow_retries=False) from error


def _check_known(wanted: Collection[str], campaigns: pa.Table, associations: pa.Table) -> None:
    """Refuses ids of campaigns that no table knows: a run would read nothing for them and seem to succeed.

    Raises:
        Failure: There are such ids.
    """
    if not wanted:
        return
    known = {*campaigns["campaign_id"].to_pylist(), *associations["campaign_id"].to_pylist()}
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
    noted = (associations.schema.metadata or {}).get(b"extracted_at", b"").decode()
    if not noted or datetime.fromisoformat(noted) < needed:
        raise dg.Failure(
            f"campaign_assets was read at {noted or 'an unknown time'}, before {since}, from which on this run needs "
            "it: materialize campaigns and campaign_assets, then run again.",
            allow_retries=False,
        )


def _read_and_write(
    context: dg.AssetExecutionContext,
    client: HubSpotClient,
    plan: DayPlan,
    writer: CellWriter,
    now: Callable[[], datetime],
    listener: Listener | None,
    inspection: MetricsInspection,
) -> Iterator[CellEvent]:
    days = writer.list_open_days()
    if left := len(writer.days) - len(days):
        context.log.info(f"{left} days are in place already from an earlier attempt.")
    throttle = client.throttle
    context.log.info(
        f"Plan: {len(writer.types)} tables, "
        + plan.describe(len(days), throttle.limiter.requests_per_second, throttle.quota.limit)
    )
    progress = ProgressLog(client, len(days), context.log.info, listener)
    try:
        for extract in read_days(client, days, plan, writer.types, now):
            if isinstance(extract, DayFailure):
                writer.add_failure(extract.day, writer.types, extract.error)
            else:
                _warn_of_surprises(context, extract)
                inspection.surprising_types.update(extract.surprising_types)
                yield from writer.write_day(context, extract)
            progress.add_day(writer.rows)
    finally:
        progress.finish()


def _warn_of_surprises(context: dg.AssetExecutionContext, extract: DayExtract) -> None:
    if extract.surprising_types:
        context.log.warning(
            f"{extract.day}: metrics came for types that have no table: {dict(extract.surprising_types)}. "
            "To have them, add the types' metrics to campaign_assets/catalog/asset_types.py."
        )


@contextmanager
def _explained(writer: CellWriter, settings: Settings, now: Callable[[], datetime]) -> Iterator[None]:
    """Says of an error that stops the run how far it came, and how to go on."""
    try:
        yield
    except HubSpotError as error:
        open_days = len(writer.list_open_days())
        hint = f"{len(writer.days) - open_days} of {len(writer.days)} days are in place: re-execute from failure."
        if isinstance(error, DailyReserveReached | DailyLimitReached):
            hint += f" The day's count begins anew at {_next_midnight(now(), settings.time_zone)}."
        raise dg.Failure(f"{error} {hint}", allow_retries=False) from error


def _next_midnight(now: datetime, time_zone: str) -> str:
    zone = ZoneInfo(time_zone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone).isoformat(timespec="minutes")


def _repeat_for_downstream(context: dg.AssetExecutionContext, writer: CellWriter) -> Iterator[CellEvent]:
    """Results for what stands downstream in the same run.

    Dagster skips it, silently, unless each output was yielded as a result: an event made by hand for a day of a range
    is none, and neither is a cell that an earlier attempt has done.
    """
    incomplete = len(writer.days) > 1 or bool(writer.done)
    if incomplete and _has_downstream_in_run(context):
        for asset_type in writer.types:
            if len(writer.days) > 1 or not writer.was_written(asset_type):
                yield dg.MaterializeResult(asset_key=METRICS_KEYS[asset_type.name])


def _has_downstream_in_run(context: dg.AssetExecutionContext) -> bool:
    layer = context.job_def.asset_layer
    downstream = {child for key in context.selected_asset_keys for child in layer.get(key).child_keys}
    return bool((downstream & layer.selected_asset_keys) - set(METRICS_KEYS.values()))


def _build_spec(asset_type: AssetType) -> dg.AssetSpec:
    metrics = ", ".join(metric.column for metric in asset_type.metrics)
    return build_spec(
        METRICS_TABLES[asset_type.name],
        description=f"{asset_type.label}: {metrics}. Days are the account's own, in its time zone.",
        group=GROUP,
        deps=[CAMPAIGN_ASSETS_KEY],
        skippable=True,
    )


def _read_campaigns(store: TableStore) -> pa.Table:
    try:
        return store.read(CAMPAIGNS.path)
    except MissingTable:
        return CAMPAIGNS.columns.empty_table()
