"""A connection in turns: what comes unasked ends it before anything is sent, in the clear and encrypted alike."""

import socket
import ssl
import threading
import time
from pathlib import Path

import httpcore
import pytest

from campaign_assets.network import Connections, DeadlinePassed, ExchangeFailed
from campaign_assets.network.deadline import Deadline
from campaign_assets.network.streams import BoundedBackend, bounded_by
from campaign_assets_tests.network.listener import HELLO, TIMEOUTS, Speak, answer_encrypted, ask, listening


def speak_unasked(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    connection.recv(1)


def echo(connection: socket.socket) -> None:
    while said := connection.recv(100):
        connection.sendall(said)


def test_what_is_said_unasked_ends_a_connection_before_anything_is_sent() -> None:
    with listening(speak_unasked) as port:
        stream = BoundedBackend().connect_tcp("127.0.0.1", port)
        time.sleep(0.05)
        with pytest.raises(httpcore.ConnectError, match="before it was asked"):
            stream.write(b"GET / HTTP/1.1\r\n\r\n")
        stream.close()


def test_a_connection_that_was_closed_meanwhile_takes_no_request() -> None:
    with listening(lambda _: None) as port:
        stream = BoundedBackend().connect_tcp("127.0.0.1", port)
        time.sleep(0.05)
        with pytest.raises(httpcore.ConnectError, match="has closed"):
            stream.write(b"GET / HTTP/1.1\r\n\r\n")
        stream.close()


def test_an_answer_that_comes_while_one_still_asks_is_none_unasked() -> None:
    with listening(echo) as port:
        stream = BoundedBackend().connect_tcp("127.0.0.1", port)
        stream.write(b"the first part")
        time.sleep(0.05)
        stream.write(b"the rest")
        assert stream.read(100).startswith(b"the first part")
        stream.close()


def test_a_host_that_nobody_knows_is_a_failed_connection() -> None:
    for host in ("nowhere.invalid", "a" * 64):
        with pytest.raises(httpcore.ConnectError):
            BoundedBackend().connect_tcp(host, 1)


@pytest.mark.parametrize("step", ["read", "write", "start_tls", "connect"])
def test_every_step_looks_at_the_deadline(step: str) -> None:
    stop = threading.Event()
    with listening(lambda _: stop.wait(10)) as port:
        stream = BoundedBackend().connect_tcp("127.0.0.1", port)
        began = time.monotonic()
        with bounded_by(Deadline(0.2, time.monotonic)), pytest.raises(DeadlinePassed):
            if step == "read":
                stream.read(10, 60.0)
            elif step == "write":
                while True:
                    stream.write(b"x" * 1_000_000, 60.0)
            elif step == "start_tls":
                try:
                    stream.start_tls(ssl.create_default_context(), "localhost", 60.0)
                except httpcore.ConnectTimeout:
                    pytest.fail("it was the step's own time")
            else:
                time.sleep(0.25)
                BoundedBackend().connect_tcp("127.0.0.1", port, 60.0)
        assert time.monotonic() - began < 2
        stop.set()
        stream.close()


def test_an_encrypted_connection_is_used_again_unless_something_is_left_over(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    for response, opened in ((HELLO, 1), (HELLO * 2, 5)):
        asked: list[bytes] = []
        count: list[int] = []
        speak = answer_encrypted(certificate, response, asked)

        def counted(connection: socket.socket, count: list[int] = count, speak: Speak = speak) -> None:
            count.append(1)
            speak(connection)

        with listening(counted) as port:
            connections = Connections(f"https://localhost:{port}", TIMEOUTS)
            assert ask(connections, 5) == [b"hello"] * 5
            connections.close()
        assert len(count) == opened


def test_a_certificate_that_nobody_vouches_for_is_a_failed_connection(certificate: Path) -> None:
    with listening(answer_encrypted(certificate, HELLO, [])) as port:
        connections = Connections(f"https://localhost:{port}", TIMEOUTS)
        with pytest.raises(ExchangeFailed, match="ConnectError.*CERTIFICATE_VERIFY_FAILED") as caught:
            ask(connections, 1)
        assert not caught.value.sent
        connections.close()


def test_an_encrypted_connection_through_a_proxy_is_used_again(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []
    tunnels: list[bytes] = []
    speak = answer_encrypted(certificate, HELLO, asked)

    def tunnel(connection: socket.socket) -> None:
        tunnels.append(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        speak(connection)

    with listening(tunnel) as port:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:word@127.0.0.1:{port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        connections = Connections("https://proxied.test/base", TIMEOUTS)
        assert ask(connections, 3) == [b"hello"] * 3
        connections.close()
    assert len(tunnels) == 1
    assert tunnels[0].startswith(b"CONNECT proxied.test:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjp3b3Jk\r\n" in tunnels[0]
    assert all(request.startswith(b"GET /base/ HTTP/1.1\r\nHost: proxied.test\r\n") for request in asked)
