"""A response belongs to its request, comes within one deadline, and takes no more memory than it may."""

import gzip
import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_assets.hubspot import (
    ConnectionFailed,
    HubSpotClient,
    InvalidResponse,
    OAuthAuth,
    ResponseTooLarge,
    RetryPolicy,
)
from campaign_assets.hubspot.clock import SystemClock
from campaign_assets.hubspot.json_text import MOST_MEMORY, estimate_memory
from campaign_assets.hubspot.wire import body_memory, exchange
from campaign_assets.hubspot.wire.body_memory import BodyMemory
from campaign_assets.network import Deadline, DeadlinePassed
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.fake_clock import FakeClock
from campaign_assets_tests.hubspot.scripted_server import (
    Received,
    Response,
    ScriptedServer,
    http_response,
    json_response,
)

ONCE = RetryPolicy(attempts=1)
EMPTY_PAGE = {"total": 0, "results": []}


def lasting(response: bytes) -> bytes:
    """The same response, after which the connection stays open."""
    return response.replace(b"Connection: close\r\n", b"")


def to_asset(request: Received, **headers: str) -> bytes:
    """The assets of a campaign: one, whose id is the campaign's."""
    campaign_id = request.target.split("/")[4]
    return lasting(json_response({"results": [{"id": campaign_id}]}, headers=headers))


def read_assets(client: HubSpotClient, campaigns: int) -> list[str]:
    pages = [client.assets.get_page(f"c{number}", "FORM") for number in range(campaigns)]
    return [asset.id for page in pages for asset in page.results]


def repeat(request: Received) -> bytes:
    return to_asset(request) * 2


def repeat_late(request: Received) -> Iterator[bytes]:
    yield to_asset(request)
    time.sleep(0.02)
    yield to_asset(request)


def repeat_in_half(request: Received) -> Iterator[bytes]:
    response = to_asset(request)
    yield response + response[:20]
    time.sleep(0.02)
    yield response[20:]


def add_garbage(request: Received) -> bytes:
    return to_asset(request) + b"\r\n\r\nGET / HTTP/1.1"


def chunk_twice(request: Received) -> bytes:
    body = b'{"results":[{"id":"%s"}]}' % request.target.split("/")[4].encode()
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) * 2


@pytest.mark.parametrize("respond", [repeat, repeat_late, repeat_in_half, add_garbage, chunk_twice])
@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_surplus_bytes_never_answer_the_next_request(
    connect: Connect, respond: Callable[[Received], Response], pause: float
) -> None:
    asked = [f"c{number}" for number in range(6)]
    with ScriptedServer(respond, keeps_alive=True) as server:
        client = connect(server)
        answered = []
        for campaign_id in asked:
            answered += [asset.id for asset in client.assets.get_page(campaign_id, "FORM").results]
            time.sleep(pause)
        if respond is not repeat_late or pause:  # else HubSpot's own number has to tell, see below
            assert answered == asked


def test_a_response_that_comes_again_after_the_next_request_is_told_by_its_number(connect: Connect) -> None:
    numbers = itertools.count()

    def respond(request: Received) -> Iterator[bytes]:
        response = to_asset(request, **{"X-HubSpot-Correlation-Id": f"n{next(numbers)}"})
        yield response
        time.sleep(0.01)  # the next request is on its way by now
        yield response

    with ScriptedServer(respond, keeps_alive=True) as server:
        client = connect(server)
        assert read_assets(client, 8) == [f"c{number}" for number in range(8)]
        assert client.counter.failures.keys() <= {"ConnectionFailed"}


def test_a_connection_with_nothing_left_over_is_used_again(connect: Connect) -> None:
    with ScriptedServer(to_asset, keeps_alive=True) as server:
        assert read_assets(connect(server), 20) == [f"c{number}" for number in range(20)]
        assert server.connections == 1


def test_neither_surplus_nor_threads_mix_responses_up(connect: Connect) -> None:
    chosen: list[Callable[[Received], Response]] = [to_asset, repeat, add_garbage, repeat_in_half]
    with ScriptedServer(lambda request: chosen[len(request.target) % len(chosen)](request), keeps_alive=True) as server:
        client = connect(server, clock=SystemClock(), rate_limit=10_000, max_in_flight=8)

        @settings(max_examples=10)
        @given(st.lists(st.text("abc", min_size=1, max_size=6), max_size=20))
        def check(ids: list[str]) -> None:
            with ThreadPoolExecutor(8) as pool:
                pages = list(pool.map(lambda i: client.assets.get_page(i, "FORM"), ids))
            assert [page.results[0].id for page in pages] == ids

        check()


def drip(text: bytes) -> Iterator[bytes]:
    for place in range(len(text)):
        yield text[place : place + 1]
        time.sleep(0.02)


DRIPS = {
    "status line": b"HTTP/1.1 200 " + b"O" * 1_000,
    "header": b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1_000,
    "headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1_000,
    "early responses": b"HTTP/1.1 103 Hi\r\n\r\n" * 100,
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b" " * 1_000,
    "body without a length": b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 1_000,
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 1_000,
    "a chunk's size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"x" * 1_000,
    "trailers": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * 1_000,
}


@pytest.mark.parametrize("kind", DRIPS)
def test_whatever_drips_one_deadline_ends_it(connect: Connect, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(exchange, "RESPONSE_SECONDS", 0.3)
    with ScriptedServer(lambda _: drip(DRIPS[kind])) as server:
        client = connect(server, clock=SystemClock(), retry=ONCE)
        began = time.monotonic()
        with pytest.raises(ConnectionFailed, match="took longer than") as caught:
            client.campaigns.search()
    assert 0.25 < time.monotonic() - began < 1.5
    assert caught.value.sent


def test_the_token_endpoint_has_the_same_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "RESPONSE_SECONDS", 0.3)
    auth = OAuthAuth("client-id", "client-secret", "refresh-token")
    with (
        ScriptedServer(lambda _: drip(DRIPS["header"])) as server,
        HubSpotClient(auth, base_url=server.url, retry=ONCE) as client,
        pytest.raises(ConnectionFailed, match="POST /oauth/v1/token took longer than"),
    ):
        client.campaigns.search()


