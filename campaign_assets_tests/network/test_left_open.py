"""Nothing is left open: neither by what fails while a connection is made, nor by a close in the middle of a request."""

import gc
import itertools
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from campaign_assets.network import Connections, DeadlinePassed, ExchangeFailed, Timeouts
from campaign_assets_tests.network.listener import HELLO, TIMEOUTS, ask, listening

Open = Callable[[int], Connections]


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    """Fails where a socket is left to the collector."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        yield
        gc.collect()
    assert [str(warning.message) for warning in told] == []


def fail(connections: Connections, seconds: float = 0.2) -> None:
    with (
        pytest.raises((DeadlinePassed, ExchangeFailed)),
        connections.exchange("GET", "/", seconds=seconds) as response,
    ):
        list(response.list_pieces())


@pytest.mark.parametrize("said", [b"", b"no TLS", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_by_an_encryption_that_fails(said: bytes) -> None:
    def speak(connection: socket.socket) -> None:
        connection.sendall(said)
        while connection.recv(1_000):
            pass

    with listening(speak) as port:
        connections = Connections(f"https://127.0.0.1:{port}", TIMEOUTS)
        fail(connections)
        connections.close()


def test_by_a_deadline_that_passes_between_connecting_and_encrypting() -> None:
    ended = threading.Event()

    def speak(connection: socket.socket) -> None:
        assert connection.recv(1_000) == b""
        ended.set()

    times = itertools.chain([0.0, 0.0, 0.0], itertools.repeat(100.0))
    with listening(speak) as port:
        connections = Connections(f"https://127.0.0.1:{port}", TIMEOUTS, monotonic=lambda: next(times))
        fail(connections)
        assert ended.wait(5)
        connections.close()


def test_by_tunnels_in_which_encryption_fails_and_none_takes_a_place_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    def tunnel(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        connection.recv(1_000)
        connection.sendall(b"no TLS")

    with listening(tunnel) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        connections = Connections("https://proxied.test", Timeouts(5.0, 5.0, 5.0, pool=0.1))
        for _ in range(3):
            with pytest.raises(ExchangeFailed, match="ConnectError"):
                ask(connections, 1)
        connections.close()


def open_plain(port: int) -> Connections:
    return Connections(f"http://127.0.0.1:{port}", TIMEOUTS, most=4)


def open_encrypted(port: int) -> Connections:
    return Connections(f"https://localhost:{port}", TIMEOUTS, most=4)


@pytest.mark.parametrize("is_encrypted", [False, True])
@pytest.mark.parametrize("stage", ["connecting", "answering"])
def test_by_a_close_while_requests_are_in_progress(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, stage: str, is_encrypted: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    reached, go_on = threading.Semaphore(0), threading.Event()

    def wait() -> None:
        reached.release()
        go_on.wait(5)

    def speak(connection: socket.socket) -> None:
        if stage == "connecting":
            wait()
        if is_encrypted:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            connection = context.wrap_socket(connection, server_side=True)
        with connection:
            while connection.recv(65_536):
                if stage == "answering":
                    wait()
                connection.sendall(HELLO)

    with listening(speak) as port, ThreadPoolExecutor(4) as pool:
        connections = open_encrypted(port) if is_encrypted else open_plain(port)
        asked = [pool.submit(ask, connections, 1) for _ in range(4)]
        for _ in range(4):
            assert reached.acquire(timeout=5)
        connections.close()
        go_on.set()
        assert [future.result() for future in asked] == [[b"hello"]] * 4
        with pytest.raises(RuntimeError, match="closed"):
            ask(connections, 1)


def test_by_threads_that_share_connections_of_which_some_end_and_some_say_too_much() -> None:
    count = itertools.count()

    def speak(connection: socket.socket) -> None:
        while request := connection.recv(65_536):
            number, target = next(count), request.split(b" ")[1]
            response = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(target), target)
            if number % 7 == 3:
                connection.sendall(response[:20])
                return
            connection.sendall(response * (2 if number % 3 else 1))

    def ask_for(target: str) -> bytes | None:
        try:
            with connections.exchange("GET", target, seconds=5.0) as response:
                return b"".join(response.list_pieces())
        except ExchangeFailed:
            return None

    with listening(speak) as port:
        connections = Connections(f"http://127.0.0.1:{port}", TIMEOUTS, most=3)
        targets = [f"/{number}" for number in range(400)]
        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(ask_for, targets))
        connections.close()
    assert all(answer in (None, target.encode()) for answer, target in zip(answers, targets, strict=True))
    assert sum(answer is None for answer in answers) < 100
