"""Failures that may pass are tried again, after waits that HubSpot or the backoff sets; the others are not."""

import gzip
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate

import pytest

from campaign_assets.hubspot import (
    AccountMoving,
    ApiError,
    ConnectionFailed,
    DailyLimitReached,
    HubSpotError,
    InvalidResponse,
    Locked,
    RateLimited,
    ResponseTooLarge,
    RetryPolicy,
    ServerFailed,
)
from campaign_assets.hubspot.clock import SystemClock
from campaign_assets.hubspot.wire.error_responses import to_seconds
from campaign_assets.hubspot.wire.exchange import RESPONSE_BYTES, RESPONSE_SECONDS
from campaign_assets.hubspot.wire.retry import may_be_done
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.fake_clock import FakeClock
from campaign_assets_tests.hubspot.scripted_server import Received, ScriptedServer, http_response, json_response

EMPTY_PAGE = {"total": 0, "results": []}
LIMITED = {"errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING", "category": None}


@pytest.mark.parametrize("status", [423, 429, 500, 502, 503, 504, 521, 523, 524, 599])
def test_a_status_that_may_pass_is_tried_again(serve: Serve, connect: Connect, status: int) -> None:
    server = serve()
    server.portal.faults.add("search", status, times=3)
    client = connect(server)
    assert client.campaigns.search().total == 12
    assert client.counter.by_endpoint == {"search": 4}
    assert sum(client.counter.failures.values()) == 3


@pytest.mark.parametrize("kind", ["html", "cut_json", "short_body", "reset"])
def test_a_response_that_breaks_is_asked_for_again(serve: Serve, connect: Connect, kind: str) -> None:
    server = serve()
    server.portal.faults.add("search", kind=kind, times=2)
    client = connect(server)
    assert client.campaigns.search().total == 12
    assert client.counter.requests == 3


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 405, 409, 414, 415, 418, 477])
def test_a_status_that_does_not_pass_is_not_tried_again(
    serve: Serve, connect: Connect, clock: FakeClock, status: int
) -> None:
    server = serve()
    server.portal.faults.add("search", status, times=None)
    client = connect(server)
    with pytest.raises(ApiError):
        client.campaigns.search()
    assert client.counter.requests == 1
    assert clock.slept == []


def test_the_last_failure_is_raised_after_all_attempts(serve: Serve, connect: Connect) -> None:
    server = serve()
    server.portal.faults.add("search", 503, times=None)
    client = connect(server, retry=RetryPolicy(attempts=4))
    with pytest.raises(ServerFailed):
        client.campaigns.search()
    assert client.counter.requests == 4


