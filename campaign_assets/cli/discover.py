"""`campaign-assets discover`: what the account really has. How it is found is in `inspection.discovery`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from campaign_assets.cli.console import open_console, show_waiting
from campaign_assets.hubspot import HubSpotError, RetryPolicy
from campaign_assets.inspection.discovery import Discovery, FoundProperties, FoundType, discover_account
from campaign_assets.plain_text import to_line
from campaign_assets.settings import ACCESS_TOKEN, Settings, SettingsError

_PATIENCE = RetryPolicy(attempts=3)
"""Somebody waits for it: what lasts longer is to be said."""


@click.command(epilog="Example: campaign-assets discover --campaigns 2000")
@click.option(
    "--campaigns",
    "most",
    default=500,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="Campaigns that are looked at, those changed last first.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for a program.")
@click.pass_obj
def discover(environ: Mapping[str, str], most: int, as_json: bool) -> None:
    """Says what the account has beside what the catalog knows: asset types, metrics, custom properties.

    Changes nothing. For its own campaign properties it prints the setting that has them read.
    """
    try:
        settings = Settings.from_environ(environ)
        if not settings.credentials:
            raise click.ClickException(
                f"{ACCESS_TOKEN} is not set: set it to the token of the account that is looked at."
            )
        from campaign_assets.defs.resources import build_hubspot_resource  # it imports Dagster

        hubspot = build_hubspot_resource(settings, environ)
        with hubspot.open_client(_PATIENCE) as client, show_waiting("The account is looked at ..."):
            found = discover_account(client, settings.build_calendar(), most)
    except (SettingsError, HubSpotError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        told = asdict(found) | {"days": [str(found.days.first), str(found.days.last)]}
        setting = {"setting": found.properties.setting} if found.properties else {}
        click.echo(json.dumps(told | setting, indent=2))
    else:
        _show(environ, found)


def _show(environ: Mapping[str, str], found: Discovery) -> None:
    title = f"{found.looked_at:,} of {found.campaigns:,} campaigns; metrics of {found.days}"
    shown = Table(box=SIMPLE_HEAD, title=title, title_justify="left")
    for name in ("asset type", "campaigns", "assets", "metrics that came", "in the catalog, but did not come"):
        shown.add_column(name, justify="right" if name in ("campaigns", "assets") else "left")
    for kind in found.types:
        texts = (", ".join(kind.metrics), ", ".join(kind.unseen_metrics))
        cells = (kind.name, f"{kind.campaigns:,}", f"{kind.assets:,}", *texts)
        shown.add_row(*(Text(to_line(cell, 400)) for cell in cells))
    console = open_console(environ)
    console.print(shown)
    for sentence in (*_describe_types(found.types), *_describe_properties(found.properties)):
        console.print(sentence, soft_wrap=True)


def _describe_types(types: tuple[FoundType, ...]) -> Iterator[str]:
    for kind in types:
        name = to_line(kind.name)
        if not kind.is_known:
            yield f"The catalog does not know {name}: its assets are in hubspot/campaign_assets, its metrics nowhere."
        elif kind.unknown_metrics:
            metrics = to_line(", ".join(kind.unknown_metrics), 400)
            yield f"The catalog does not know {metrics} of {name}: see the column other_metrics of its table."
    if all(kind.is_known and not kind.unknown_metrics for kind in types):
        yield "The catalog knows every type and every metric that came."


def _describe_properties(properties: FoundProperties | None) -> Iterator[str]:
    if properties is None:
        yield (
            "HubSpot does not say which campaign properties there are: look in HubSpot under Settings, Properties, "
            "Campaign properties."
        )
        return
    if properties.sunset:
        yield f"HubSpot does not have any more: {', '.join(properties.sunset)}."
    if properties.others:
        yield f"HubSpot's own that have no column here: {to_line(', '.join(properties.others), 2_000)}."
    if properties.custom:
        yield "Custom properties of the account; to have them read, set:"
        yield to_line(properties.setting, 10_000)
    else:
        yield "The account has no custom campaign properties."
