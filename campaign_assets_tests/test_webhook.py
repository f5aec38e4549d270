"""The webhook: a status within five seconds, whatever else comes, and a straight way to this machine."""

import gzip
import time
from collections.abc import Callable, Iterator

import pytest

from campaign_assets import webhook
from campaign_assets.webhook import Webhook, WebhookError
from campaign_assets_tests.hubspot.scripted_server import Received, Response, ScriptedServer, http_response


def drip(start: bytes, piece: bytes) -> Callable[[Received], Iterator[bytes]]:
    def respond(request: Received) -> Iterator[bytes]:
        yield start
        for _ in range(500):
            yield piece
            time.sleep(0.01)

    return respond


@pytest.mark.parametrize(
    "respond",
    [
        drip(b"HTTP/1.1 200 O", b"K"),
        drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        drip(b"", b"HTTP/1.1 103 Hi\r\n\r\n"),
        drip(b"", b""),
    ],
)
def test_whatever_drips_a_message_takes_no_longer_than_it_may(
    respond: Callable[[Received], Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "SECONDS", 0.3)
    with ScriptedServer(respond) as server:
        began = time.monotonic()
        with pytest.raises(WebhookError, match="did not answer within|could not be reached: ReadTimeout"):
            Webhook(f"{server.url}/SECRET").post("text")
        assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    "respond",
    [
        drip(b"HTTP/1.1 200 OK\r\n\r\n", b" "),
        lambda _: http_response(gzip.compress(gzip.compress(bytes(200_000_000))), headers={"Content-Encoding": "gzip"}),
        lambda _: b"HTTP/1.1 204 Said\r\nContent-Length: 1000\r\n\r\n",
    ],
)
def test_only_the_status_counts_and_the_body_is_not_read(respond: Callable[[Received], Response]) -> None:
    with ScriptedServer(respond) as server:
        began = time.monotonic()
        Webhook(f"{server.url}/SECRET").post("text")
        assert time.monotonic() - began < 4.0


def test_a_webhook_on_this_machine_is_reached_past_every_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        ScriptedServer(lambda _: http_response("", 500)) as proxy,
        ScriptedServer(lambda _: http_response("")) as server,
    ):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        Webhook(f"{server.url}/hook?a=b%20c").post("text")
        assert proxy.received == []
    assert server.received[0].line == "POST /hook?a=b%20c"
    assert server.received[0].body == b'{"text": "text"}'


def test_no_cookie_is_kept_and_what_stands_before_the_host_says_who_we_are() -> None:
    with ScriptedServer(lambda _: http_response("", headers={"Set-Cookie": "a=b"})) as server:
        hook = Webhook(server.url.replace("//", "//user:w%40rd@"))
        hook.post("one")
        hook.post("two")
    assert [request.line for request in server.received] == ["POST /", "POST /"]
    assert [request.headers.get("cookie") for request in server.received] == [None, None]
    assert server.received[0].headers["authorization"] == "Basic dXNlcjp3QHJk"
    assert "@" not in server.received[0].headers["host"]
