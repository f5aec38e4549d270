"""The limiter lets through what the account allows, in any ten seconds, over all threads, and no more."""

import threading
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_assets.hubspot.clock import SystemClock
from campaign_assets.hubspot.limits.own_requests import Arrival
from campaign_assets.hubspot.limits.rate_limit import DEFAULT_LIMIT, RateLimiter
from campaign_assets.hubspot.limits.told_limit import AGREEING, WINDOW_SECONDS
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.fake_clock import FakeClock

NAMES = {"limit": "X-HubSpot-RateLimit-Max", "window": "X-HubSpot-RateLimit-Interval-Milliseconds"}


def tell(limiter: RateLimiter, **headers: str) -> None:
    """Lets the limiter see a response with these headers, as if to a request that takes no place in the window."""
    limiter.observe(Arrival(0.0, 0.0), {NAMES[name]: text for name, text in headers.items()})


def count_most(timestamps: Sequence[float], window: float) -> int:
    """The most times in any window."""
    timestamps = sorted(timestamps)
    return max(sum(start <= timestamp < start + window for timestamp in timestamps) for start in timestamps)


@settings(max_examples=150)
@given(
    limit=st.integers(1, 12),
    gaps=st.lists(st.floats(0, 4, allow_nan=False) | st.just(0.0), min_size=1, max_size=60),
)
def test_in_no_window_more_are_sent_than_allowed(limit: int, gaps: list[float]) -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, limit)
    sent = []
    for gap in gaps:
        clock.seconds += gap
        limiter.acquire()
        sent.append(clock.seconds)
    assert count_most(sent, WINDOW_SECONDS) <= limit


@settings(max_examples=100)
@given(limits=st.lists(st.integers(1, 30), min_size=1, max_size=6), each=st.integers(1, 25))
def test_a_limit_that_hubspot_changes_holds_from_the_next_request_on(limits: list[int], each: int) -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock)
    sent: list[float] = []
    for limit in limits:
        for _ in range(AGREEING):
            tell(limiter, limit=str(limit))
        for _ in range(each):
            limiter.acquire()
            window = [timestamp for timestamp in sent if timestamp > clock.seconds - WINDOW_SECONDS]
            assert len(window) < limit
            sent.append(clock.seconds)
            clock.seconds += 0.01


@settings(max_examples=50)
@given(limit=st.integers(1, 50), windows=st.integers(1, 5))
def test_the_whole_allowance_is_used(limit: int, windows: int) -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, limit)
    started = clock.seconds
    for _ in range(limit * windows):
        limiter.acquire()
    assert clock.seconds - started <= (windows - 1) * (WINDOW_SECONDS + 1)


def test_several_threads_together_keep_to_the_limit() -> None:
    limiter = RateLimiter(SystemClock())
    tell(limiter, limit="20", window="1000")
    sent: list[float] = []

    def send() -> None:
        for _ in range(8):
            limiter.acquire()
            sent.append(time.monotonic())

    threads = [threading.Thread(target=send) for _ in range(8)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == 64
    assert count_most(sent, 1.0) <= 20
    assert time.monotonic() - started < 8


def test_an_account_never_has_to_refuse(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve(rate_limit=19, monotonic=clock.monotonic)
    client = connect(server, rate_limit=19)
    for _ in range(100):
        client.account.get_details()
    assert server.stats.rate_limited == 0
    assert server.stats.peak_in_10_seconds == 19


def test_the_limit_of_the_first_response_is_learned(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve(rate_limit=190, monotonic=clock.monotonic)
    client = connect(server)
    started = clock.seconds
    for _ in range(190):
        client.account.get_details()
    assert clock.seconds - started < WINDOW_SECONDS  # the first hundred are certain, the rest was learned
    assert server.stats.rate_limited == 0


@pytest.mark.parametrize(("told", "expected"), [("190", 190), ("20", 20), ("1", 1)])
def test_headers_raise_and_lower_the_limit(told: str, expected: int) -> None:
    limiter = RateLimiter(FakeClock())
    assert limiter.limit == DEFAULT_LIMIT
    tell(limiter, limit=told)
    assert limiter.limit == expected


@pytest.mark.parametrize("told", ["", "0", "-5", "many", "1e3", "190.5", "²", "9" * 30, " ", "NaN"])
def test_a_header_that_makes_no_sense_is_passed_over(told: str) -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock)
    tell(limiter, limit=told, window=told)
    assert limiter.limit == DEFAULT_LIMIT
    tell(limiter, limit="1")
    limiter.acquire()
    started = clock.seconds
    limiter.acquire()
    assert WINDOW_SECONDS <= clock.seconds - started <= WINDOW_SECONDS + 1


@pytest.mark.parametrize("told", ["5", "999", "60001", "86400000"])
def test_a_window_that_makes_no_sense_is_passed_over(told: str) -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, 1)
    tell(limiter, window=told)
    limiter.acquire()
    started = clock.seconds
    limiter.acquire()
    assert WINDOW_SECONDS <= clock.seconds - started <= WINDOW_SECONDS + 1


def test_ones_own_limit_counts_where_it_is_lower() -> None:
    limiter = RateLimiter(FakeClock(), 50)
    tell(limiter, limit="190")
    assert limiter.limit == 50
    for _ in range(AGREEING):
        tell(limiter, limit="10")
    assert limiter.limit == 10


def test_a_single_response_does_not_change_a_known_limit() -> None:
    limiter = RateLimiter(FakeClock())
    for told in ("190", "1", "190", "9999", "1", "190", "1"):
        tell(limiter, limit=told, window=told + "000")
        assert (limiter.limit, limiter.requests_per_second) == (190, 19)


def test_a_share_of_hubspots_limit_is_left_to_others() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, reserve=0.2)
    tell(limiter, limit="190")
    for _ in range(152):
        limiter.acquire()
    assert clock.seconds - 1_000 < WINDOW_SECONDS
    limiter.acquire()
    assert clock.seconds - 1_000 >= WINDOW_SECONDS


def test_a_pause_holds_everybody_back_and_the_longest_counts() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock)
    limiter.pause(30)
    limiter.pause(5)
    started = clock.seconds
    limiter.acquire()
    assert clock.seconds - started == pytest.approx(30)
