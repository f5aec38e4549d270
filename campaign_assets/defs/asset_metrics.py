"""The daily metrics: one asset for each asset type that has metrics, all read together by one step.

A cell is one asset on one day. Each is written and reported as soon as its day is read, so a range shows its progress
and keeps what it has; a day that fails leaves the others in place and is named at the end.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import dagster as dg
import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES, AssetType, get_metric_asset_type
from campaign_assets.defs.metadata import build_spec, to_code_version, to_data_version, to_file_metadata, to_preview
from campaign_assets.defs.partitions import build_partitions, to_days
from campaign_assets.defs.progress import ProgressLog
from campaign_assets.defs.resources import HubSpotResource, TablesResource, plain_failures
from campaign_assets.defs.snapshots import CAMPAIGN_ASSETS_KEY, POOL
from campaign_assets.extract.asset_metrics import DayFailure, DayReading, read_days, select_campaigns
from campaign_assets.extract.campaigns import list_deleted
from campaign_assets.extract.metric_rows import MetricRows, keep_rows
from campaign_assets.settings import Settings
from campaign_assets.tables import (
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    METRICS_TABLES,
    DamagedFile,
    MissingTable,
    TableError,
    TableStore,
)

GROUP = "asset_metrics"
METRICS_KEYS = {t.name: dg.AssetKey(METRICS_TABLES[t.name].path) for t in METRIC_ASSET_TYPES}

CellEvent = dg.AssetMaterialization | dg.MaterializeResult[None]


def build_asset_metrics(settings: Settings, now: Callable[[], datetime]) -> dg.AssetsDefinition:
    """The assets `hubspot/asset_metrics/<slug>`, one for each type with metrics."""

    @dg.multi_asset(
        name="asset_metrics",
        specs=[_build_spec(asset_type) for asset_type in METRIC_ASSET_TYPES],
        partitions_def=build_partitions(settings),
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,
        pool=POOL,
    )
    def asset_metrics(
        context: dg.AssetExecutionContext, hubspot: HubSpotResource, tables: TablesResource
    ) -> Iterator[CellEvent]:
        days = to_days(context.partition_keys)
        types = [get_metric_asset_type(key.path[-1]) for key in sorted(context.selected_asset_keys)]
        store = tables.store
        with plain_failures():
            campaign_ids = select_campaigns(store.read(CAMPAIGN_ASSETS.path), types)
            writing = _Writing(store, _find_deleted(store), types, days)
            progress = ProgressLog(context.log.info, len(days))
            context.log.info(
                f"Reading {len(days)} days of {len(types)} tables: {len(campaign_ids):,} campaigns have such assets."
            )
            try:
                for reading in read_days(hubspot.client, days, campaign_ids, types, now):
                    if isinstance(reading, DayFailure):
                        writing.add_failure(reading.day, types, reading.error)
                    else:
                        yield from writing.write_day(context, reading)
                    progress.add_day(reading.requests, writing.rows)
            finally:
                progress.finish()
        if writing.failures:
            raise dg.Failure(writing.describe_failures(), allow_retries=False)
        if len(days) > 1 and _has_downstream_in_run(context):
            # Dagster skips what stands downstream in the same run unless each output was yielded as a result.
            yield from (dg.MaterializeResult(asset_key=METRICS_KEYS[t.name]) for t in types)

    return asset_metrics


@dataclass(slots=True)
class _Writing:
    """The cells of one run: written so far, and failed."""

    store: TableStore
    deleted: frozenset[str]
    types: Sequence[AssetType]
    days: Sequence[date]
    rows: int = 0
    failures: dict[date, tuple[list[AssetType], Exception]] = field(default_factory=dict)

    def write_day(self, context: dg.AssetExecutionContext, reading: DayReading) -> Iterator[CellEvent]:
        """Writes each cell of a day, and reports it once its file is in place."""
        if reading.surprising_types:
            context.log.warning(
                f"{reading.day}: metrics came for types that have no table: {dict(reading.surprising_types)}. "
                "To have them, add the types' metrics to campaign_assets/catalog/asset_types.py."
            )
        for asset_type in self.types:
            table = METRICS_TABLES[asset_type.name]
            try:
                rows = self._keep_deleted(context, asset_type, reading)
                file = self.store.write(table.path, rows.table, day=reading.day, extracted_at=reading.extracted_at)
            except TableError as error:
                self.add_failure(reading.day, [asset_type], error)
                continue
            self.rows += file.rows
            metadata: dict[str, Any] = {
                **to_file_metadata(file, reading.extracted_at, reading.requests, rows.repeated),
                "dagster/partition_row_count": file.rows,
                "rows_kept_of_deleted_campaigns": rows.kept,
            }
            if others := rows.other_metrics:
                metadata["other_metrics"] = others
            if reading.day == self.days[-1]:
                metadata["preview"] = to_preview(rows.table)
            yield self._to_event(asset_type, reading.day, metadata, rows.table)

    def add_failure(self, day: date, types: Sequence[AssetType], error: Exception) -> None:
        """Notes cells as failed; the others go on."""
        known, first = self.failures.get(day, ([], error))
        self.failures[day] = ([*known, *types], first)

    def describe_failures(self) -> str:
        """Which cells failed and why, for a person."""
        shown = [
            f"{day}{'' if len(types) == len(self.types) else ' ' + ', '.join(t.slug for t in types)}: {error}"
            for day, (types, error) in sorted(self.failures.items())[:10]
        ]
        more = len(self.failures) - len(shown)
        return (
            f"{len(self.failures)} of {len(self.days)} days failed; the others are in place. Re-execute "
            "from failure, or materialize these again:\n" + "\n".join(shown) + (f"\nand {more} more." if more else "")
        )

    def _keep_deleted(
        self, context: dg.AssetExecutionContext, asset_type: AssetType, reading: DayReading
    ) -> MetricRows:
        rows, gone = reading.rows[asset_type.name], self.deleted | reading.missing
        if not gone:
            return rows
        try:
            before = self.store.read(METRICS_TABLES[asset_type.name].path, day=reading.day)
        except MissingTable:
            return rows
        except DamagedFile as error:
            context.log.warning(f"{error} It is replaced now; rows of deleted campaigns in it are lost.")
            return rows
        return keep_rows(rows, before, gone)

    def _to_event(self, asset_type: AssetType, day: date, metadata: dict[str, Any], table: pa.Table) -> CellEvent:
        data_version = to_data_version(table)
        if len(self.days) == 1:
            return dg.MaterializeResult(
                asset_key=METRICS_KEYS[asset_type.name],
                metadata=metadata,
                data_version=dg.DataVersion(data_version),
            )
        # An event made by hand, one for each cell, turns it green at once; Dagster adds no versions to these.
        return dg.AssetMaterialization(
            asset_key=METRICS_KEYS[asset_type.name],
            partition=day.isoformat(),
            metadata=metadata,
            tags={
                "dagster/code_version": to_code_version(METRICS_TABLES[asset_type.name]),
                "dagster/data_version": data_version,
            },
        )


def _build_spec(asset_type: AssetType) -> dg.AssetSpec:
    metrics = ", ".join(metric.column for metric in asset_type.metrics)
    return build_spec(
        METRICS_TABLES[asset_type.name],
        description=f"{asset_type.label}: {metrics}. Days are the account's own, in its time zone.",
        group=GROUP,
        deps=[CAMPAIGN_ASSETS_KEY],
        skippable=True,
    )


def _find_deleted(store: TableStore) -> frozenset[str]:
    try:
        return list_deleted(store.read(CAMPAIGNS.path))
    except MissingTable:
        return frozenset()


def _has_downstream_in_run(context: dg.AssetExecutionContext) -> bool:
    layer = context.job_def.asset_layer
    metrics = set(METRICS_KEYS.values())
    selected = layer.selected_asset_keys
    downstream = {child for key in context.selected_asset_keys for child in layer.get(key).child_keys}
    return bool((downstream & selected) - metrics)
