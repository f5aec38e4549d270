"""The emulated HubSpot accounts of the proof, and what their tables must hold."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from campaign_assets.defs.portal import Portal as PortalNames
from campaign_assets.emulator.options import TokenGrant
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.tables import TableStore
from campaign_assets_tests.distributed.two_portals import to_variables
from campaign_assets_tests.reliability.cells import all_cells
from campaign_assets_tests.reliability.truth import Truth, find_difference, read_rows

RATE_LIMIT = 40
"""Requests in ten seconds: so few that a backfill takes a while, and the limit is what it waits for."""


class EmulatedAccount:
    """One account, served on a port of this machine.

    Attributes:
        name: The portal's in Dagster.
        server: Answers its requests.
        token: The only one that it accepts.
        names: What its things are called in Dagster.
    """

    def __init__(self, name: str, server: EmulatorServer, token: str) -> None:
        self.name, self.server, self.token = name, server, token
        self.names = PortalNames(name, (name,))

    @property
    def environ(self) -> dict[str, str]:
        """The settings that lead to it."""
        url, token = to_variables(self.name)
        return {url: self.server.url, token: self.token}

    def find_differences(self, tables: str, days: Sequence[date]) -> tuple[int, list[str]]:
        """Compares each cell with what the account says, and gives how many there are and what is wrong.

        Args:
            tables: The root of all portals' tables.
            days: The days that were read.
        """
        store, truth = TableStore(f"{tables}/{self.name}"), Truth.of(self.server.portal, days)
        cells, wrong = all_cells(list(days)), []
        for cell in cells:
            difference = find_difference(read_rows(store, cell), truth.cells[cell], cell=cell)
            if difference is not None:
                wrong.append(f"{self.name}: {cell}: {difference}")
        return len(cells), wrong

    def find_excess(self) -> list[str]:
        """Whether its limit was exceeded: a request was refused, or more than allowed arrived in ten seconds."""
        stats = self.server.stats
        if stats.rate_limited or stats.peak_in_10_seconds > RATE_LIMIT:
            return [f"{self.name}: {stats.rate_limited} requests refused, {stats.peak_in_10_seconds} in 10 s at most"]
        return []


@contextmanager
def serve(name: str, seed: int) -> Iterator[EmulatedAccount]:
    """Serves an account whose closed days change no more, so that they can be compared later."""
    token = f"pat-na1-{name}"
    options: dict[str, Any] = {"campaigns": 100, "assets_per_campaign": 6, "tokens": (TokenGrant(token),)}
    with EmulatorServer(Portal(seed=seed, rate_limit=RATE_LIMIT, settled_after=0, **options)) as server:
        yield EmulatedAccount(name, server, token)
