"""A minute on the line to HubSpot in a few milliseconds: the limiter that ships against the emulator's rate limit.

Events on one clock that nobody waits for: requests are sent, arrive, count, and are answered. What a real line adds is
measured by the benchmark.
"""

import heapq
import math
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from campaign_assets.emulator.auth import Caller
from campaign_assets.emulator.clock import PortalClock
from campaign_assets.emulator.errors import ApiError
from campaign_assets.emulator.limit_headers import LimitHeaders
from campaign_assets.emulator.rate_limit import WINDOW_SECONDS, RateLimit
from campaign_assets.hubspot.limits.concurrency_limit import ConcurrencyLimit
from campaign_assets.hubspot.limits.own_requests import Arrival
from campaign_assets.hubspot.limits.rate_limit import RateLimiter

CALLER = Caller("app", frozenset())


class Simulation:
    """Runs events in the order of their times. It is a `Clock` too, on which nobody can wait."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0

    def monotonic(self) -> float:
        """The time of the present event."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Nobody waits in a simulation."""
        raise AssertionError("nobody waits in a simulation")

    def after(self, seconds: float, event: Callable[[], None]) -> None:
        """Lets something happen later."""
        self._number += 1
        heapq.heappush(self._events, (self.now + seconds, self._number, event))

    def run(self, seconds: float) -> None:
        """Lets time pass."""
        end = self.now + seconds
        while self._events and self._events[0][0] <= end:
            self.now, _, event = heapq.heappop(self._events)
            event()
        self.now = end


def find_rate(times: list[float], first: float, end: float) -> float:
    """Requests in ten seconds, between two times."""
    return 10 * sum(first <= seconds < end for seconds in times) / (end - first)


class FixedRateLimit(RateLimit):
    """The same limit, counted anew from every tenth second on."""

    def _window(self, caller: Caller) -> deque[float]:
        window = self._windows.setdefault(caller.app, deque())
        began = self._monotonic() // WINDOW_SECONDS * WINDOW_SECONDS
        while window and window[0] < began:
            window.popleft()
        return window


@dataclass
class Line:
    """The way to HubSpot and back, and its rate limit.

    Attributes:
        simulation: Time.
        limit: Requests in ten seconds.
        headers: What responses say, one of the emulator's `LimitHeaderKind`.
        out_seconds: A request's way there takes from the first to the second.
        held_seconds: So does its response.
        seed: Decides what is left to chance.
        is_fixed: Whether the window begins anew every ten seconds, instead of rolling.
        tamper: Changes the headers of a response.
    """

    simulation: Simulation
    limit: int = 190
    headers: str = "current"
    out_seconds: tuple[float, float] = (0.0, 0.0)
    held_seconds: tuple[float, float] = (0.3, 0.3)
    seed: int = 1
    is_fixed: bool = False
    tamper: Callable[[dict[str, str]], Mapping[str, str]] = dict
    limits: RateLimit = field(init=False)

    def __post_init__(self) -> None:
        clock = PortalClock(fixed=datetime(2026, 1, 1, 12, tzinfo=UTC))
        kind = FixedRateLimit if self.is_fixed else RateLimit
        self.limits = kind(self.limit, self.limit, 625_000, False, self.simulation.monotonic, clock)
        self._told = LimitHeaders(self.limits, self.headers, self.simulation.monotonic, self.seed)
        self.random = random.Random(self.seed)  # noqa: S311 - no secret

    def send(self, answered: Callable[[bool, Mapping[str, str]], None]) -> None:
        """Sends a request; `answered` learns whether it was admitted, and the headers."""

        def arrive() -> None:
            try:
                self.limits.admit(CALLER)
                admitted = True
            except ApiError:
                admitted = False
            counted = self.limits.headers(CALLER)
            self.simulation.after(self.random.uniform(*self.held_seconds), lambda: leave(admitted, counted))

        def leave(admitted: bool, counted: dict[str, str]) -> None:
            answered(admitted, self.tamper(self._told.tell(CALLER, counted)))

        self.simulation.after(self.random.uniform(*self.out_seconds), arrive)


class Ours:
    """This product: as many requests at once as it ships with, under the limiter that ships.

    Attributes:
        admitted: When each request that was admitted was answered, in seconds since the beginning.
        refused: The same of those that were refused.
    """

    def __init__(self, line: Line, limiter: RateLimiter | None = None, ceiling: int = 64) -> None:
        self.line = line
        self.simulation = line.simulation
        self.limiter = limiter or RateLimiter(line.simulation)
        self.concurrency = ConcurrencyLimit(line.simulation, ceiling, lambda: self.limiter.requests_per_second)
        self.admitted: list[float] = []
        self.refused: list[float] = []
        self.working = True
        self._in_progress = 0
        self._began = self.simulation.now
        self._waits = False

    def start(self, seconds: float = 0.0) -> None:
        """Begins after so many seconds."""
        self.simulation.after(seconds, self._fill)

    def _fill(self) -> None:
        while self.working and self._in_progress < self.concurrency.target and not self._waits:
            permitted = self.limiter.try_acquire()
            if isinstance(permitted, Arrival):
                self._in_progress += 1
                self._send(permitted)
            else:
                self._waits = True
                self.simulation.after(permitted, self._again)

    def _again(self) -> None:
        self._waits = False
        self._fill()

    def _send(self, arrival: Arrival) -> None:
        sent = self.simulation.now
        self.limiter.send(arrival)

        def answered(admitted: bool, headers: Mapping[str, str]) -> None:
            self.limiter.answer(arrival)
            self.limiter.observe(arrival, headers)
            self._in_progress -= 1
            (self.admitted if admitted else self.refused).append(self.simulation.now - self._began)
            if admitted:
                self.limiter.admit(arrival)
                self.concurrency.observe(self.simulation.now - sent)
            else:
                self.limiter.refuse(arrival)
                self.limiter.pause(0.5 + 0.5 * self.line.random.random())
            self._fill()

        self.line.send(answered)


class Theirs:
    """Another program under the same token: so many requests at once, again and again; what is refused, it tries later.

    Attributes:
        admitted: When each request that was admitted was answered.
        refused: The same of those that were refused.
    """

    def __init__(
        self,
        line: Line,
        burst: int,
        period: tuple[float, float],
        *,
        over: float = 0.0,
        retry: float = 1.0,
        ends: float = math.inf,
    ) -> None:
        self.line = line
        self.simulation = line.simulation
        self.burst, self.period, self.over, self.retry, self.ends = burst, period, over, retry, ends
        self.admitted: list[float] = []
        self.refused: list[float] = []
        self._began = self.simulation.now

    def start(self, seconds: float = 0.0) -> None:
        """Begins after so many seconds."""
        self.simulation.after(seconds, self._burst)

    def _burst(self) -> None:
        if self.simulation.now - self._began >= self.ends:
            return
        for number in range(self.burst):
            self.simulation.after(self.over * number / self.burst, self._send)
        self.simulation.after(self.line.random.uniform(*self.period), self._burst)

    def _send(self) -> None:
        def answered(admitted: bool, headers: Mapping[str, str]) -> None:
            (self.admitted if admitted else self.refused).append(self.simulation.now - self._began)
            if not admitted:
                self.simulation.after(self.retry, self._send)

        self.line.send(answered)
