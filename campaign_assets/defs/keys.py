"""The keys of the assets, the pool that they share, and the tags of our own on runs and events.

Names only, which people and other programs hold on to. What an asset does is in `assets`.
"""

import dagster as dg

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.marts.schemas import (
    ASSET_PERFORMANCE_DAILY,
    CAMPAIGN_PERFORMANCE_DAILY,
    CAMPAIGN_SUMMARY,
    SUMMARIZED,
)
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRIC_RESTATEMENTS, METRICS_TABLES

CAMPAIGNS_KEY = dg.AssetKey(CAMPAIGNS.path)
CAMPAIGN_ASSETS_KEY = dg.AssetKey(CAMPAIGN_ASSETS.path)
METRICS_KEYS = {t.name: dg.AssetKey(METRICS_TABLES[t.name].path) for t in METRIC_ASSET_TYPES}
"""The asset of each type with metrics, by the type's name in HubSpot's spelling."""
METRIC_RESTATEMENTS_KEY = dg.AssetKey(METRIC_RESTATEMENTS.path)
ASSET_PERFORMANCE_KEY = dg.AssetKey(ASSET_PERFORMANCE_DAILY.table.path)
CAMPAIGN_PERFORMANCE_KEY = dg.AssetKey(CAMPAIGN_PERFORMANCE_DAILY.table.path)
CAMPAIGN_SUMMARY_KEY = dg.AssetKey(CAMPAIGN_SUMMARY.table.path)
DATABASE_KEY = dg.AssetKey(["marts", "campaigns_duckdb"])
REPORT_KEY = dg.AssetKey(["reports", "campaign_report"])
SUMMARIZED_KEYS = [CAMPAIGN_PERFORMANCE_KEY, *(dg.AssetKey(table.path) for table in SUMMARIZED)]
"""What the summary is made of, as far as it is there."""

POOL = "hubspot_api"
"""The pool of all that talks to HubSpot: its limit of 1 keeps two runs from fighting over one rate limit."""

ASSOCIATIONS_SINCE_TAG = "campaign_assets/associations_since"
"""The run tag that says how old `campaign_assets` may be at most: the run fails, rather than read by older ones."""
