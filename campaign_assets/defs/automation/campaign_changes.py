"""What runs because something happened."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import dagster as dg

from campaign_assets.defs.automation.jobs import REFRESH_CAMPAIGNS
from campaign_assets.defs.automation.seen_campaigns import INTERVAL_WHERE_UNKNOWN, CampaignsCursor, SeenCampaigns
from campaign_assets.defs.instance.run_outcomes import Outcome, find_outcome
from campaign_assets.defs.portal import Portal
from campaign_assets.hubspot import RetryPolicy

SECONDS_BETWEEN_TICKS = 300


def build_campaign_changes(portal: Portal, now: Callable[[], datetime]) -> dg.SensorDefinition:
    """Refreshes the campaigns when HubSpot has changed one, added one or lost one. One request a tick.

    Args:
        portal: Whose campaigns.
        now: The present time, with its time zone.
    """
    name = portal.to_name("campaign_changes")

    def has_failed(context: dg.SensorEvaluationContext, run_key: str) -> bool:
        return find_outcome(context.instance, name, run_key) is Outcome.FAILED

    @dg.sensor(
        name=name,
        job_name=portal.to_name(REFRESH_CAMPAIGNS),
        required_resource_keys={portal.hubspot},
        default_status=portal.to_sensor_status(False),
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        description="Refreshes the campaigns when HubSpot has changed one. Asks for the one that was changed last, "
        "with a single request, and for their number: either is another than at the last tick, or the last refresh "
        "failed. "
        "Where HubSpot does not say when a campaign was changed, it refreshes them once an hour.",
    )
    def campaign_changes(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        with portal.get_hubspot(context).open_client(
            RetryPolicy(attempts=1)
        ) as client:  # the next tick is the next try
            seen = SeenCampaigns.from_page(client.campaigns.search(sort="-updatedAt", limit=1))
        timestamp, before = now(), _read_cursor(context)
        if seen.newest is None:
            context.log.warning(
                "HubSpot does not say when a campaign was changed last: until it does, the campaigns are refreshed "
                f"when their number changes, and {INTERVAL_WHERE_UNKNOWN} after the last refresh."
            )
        if not before.is_change(seen, timestamp, partial(has_failed, context)):
            since = seen.newest or "an unknown time"
            return dg.SkipReason(f"No change since {since}, and still {seen.count} campaigns.")
        key = before.asked.to_run_key(f"campaign_changes {before.seen or 'nothing'} -> {seen}", timestamp)
        after = CampaignsCursor(seen, before.asked.add(timestamp), key)
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=key)], cursor=after.to_text())

    return campaign_changes


def _read_cursor(context: dg.SensorEvaluationContext) -> CampaignsCursor:
    try:
        return CampaignsCursor.parse(context.cursor) if context.cursor else CampaignsCursor()
    except ValueError:
        context.log.warning("The cursor holds nothing that this sensor wrote: it begins anew, with a refresh.")
        return CampaignsCursor()
