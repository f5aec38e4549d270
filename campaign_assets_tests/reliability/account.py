"""The account that everything here is read from: small, but with several pages and batches of everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from campaign_assets.emulator.options import DEFAULT_TOKEN, OAuthApp
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.hubspot import HubSpotClient, OAuthAuth
from campaign_assets.network import Timeouts
from campaign_assets_tests.reliability.clock import HurriedClock

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
"""The time at which the account stands still."""
RESPONSE_SECONDS = 1.0
"""How long the client waits for a byte: a minute, were it not for the tests' time."""


def list_days(count: int) -> list[date]:
    """The last days that are closed."""
    return [NOW.date() - timedelta(days=back) for back in range(count, 0, -1)]


@contextmanager
def serve(campaigns: int = 120, **options: Any) -> Iterator[EmulatorServer]:
    """Serves an account without a rate limit."""
    chosen = {
        "now": NOW,
        "rate_limit": 0,
        "oauth_rate_limit": 0,
        "campaigns": campaigns,
        "assets_per_campaign": 6,
        **options,
    }
    with EmulatorServer(Portal(**chosen)) as server:
        yield server


@contextmanager
def open_client(url: str, oauth: bool = False) -> Iterator[HubSpotClient]:
    """A client in a hurry, with all of its own rules; it buys its tokens, or has one that lasts."""
    app, clock = OAuthApp(), HurriedClock()
    auth = OAuthAuth(app.client_id, app.client_secret, app.refresh_token, clock=clock) if oauth else DEFAULT_TOKEN
    with HubSpotClient(auth, base_url=url, max_in_flight=8, clock=clock) as client:
        hurry(client)
        yield client


def hurry(client: HubSpotClient) -> None:
    """Shortens what a client waits for a byte; nothing of how it takes it."""
    client._transport._http.timeout = Timeouts(RESPONSE_SECONDS, RESPONSE_SECONDS, RESPONSE_SECONDS, pool=30.0)
