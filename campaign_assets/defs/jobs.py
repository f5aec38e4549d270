"""The jobs that people and schedules start."""

from typing import TYPE_CHECKING

import dagster as dg

from campaign_assets.defs.cell_writer import METRICS_KEYS
from campaign_assets.defs.snapshots import CAMPAIGN_ASSETS_KEY, CAMPAIGNS_KEY

if TYPE_CHECKING:  # what define_asset_job returns has no public name
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

REFRESH_CAMPAIGNS = "refresh_campaigns"
REFRESH_ASSET_METRICS = "refresh_asset_metrics"
REFRESH_EVERYTHING = "refresh_everything"


def build_jobs() -> "list[UnresolvedAssetJobDefinition]":
    """All jobs; those with metrics ask for a day."""
    snapshots = dg.AssetSelection.assets(CAMPAIGNS_KEY, CAMPAIGN_ASSETS_KEY)
    metrics = dg.AssetSelection.assets(*METRICS_KEYS.values())
    return [
        dg.define_asset_job(REFRESH_CAMPAIGNS, snapshots, description="Reads all campaigns, and what is tied to each."),
        dg.define_asset_job(
            REFRESH_ASSET_METRICS,
            metrics,
            description="Reads the metrics of a day, of all asset types together.",
        ),
        dg.define_asset_job(
            REFRESH_EVERYTHING,
            snapshots | metrics,
            description="Reads all campaigns and what is tied to each, then the metrics of a day.",
        ),
    ]
