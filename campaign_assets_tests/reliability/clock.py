"""Time that passes faster than the machine's, so that a minute of waiting for another try takes a second.

Only the client's waiting is hurried, not the network's: a time-out of the socket stays what it is.
"""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HurriedClock:
    """The machine's clock, sped up.

    Attributes:
        speed: Seconds that pass in one of the machine's.
    """

    speed: float = 50.0

    def monotonic(self) -> float:
        """Seconds since some time in the past; never goes back."""
        return time.monotonic() * self.speed

    def sleep(self, seconds: float) -> None:
        """Returns after so many hurried seconds."""
        time.sleep(seconds / self.speed)
