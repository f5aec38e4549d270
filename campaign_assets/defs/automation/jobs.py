"""The jobs that people and schedules start."""

from collections.abc import Sequence

import dagster as dg

from campaign_assets.defs.checks.audit import BATCH_EQUALS_LIST
from campaign_assets.defs.checks.settling import SETTLE_DAYS_FIT
from campaign_assets.defs.checks.standalone import FILES_READABLE, NO_DAY_DUE
from campaign_assets.defs.dagster_core import UnresolvedAssetJobDefinition
from campaign_assets.defs.keys import CAMPAIGN_ASSETS_KEY, CAMPAIGNS_KEY, DAILY_REPORTS_KEYS, METRICS_KEYS

REFRESH_CAMPAIGNS = "refresh_campaigns"
REFRESH_ASSET_METRICS = "refresh_asset_metrics"
REFRESH_CAMPAIGN_REPORTS = "refresh_campaign_reports"
REFRESH_EVERYTHING = "refresh_everything"
_METRICS = frozenset(METRICS_KEYS.values())


def build_jobs(
    reports: Sequence[dg.AssetKey], reports_by_day: Sequence[dg.AssetKey]
) -> list[UnresolvedAssetJobDefinition]:
    """All jobs; those with metrics ask for a day.

    Args:
        reports: The tables of the campaign reports that are read.
        reports_by_day: Those of the reports that are read by day too.
    """
    snapshots = _select(CAMPAIGNS_KEY, CAMPAIGN_ASSETS_KEY)
    metrics = _select(*METRICS_KEYS.values())
    return [
        dg.define_asset_job(REFRESH_CAMPAIGNS, snapshots, description="Reads all campaigns, and what is tied to each."),
        dg.define_asset_job(
            REFRESH_ASSET_METRICS,
            metrics,
            description="Reads the metrics of a day, of all asset types together.",
        ),
        dg.define_asset_job(
            REFRESH_CAMPAIGN_REPORTS,
            _select(*reports),
            description="Reads what HubSpot says of each campaign in a request of its own: money, and what it brought.",
        ),
        dg.define_asset_job(
            REFRESH_EVERYTHING,
            snapshots | metrics | _select(*reports, *reports_by_day),
            description="Reads all campaigns and what is tied to each, then the metrics of a day, then the campaign "
            "reports.",
        ),
    ]


def _select(*keys: dg.AssetKey) -> dg.AssetSelection:
    """Assets, and of their checks those that belong to the run: the others have jobs of their own."""
    others = [dg.AssetCheckKey(key, FILES_READABLE) for key in keys]
    others += [
        dg.AssetCheckKey(key, name)
        for key in keys
        if key in _METRICS
        for name in (NO_DAY_DUE, SETTLE_DAYS_FIT, BATCH_EQUALS_LIST)
    ]
    others += [dg.AssetCheckKey(key, NO_DAY_DUE) for key in keys if key in DAILY_REPORTS_KEYS]
    return dg.AssetSelection.assets(*keys) - dg.AssetSelection.checks(*others)
