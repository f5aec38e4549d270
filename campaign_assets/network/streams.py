"""Sockets under a deadline, and in turns: one asks, one is answered.

Every piece that is sent or received, the TLS handshake included, looks at the deadline of the exchange that it belongs
to. The lookup of a name has the resolver's own limits, and TLS inside the TLS of an https proxy is bounded per piece.
"""

import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore

from campaign_assets.network.deadline import Deadline

_PIECE = 64 * 1024
_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)
_opened: ContextVar[list[httpcore.NetworkStream] | None] = ContextVar("opened", default=None)


@contextmanager
def bounded_by(deadline: Deadline) -> Iterator[None]:
    """Within it, whatever this thread sends and receives has this deadline."""
    before = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(before)


@contextmanager
def closed_on_failure() -> Iterator[None]:
    """Whatever this thread opens within it is closed where it fails: half of a connection is nobody's."""
    opened: list[httpcore.NetworkStream] = []
    before = _opened.set(opened)
    try:
        yield
    except BaseException:
        for stream in opened:
            stream.close()
        raise
    finally:
        _opened.reset(before)


@contextmanager
def _bounded(timeout: float | None) -> Iterator[float | None]:
    """Seconds for one piece.

    Raises:
        DeadlinePassed: There are none, or they were the last.
    """
    deadline = _deadline.get()
    if deadline is None:
        yield timeout
        return
    seconds = deadline.limit(timeout)
    try:
        yield seconds
    except httpcore.TimeoutException:
        deadline.limit(None)  # where both are over, the deadline is what counts
        raise


class BoundedStream(httpcore.NetworkStream):
    """A connection whose every piece is bounded, and on which nothing comes unasked.

    Attributes:
        notes: What its user wants to remember of it.
    """

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self.notes: dict[str, Any] = {}
        self._inner = inner
        self._asking = False
        opened = _opened.get()
        if opened is not None:
            opened.append(self)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next bytes that come; none at the end."""
        self._asking = False
        with _bounded(timeout) as seconds:
            return self._inner.read(max_bytes, seconds)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends bytes; the first of a request only where nothing has come that nobody asked for."""
        if buffer and not self._asking:
            self._check_silence()
            self._asking = True
        for start in range(0, len(buffer), _PIECE):
            with _bounded(timeout) as seconds:
                self._inner.write(buffer[start : start + _PIECE], seconds)

    def close(self) -> None:
        """Closes it."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted from now on."""
        with _bounded(timeout) as seconds:
            return BoundedStream(self._inner.start_tls(ssl_context, server_hostname, seconds))

    def get_extra_info(self, info: str) -> Any:
        """What the socket says of itself."""
        return self._inner.get_extra_info(info)

    def _check_silence(self) -> None:
        """Returns where the server is silent.

        Raises:
            httpcore.ConnectError: It has sent something, or closed the connection: nothing was sent to it yet.
        """
        try:
            surplus = self._inner.read(1, 0)
        except httpcore.ReadError as error:
            if isinstance(error.__cause__, BlockingIOError | ssl.SSLWantReadError):
                return
            surplus = b""
        if surplus:
            raise httpcore.ConnectError("the server spoke before it was asked")
        raise httpcore.ConnectError("the server has closed the connection")


class BoundedBackend(httpcore.NetworkBackend):
    """Opens such connections."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of a host that takes one."""
        failure: Exception = httpcore.ConnectError("the host has no address")
        for address in _list_addresses(host, port):
            try:
                with _bounded(timeout) as seconds:
                    return BoundedStream(self._inner.connect_tcp(address, port, seconds, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


def _list_addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