def test_waits_double_up_to_the_longest(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve()
    server.portal.faults.add("search", 500, times=6)
    connect(server, retry=RetryPolicy(longest_seconds=10, random=lambda: 1.0)).campaigns.search()
    assert clock.slept == [1, 2, 4, 8, 10, 10]


@pytest.mark.parametrize(("chance", "expected"), [(0.0, [0.5, 1.0, 2.0]), (0.5, [0.75, 1.5, 3.0])])
def test_chance_takes_up_to_half_of_a_wait_away(
    serve: Serve, connect: Connect, clock: FakeClock, chance: float, expected: list[float]
) -> None:
    server = serve()
    server.portal.faults.add("search", 500, times=3)
    connect(server, retry=RetryPolicy(random=lambda: chance)).campaigns.search()
    assert clock.slept == expected


def test_a_locked_campaign_is_waited_for_two_seconds_at_least(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve()
    server.portal.faults.add("search", 423)
    connect(server).campaigns.search()
    assert clock.slept == [2.0]


def test_a_lock_that_stays_is_raised(serve: Serve, connect: Connect) -> None:
    server = serve()
    server.portal.faults.add("search", 423, times=None)
    with pytest.raises(Locked):
        connect(server).campaigns.search()


@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_in_seconds_is_waited(serve: Serve, connect: Connect, clock: FakeClock, status: int) -> None:
    server = serve()
    server.portal.faults.add("search", status, headers={"Retry-After": "7"}, envelope=LIMITED)
    connect(server).campaigns.search()
    assert sum(clock.slept) == pytest.approx(7)


def test_a_retry_after_that_is_a_date_counts_from_the_responses_own_date(
    serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    headers = {"Retry-After": "Wed, 21 Oct 2015 07:28:40 GMT", "Date": "Wed, 21 Oct 2015 07:28:00 GMT"}
    responses = iter([json_response({}, 503, headers), json_response(EMPTY_PAGE)])
    with ScriptedServer(lambda _: next(responses)) as server:
        connect(server).campaigns.search()
    assert clock.slept == [40.0]


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [
        (None, None),
        ("", None),
        ("12", 12.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("nan", None),
        ("inf", None),
        ("9" * 400, None),
        ("soon", None),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00", 0.0),
    ],
)
def test_a_retry_after_of_any_text_is_seconds_or_nothing(retry_after: str | None, expected: float | None) -> None:
    assert to_seconds(retry_after) == expected


def test_a_retry_after_date_without_a_response_date_counts_from_now() -> None:
    seconds = to_seconds(formatdate(time.time() + 60, usegmt=True))
    assert seconds is not None and 57 <= seconds <= 61


@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_beyond_the_longest_is_raised_at_once(
    serve: Serve, connect: Connect, clock: FakeClock, status: int
) -> None:
    server = serve()
    server.portal.faults.add("search", status, headers={"Retry-After": "121"}, envelope=LIMITED)
    client = connect(server)
    with pytest.raises(ApiError) as caught:
        client.campaigns.search()
    assert caught.value.retry_after == 121
    assert client.counter.requests == 1
    assert clock.slept == []


def test_a_retry_after_of_zero_does_not_use_up_the_attempts_at_once(
    serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    server = serve()
    server.portal.faults.add("search", 429, headers={"Retry-After": "0"}, envelope=LIMITED)
    connect(server).campaigns.search()
    assert sum(clock.slept) >= 0.5


def test_a_ten_second_limit_that_stays_is_raised(serve: Serve, connect: Connect) -> None:
    server = serve()
    server.portal.faults.add("search", 429, times=None, envelope=LIMITED)
    with pytest.raises(RateLimited) as caught:
        connect(server).campaigns.search()
    assert type(caught.value) is RateLimited


def test_a_ten_second_limit_holds_every_thread_back(connect: Connect) -> None:
    refused = threading.Event()

    def response(request: Received) -> bytes:
        if refused.is_set():
            return json_response(EMPTY_PAGE)
        refused.set()
        return json_response({"policyName": "TEN_SECONDLY_ROLLING"}, 429, {"Retry-After": "1"})

    with ScriptedServer(response) as server:
        client = connect(server, clock=SystemClock())
        first = threading.Thread(target=client.campaigns.search)
        first.start()
        assert refused.wait(10)
        time.sleep(0.2)  # the refusal has to arrive
        others = [threading.Thread(target=client.campaigns.search) for _ in range(3)]
        for thread in others:
            thread.start()
        for thread in [*others, first]:
            thread.join()
        refusal, *rest = server.received
    assert len(rest) == 4
    assert all(request.at - refusal.at >= 0.95 for request in rest)


def test_a_daily_limit_is_not_tried_again(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve()
    envelope = {"errorType": "RATE_LIMIT", "policyName": "DAILY", "category": None}
    server.portal.faults.add("search", 429, times=None, headers={"Retry-After": "3"}, envelope=envelope)
    client = connect(server)
    with pytest.raises(DailyLimitReached):
        client.campaigns.search()
    assert client.counter.requests == 1
    assert clock.slept == []


def test_an_account_that_is_moved_is_handed_back_at_once(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve()
    server.portal.faults.add("search", 477, headers={"Retry-After": "1"})
    client = connect(server)
    with pytest.raises(AccountMoving):
        client.campaigns.search()
    assert clock.slept == []


def test_no_connection_is_tried_again(connect: Connect, clock: FakeClock) -> None:
    with ScriptedServer(lambda _: b"") as server:
        pass
    client = connect(server)  # nobody listens there any more
    with pytest.raises(ConnectionFailed, match="ConnectError") as caught:
        client.campaigns.search()
    assert not caught.value.sent
    assert client.counter.requests == 7
    assert len(clock.slept) == 6


def test_a_response_whose_bytes_drip_is_given_up(connect: Connect, clock: FakeClock) -> None:
    def drip() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        for _ in range(20):
            clock.seconds += RESPONSE_SECONDS / 10  # each one in time for the socket, all of them too late
            yield b" "
            time.sleep(0.01)

    with ScriptedServer(lambda _: drip()) as server:
        client = connect(server, retry=RetryPolicy(attempts=1))
        with pytest.raises(ConnectionFailed, match="took longer than 120 seconds"):
            client.campaigns.search()


def test_a_response_without_end_is_given_up_and_not_asked_for_again(connect: Connect) -> None:
    bomb = gzip.compress(b" " * (RESPONSE_BYTES + 1), 1)
    with ScriptedServer(lambda _: http_response(bomb, headers={"Content-Encoding": "gzip"})) as server:
        client = connect(server)
        with pytest.raises(ResponseTooLarge, match="larger than"):
            client.campaigns.search()
        assert len(server.received) == 1


def test_a_response_that_cannot_be_unpacked_is_a_failed_connection(connect: Connect) -> None:
    with (
        ScriptedServer(lambda _: http_response(b"no gzip", headers={"Content-Encoding": "gzip"})) as server,
        pytest.raises(ConnectionFailed),
    ):
        connect(server, retry=RetryPolicy(attempts=1)).campaigns.search()


def test_bytes_that_are_no_http_are_a_failed_connection(connect: Connect) -> None:
    with ScriptedServer(lambda _: b"220 ready for mail\r\n") as server, pytest.raises(ConnectionFailed):
        connect(server, retry=RetryPolicy(attempts=1)).campaigns.search()


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "5", '{"total": NaN, "results": []}', '{"total": true, "results": []}', "[" * 100_000],
)
def test_json_of_another_shape_is_an_invalid_response(connect: Connect, body: str) -> None:
    with ScriptedServer(lambda _: http_response(body)) as server, pytest.raises(InvalidResponse):
        connect(server, retry=RetryPolicy(attempts=1)).campaigns.search()


def test_a_redirect_is_not_followed(connect: Connect) -> None:
    with (
        ScriptedServer(lambda _: http_response("", 307, {"Location": "/elsewhere"})) as server,
        pytest.raises(ServerFailed, match="307"),
    ):
        connect(server).campaigns.search()
        assert [request.target.split("?")[0] for request in server.received] == ["/marketing/v3/campaigns"]


def test_failures_before_the_success_are_counted_by_kind(serve: Serve, connect: Connect) -> None:
    server = serve()
    server.portal.faults.add("search", 500)
    server.portal.faults.add("search", 423)
    client = connect(server)
    client.campaigns.search()
    assert client.counter.failures == {"ServerFailed": 1, "Locked": 1}


def test_what_was_surely_not_done_is_told_from_what_may_be() -> None:
    assert may_be_done(ConnectionFailed("lost"))
    assert not may_be_done(ConnectionFailed("refused", sent=False))
    assert may_be_done(InvalidResponse("html"))
    assert not may_be_done(HubSpotError("something else"))


def test_attempts_are_counted_for_each_call_anew(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve()
    client = connect(server)
    for calls in (1, 2, 3):
        server.portal.faults.add("search", 500)
        client.campaigns.search()
        assert clock.slept == [1.0] * calls


def hang(clock: FakeClock) -> Iterator[bytes]:
    """A response of which something comes all the time, and never the end."""
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        clock.seconds += 10
        yield b"X: y\r\n"
        time.sleep(0.002)


def test_all_tries_together_have_one_time(connect: Connect, clock: FakeClock) -> None:
    began = clock.seconds
    with ScriptedServer(lambda _: hang(clock)) as server, pytest.raises(ConnectionFailed, match="took longer than"):
        connect(server).campaigns.search()
    assert RetryPolicy().total_seconds <= clock.seconds - began < RetryPolicy().total_seconds + 60


def test_waits_count_as_time_that_is_taken(connect: Connect, clock: FakeClock) -> None:
    busy = json_response(LIMITED, 503, {"Retry-After": "100"})
    with ScriptedServer(lambda _: busy) as server, pytest.raises(ServerFailed):
        connect(server, retry=RetryPolicy(total_seconds=250)).campaigns.search()
    assert clock.slept == [100, 100]


@pytest.mark.parametrize("ask", ["get_details", "get_daily_usage"])
def test_what_is_only_good_to_know_is_not_waited_for(connect: Connect, clock: FakeClock, ask: str) -> None:
    began = clock.seconds
    with ScriptedServer(lambda _: hang(clock)) as server:
        with pytest.raises(ConnectionFailed, match="took longer than 30 seconds"):
            getattr(connect(server).account, ask)()
        assert len(server.received) == 1
    assert clock.seconds - began < 90
