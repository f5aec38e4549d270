"""What other programs use of the same limit: learned from what HubSpot's responses say is left.

What is neither left nor ours is theirs. Their most of late is left to them, so that neither they nor we are refused.
Nothing here is certain: responses may say what was true a while ago, or what never was.
"""

import math
from collections import deque

MEMORY_SECONDS = 20.0
"""How long the most that they used is left to them: two windows, for they may come in bursts."""
AGREEING = 3
"""Responses in a row that must say so: a single one may be wrong."""
LEAST = 3
"""Requests of others, below which there are none: so many may be an error."""
HEADROOM = 3
HEADROOM_SHARE = 0.02
"""Share of what they leave that is left to them too: what no response has told yet."""
STARVING = 0.025
GROWTH = 0.1
"""Share of the limit that is left to them instead where they have taken up their headroom, and may want more."""
RESTLESS = 0.125
"""Share of the limit by which the others' use may change from response to response, in the mean: beyond it, what the
responses say is no count of anything."""
PROBES = 8
"""Requests in a row that HubSpot admits although nothing was left: after so many, responses are not believed."""
PROBES_AFTER_REFUSAL = -3
_SMOOTHING = 0.1


class OtherPrograms:
    """Remembers the most that others used of the window. Not safe for several threads: the limiter's lock guards it."""

    def __init__(self) -> None:
        # A response may tell what was left when the request arrived, or when the response left: nobody says which.
        self._at_arrival, self._at_response = _Levels(), _Levels()
        self._peaks: deque[tuple[float, int]] = deque()  # falling: what was less and earlier never counts again
        self._is_told = False
        self._grew = -MEMORY_SECONDS
        self._probes = 0

    def observe(self, now: float, at_arrival: int, at_response: int, limit: int, remaining: int) -> None:
        """Learns from a response how many requests of the window others use.

        Args:
            now: The time, in seconds.
            at_arrival: So many if it tells of the time at which the request arrived; below zero where that cannot be.
            at_response: So many if it tells of the time at which the response came.
            limit: What the window holds.
            remaining: What is left of it.
        """
        first, second = self._at_arrival, self._at_response
        first.add(at_arrival / limit)
        second.add(at_response / limit)
        # The right one moves only when others come and go, the wrong one with each request of ours too.
        levels = [
            one.agreed
            for one, other in ((first, second), (second, first))
            if 2 * other.restlessness >= one.restlessness
        ]
        self._is_told = min(first.restlessness, second.restlessness) < RESTLESS
        if self._is_told:
            self._add(now, round(limit * min(levels)), remaining <= HEADROOM)

    def refuse(self, now: float, level: int, limit: int) -> None:
        """Learns from a refusal that others use so many; where responses say what is left, that is known better."""
        self._probes = PROBES_AFTER_REFUSAL
        if not self._is_told:
            self._add(now, min(level, limit // 2), True)

    def find_reserve(self, now: float, limit: int) -> int:
        """Requests of the window that are left to them."""
        if not self.are_there(now):
            return 0
        peak = self._find_peak(now)
        headroom = GROWTH * limit if now - self._grew < MEMORY_SECONDS / 2 else HEADROOM_SHARE * (limit - peak)
        return peak + math.ceil(headroom)

    def are_there(self, now: float) -> bool:
        """Whether others use the limit at all, as far as that is known."""
        return self._probes < PROBES and self._find_peak(now) > 0

    def may_probe(self, own: int, limit: int) -> bool:
        """Whether so few of ours are in the window that it is tried out whether really nothing is left."""
        return own < STARVING * limit + self._probes

    def find_seconds_to_probe(self) -> float:
        """Seconds without a request after which one is sent although nothing seems to be left."""
        return 2.0**-self._probes

    def admit(self, *, is_probe: bool) -> None:
        """Learns that HubSpot has admitted a request."""
        if is_probe:
            self._probes += 1
        elif self._probes < PROBES:
            self._probes = min(0, self._probes)

    def _find_peak(self, now: float) -> int:
        while self._peaks and self._peaks[0][0] < now - MEMORY_SECONDS:
            self._peaks.popleft()
        return self._peaks[0][1] if self._peaks else 0

    def _add(self, now: float, level: int, is_full: bool) -> None:
        if level < LEAST:
            return
        if is_full and level >= self._find_peak(now) + LEAST:
            self._grew = now
        while self._peaks and self._peaks[-1][1] <= level:
            self._peaks.pop()
        self._peaks.append((now, level))


class _Levels:
    """How much others use, as shares of the limit, if responses tell of one certain time."""

    def __init__(self) -> None:
        self._told: deque[float] = deque(maxlen=AGREEING)
        self.restlessness = RESTLESS

    @property
    def agreed(self) -> float:
        """What the last responses agree on, at the least."""
        return min(self._told) if len(self._told) == AGREEING else 0.0

    def add(self, level: float) -> None:
        """Notes what a response says."""
        if self._told:
            self.restlessness += _SMOOTHING * (abs(level - self._told[-1]) - self.restlessness)
        self._told.append(level)
