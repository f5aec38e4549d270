"""What every test may ask for: an emulated account on a real socket, and a workplace around it."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg
import pytest

from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.settings import Settings
from campaign_assets_tests.workplace import NOW, Workplace

IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a folder of our own below it
"""Where instances keep their SQLite files: each event is a transaction, which a disk makes durable slowly."""
Serve = Callable[..., EmulatorServer]
MakeWorkplace = Callable[..., Workplace]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts emulated accounts, which stop after the test; standing at `NOW` and without a rate limit by default."""
    with ExitStack() as stack:

        def start(**options: Any) -> EmulatorServer:
            portal = Portal(**{"now": NOW, "rate_limit": 0, "campaigns": 12, **options})
            return stack.enter_context(EmulatorServer(portal))

        yield start


@pytest.fixture
def make_workplace(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeWorkplace]:
    """Makes workplaces: `settings` for the code location, all else for the emulated account."""
    with ExitStack() as stack:

        def make(
            settings: dict[str, str] | None = None, server: EmulatorServer | None = None, **options: Any
        ) -> Workplace:
            server = server or serve(**options)
            number = len(list(tmp_path.iterdir()))
            environ = {
                "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
                "HUBSPOT_BASE_URL": server.url,
                "CAMPAIGN_ASSETS_STORAGE": str(tmp_path / f"tables{number}"),
                **(settings or {}),
            }
            (tmp_path / f"tables{number}").mkdir()
            monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", environ["HUBSPOT_ACCESS_TOKEN"])
            home = stack.enter_context(TemporaryDirectory(dir=IN_MEMORY))
            log = {
                "module": "dagster._core.storage.event_log",
                "class": "ConsolidatedSqliteEventLogStorage",
                "config": {"base_dir": home},
            }
            overrides = {"event_log_storage": log}
            instance = stack.enter_context(dg.instance_for_test(overrides, temp_dir=home))
            return Workplace(server, instance, Settings.from_environ(environ))

        yield make


@pytest.fixture
def workplace(make_workplace: MakeWorkplace) -> Workplace:
    """A workplace as most tests want it."""
    return make_workplace()
