"""All requests of an account together: when the next one may leave, and what the responses teach about that.

Four rules in one place: so many at once, so many in ten seconds, so many a day, and none while HubSpot is down.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from campaign_assets.hubspot.clock import Clock
from campaign_assets.hubspot.errors import DailyLimitReached, HubSpotError, RateLimited
from campaign_assets.hubspot.limits.breaker import Breaker
from campaign_assets.hubspot.limits.concurrency_limit import ConcurrencyLimit
from campaign_assets.hubspot.limits.daily_quota import DailyQuota
from campaign_assets.hubspot.limits.rate_limit import RateLimiter

_SENT = "http11.send_request_headers.complete"
_ANSWERED = "http11.receive_response_headers.complete"
_RECEIVED = "http11.receive_response_body.complete"


class Permit:
    """The leave of one request: it counts for the limit from when its bytes have really left.

    Attributes:
        seconds: How long HubSpot took to answer, from the first byte sent to the last received; None until then.
    """

    def __init__(self, clock: Clock, limiter: RateLimiter) -> None:
        self.seconds: float | None = None
        self._clock = clock
        self._limiter = limiter
        self._arrival = limiter.acquire()

    def trace(self, event: str, info: Mapping[str, object]) -> None:
        """What httpcore calls at each step of a request.

        Opening a connection takes its time: counted from before it, the request would lie in HubSpot's window for
        longer than in ours.
        """
        if event == _SENT:
            self._limiter.send(self._arrival)
        elif event == _ANSWERED:
            self._limiter.answer(self._arrival)
        elif event == _RECEIVED:
            self.seconds = self._clock.monotonic() - self._arrival.earliest

    def observe(self, headers: Mapping[str, str]) -> None:
        """Learns from the response's headers what is left of the limit."""
        self._limiter.observe(self._arrival, headers)

    def finish(self, error: HubSpotError | None) -> None:
        """Learns how the request ended: whether HubSpot refused it for the limit."""
        if isinstance(error, RateLimited) and not isinstance(error, DailyLimitReached):
            self._limiter.refuse(self._arrival)
        elif error is None:
            self._limiter.admit(self._arrival)


class Throttle:
    """Lets the requests of all threads leave.

    Attributes:
        limiter: The ten-second limit.
        concurrency: How many are in progress.
        quota: The day's requests.
    """

    def __init__(
        self, clock: Clock, *, rate_limit: int | None, rate_reserve: float, max_in_flight: int, daily_reserve: float
    ) -> None:
        """Makes the rules of an account.

        Args:
            clock: Time.
            rate_limit: Requests in 10 seconds at most; None for what HubSpot allows.
            rate_reserve: Share of what HubSpot allows in 10 seconds, from 0 to 1, that is always left to others.
            max_in_flight: Requests at once at most.
            daily_reserve: Share of the day's requests, from 0 to 1, that is left to others.
        """
        self._clock = clock
        self.limiter = RateLimiter(clock, rate_limit, rate_reserve)
        self.concurrency = ConcurrencyLimit(clock, max_in_flight, lambda: self.limiter.requests_per_second)
        self.quota = DailyQuota(daily_reserve)
        self._breaker = Breaker(clock)

    @contextmanager
    def admit(self) -> Iterator[Permit]:
        """Waits until a request may leave, and holds its place until it is answered.

        Raises:
            DailyReserveReached: Only the reserve of the day's requests is left.
            HubSpotUnavailable: Nothing but failures for a while.
        """
        with self.concurrency.place():
            self.quota.check()
            self._breaker.check()
            permit = Permit(self._clock, self.limiter)
            try:
                yield permit
            except HubSpotError as error:
                self._breaker.failed(error)
                permit.finish(error)
                raise
            self._breaker.succeeded()
            permit.finish(None)
            if permit.seconds is not None:
                self.concurrency.observe(permit.seconds)

    def observe(self, permit: Permit, headers: Mapping[str, str]) -> None:
        """Learns the limits from the headers of a request's response."""
        permit.observe(headers)
        self.quota.observe(headers)
