"""How many requests are in progress at once: latency times rate, found out, and never more than the ceiling."""

import threading
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_assets.hubspot.limits.concurrency_limit import FIRST, HEADROOM, ConcurrencyLimit
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.fake_clock import FakeClock


def make_limit(ceiling: int = 64, rate: float = 19.0) -> ConcurrencyLimit:
    return ConcurrencyLimit(FakeClock(), ceiling, lambda: rate)


@pytest.mark.parametrize(("latency", "rate"), [(0.3, 19.0), (2.0, 19.0), (0.05, 19.0), (2.0, 10.0), (0.3, 25.0)])
def test_latency_times_rate_and_some_headroom_is_found_out(latency: float, rate: float) -> None:
    limit = make_limit(rate=rate)
    assert limit.target == FIRST and limit.latency is None
    for _ in range(100):
        limit.observe(latency)
    assert limit.latency == pytest.approx(latency)
    assert latency * rate < limit.target <= HEADROOM * latency * rate + 2


def test_a_latency_that_changes_is_followed_both_ways() -> None:
    limit = make_limit()
    for latency, expected in ((0.2, 7), (2.0, 58), (0.2, 7)):
        for _ in range(200):
            limit.observe(latency)
        assert limit.target == expected


@settings(max_examples=60)
@given(ceiling=st.integers(1, 64), latencies=st.lists(st.floats(0, 600), max_size=30))
def test_the_ceiling_is_never_passed_and_two_are_always_allowed(ceiling: int, latencies: Sequence[float]) -> None:
    limit = make_limit(ceiling)
    for latency in latencies:
        limit.observe(latency)
        assert min(2, ceiling) <= limit.target <= max(2, ceiling)


def test_no_more_threads_than_places_are_let_in_and_all_get_their_turn() -> None:
    limit = make_limit(3)
    now, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal now, most
        for _ in range(20):
            with limit.place():
                with lock:
                    now += 1
                    most = max(most, now)
                with lock:
                    now -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert most <= limit.peak <= 3 and now == 0


def test_a_place_is_given_back_when_a_request_fails() -> None:
    limit = make_limit(1)
    for _ in range(3):
        with pytest.raises(RuntimeError), limit.place():
            raise RuntimeError
    with limit.place():
        assert limit.peak == 1


def test_an_account_sees_no_more_at_once_than_the_ceiling(serve: Serve, connect: Connect) -> None:
    server = serve(latency_ms=20)
    client = connect(server, max_in_flight=3)
    threads = [threading.Thread(target=client.account.get_details) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert server.stats.requests == 12
    assert 1 <= server.stats.peak_in_flight <= 3
