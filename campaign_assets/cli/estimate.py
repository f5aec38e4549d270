"""`campaign-assets estimate`: what reading a range would take. What it says is the business of `extract.estimate`."""

from collections.abc import Mapping

import click

from campaign_assets.days import RangeError
from campaign_assets.settings import Settings, SettingsError
from campaign_assets.tables import TableError


@click.command(epilog="Example: campaign-assets estimate --from 2025-01-01 --to 2025-12-31")
@click.option("--from", "first", required=True, metavar="DAY", help="The first day, such as 2025-01-01.")
@click.option("--to", "last", required=True, metavar="DAY", help="The last day, inclusive; yesterday at most.")
@click.option("--types", multiple=True, metavar="TYPE,…", help="Asset types such as blog_post or BLOG_POST; else all.")
@click.pass_obj
def estimate(environ: Mapping[str, str], first: str, last: str, types: tuple[str, ...]) -> None:
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
    except (RangeError, SettingsError, TableError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(found.describe())
