"""The two assets without days: all campaigns, and what is tied to each, as of the last run."""

from collections.abc import Callable
from datetime import datetime

import dagster as dg

from campaign_assets.defs.metadata import build_spec, to_data_version, to_file_metadata, to_preview
from campaign_assets.defs.resources import HubSpotResource, TablesResource, plain_failures
from campaign_assets.extract.campaign_assets import read_campaign_assets
from campaign_assets.extract.campaigns import list_existing, read_campaigns
from campaign_assets.hubspot import Meter
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS

POOL = "hubspot_api"
"""The pool of all that talks to HubSpot: its limit of 1 keeps two runs from fighting over one rate limit."""
CAMPAIGNS_KEY = dg.AssetKey(CAMPAIGNS.path)
CAMPAIGN_ASSETS_KEY = dg.AssetKey(CAMPAIGN_ASSETS.path)
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

    @dg.multi_asset(name="campaigns", specs=[spec], pool=POOL, backfill_policy=_ONE_RUN)
    def campaigns(
        context: dg.AssetExecutionContext, hubspot: HubSpotResource, tables: TablesResource
    ) -> dg.MaterializeResult[None]:
        store, began, meter = tables.store, now(), Meter()
        with plain_failures():
            before = store.read(CAMPAIGNS.path) if store.exists(CAMPAIGNS.path) else None
            reading = read_campaigns(hubspot.client.metered(meter), settings.properties, before, began)
            file = store.write(CAMPAIGNS.path, reading.table, extracted_at=began)
        context.log.info(f"{file.rows:,} campaigns with {meter.requests} requests.")
        return dg.MaterializeResult(
            metadata={
                **to_file_metadata(file, began, meter.requests, reading.repeated),
                "dagster/row_count": file.rows,
                "total_in_hubspot": reading.total,
                "deleted_campaigns": reading.deleted,
                "unreadable_values": dict(reading.unreadable),
                "preview": to_preview(reading.table),
            },
            data_version=dg.DataVersion(to_data_version(reading.table)),
        )

    return campaigns


def build_campaign_assets(now: Callable[[], datetime]) -> dg.AssetsDefinition:
    """The asset `hubspot/campaign_assets`."""
    spec = build_spec(
        CAMPAIGN_ASSETS,
        description="Every asset type, the ones without metrics and ones never heard of included. Read with one "
        "batch request for every fifty campaigns, and the pages that do not fit.",
        group=GROUP,
        deps=[CAMPAIGNS_KEY],
    )

    @dg.multi_asset(name="campaign_assets", specs=[spec], pool=POOL, backfill_policy=_ONE_RUN)
    def campaign_assets(
        context: dg.AssetExecutionContext, hubspot: HubSpotResource, tables: TablesResource
    ) -> dg.MaterializeResult[None]:
        store, began, meter = tables.store, now(), Meter()
        with plain_failures():
            campaign_ids = list_existing(store.read(CAMPAIGNS.path))
            reading = read_campaign_assets(hubspot.client.metered(meter), campaign_ids, began)
            file = store.write(CAMPAIGN_ASSETS.path, reading.table, extracted_at=began)
        by_type = reading.table.group_by("asset_type").aggregate([([], "count_all")]).to_pylist()
        context.log.info(f"{file.rows:,} assets of {len(campaign_ids):,} campaigns with {meter.requests} requests.")
        return dg.MaterializeResult(
            metadata={
                **to_file_metadata(file, began, meter.requests, reading.repeated),
                "dagster/row_count": file.rows,
                "rows_by_type": {row["asset_type"]: row["count_all"] for row in by_type},
                "campaigns_gone_meanwhile": len(reading.missing),
                "preview": to_preview(reading.table),
            },
            data_version=dg.DataVersion(to_data_version(reading.table)),
        )

    return campaign_assets
