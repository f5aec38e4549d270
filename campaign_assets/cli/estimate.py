"""`campaign-assets estimate`: what reading a range would take. What it says is the business of `extract.estimate`."""

import json
from collections.abc import Mapping
from typing import Any

import click

from campaign_assets.days import RangeError
from campaign_assets.extract.estimate import Estimate
from campaign_assets.settings import Settings, SettingsError
from campaign_assets.tables import StorageError


@click.command(epilog="Example: campaign-assets estimate --from 2025-01-01 --to 2025-12-31")
@click.option("--from", "first", required=True, metavar="DAY", help="The first day, such as 2025-01-01.")
@click.option("--to", "last", required=True, metavar="DAY", help="The last day, inclusive; yesterday at most.")
@click.option("--types", multiple=True, metavar="TYPE,…", help="Asset types such as blog_post or BLOG_POST; else all.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for a program.")
@click.pass_obj
def estimate(environ: Mapping[str, str], first: str, last: str, types: tuple[str, ...], as_json: bool) -> None:
    """Says how many requests the metrics of a range would take, how long, and how much of the day's quota.

    Reads no metrics: the plan comes from the table hubspot/campaign_assets, the limits from the account itself.
    """
    from campaign_assets.defs.automation.estimate import estimate_range  # it imports Dagster
    from campaign_assets.defs.resources import build_hubspot_resource

    try:
        settings = Settings.from_environ(environ)
        hubspot = build_hubspot_resource(settings, environ)
        names = [name for text in types for name in text.split(",") if name.strip()]
        found = estimate_range(settings, settings.build_calendar(), hubspot, (first, last), names)
    except (RangeError, SettingsError, StorageError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(_to_json(found), indent=2) if as_json else found.describe())


def _to_json(found: Estimate) -> dict[str, Any]:
    return {
        "first_day": str(found.days.first),
        "last_day": str(found.days.last),
        "asset_types": [asset_type.slug for asset_type in found.asset_types],
        "requests_a_day": found.plan.requests,
        "requests": found.requests,
        "seconds": round(found.seconds),
        "share_of_daily_limit": found.share_of_day,
        "requests_left_today": found.limits.left_today,
        "requests_of_reports_a_night": dict(found.reports.nightly),
        "requests_of_reports_by_day": dict(found.reports.by_day),
    }
