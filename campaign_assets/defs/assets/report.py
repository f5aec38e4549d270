"""The report in Dagster: its page in the UI shows the main chart, and plots the headlines from run to run."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.assets.metadata import OWNERS
from campaign_assets.defs.keys import ASSET_PERFORMANCE_KEY, CAMPAIGN_PERFORMANCE_KEY, CAMPAIGN_SUMMARY_KEY, REPORT_KEY
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.resources import plain_failures
from campaign_assets.reports.building import REPORT, WrittenPage, build_report

_GROUP = "marts"
_OPEN_WITH = "campaign-assets report --open"
"""No link: a browser opens no file from a page that came over HTTP."""


def build_report_asset(portal: Portal, calendar: Calendar) -> dg.AssetsDefinition:
    """The asset `reports/campaign_report`.

    Args:
        portal: Whose report.
        calendar: The days of the account, and the present time.
    """
    spec = dg.AssetSpec(
        key=REPORT_KEY,
        deps=list(map(portal.key, [ASSET_PERFORMANCE_KEY, CAMPAIGN_PERFORMANCE_KEY, CAMPAIGN_SUMMARY_KEY])),
        group_name=_GROUP,
        kinds={"html"},
        owners=OWNERS,
        description=f"One page for a marketing lead, `{REPORT}`: a single HTML file without scripts, which asks no "
        "network for anything. Needs the extra `report`.",
    )

    @dg.multi_asset(
        name=portal.to_name("__".join(REPORT_KEY.path)),
        specs=[portal.translate(spec)],
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={portal.tables},
    )
    def campaign_report(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        made_at = calendar.now().astimezone(ZoneInfo(calendar.time_zone))
        with plain_failures(portal.name_variables):
            written = build_report(portal.get_store(context), made_at, max(calendar.settle_days), portal.asset_types)
        return dg.MaterializeResult(metadata=_to_metadata(written))

    return campaign_report


def _to_metadata(written: WrittenPage) -> Mapping[str, Any]:
    figures = written.figures
    metadata: dict[str, Any] = {
        "report": dg.MetadataValue.path(written.location),
        "open_with": _OPEN_WITH,
        "size_kb": written.size / 1000,
        "campaigns": len(figures.campaigns),
        "campaigns_gone_quiet": len(figures.quiet),
        **{f"{headline.metric}_last_28_days": headline.now for headline in figures.headlines},
    }
    if figures.as_of:
        metadata["as_of"] = figures.as_of.isoformat()
    if written.picture:
        picture = b64encode(written.picture.encode()).decode()
        metadata["views_by_day"] = dg.MetadataValue.md(f"![Views by day](data:image/svg+xml;base64,{picture})")
    return metadata
