"""HubSpot's ten-second limit: spend the whole allowance and no more.

A true sliding window: at no time do more requests lie in the last window than the limit allows, less what other
programs use of it. All worker threads share one limiter. How long a single request waits before another try is
`retry`'s business.
Source: HubSpot's usage guidelines (a rolling window of ten seconds, told in headers of each response).
"""

import math
import threading
from collections import deque
from collections.abc import Mapping

from campaign_assets.hubspot.clock import Clock
from campaign_assets.hubspot.limits.header_values import to_count
from campaign_assets.hubspot.limits.limit_observation import LimitObservation
from campaign_assets.hubspot.limits.other_programs import OtherPrograms
from campaign_assets.hubspot.limits.own_requests import Arrival, OwnRequests
from campaign_assets.hubspot.limits.told_limit import ToldLimit

DEFAULT_LIMIT = 100
"""Requests per window before the first response: the lowest limit that HubSpot gives any app."""
MARGIN_SECONDS = 0.05
"""How much longer than HubSpot's window ours is, besides what is not known of the arrivals."""
WIDER_MARGIN_SECONDS = 0.2
LONGEST_MARGIN_SECONDS = 2.0
"""What the margin doubles to at most, from the wider one on, when HubSpot says that it was not enough."""
FULL = 0.05
"""Share of the limit that is missing at the most where ours have used it up: not every arrival is known for certain."""
SHRINKING = 0.97
"""What remains of the margin after each window without a refusal."""

SHORTEST_WAIT_SECONDS = 0.001
"""A wait that is shorter may not move a clock at all."""
EVENLY = 0.9
"""Beside other programs, the share of the mean time between two requests that passes between any two."""
LONGEST_NAP_SECONDS = 0.5
"""After which a request that waits for the window looks again: responses may have taught something."""
_OBSERVATIONS = 64
"""So many of the last responses are remembered, for whoever asks what they say of the limit."""


