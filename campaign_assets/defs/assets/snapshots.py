"""The two assets without days: all campaigns, and what is tied to each, as of the last run."""

from collections import Counter
from collections.abc import Iterator, Sequence

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.assets.metadata import build_spec, to_data_version, to_file_metadata, to_preview
from campaign_assets.defs.checks.specs import build_campaign_assets_specs, build_campaigns_specs
from campaign_assets.defs.checks.with_run import check_campaign_assets, check_campaigns
from campaign_assets.defs.keys import CAMPAIGN_ASSETS_KEY, CAMPAIGNS_KEY, POOL
from campaign_assets.defs.resources import HubSpotResource, TablesResource, plain_failures
from campaign_assets.load.associations import WrittenChanges, refresh_associations
from campaign_assets.load.campaigns import refresh_campaigns
from campaign_assets.plain_text import to_line
from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, CAMPAIGN_ASSETS, CAMPAIGNS

GROUP = "campaigns"
_SHOWN_TYPES = 200

_ONE_RUN = dg.BackfillPolicy.single_run()  # lets a range of days be asked for together with these


def build_campaigns(properties: Sequence[str], calendar: Calendar) -> dg.AssetsDefinition:
    """The asset `hubspot/campaigns`.

    Args:
        properties: Custom properties to read besides the standard ones.
        calendar: The days of the account, and the present time.
    """
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
        with plain_failures():
            written = refresh_campaigns(hubspot.client, tables.store, properties, calendar.now(), context.log)
        extract = written.extract
        yield dg.MaterializeResult(
            metadata={
                **to_file_metadata(written.file, written.extracted_at, written.requests, extract.repeated),
                "dagster/row_count": written.file.rows,
                "total_in_hubspot": extract.total,
                "deleted_campaigns": extract.deleted,
                "unreadable_values": dict(Counter(value.name for value in extract.unreadable)),
                "account_time_zone": to_line(written.time_zone or "unknown"),
                "preview": to_preview(extract.table),
            },
            data_version=dg.DataVersion(to_data_version(extract.table)),
        )
        yield from check_campaigns(written, calendar)

    return campaigns


def build_campaign_assets(calendar: Calendar) -> dg.AssetsDefinition:
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
        with plain_failures():
            written = refresh_associations(hubspot.client, tables.store, calendar, context.log)
        extract = written.extract
        if written.changes:
            context.log_event(_to_changes_event(written.changes))
        by_type = written.table.group_by("asset_type").aggregate([([], "count_all")]).to_pylist()
        yield dg.MaterializeResult(
            metadata={
                **to_file_metadata(written.file, written.extracted_at, written.requests, extract.repeated),
                "dagster/row_count": written.file.rows,
                "rows_by_type": {to_line(row["asset_type"]): row["count_all"] for row in by_type[:_SHOWN_TYPES]},
                "campaigns_gone_meanwhile": len(extract.missing),
                "preview": to_preview(written.table),
            },
            data_version=dg.DataVersion(to_data_version(written.table)),
        )
        yield from check_campaign_assets(written)

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


def _to_changes_event(changes: WrittenChanges) -> dg.AssetMaterialization:
    return dg.AssetMaterialization(
        dg.AssetKey(CAMPAIGN_ASSET_CHANGES.path),
        metadata={
            "dagster/uri": dg.MetadataValue.path(changes.location),
            "dagster/row_count": changes.table.num_rows,
            **changes.counts,
            "preview": to_preview(changes.table),
        },
    )