def test_the_deadline_is_one_of_the_clock_that_was_given(connect: Connect, clock: FakeClock) -> None:
    def respond() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n"
        for _ in range(20):
            clock.seconds += exchange.RESPONSE_SECONDS / 10  # each piece in time for the socket, all of them too late
            yield b"X: y\r\n"
            time.sleep(0.01)

    with ScriptedServer(lambda _: respond()) as server, pytest.raises(ConnectionFailed, match="longer than 120 sec"):
        connect(server, retry=ONCE).campaigns.search()


@pytest.mark.parametrize("status", [200, 404])
def test_headers_without_end_are_a_failed_connection(connect: Connect, status: int) -> None:
    def respond() -> Iterator[bytes]:
        yield f"HTTP/1.1 {status} Said\r\n".encode()
        for _ in range(5_000):
            yield b"X-Long: " + b"x" * 1_000 + b"\r\n"

    with ScriptedServer(lambda _: respond()) as server, pytest.raises(ConnectionFailed):
        connect(server, retry=ONCE).campaigns.search()


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "deflate, gzip", "gzip, identity, gzip"])
def test_a_response_packed_as_nobody_asked_is_named(connect: Connect, encoding: str) -> None:
    bomb = gzip.compress(gzip.compress(bytes(50_000_000)))
    with ScriptedServer(lambda _: http_response(bomb, headers={"Content-Encoding": encoding})) as server:
        named = encoding.replace("identity, ", "")
        with pytest.raises(InvalidResponse, match=f"is packed as {named}, but only gzip was asked for"):
            connect(server, retry=ONCE).campaigns.search()
        assert server.received[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize("value", ["{}", '{"a":1}', "[[[]]]", "1", '"x"', '"😀😀😀"'])
def test_a_response_of_too_many_values_is_not_parsed_and_not_asked_for_again(connect: Connect, value: str) -> None:
    few = f"{value},".encode()
    times = int(1.2 * MOST_MEMORY / estimate_memory(few))
    body = gzip.compress(b'{"total":0,"results":[' + few * times + b"{}]}", 1)
    with ScriptedServer(lambda _: http_response(body, headers={"Content-Encoding": "gzip"})) as server:
        with pytest.raises(ResponseTooLarge, match="its values would take more than 268,435,456 bytes of memory"):
            connect(server).campaigns.search()
        assert len(server.received) == 1


@pytest.mark.parametrize("status", [404, 500])
def test_a_refusal_that_is_too_large_is_the_error_of_its_status_and_is_not_kept(connect: Connect, status: int) -> None:
    body = gzip.compress(b'{"message":"' + b"x" * 10_000_000 + b'"}')
    with ScriptedServer(lambda _: http_response(body, status, {"Content-Encoding": "gzip"})) as server:
        client = connect(server, retry=ONCE)
        with pytest.raises(Exception, match=f"HubSpot answered {status} to GET /marketing/v3/campaigns.$") as caught:
            client.campaigns.search()
    assert not caught.value.response.body  # type: ignore[attr-defined]


@pytest.mark.parametrize("start", ['{"total":0,"results":[{"id":""},{"id":""}],"x":"', "x"])
def test_an_error_keeps_nothing_of_the_response_that_it_speaks_of(connect: Connect, start: str) -> None:
    body = start + "x" * 3_000_000 + '"}'
    with ScriptedServer(lambda _: http_response(body)) as server, pytest.raises(InvalidResponse) as caught:
        connect(server, retry=ONCE).campaigns.search()
    trace = caught.value.__traceback__
    while trace is not None:
        assert not any(
            isinstance(v, dict | bytes | bytearray) for v in trace.tb_frame.f_locals.values() if v is not body
        )
        trace = trace.tb_next
    assert len(str(caught.value)) < 500


def test_one_large_body_is_read_at_a_time_and_small_ones_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_memory, "FREE_BYTES", 400)
    memory, clock = BodyMemory(4), FakeClock()
    deadline = Deadline(60.0, clock.monotonic)
    with memory.hold() as large:
        large.claim(101, deadline)
        large.claim(1_000, deadline)
        with memory.hold() as small:
            small.claim(100, deadline)
            with small.parsing():
                pass
        with memory.hold() as second:
            clock.seconds += 61
            with pytest.raises(DeadlinePassed):
                second.claim(101, deadline)
    with memory.hold() as third:
        third.claim(101, Deadline(60.0, clock.monotonic))


def test_large_bodies_pass_one_after_the_other(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_memory, "FREE_BYTES", 8_000)
    page = json_response({**EMPTY_PAGE, "note": "x" * 500_000})
    with ScriptedServer(lambda _: page) as server:
        client = connect(server, max_in_flight=8, clock=SystemClock())
        with ThreadPoolExecutor(8) as pool:
            assert [p.total for p in pool.map(lambda _: client.campaigns.search(), range(24))] == [0] * 24


def test_no_cookie_is_kept(connect: Connect) -> None:
    cookies = {"Set-Cookie": "session=somebody; Path=/"}
    with ScriptedServer(lambda _: json_response(EMPTY_PAGE, headers=cookies)) as server:
        client = connect(server)
        client.campaigns.search()
        client.campaigns.search()
        assert [request.headers.get("cookie") for request in server.received] == [None, None]
