"""What runs because something happened."""

import dagster as dg

from campaign_assets.defs.automation.jobs import REFRESH_CAMPAIGNS
from campaign_assets.defs.resources import HubSpotResource
from campaign_assets.hubspot import RetryPolicy

SECONDS_BETWEEN_TICKS = 300


def build_campaign_changes() -> dg.SensorDefinition:
    """Refreshes the campaigns when HubSpot has changed one, added one or lost one. One request a tick."""

    @dg.sensor(
        name="campaign_changes",
        job_name=REFRESH_CAMPAIGNS,
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        description="Asks HubSpot for the campaign that was changed last, with a single request, and refreshes the "
        "campaigns when it is another than at the last tick or when their number is.",
    )
    def campaign_changes(
        context: dg.SensorEvaluationContext, hubspot: HubSpotResource
    ) -> dg.SensorResult | dg.SkipReason:
        with hubspot.open_client(RetryPolicy(attempts=1)) as client:  # the next tick is the next try
            page = client.campaigns.search(sort="-updatedAt", limit=1)
        newest = page.results[0].updated_at if page.results else None
        seen = f"{newest.isoformat() if newest else 'never'} {page.total}"
        if seen == context.cursor:
            return dg.SkipReason(f"No change since {newest}, and still {page.total} campaigns.")
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=f"campaign_changes {seen}")], cursor=seen)

    return campaign_changes
