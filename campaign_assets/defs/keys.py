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
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRIC_RESTATEMENTS, METRICS_TABLES, REPORT_TABLES

CAMPAIGNS_KEY = dg.AssetKey(CAMPAIGNS.path)
CAMPAIGN_ASSETS_KEY = dg.AssetKey(CAMPAIGN_ASSETS.path)
METRICS_KEYS = {t.name: dg.AssetKey(METRICS_TABLES[t.name].path) for t in METRIC_ASSET_TYPES}
"""The asset of each type with metrics, by the type's name in HubSpot's spelling."""
METRIC_RESTATEMENTS_KEY = dg.AssetKey(METRIC_RESTATEMENTS.path)
DAILY_REPORTS_KEYS = tuple(dg.AssetKey(table.path) for table in REPORT_TABLES if table.daily)
"""The assets of the campaign reports by day; those that no setting turns on are not there."""
DAYS_KEYS = {key.path[-1]: key for key in (*METRICS_KEYS.values(), *DAILY_REPORTS_KEYS)}
"""Every asset whose days are read from HubSpot, by the last part of its table's name."""
ASSET_PERFORMANCE_KEY = dg.AssetKey(ASSET_PERFORMANCE_DAILY.table.path)
CAMPAIGN_PERFORMANCE_KEY = dg.AssetKey(CAMPAIGN_PERFORMANCE_DAILY.table.path)
CAMPAIGN_SUMMARY_KEY = dg.AssetKey(CAMPAIGN_SUMMARY.table.path)
DATABASE_KEY = dg.AssetKey(["marts", "campaigns_duckdb"])
REPORT_KEY = dg.AssetKey(["reports", "campaign_report"])
SUMMARIZED_KEYS = [CAMPAIGN_PERFORMANCE_KEY, *(dg.AssetKey(table.path) for table in SUMMARIZED)]
"""What the summary is made of, as far as it is there."""

POOL = "hubspot_api"
"""The pool of all that talks to HubSpot: its limit of 1 keeps two runs from fighting over one rate limit."""

FIRST_IN_QUEUE = {"dagster/priority": "10"}
LAST_IN_QUEUE = {"dagster/priority": "-10"}
"""Tags of runs: the campaigns come first, for all else needs them, and reports on each campaign alone come last."""

ASSOCIATIONS_SINCE_TAG = "campaign_assets/associations_since"
"""The run tag that says how old `campaign_assets` may be at most: the run fails, rather than read by older ones."""
