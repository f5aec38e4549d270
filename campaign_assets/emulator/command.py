"""`campaign-assets emulator`: the portal in the foreground.

Belongs here: the command line's options and what they print. Not here: what they mean (`options`).
"""

import os
import signal
import sys
import threading
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from campaign_assets.emulator.clock import moment_of
from campaign_assets.emulator.options import DEFAULT_TOKEN, PortalOptions, TokenGrant
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_DEFAULTS = PortalOptions()


@click.command(context_settings={"show_default": True, "max_content_width": 110})
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", default=8765, type=click.IntRange(0, 65535), help="Port to listen on; 0 for any free one.")
@click.option("--seed", default=_DEFAULTS.seed, help="Decides every name, id and number.")
@click.option("--campaigns", default=_DEFAULTS.campaigns, type=click.IntRange(0), help="Campaigns in the portal.")
@click.option("--assets-per-campaign", default=_DEFAULTS.assets_per_campaign, type=click.IntRange(0), help="Roughly.")
@click.option(
    "--days-of-history",
    default=_DEFAULTS.days_of_history,
    type=click.IntRange(1),
    help="Days before this quarter on which the first campaigns began.",
)
@click.option("--time-zone", default=_DEFAULTS.time_zone, help="The portal's time zone, an IANA name.")
@click.option("--today", metavar="DATE", help="Stop the portal's clock at noon of this day (or at a moment).")
@click.option("--currency", default=_DEFAULTS.currency, help="The company currency, ISO 4217.")
@click.option("--unknown-type", multiple=True, metavar="TYPE", help="Add an asset type HubSpot has not documented.")
@click.option(
    "--unknown-metric",
    multiple=True,
    metavar="TYPE:METRIC",
    help="Add a metric HubSpot has not documented, BLOG_POST:SHARES for example.",
)
@click.option(
    "--rate-limit",
    default=_DEFAULTS.rate_limit,
    type=click.IntRange(0),
    help="Requests per app in any ten seconds; 0 for no limit.",
)
@click.option(
    "--daily-limit",
    default=_DEFAULTS.daily_limit,
    type=click.IntRange(0),
    help="Requests per portal day; 0 for no limit.",
)
@click.option("--retry-after/--no-retry-after", default=False, help="Whether a 429 says how long to wait.")
@click.option("--latency-ms", default=0.0, type=click.FloatRange(0), help="Hold each answer back this long.")
@click.option("--token", default=DEFAULT_TOKEN, help="The private-app token the portal accepts.")
@click.option("--stop-with-parent", is_flag=True, help="Stop when standard input is closed.")
def emulator(host: str, port: int, stop_with_parent: bool, **chosen: Any) -> None:
    """Run a HubSpot portal on this machine, with made-up campaigns, until Ctrl-C."""
    if host not in _LOOPBACK:
        click.echo(f"Warning: {host} is not loopback; others on the network can reach this portal.", err=True)
    options = _options(chosen)
    server = EmulatorServer(Portal(options), port, host)
    stopping = _stop_events(stop_with_parent)
    try:
        server.start()
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host} port {port}: {error.strerror or error}") from None
    try:
        click.echo(_greeting(server, options, chosen["token"]))
        sys.stdout.flush()
        stopping.wait()
    finally:
        server.stop()


def _options(chosen: dict[str, Any]) -> PortalOptions:
    try:
        zone = ZoneInfo(chosen["time_zone"])
    except (ZoneInfoNotFoundError, ValueError):
        raise click.BadParameter(f"no such time zone: {chosen['time_zone']}", param_hint="--time-zone") from None
    metrics = [entry.partition(":") for entry in chosen["unknown_metric"]]
    return replace(
        _DEFAULTS,
        now=_moment(chosen["today"], zone),
        unknown_types=chosen["unknown_type"],
        unknown_metrics=tuple((asset_type, metric) for asset_type, _, metric in metrics),
        tokens=(TokenGrant(chosen["token"]),),
        **{name: value for name, value in chosen.items() if name in _PLAIN},
    )


_PLAIN = (
    "seed",
    "campaigns",
    "assets_per_campaign",
    "days_of_history",
    "time_zone",
    "currency",
    "rate_limit",
    "daily_limit",
    "retry_after",
    "latency_ms",
)


def _moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    if text is None:
        return None
    try:
        return moment_of(text, zone)
    except ValueError:
        raise click.BadParameter(f"neither a date nor a moment: {text}", param_hint="--today") from None


def _greeting(server: EmulatorServer, options: PortalOptions, token: str) -> str:
    lines = [
        f"A HubSpot portal with {options.campaigns:,} campaigns answers at {server.url}. Ctrl-C stops it.",
        "",
        f"export HUBSPOT_BASE_URL={server.url}",
        f"export HUBSPOT_ACCESS_TOKEN={token}",
    ]
    if options.time_zone != "UTC":
        lines.append(f"export CAMPAIGN_ASSETS_TIMEZONE={options.time_zone}")
    return "\n".join(lines)


def _stop_events(stop_with_parent: bool) -> threading.Event:
    """Make an event that Ctrl-C, SIGTERM or, if wished, the end of standard input sets."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    if stop_with_parent:
        threading.Thread(target=_wait_for_end_of_input, args=(stopping,), daemon=True).start()
    return stopping


def _wait_for_end_of_input(stopping: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stopping.set()
