"""Portals on loopback for these tests: one to read from, and as many others as a test wants to change."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from campaign_assets.emulator import DEFAULT_TOKEN, EmulatorServer, Portal

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Serve = Callable[..., "Door"]


class Door:
    """A served portal and a client that has its token."""

    def __init__(self, server: EmulatorServer, client: httpx.Client) -> None:
        self.server = server
        self.portal = server.portal
        self.client = client


class FakeTime:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.seconds

    def pass_seconds(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


def _open(stack: ExitStack, options: dict[str, Any]) -> Door:
    server = stack.enter_context(EmulatorServer(Portal(**{"now": NOW, "rate_limit": 0, **options})))
    headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
    return Door(server, stack.enter_context(httpx.Client(base_url=server.url, headers=headers, trust_env=False)))


@pytest.fixture(scope="session")
def door() -> Iterator[Door]:
    """A default portal that no test changes."""
    with ExitStack() as stack:
        yield _open(stack, {})


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Opens portals of a test's own."""
    with ExitStack() as stack:
        yield lambda **options: _open(stack, {"campaigns": 12, **options})


@pytest.fixture
def fake_time() -> FakeTime:
    """A rate-limit clock that stands still."""
    return FakeTime()
