"""The asset `hubspot/metric_restatements`: written whenever a day of metrics is read again, never on its own."""

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.assets.metadata import build_spec
from campaign_assets.defs.partitions import build_partitions
from campaign_assets.defs.portal import Portal
from campaign_assets.load.restatements import WrittenRestatements
from campaign_assets.plain_text import to_line
from campaign_assets.tables import METRIC_RESTATEMENTS

_GROUP = "marts"


def build_metric_restatements(portal: Portal, calendar: Calendar) -> dg.AssetSpec:
    """The asset `hubspot/metric_restatements`.

    Args:
        portal: Whose metrics.
        calendar: The days of the account.
    """
    return build_spec(
        portal,
        METRIC_RESTATEMENTS,
        description="What HubSpot has restated, and what joined or left: found whenever a stored day of metrics is "
        "read again. A day has a file once it was read twice.",
        group=_GROUP,
        deps=portal.metrics,
        partitions_def=build_partitions(calendar),
        freshness_policy=None,  # it is not late where nothing is read again
    )


def to_restatements_event(portal: Portal, told: WrittenRestatements) -> dg.AssetMaterialization:
    """The event of a day's file."""
    return dg.AssetMaterialization(
        portal.key(METRIC_RESTATEMENTS),
        partition=told.day.isoformat(),
        metadata={
            "dagster/uri": dg.MetadataValue.path(told.file.location),
            "dagster/partition_row_count": told.file.rows,
            "size_kb": told.file.bytes / 1000,
            "restatements_added": sum(told.counts.values()),
            "added_by_type": {to_line(name): count for name, count in told.counts.items()},
        },
    )
