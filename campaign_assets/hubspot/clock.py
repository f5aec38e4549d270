"""Time as the client sees it, so that tests can hold it in their hands.

Only elapsed time belongs here; calendar days and time zones are the business of who asks for them.
"""

import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """Elapsed seconds, and waiting."""

    def monotonic(self) -> float:
        """Seconds since some time in the past; never goes back."""

    def sleep(self, seconds: float) -> None:
        """Returns after so many seconds."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        """Seconds since some time in the past; never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Returns after so many seconds."""
        time.sleep(seconds)
