"""Time that passes only when somebody sleeps, or a test says so."""

import threading


class FakeClock:
    """A `Clock` that notes every sleep instead of sleeping.

    Attributes:
        seconds: What it shows.
        slept: Every sleep, in order.
    """

    def __init__(self) -> None:
        self.seconds = 1_000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        """What it shows."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Moves on at once."""
        with self._lock:
            self.slept.append(seconds)
            # Like any sleep it takes some time at least: a wait too short for a float to show would never end.
            self.seconds += max(seconds, 1e-6)