class RateLimiter:
    """Lets requests through as fast as the account allows, shared by all threads."""

    def __init__(self, clock: Clock, limit: int | None = None, reserve: float = 0.0) -> None:
        """Makes a limiter.

        Args:
            clock: Time.
            limit: Requests per window at most, whatever HubSpot allows; None for what HubSpot allows.
            reserve: Share of HubSpot's limit, from 0 to 1, that is always left to other programs.
        """
        self._clock = clock
        self._own_limit = limit
        self._reserve = reserve
        self._told = ToldLimit()
        self._margin = MARGIN_SECONDS
        self._margin_since = clock.monotonic()
        self._requests = OwnRequests()
        self._others = OtherPrograms()
        self._paused_until = 0.0
        self._last = 0.0
        self._observations: deque[LimitObservation] = deque(maxlen=_OBSERVATIONS)
        self._lock = threading.Lock()

    @property
    def limit(self) -> int:
        """Requests per window at present at most, where no other program uses any."""
        if self._told.requests is None:
            return self._own_limit or DEFAULT_LIMIT
        return min(self._own_limit or self._told.requests, max(1, self._told.requests - self._find_reserved()))

    @property
    def others(self) -> int:
        """Requests of the window that other programs have used of late, as far as HubSpot's responses tell it."""
        with self._lock:
            return self._others.find_peak(self._clock.monotonic())

    @property
    def observations(self) -> tuple[LimitObservation, ...]:
        """What the last responses said is left, the oldest first; those that said nothing are not among them."""
        with self._lock:
            return tuple(self._observations)

    @property
    def margin(self) -> float:
        """Seconds by which its window is longer than HubSpot's at present."""
        return self._margin

    @property
    def requests_per_second(self) -> float:
        """What the limit allows at present."""
        return self.limit / self._told.seconds

    def acquire(self) -> Arrival:
        """Returns when a request may be sent, and counts it as sent at the moment that it returns."""
        while True:
            permitted = self.try_acquire()
            if isinstance(permitted, Arrival):
                return permitted
            self._clock.sleep(permitted)

    def try_acquire(self) -> Arrival | float:
        """Counts a request as sent now where one may be; else the seconds after which to try again."""
        with self._lock:
            now = self._clock.monotonic()
            wait, is_probe = self._find_wait(now)
            if wait > 0:
                return max(wait, SHORTEST_WAIT_SECONDS)
            self._last = now
            return self._requests.add(now, is_probe)

    def send(self, arrival: Arrival) -> None:
        """Counts a request as sent now: between its permit and its sending a connection may have been opened."""
        with self._lock:
            self._requests.send(arrival, self._clock.monotonic())

    def answer(self, arrival: Arrival) -> None:
        """Notes that the response to a request begins to come, or that none will."""
        with self._lock:
            self._requests.answer(arrival, self._clock.monotonic())

    def observe(self, arrival: Arrival, headers: Mapping[str, str]) -> None:
        """Learns the limit, and what others use of it, from a response's headers; what makes no sense is passed over.

        Args:
            arrival: The request.
            headers: Of its response.
        """
        remaining = to_count(headers.get("X-HubSpot-RateLimit-Remaining"))
        with self._lock:
            now = self._clock.monotonic()
            self._told.observe(headers)
            limit, own = self._told.requests, self._count_own(arrival, now)
            if own and remaining is not None and limit:
                self._others.observe(now, limit, remaining, own)
                self._observations.append(LimitObservation(limit, remaining, *own))

    def admit(self, arrival: Arrival) -> None:
        """Learns that HubSpot has not refused a request for its limit."""
        with self._lock:
            self._others.admit(is_probe=arrival.is_probe)

    def refuse(self, arrival: Arrival) -> None:
        """Learns from a refusal: others have used what we have not; and if we have used it all, we came too early."""
        with self._lock:
            now = self._clock.monotonic()
            own = self._count_own(arrival, now)
            self._requests.drop(arrival)
            if not own:
                return
            limit = self._told.requests or self.limit
            level = limit - max(own) + 1
            if level > FULL * limit:
                self._others.refuse(now, limit, level, is_probe=arrival.is_probe)
            elif now - self._margin_since >= self._told.seconds or self._margin == MARGIN_SECONDS:
                self._margin = min(LONGEST_MARGIN_SECONDS, max(WIDER_MARGIN_SECONDS, 2 * self._margin))
                self._margin_since = now

    def pause(self, seconds: float) -> None:
        """Holds every request of every thread back for so many seconds: HubSpot has said that it is too much."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)

    def _find_wait(self, now: float) -> tuple[float, bool]:
        """Seconds until a request may leave, and whether it leaves although nothing seems to be left."""
        self._shrink_margin(now)
        self._requests.forget(now - 3 * self._told.seconds)
        paused, held = self._paused_until - now, self._told.seconds + self._margin
        own, allowance = self._requests.count(now, held), self._find_allowance(now)
        if own < allowance:
            return max(paused, self._find_gap(held, allowance, now)), False
        wait = min(LONGEST_NAP_SECONDS, self._requests.find_leaving(own - allowance, now, held) - now)
        if own < self.limit:
            probe = self._last + self._others.find_patience(self.limit, allowance, own) - now
            if probe <= 0:
                return max(paused, 0), True
            wait = min(wait, probe)
        return max(paused, wait), False

    def _find_gap(self, held: float, allowance: int, now: float) -> float:
        """Seconds until the next request is due: beside others evenly, so that what they do is seen in time."""
        return self._last + EVENLY * held / allowance - now if self._others.are_there(now) else 0.0

    def _find_allowance(self, now: float) -> int:
        limit = self._told.requests or self.limit
        return max(1, min(self.limit, limit - self._others.find_reserve(now, limit)))

    def _find_reserved(self) -> int:
        return math.ceil(self._reserve * (self._told.requests or 0))

    def _shrink_margin(self, now: float) -> None:
        while now - self._margin_since >= self._told.seconds and self._margin > MARGIN_SECONDS:
            self._margin = max(MARGIN_SECONDS, SHRINKING * self._margin)
            self._margin_since += self._told.seconds

    def _count_own(self, arrival: Arrival, now: float) -> tuple[int, int] | None:
        """Ours in HubSpot's window when a request arrived, and when its response came.

        None where that is not known any more, or where nothing is known of the response.
        """
        if arrival.answered is None or now - arrival.earliest > self._told.seconds:
            return None
        first, second = (self._requests.count(at, self._told.seconds) for at in (arrival.earliest, arrival.answered))
        return first, second
