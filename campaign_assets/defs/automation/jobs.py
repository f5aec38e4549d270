"""The jobs that people and schedules start."""

from collections.abc import Sequence

import dagster as dg

from campaign_assets.defs.dagster_core import UnresolvedAssetJobDefinition
from campaign_assets.defs.portal import Portal

REFRESH_CAMPAIGNS = "refresh_campaigns"
REFRESH_ASSET_METRICS = "refresh_asset_metrics"
REFRESH_CAMPAIGN_REPORTS = "refresh_campaign_reports"
REFRESH_EVERYTHING = "refresh_everything"


def build_jobs(
    portal: Portal, reports: Sequence[dg.AssetKey], reports_by_day: Sequence[dg.AssetKey]
) -> list[UnresolvedAssetJobDefinition]:
    """All jobs; those with metrics ask for a day.

    Args:
        portal: Whose jobs.
        reports: The tables of the campaign reports that are read.
        reports_by_day: Those of the reports that are read by day too.
    """
    snapshots = dg.AssetSelection.assets(portal.campaigns_key, portal.campaign_assets_key)
    metrics = dg.AssetSelection.assets(*portal.metrics)
    return [
        build_asset_job(portal, REFRESH_CAMPAIGNS, snapshots, "Reads all campaigns, and what is tied to each."),
        build_asset_job(
            portal,
            REFRESH_ASSET_METRICS,
            metrics,
            "Reads the metrics of a day, of all asset types together.",
        ),
        build_asset_job(
            portal,
            REFRESH_CAMPAIGN_REPORTS,
            dg.AssetSelection.assets(*reports),
            "Reads what HubSpot says of each campaign in a request of its own: money, and what it brought.",
        ),
        build_asset_job(
            portal,
            REFRESH_EVERYTHING,
            snapshots | metrics | dg.AssetSelection.assets(*reports, *reports_by_day),
            "Reads all campaigns and what is tied to each, then the metrics of a day, then the campaign reports.",
        ),
    ]


def build_asset_job(
    portal: Portal, name: str, selection: dg.AssetSelection, description: str | None = None
) -> UnresolvedAssetJobDefinition:
    """A job of a portal, all in one process: HubSpot's limit is shared, and processes cost a second each.

    Args:
        portal: Whose job.
        name: Its name, where the portal has none.
        selection: What it makes.
        description: What it does.
    """
    return dg.define_asset_job(
        portal.to_name(name),
        selection,
        description=description,
        tags=portal.tags,
        executor_def=dg.in_process_executor,
    )
