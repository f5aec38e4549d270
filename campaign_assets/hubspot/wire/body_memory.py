"""What the responses in progress hold in memory together: bounded, however many they are and whatever they hold.

Small bodies are read freely. Whoever needs more than its share waits until no other does, and one body is parsed at
a time: parsing holds Python's lock anyhow, and a parsed body takes many times the memory of its bytes.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from campaign_assets.network import Deadline

FREE_BYTES = 128 * 1024 * 1024
"""What all small bodies hold at most, in equal shares."""
_PATIENCE = 1.0
"""Seconds between looks at the deadline while waiting."""


class BodyMemory:
    """Shared by all requests of a client."""

    def __init__(self, max_in_flight: int) -> None:
        """Makes equal shares.

        Args:
            max_in_flight: Requests at once at most.
        """
        self._share = FREE_BYTES // max_in_flight
        self._large = threading.Lock()
        self._parsing = threading.Lock()

    @contextmanager
    def hold(self) -> Iterator["BodyHold"]:
        """For one response, from its first byte until it is parsed."""
        with ExitStack() as held:
            yield BodyHold(self._share, self._large, self._parsing, held)


class BodyHold:
    """What one response holds."""

    def __init__(self, share: int, large: threading.Lock, parsing: threading.Lock, held: ExitStack) -> None:
        self._share = share
        self._large = large
        self._parsing = parsing
        self._held = held
        self._is_large = False

    def claim(self, size: int, deadline: Deadline) -> None:
        """Returns when the body may have this size.

        Raises:
            DeadlinePassed: Another large one took too long.
        """
        if size <= self._share or self._is_large:
            return
        while not self._large.acquire(timeout=min(_PATIENCE, deadline.limit(None))):
            pass
        self._held.callback(self._large.release)
        self._is_large = True

    @contextmanager
    def parsing(self) -> Iterator[None]:
        """Holds the place of the one body that is parsed."""
        with self._parsing:
            yield
