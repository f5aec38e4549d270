"""`campaign-assets emulator`: the portal in the foreground.

Belongs here: the command line's options and what they print. Not here: what they mean (`options`).
"""

import math
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from campaign_assets.emulator.clock import timestamp_of
from campaign_assets.emulator.fault_plan import FaultPlan, FaultPlanError, PlannedFault
from campaign_assets.emulator.oddities import ODDITIES
from campaign_assets.emulator.option_groups import GroupedCommand, under
from campaign_assets.emulator.options import (
    DEFAULT_TOKEN,
    SCOPE_SETS,
    LimitHeaderKind,
    OAuthApp,
    PortalOptions,
    TokenGrant,
)
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.properties import CURRENCIES
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.emulator.unsettled_options import NAMES, unsettled_options

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2999
_PLAIN = (
    "seed",
    "campaigns",
    "assets_per_campaign",
    "days_of_history",
    "time_zone",
    "currency",
    "rate_limit",
    "oauth_rate_limit",
    "daily_limit",
    "retry_after",
    "limit_headers",
    "latency_ms",
    "arrival_delay_ms",
    *NAMES,
)


_server = under("Server")
_portal = under("Portal")
_clock = under("Clock")
_faults = under("Faults")
_limits = under("Limits")
_access = under("Access")
_oauth = under("OAuth app")


@click.command(
    cls=GroupedCommand,
    context_settings={"show_default": True, "max_content_width": 118},
    epilog="Example: campaign-assets emulator --campaigns 1000 --rate-limit 190 --fault 503:0.1",
)
@_server("--host", default="127.0.0.1", help="Address to listen on.")
@_server("--port", default=8765, type=click.IntRange(0, 65535), help="Port to listen on; 0 for any free one.")
@_server("--latency-ms", default=0.0, type=click.FloatRange(0, 600_000), help="Hold each response back this long.")
@_server(
    "--arrival-delay-ms",
    default=0.0,
    type=click.FloatRange(0, 600_000),
    help="Let each request arrive, and count, later by a random time up to this long.",
)
@_server("--stop-with-parent", is_flag=True, help="Stop when standard input is closed.")
@_portal("--campaigns", default=40, type=click.IntRange(0, 1_000_000), help="Campaigns in the portal.")
@_portal("--assets-per-campaign", default=30, type=click.IntRange(0, 100_000), help="Assets of a campaign, roughly.")
@_portal("--seed", default=1, help="Decides every name, id and number.")
@_portal(
    "--days-of-history",
    default=400,
    type=click.IntRange(1, 36_500),
    help="How long before this quarter it all began.",
)
@_portal("--currency", default="USD", help="The company currency, ISO 4217.")
@_portal("--unknown-type", multiple=True, metavar="TYPE", help="Add an asset type HubSpot has not documented.")
@_portal(
    "--unknown-metric",
    multiple=True,
    metavar="TYPE:METRIC",
    help="Add a metric HubSpot has not documented, BLOG_POST:SHARES for example.",
)
@unsettled_options
@_clock("--time-zone", default="UTC", help="The portal's time zone, an IANA name.")
@_clock("--today", metavar="DATE", help="Stop the portal's clock at noon of this day, or at an ISO 8601 time.")
@_faults(
    "--faults",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PLAN.TOML",
    help="A plan of failures, and of odd data.",
)
@_faults("--fault", multiple=True, metavar="KIND:SHARE", help="Add a failure: 503:0.1 strikes a tenth of requests.")
@_faults("--oddity", multiple=True, type=click.Choice(tuple(ODDITIES)), help="Add odd data.")
@_limits("--rate-limit", default=190, type=click.IntRange(0), help="Requests of an app in any 10 s; 0: no limit.")
@_limits("--daily-limit", default=625_000, type=click.IntRange(0), help="Requests per portal day; 0: no limit.")
@_limits("--retry-after/--no-retry-after", default=False, help="Whether a 429 says how long to wait.")
@_limits(
    "--limit-headers",
    default="current",
    type=click.Choice(get_args(LimitHeaderKind)),
    help="What responses say of the limits: as they leave, as the request was counted, 5 s before, or what is not so.",
)
@_access("--token", default=DEFAULT_TOKEN, help="The private-app token the portal accepts.")
@_access("--scopes", default="full", type=click.Choice(tuple(SCOPE_SETS)), help="What that token may do.")
@_access(
    "--also-token",
    multiple=True,
    metavar="TOKEN:SCOPES",
    help="Accept another token, with one of the same sets of scopes: pat-reader:read-only for example.",
)
@_access("--plan/--no-plan", default=True, help="Whether the subscription includes campaigns; without: 403.")
@_oauth("--client-id", default=OAuthApp.client_id, help="The app's client id.")
@_oauth("--client-secret", default=OAuthApp.client_secret, help="The app's client secret.")
@_oauth("--refresh-token", default=OAuthApp.refresh_token, help="The app's refresh token.")
@_oauth("--oauth-scopes", default="full", type=click.Choice(tuple(SCOPE_SETS)), help="What the app may do.")
@_oauth("--expires-in", default=1800, type=click.IntRange(1, 1_000_000_000), help="Seconds an access token lives.")
@_oauth("--oauth-rate-limit", default=110, type=click.IntRange(0), help="Its requests in any 10 s; 0: no limit.")
def emulator(host: str, port: int, stop_with_parent: bool, **chosen: Any) -> None:
    """Run a HubSpot portal on this machine, with made-up campaigns, until Ctrl-C."""
    if host not in _LOOPBACK:
        click.echo(f"Warning: {host} is not loopback; others on the network can reach this portal.", err=True)
    options = _options(chosen)
    server = EmulatorServer(_made(options), port, host)
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
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise click.BadParameter(f"no such time zone: {chosen['time_zone']}", param_hint="--time-zone") from None
    _check_texts(chosen)
    return PortalOptions(
        **{name: chosen[name] for name in _PLAIN},
        now=_timestamp(chosen["today"], zone),
        unknown_types=tuple(_type_name(entry) for entry in chosen["unknown_type"]),
        unknown_metrics=tuple(_pair(entry, "--unknown-metric") for entry in chosen["unknown_metric"]),
        tokens=(TokenGrant(chosen["token"], SCOPE_SETS[chosen["scopes"]]), *_grants(chosen["also_token"])),
        oauth_apps=(_oauth_app(chosen),),
        campaigns_in_plan=chosen["plan"],
        oddities=chosen["oddity"],
        faults=_plan(chosen["faults"], chosen["fault"]),
    )


