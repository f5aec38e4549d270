"""Nothing but failures for a while ends a run; whoever makes progress, however slowly, goes on."""

import pytest

from campaign_assets.hubspot import (
    ConnectionFailed,
    HubSpotError,
    HubSpotUnavailable,
    InvalidRequest,
    InvalidResponse,
    RateLimited,
)
from campaign_assets.hubspot.errors import ErrorResponse
from campaign_assets.hubspot.limits.breaker import (
    FAILURES_IN_A_ROW,
    SECONDS_OF_REFUSALS,
    SECONDS_WITHOUT_SUCCESS,
    Breaker,
)
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.fake_clock import FakeClock


def fail(breaker: Breaker, clock: FakeClock, times: int, seconds: float, error: HubSpotError | None = None) -> None:
    for _ in range(times):
        breaker.failed(error or ConnectionFailed("No response came."))
        clock.seconds += seconds / times


def test_many_failures_over_a_long_time_open_it_and_the_last_one_is_told() -> None:
    clock = FakeClock()
    breaker = Breaker(clock)
    fail(breaker, clock, FAILURES_IN_A_ROW, SECONDS_WITHOUT_SUCCESS)
    with pytest.raises(HubSpotUnavailable, match="20 requests .* within 60 seconds .* No response came"):
        breaker.check()


@pytest.mark.parametrize(
    ("times", "seconds"), [(FAILURES_IN_A_ROW - 1, 3600.0), (1000, SECONDS_WITHOUT_SUCCESS - 1), (0, 0.0)]
)
def test_few_failures_or_a_short_outage_do_not(times: int, seconds: float) -> None:
    clock = FakeClock()
    breaker = Breaker(clock)
    fail(breaker, clock, times, seconds)
    breaker.check()


def test_one_success_between_counts_anew() -> None:
    clock = FakeClock()
    breaker = Breaker(clock)
    for _ in range(5):
        fail(breaker, clock, FAILURES_IN_A_ROW - 1, 600)
        breaker.succeeded()
        breaker.check()
    fail(breaker, clock, FAILURES_IN_A_ROW, SECONDS_WITHOUT_SUCCESS - 1)
    breaker.check()


@pytest.mark.parametrize(
    ("error", "opens"),
    [
        (InvalidResponse("no JSON"), True),
        (RateLimited(ErrorResponse(429, "GET /x")), True),
        (InvalidRequest("too long"), False),
    ],
)
def test_only_failures_that_speak_of_an_outage_count(error: HubSpotError, opens: bool) -> None:
    clock = FakeClock()
    breaker = Breaker(clock)
    fail(breaker, clock, 100, 600, error)
    if opens:
        with pytest.raises(HubSpotUnavailable):
            breaker.check()
    else:
        breaker.check()


def test_refusals_for_the_rate_may_last_longer_than_an_outage() -> None:
    clock = FakeClock()
    breaker = Breaker(clock)
    fail(breaker, clock, 100, SECONDS_OF_REFUSALS - 1, RateLimited(ErrorResponse(429, "GET /x")))
    breaker.check()


def test_an_account_that_is_down_is_left_alone_and_one_that_is_back_is_not(serve: Serve, connect: Connect) -> None:
    server = serve()
    server.portal.faults.add("search", 503, times=None)
    client = connect(server)
    for _ in range(3):
        with pytest.raises(HubSpotError):
            client.campaigns.search()
    sent = server.stats.requests
    assert sent == FAILURES_IN_A_ROW
    with pytest.raises(HubSpotUnavailable, match="HubSpot answered 503"):
        client.campaigns.search()
    assert server.stats.requests == sent

    server.portal.faults.clear()
    assert connect(server).campaigns.search().total == 12
