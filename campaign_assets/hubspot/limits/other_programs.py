"""What other programs use of the same limit: learned from what HubSpot's responses say is left.

What is neither left nor ours is theirs. Their most of late is left to them, so that neither they nor we are refused.
Nothing here is certain: responses may say what was true a while ago, or what never was.
"""

import math
from collections import deque

MEMORY_SECONDS = 20.0
"""How long the most that they used is left to them: two windows, for they may come in bursts."""
LEAST = 3
"""Requests that are taken for others' at the least: fewer may be an error."""
HEADROOM = 0.02
"""Share of what they leave that is left to them too: what no response has told yet."""
GROWTH = 0.1
"""Share of the limit that is left to them besides, where the window was full and they still had more than before."""
FROZEN = 0.04
"""Share of the limit by which ours may change without a change of what is left: beyond it, that is no count."""
PATIENCE_SECONDS = 1.0
"""How long nothing is sent where nothing is left; then one request finds out whether that is so."""
PATIENCE_AFTER_REFUSAL_SECONDS = 8.0


class OtherPrograms:
    """Remembers the most that others used of the window. Not safe for several threads: the limiter's lock guards it."""

    def __init__(self) -> None:
        # A response may tell what was left when the request arrived, or when the response left: nobody says which.
        self._at_arrival, self._at_response = _Levels(), _Levels()
        self._peaks: deque[tuple[float, int]] = deque()  # falling: what was less and earlier never counts again
        self._unchanged = _Unchanged()
        self._grew = -math.inf
        self._patience = PATIENCE_SECONDS
        self._refused = -math.inf
        self._refusals = 0  # in a row

    def observe(self, now: float, limit: int, remaining: int, own: tuple[int, int]) -> None:
        """Learns from a response how many requests of the window others use.

        Args:
            now: The time, in seconds.
            limit: What the window holds.
            remaining: What is left of it, as the response says.
            own: Ours in it, when the request arrived and when the response came.
        """
        were_told = self._are_told(limit)
        self._unchanged.observe(remaining, own[1])
        for levels, ours in zip((self._at_arrival, self._at_response), own, strict=True):
            levels.add((limit - remaining - ours) / limit)
        if self._are_told(limit):
            self._add(now, round(limit * self._find_lower()), is_full=remaining <= LEAST)
        elif were_told:
            self._peaks.clear()

    def refuse(self, now: float, limit: int, level: int, *, is_probe: bool) -> None:
        """Learns from a refusal that others use so many; where responses say what is left, that is known better."""
        if is_probe:
            self._patience = PATIENCE_AFTER_REFUSAL_SECONDS
        if now - self._refused >= PATIENCE_SECONDS:  # those in progress are refused together
            self._refused, self._refusals = now, self._refusals + 1
        if not self._are_told(limit):
            self._add(now, min(level, int(limit * (1 - 0.5**self._refusals))), is_full=True)

    def admit(self, *, is_probe: bool) -> None:
        """Learns that a request was not refused, maybe although nothing seemed to be left."""
        self._refusals = 0
        if is_probe:
            self._patience = min(PATIENCE_SECONDS, self._patience) / 2

    def find_peak(self, now: float) -> int:
        """The most that they have used of late."""
        while self._peaks and self._peaks[0][0] < now - MEMORY_SECONDS:
            self._peaks.popleft()
        return self._peaks[0][1] if self._peaks else 0

    def find_reserve(self, now: float, limit: int) -> int:
        """Requests of the window that are left to them."""
        if not self.are_there(now):
            return 0
        level = self.find_peak(now)
        if self._are_told(limit):
            # While ours become more, the two guesses differ by as many as are in progress: now the higher one counts.
            level = max(level, round(limit * max(self._at_arrival.agreed, self._at_response.agreed)))
        headroom = GROWTH * limit if now - self._grew < MEMORY_SECONDS / 2 else HEADROOM * (limit - level)
        return level + math.ceil(headroom)

    def are_there(self, now: float) -> bool:
        """Whether others use the limit at all, as far as that is known."""
        return self.find_peak(now) > 0

    def find_patience(self, limit: int, allowance: int, own: int) -> float:
        """Seconds without a request after which one is sent although nothing is left; infinite where some is."""
        few = _to_few(limit)
        return self._patience if 2 * allowance <= few and own <= few + 1 else math.inf

    def _are_told(self, limit: int) -> bool:
        calmer = min(self._at_arrival.restlessness, self._at_response.restlessness)
        return calmer < _Levels.RESTLESS and self._unchanged.range_of_own < _to_few(limit)

    def _find_lower(self) -> float:
        # The right guess moves only when others come and go, the wrong one with each request of ours too.
        pair = self._at_arrival, self._at_response
        return min(
            one.agreed
            for one, other in zip(pair, reversed(pair), strict=True)
            if one.restlessness <= 2 * other.restlessness + _Levels.CALM
        )

    def _add(self, now: float, level: int, *, is_full: bool) -> None:
        if level < LEAST:
            return
        if is_full and level >= self.find_peak(now) + LEAST:
            self._grew = now
        while self._peaks and self._peaks[-1][1] <= level:
            self._peaks.pop()
        self._peaks.append((now, level))


class _Levels:
    """How much others use, as shares of the limit, if responses tell of one certain time."""

    AGREEING = 3
    """Responses in a row that must say so: a single one may be wrong."""
    RESTLESS = 0.1
    """What may change from response to response, in the mean: beyond it, responses count nothing."""
    CALM = 0.002
    """What may change and still be next to nothing."""
    _SMOOTHING = 0.05

    def __init__(self) -> None:
        self._told: deque[float] = deque(maxlen=self.AGREEING)
        self.restlessness = 2 * self.RESTLESS  # several calm ones come before the first is believed

    @property
    def agreed(self) -> float:
        """What the last responses agree on, at the least."""
        return min(self._told, default=0.0)

    def add(self, level: float) -> None:
        """Notes what a response says."""
        if self._told:
            self.restlessness += self._SMOOTHING * (abs(level - self._told[-1]) - self.restlessness)
        self._told.append(level)


class _Unchanged:
    """What is left, for as long as responses say the same, and how much the number of ours has changed meanwhile."""

    def __init__(self) -> None:
        self._remaining: int | None = None
        self._fewest = self._most = 0

    @property
    def range_of_own(self) -> int:
        """Between the fewest and the most of ours."""
        return self._most - self._fewest

    def observe(self, remaining: int, own: int) -> None:
        """Notes a response."""
        if remaining != self._remaining:
            self._remaining, self._fewest, self._most = remaining, own, own
        self._fewest, self._most = min(own, self._fewest), max(own, self._most)


def _to_few(limit: int) -> int:
    return max(2, math.ceil(FROZEN * limit))
