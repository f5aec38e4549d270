"""What reading a range of days would take, for those who live in the UI: a job that reads no metrics.

The command line asks the same function. What an estimate holds, and its words, are in `extract.estimate`.
"""

from collections.abc import Sequence

import dagster as dg
from pydantic import Field

from campaign_assets.days import Calendar, RangeError
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.resources import HubSpotResource
from campaign_assets.extract.estimate import (
    Estimate,
    Limits,
    get_typical_limits,
    read_limits,
    to_asset_types,
)
from campaign_assets.extract.plan import plan_day
from campaign_assets.extract.report_costs import count_report_requests
from campaign_assets.hubspot import HubSpotError, RetryPolicy
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGN_ASSETS, StorageError, TableStore

ESTIMATE_BACKFILL = "estimate_backfill"


def estimate_range(
    settings: Settings,
    calendar: Calendar,
    hubspot: HubSpotResource,
    days: tuple[str, str],
    types: Sequence[str],
) -> Estimate:
    """What a range would take. One request at most is sent, and none without a token.

    Args:
        settings: What the environment says.
        calendar: The days of the account.
        hubspot: The account, asked for its limits.
        days: The first and the last day.
        types: Asset types by slug or HubSpot's name; none for all.

    Raises:
        RangeError: The days or a type cannot be read.
        MissingTable: The associations were never read.
    """
    wanted = calendar.parse_range(*days)
    asset_types = to_asset_types(types, settings.list_asset_types())
    store = TableStore(settings.storage)
    plan = plan_day(store.read(CAMPAIGN_ASSETS.path), asset_types)
    reports = count_report_requests(settings, store, calendar, wanted)
    limits = _find_limits(settings, hubspot)
    return Estimate(wanted, asset_types, plan, limits, settings.hubspot_daily_reserve / 100, reports)


def _find_limits(settings: Settings, hubspot: HubSpotResource) -> Limits:
    rate, reserve = settings.hubspot_rate_limit, settings.hubspot_rate_reserve / 100
    if not settings.credentials:
        return get_typical_limits(rate, "no token is set", reserve)
    try:
        with hubspot.open_client(RetryPolicy(attempts=1)) as client:
            return read_limits(client)
    except HubSpotError as error:
        return get_typical_limits(rate, f"the account did not say ({str(error).rstrip('.')})", reserve)


class EstimateConfig(dg.Config):
    """What a person asks about."""

    first_day: str = Field(
        default="", alias="from", description="The first day, such as 2025-01-01. Empty: the first of the tables."
    )
    last_day: str = Field(default="", alias="to", description="The last day, inclusive. Empty: yesterday.")
    types: list[str] = Field(default=[], description="Asset types such as blog_post or BLOG_POST. Empty: all.")


def build_estimate_job(portal: Portal, settings: Settings, calendar: Calendar) -> dg.JobDefinition:
    """The job `estimate_backfill`.

    Args:
        portal: Whose metrics.
        settings: What the environment says.
        calendar: The days of the account.
    """

    @dg.op(
        name=portal.to_name("estimate"),
        description="Works out the plan, and asks the account for its limits with one request.",
        required_resource_keys={portal.hubspot},
    )
    def estimate(context: dg.OpExecutionContext, config: EstimateConfig) -> None:
        hubspot = portal.get_hubspot(context)
        closed = calendar.list_closed_days()
        days = config.first_day or str(closed.first), config.last_day or str(closed.last)
        try:
            found = estimate_range(settings, calendar, hubspot, days, config.types)
        except (RangeError, StorageError) as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        context.log.info(found.describe())
        context.add_output_metadata(
            {
                "estimate": dg.MetadataValue.md(f"```\n{found.describe()}\n```"),
                "requests": found.requests,
                "seconds": found.seconds,
                "share_of_daily_limit": found.share_of_day,
                "requests_of_reports_a_night": sum(found.reports.nightly.values()),
                "requests_of_reports_by_day": sum(found.reports.by_day.values()),
            }
        )

    @dg.job(
        name=portal.to_name(ESTIMATE_BACKFILL),
        tags=portal.tags,
        executor_def=dg.in_process_executor,
        description="Says what reading the metrics of a range would take: requests, time, share of the day's quota. "
        "Reads no metrics.",
    )
    def estimate_backfill() -> None:
        estimate()

    return estimate_backfill
