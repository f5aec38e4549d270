"""The plain keys of the assets, the pool that they share, and the tags of our own on runs and events.

Names only, which people and other programs hold on to: as they are where the portal has no name. What another portal
calls them, `portal` says; what an asset does is in `assets`.
"""

import dagster as dg

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.marts.schemas import (
    ASSET_PERFORMANCE_DAILY,
    CAMPAIGN_PERFORMANCE_DAILY,
    CAMPAIGN_SUMMARY,
    SUMMARIZED,
)
from campaign_assets.tables import (
    CAMPAIGN_ASSET_CHANGES,
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    METRIC_RESTATEMENTS,
    METRICS_TABLES,
    REPORT_TABLES,
    TABLES,
)

CAMPAIGNS_KEY = dg.AssetKey(CAMPAIGNS.path)
CAMPAIGN_ASSETS_KEY = dg.AssetKey(CAMPAIGN_ASSETS.path)
METRICS_KEYS = {t.name: dg.AssetKey(METRICS_TABLES[t.name].path) for t in METRIC_ASSET_TYPES}
"""The asset of each type with metrics, by the type's name in HubSpot's spelling."""
CAMPAIGN_ASSET_CHANGES_KEY = dg.AssetKey(CAMPAIGN_ASSET_CHANGES.path)
METRIC_RESTATEMENTS_KEY = dg.AssetKey(METRIC_RESTATEMENTS.path)
DAILY_REPORTS_KEYS = tuple(dg.AssetKey(table.path) for table in REPORT_TABLES if table.daily)
"""The assets of the campaign reports by day; those that no setting turns on are not there."""
ASSET_PERFORMANCE_KEY = dg.AssetKey(ASSET_PERFORMANCE_DAILY.table.path)
CAMPAIGN_PERFORMANCE_KEY = dg.AssetKey(CAMPAIGN_PERFORMANCE_DAILY.table.path)
CAMPAIGN_SUMMARY_KEY = dg.AssetKey(CAMPAIGN_SUMMARY.table.path)
DATABASE_KEY = dg.AssetKey(["marts", "campaigns_duckdb"])
REPORT_KEY = dg.AssetKey(["reports", "campaign_report"])
SUMMARIZED_KEYS = [CAMPAIGN_PERFORMANCE_KEY, *(dg.AssetKey(table.path) for table in SUMMARIZED)]
"""What the summary is made of, as far as it is there."""
ALL_KEYS = (
    *(dg.AssetKey(table.path) for table in TABLES),
    ASSET_PERFORMANCE_KEY,
    CAMPAIGN_PERFORMANCE_KEY,
    CAMPAIGN_SUMMARY_KEY,
    DATABASE_KEY,
    REPORT_KEY,
)
"""Every asset that there may be."""

POOL = "hubspot_api"
"""The pool of all that talks to HubSpot: its limit of 1 keeps two runs from fighting over one rate limit."""

FIRST_IN_QUEUE = {"dagster/priority": "10"}
LAST_IN_QUEUE = {"dagster/priority": "-10"}
"""Tags of runs: the campaigns come first, for all else needs them, and reports on each campaign alone come last."""

METRICS_OP = "asset_metrics"
"""The step of all metrics, which run configs name."""
PLACE = "campaign_assets/table"
"""The metadata of an asset whose file does not lie where its key says: the path of its table."""
PORTAL_TAG = "campaign_assets/portal"
"""The tag of assets, jobs and runs of a portal that has a name."""
NAMED_TAG = "campaign_assets/named"
"""The tag of all assets of portals that have a name, by which one without tells them from its own and the user's."""
ASSOCIATIONS_SINCE_TAG = "campaign_assets/associations_since"
"""The run tag that says how old `campaign_assets` may be at most: the run fails, rather than read by older ones."""