def _check_texts(chosen: dict[str, Any]) -> None:
    for name in ("token", "client_id", "client_secret", "refresh_token"):
        text = chosen[name]
        if not text or not text.isascii() or not text.isprintable() or " " in text:
            raise click.BadParameter("one word is expected", param_hint=f"--{name.replace('_', '-')}")
    if chosen["currency"] not in CURRENCIES:
        raise click.BadParameter(f"no such currency: {chosen['currency']!r:.40}", param_hint="--currency")
    for name in ("latency_ms", "arrival_delay_ms"):
        if math.isnan(chosen[name]):
            raise click.BadParameter("nan is no number of milliseconds", param_hint=f"--{name.replace('_', '-')}")
    if math.isnan(chosen["search_lag"]):
        raise click.BadParameter("nan is no number of seconds", param_hint="--search-lag")


def _plan(file: Path | None, more: Iterable[str]) -> FaultPlan:
    try:
        plan = FaultPlan() if file is None else FaultPlan.read(file)
    except FaultPlanError as error:
        raise click.BadParameter(str(error), param_hint="--faults") from None
    return replace(plan, faults=(*plan.faults, *(_fault(entry) for entry in more)))


def _fault(entry: str) -> PlannedFault:
    kind, share = _pair(entry, "--fault")
    try:
        return FaultPlan.parse(f'[[fault]]\nkind = "{kind}"\nshare = {share}', entry).faults[0]
    except FaultPlanError as error:
        raise click.BadParameter(str(error), param_hint="--fault") from None


def _made(options: PortalOptions) -> Portal:
    try:
        return Portal(options)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _oauth_app(chosen: dict[str, Any]) -> OAuthApp:
    return OAuthApp(
        chosen["client_id"],
        chosen["client_secret"],
        chosen["refresh_token"],
        SCOPE_SETS[chosen["oauth_scopes"]],
        chosen["expires_in"],
    )


def _grants(entries: Iterable[str]) -> Iterator[TokenGrant]:
    for entry in entries:
        token, scopes = _pair(entry, "--also-token")
        if scopes not in SCOPE_SETS:
            raise click.BadParameter(f"{scopes} is none of {', '.join(SCOPE_SETS)}", param_hint="--also-token")
        yield TokenGrant(token, SCOPE_SETS[scopes])


def _type_name(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise click.BadParameter(f"the name of an asset type is expected, not {text!r}", param_hint="--unknown-type")
    return text


def _pair(text: str, option: str) -> tuple[str, str]:
    first, colon, second = text.rpartition(":")
    if not first or not colon or not second:
        raise click.BadParameter(f"two words with a colon between them are expected, not {text}", param_hint=option)
    return first, second


def _timestamp(text: str | None, zone: ZoneInfo) -> datetime | None:
    if text is None:
        return None
    try:
        timestamp = timestamp_of(text, zone)
    except ValueError:
        raise click.BadParameter(f"neither a date nor a time: {text}", param_hint="--today") from None
    if not _EARLIEST_YEAR <= timestamp.year <= _LATEST_YEAR:
        raise click.BadParameter(f"not between {_EARLIEST_YEAR} and {_LATEST_YEAR}: {text}", param_hint="--today")
    return timestamp


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
