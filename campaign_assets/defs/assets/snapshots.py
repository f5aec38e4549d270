"""The two assets without days: all campaigns, and what is tied to each, as of the last run."""

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pyarrow as pa

from campaign_assets.defs.assets.metadata import build_spec, to_data_version, to_file_metadata, to_preview
from campaign_assets.defs.checks.specs import build_campaign_assets_specs, build_campaigns_specs
from campaign_assets.defs.checks.with_run import check_campaign_assets, check_campaigns
from campaign_assets.defs.keys import CAMPAIGN_ASSETS_KEY, CAMPAIGNS_KEY, POOL
from campaign_assets.defs.resources import HubSpotResource, TablesResource, plain_failures
from campaign_assets.extract.association_changes import find_changes
from campaign_assets.extract.campaign_assets import read_campaign_assets
from campaign_assets.extract.campaigns import list_existing, read_campaigns
from campaign_assets.hubspot import RequestCounter
from campaign_assets.settings import Settings
from campaign_assets.tables import (
    CAMPAIGN_ASSET_CHANGES,
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    DamagedFile,
    MissingTable,
    TableSchema,
    TableStore,
)
from campaign_assets.tables.change_log import ChangeLog

GROUP = "campaigns"

_ONE_RUN = dg.BackfillPolicy.single_run()  # lets a range of days be asked for together with these


def build_campaigns(settings: Settings, now: Callable[[], datetime]) -> dg.AssetsDefinition:
    """The asset `hubspot/campaigns`."""
    spec = build_spec(
        CAMPAIGNS,
        description="Read with one search request for every hundred campaigns. A campaign that was deleted in "
        "HubSpot keeps its row, with `deleted_at` set.",
        group=GROUP,
        deps=[],
    )

    @dg.multi_asset(
        name="campaigns", specs=[spec], check_specs=build_campaigns_specs(), pool=POOL, backfill_policy=_ONE_RUN
    )
    def campaigns(
        context: dg.AssetExecutionContext, hubspot: HubSpotResource, tables: TablesResource
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        store, began, counter = tables.store, now(), RequestCounter()
        with plain_failures():
            before = _read_before(context, store, CAMPAIGNS)
            extract = read_campaigns(hubspot.client.counted(counter), settings.properties, before, began)
            file = store.write(CAMPAIGNS.path, extract.table, extracted_at=began)
        context.log.info(f"{file.rows:,} campaigns with {counter.requests} requests.")
        yield dg.MaterializeResult(
            metadata={
                **to_file_metadata(file, began, counter.requests, extract.repeated),
                "dagster/row_count": file.rows,
                "total_in_hubspot": extract.total,
                "deleted_campaigns": extract.deleted,
                "unreadable_values": dict(extract.unreadable),
                "preview": to_preview(extract.table),
            },
            data_version=dg.DataVersion(to_data_version(extract.table)),
        )
        yield from check_campaigns(extract)

    return campaigns


def build_campaign_assets(settings: Settings, now: Callable[[], datetime]) -> dg.AssetsDefinition:
    """The asset `hubspot/campaign_assets`."""
    spec = build_spec(
        CAMPAIGN_ASSETS,
        description="Every asset type, the ones without metrics and ones never heard of included. Read with one "
        "batch request for every fifty campaigns, and the pages that do not fit.",
        group=GROUP,
        deps=[CAMPAIGNS_KEY],
    )

    @dg.multi_asset(
        name="campaign_assets",
        specs=[spec],
        check_specs=build_campaign_assets_specs(),
        pool=POOL,
        backfill_policy=_ONE_RUN,
    )
    def campaign_assets(
        context: dg.AssetExecutionContext, hubspot: HubSpotResource, tables: TablesResource
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        store, began, counter = tables.store, now(), RequestCounter()
        with plain_failures():
            campaigns = store.read(CAMPAIGNS.path)
            campaign_ids = list_existing(campaigns)
            extract = read_campaign_assets(hubspot.client.counted(counter), campaign_ids, began)
            before = _read_before(context, store, CAMPAIGN_ASSETS)
            if before is not None:
                _log_changes(context, store, settings, before, extract.table, began)
            file = store.write(CAMPAIGN_ASSETS.path, extract.table, extracted_at=began)
        by_type = extract.table.group_by("asset_type").aggregate([([], "count_all")]).to_pylist()
        context.log.info(f"{file.rows:,} assets of {len(campaign_ids):,} campaigns with {counter.requests} requests.")
        yield dg.MaterializeResult(
            metadata={
                **to_file_metadata(file, began, counter.requests, extract.repeated),
                "dagster/row_count": file.rows,
                "rows_by_type": {row["asset_type"]: row["count_all"] for row in by_type},
                "campaigns_gone_meanwhile": len(extract.missing),
                "preview": to_preview(extract.table),
            },
            data_version=dg.DataVersion(to_data_version(extract.table)),
        )
        yield from check_campaign_assets(extract.table, campaigns)

    return campaign_assets


def build_campaign_asset_changes() -> dg.AssetSpec:
    """The asset `hubspot/campaign_asset_changes`: written whenever `campaign_assets` is, never on its own."""
    return build_spec(
        CAMPAIGN_ASSET_CHANGES,
        description="Noticed when `campaign_assets` is refreshed, which writes a file here when something changed.",
        group=GROUP,
        deps=[CAMPAIGN_ASSETS_KEY],
        freshness_policy=None,  # it is not late where nothing changed
    )


def _read_before(context: dg.AssetExecutionContext, store: TableStore, table: TableSchema) -> pa.Table | None:
    """The table as the last run left it; None where there is none that can be read."""
    try:
        return store.read(table.path)
    except MissingTable:
        return None
    except DamagedFile as error:
        context.log.warning(f"{error} It is replaced now; what only it knew of the past is lost.")
        return None


def _log_changes(
    context: dg.AssetExecutionContext,
    store: TableStore,
    settings: Settings,
    before: pa.Table,
    after: pa.Table,
    timestamp: datetime,
) -> None:
    """Appends what joined and left campaigns since the table was read last."""
    changes = find_changes(before, after, timestamp)
    log = ChangeLog(store, CAMPAIGN_ASSET_CHANGES.path)
    if not changes.num_rows and log.list_files():
        return
    compared_with = (before.schema.metadata or {}).get(b"extracted_at", b"").decode()
    day = timestamp.astimezone(ZoneInfo(settings.time_zone)).date()
    location = log.append(changes, timestamp=timestamp, day=day, before=compared_with)
    counts = {change: changes["change"].to_pylist().count(change) for change in ("added", "removed")}
    context.log_event(
        dg.AssetMaterialization(
            dg.AssetKey(CAMPAIGN_ASSET_CHANGES.path),
            metadata={
                "dagster/uri": dg.MetadataValue.path(location),
                "dagster/row_count": changes.num_rows,
                **counts,
                "preview": to_preview(changes),
            },
        )
    )
