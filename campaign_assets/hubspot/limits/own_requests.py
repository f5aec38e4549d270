"""Our own requests as HubSpot may count them: when each one arrived is known only within bounds.

A request counts when it arrives, some time after it was sent and before its response came. So each is taken to arrive
as early as possible where that makes the window fuller, and as late as possible where it is to leave the window.
"""

import math
from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass

LATEST_SECONDS = 0.4
"""No request is taken to arrive later than so long after it was sent: a response that takes long took long to make."""


@dataclass(slots=True)
class Arrival:
    """When a request arrived at HubSpot, in seconds of the limiter's clock; less the shortest way there, as all are.

    Attributes:
        earliest: When it was sent.
        latest: When it had arrived for certain.
        is_probe: Whether it was sent although nothing seemed to be left.
        answered: When its response began to come; None until then.
    """

    earliest: float
    latest: float
    is_probe: bool = False
    answered: float | None = None


class OwnRequests:
    """Counts the requests that a window may hold. Not safe for several threads: the limiter's lock guards it."""

    def __init__(self) -> None:
        # Which of the two belong to the same request makes no difference to any count.
        self._earliest: list[float] = []
        self._latest: list[float] = []
        self._fastest = _Fastest()

    def add(self, now: float, is_probe: bool = False) -> Arrival:
        """Counts a request that is sent now."""
        arrival = Arrival(now, now + LATEST_SECONDS, is_probe)
        insort(self._earliest, arrival.earliest)
        insort(self._latest, arrival.latest)
        return arrival

    def send(self, arrival: Arrival, now: float) -> None:
        """Counts a request as sent now: between its permit and its sending a connection may have been opened."""
        arrival.answered = None  # where a proxy has answered before, that was no response of HubSpot's
        self._move(arrival, now, now + LATEST_SECONDS)

    def answer(self, arrival: Arrival, now: float) -> None:
        """Notes that the response to a request has come: it had arrived before."""
        if arrival.answered is None:
            arrival.answered = now
            spared = self._fastest.observe(now, now - arrival.earliest)
            self._move(arrival, arrival.earliest, min(arrival.latest, max(arrival.earliest, now - spared)))

    def drop(self, arrival: Arrival) -> None:
        """Counts a request no more: HubSpot has refused it."""
        self._remove(arrival)
        arrival.earliest = arrival.latest = -math.inf

    def count(self, at: float, seconds: float) -> int:
        """The most requests that a window of so many seconds may have held at some time."""
        return bisect_right(self._earliest, at) - bisect_right(self._latest, at - seconds)

    def find_leaving(self, place: int, at: float, seconds: float) -> float:
        """When so many more requests, and one, will have left the window that ends at some time."""
        return self._latest[bisect_right(self._latest, at - seconds) + place] + seconds

    def forget(self, before: float) -> None:
        """Drops what had arrived before a time; counts of windows that reach back beyond it are wrong from now on."""
        old = bisect_right(self._latest, before)
        del self._latest[:old], self._earliest[:old]

    def _move(self, arrival: Arrival, earliest: float, latest: float) -> None:
        self._remove(arrival)
        arrival.earliest, arrival.latest = earliest, latest
        insort(self._earliest, earliest)
        insort(self._latest, latest)

    def _remove(self, arrival: Arrival) -> None:
        first, second = bisect_left(self._earliest, arrival.earliest), bisect_left(self._latest, arrival.latest)
        # Both or none: where one was forgotten, the other stands for a request that was not.
        if self._earliest[first : first + 1] == [arrival.earliest] and self._latest[second : second + 1] == [
            arrival.latest
        ]:
            del self._earliest[first], self._latest[second]


class _Fastest:
    """The shortest time that a response took of late: the part of it that is certainly no delay on the way there."""

    _SECONDS = 10.0

    def __init__(self) -> None:
        self._since: float | None = None
        self._before = 0.0  # nothing is known yet
        self._seconds = float("inf")

    def observe(self, now: float, seconds: float) -> float:
        """Notes how long a response took, and returns the shortest time."""
        if self._since is None:
            self._since = now
        elif now - self._since >= self._SECONDS:
            self._since, self._before, self._seconds = now, self._seconds, float("inf")
        self._seconds = min(self._seconds, seconds)
        return min(self._before, self._seconds)
