"""The two assets without days: all campaigns, and what is tied to each, as of the last run."""

from collections import Counter
from collections.abc import Iterator, Sequence

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.assets.metadata import build_spec, to_data_version, to_file_metadata, to_preview
from campaign_assets.defs.checks.specs import build_campaign_assets_specs, build_campaigns_specs
from campaign_assets.defs.checks.with_run import check_campaign_assets, check_campaigns
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.resources import plain_failures
from campaign_assets.load.associations import WrittenChanges, refresh_associations
from campaign_assets.load.campaigns import refresh_campaigns
from campaign_assets.plain_text import to_line
from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, CAMPAIGN_ASSETS, CAMPAIGNS

GROUP = "campaigns"
_SHOWN_TYPES = 200

_ONE_RUN = dg.BackfillPolicy.single_run()  # lets a range of days be asked for together with these


def build_campaigns(portal: Portal, properties: Sequence[str], calendar: Calendar) -> dg.AssetsDefinition:
    """The asset `hubspot/campaigns`.

    Args:
        portal: Whose campaigns.
        properties: Custom properties to read besides the standard ones.
        calendar: The days of the account, and the present time.
    """
    spec = build_spec(
        portal,
        CAMPAIGNS,
        description="Read with one search request for every hundred campaigns. A campaign that was deleted in "
        "HubSpot keeps its row, with `deleted_at` set.",
        group=GROUP,
        deps=[],
    )

    @dg.multi_asset(
        name=portal.to_name("campaigns"),
        specs=[spec],
        check_specs=build_campaigns_specs(portal),
        pool=portal.pool,
        backfill_policy=_ONE_RUN,
        required_resource_keys={portal.hubspot, portal.tables},
    )
    def campaigns(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        with plain_failures(portal.name_variables):
            client, store = portal.get_hubspot(context).client, portal.get_store(context)
            written = refresh_campaigns(client, store, properties, calendar.now(), context.log)
        extract = written.extract
        yield dg.MaterializeResult(
            metadata={
                **to_file_metadata(written.file, written.extracted_at, extract.repeated),
                "hubspot_requests_sent": written.requests,
                "dagster/row_count": written.file.rows,
                "total_in_hubspot": extract.total,
                "deleted_campaigns": extract.deleted,
                "unreadable_values": dict(Counter(value.name for value in extract.unreadable)),
                "account_time_zone": to_line(written.time_zone or "unknown"),
                "preview": to_preview(extract.table),
            },
            data_version=dg.DataVersion(to_data_version(extract.table)),
        )
        yield from check_campaigns(portal, written, calendar)

    return campaigns


def build_campaign_assets(portal: Portal, calendar: Calendar) -> dg.AssetsDefinition:
    """The asset `hubspot/campaign_assets`."""
    spec = build_spec(
        portal,
        CAMPAIGN_ASSETS,
        description="Every asset type, the ones without metrics and ones never heard of included. Read with one "
        "batch request for every fifty campaigns, and the pages that do not fit.",
        group=GROUP,
        deps=[portal.campaigns_key],
    )

    @dg.multi_asset(
        name=portal.to_name("campaign_assets"),
        specs=[spec],
        check_specs=build_campaign_assets_specs(portal),
        pool=portal.pool,
        backfill_policy=_ONE_RUN,
        required_resource_keys={portal.hubspot, portal.tables},
    )
    def campaign_assets(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        with plain_failures(portal.name_variables):
            client, store = portal.get_hubspot(context).client, portal.get_store(context)
            written = refresh_associations(client, store, calendar, context.log)
        extract = written.extract
        if written.changes:
            context.log_event(_to_changes_event(portal, written.changes))
        by_type = written.table.group_by("asset_type").aggregate([([], "count_all")]).to_pylist()
        yield dg.MaterializeResult(
            metadata={
                **to_file_metadata(written.file, written.extracted_at, extract.repeated),
                "hubspot_requests_sent": written.requests,
                "dagster/row_count": written.file.rows,
                "rows_by_type": {to_line(row["asset_type"]): row["count_all"] for row in by_type[:_SHOWN_TYPES]},
                "campaigns_gone_meanwhile": len(extract.missing),
                "preview": to_preview(written.table),
            },
            data_version=dg.DataVersion(to_data_version(written.table)),
        )
        yield from check_campaign_assets(portal, written)

    return campaign_assets


def build_campaign_asset_changes(portal: Portal) -> dg.AssetSpec:
    """The asset `hubspot/campaign_asset_changes`: written whenever `campaign_assets` is, never on its own."""
    return build_spec(
        portal,
        CAMPAIGN_ASSET_CHANGES,
        description="Noticed when `campaign_assets` is refreshed, which writes a file here when something changed.",
        group=GROUP,
        deps=[portal.campaign_assets_key],
        freshness_policy=None,  # it is not late where nothing changed
    )


def _to_changes_event(portal: Portal, changes: WrittenChanges) -> dg.AssetMaterialization:
    return dg.AssetMaterialization(
        portal.key(CAMPAIGN_ASSET_CHANGES),
        metadata={
            "dagster/uri": dg.MetadataValue.path(changes.location),
            "dagster/row_count": changes.table.num_rows,
            **changes.counts,
            "preview": to_preview(changes.table),
        },
    )
