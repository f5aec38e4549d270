"""How long a request has taken so far, with all its tries and the waits between them."""

from collections.abc import Iterator
from contextlib import contextmanager

from campaign_assets.hubspot.clock import Clock


class Stopwatch:
    """Seconds that are spent; it runs only where it is told to. For one thread.

    Attributes:
        left: Seconds that may still be spent.
    """

    def __init__(self, clock: Clock, seconds: float) -> None:
        """Begins with nothing spent.

        Args:
            clock: Time.
            seconds: How many there are.
        """
        self.left = seconds
        self._clock = clock

    @contextmanager
    def running(self) -> Iterator[None]:
        """Counts as spent what passes within."""
        began = self._clock.monotonic()
        try:
            yield
        finally:
            self.spend(self._clock.monotonic() - began)

    def spend(self, seconds: float) -> None:
        """Counts so many as spent."""
        self.left -= seconds
