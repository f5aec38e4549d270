"""What the tests of the client may ask for: an account that no test changes, clients, and a clock to hold."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.hubspot import Auth, HubSpotClient, RetryPolicy
from campaign_assets_tests.hubspot.fake_clock import FakeClock
from campaign_assets_tests.workplace import NOW

VERSIONS = ("v3", "2026-03")
"""One of each family of paths."""
Connect = Callable[..., HubSpotClient]


@pytest.fixture(scope="session")
def still_server() -> Iterator[EmulatorServer]:
    """An account that no test changes, standing at `NOW`, without a rate limit."""
    with EmulatorServer(Portal(campaigns=12, now=NOW, rate_limit=0)) as server:
        yield server


@pytest.fixture
def clock() -> FakeClock:
    """A clock whose sleeps take no time."""
    return FakeClock()


@pytest.fixture
def connect(clock: FakeClock) -> Iterator[Connect]:
    """Opens clients, with the clock to hold and without chance in the waits."""
    with ExitStack() as stack:

        def open_client(
            server: Any, auth: Auth | str = DEFAULT_TOKEN, *, retry: RetryPolicy | None = None, **options: Any
        ) -> HubSpotClient:
            retry = retry or RetryPolicy(random=lambda: 1.0)
            client = HubSpotClient(auth, base_url=server.url, retry=retry, **{"clock": clock, **options})
            return stack.enter_context(client)

        yield open_client


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """Each family of paths in turn."""
    return str(request.param)


@pytest.fixture
def still(still_server: EmulatorServer, connect: Connect, version: str) -> HubSpotClient:
    """A client of the account that no test changes, with each family of paths in turn."""
    return connect(still_server, api_version=version)
