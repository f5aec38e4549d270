"""What one response says of the ten-second limit, beside what was sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LimitObservation:
    """What one response says.

    Attributes:
        limit: Requests per window.
        remaining: How many of them are left, as the response says.
        own_at_arrival: Requests of ours in the window when its request arrived, itself included.
        own_at_response: The same when the response came.
    """

    limit: int
    remaining: int
    own_at_arrival: int
    own_at_response: int

    @property
    def used(self) -> int:
        """Requests that the response says are used, by whomever."""
        return self.limit - self.remaining
