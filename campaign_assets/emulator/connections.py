"""Connections that misbehave: what a well-made web server cannot be asked to do.

Belongs here: breaking, cutting and hanging a connection. Not here: deciding that one shall (`faults`).
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping

from starlette.types import Receive, Scope, Send

Peer = tuple[str, int]


class Connections:
    """The open connections of one server by the client's address, so that one can be cut off."""

    def __init__(self) -> None:
        self._transports: dict[Peer, asyncio.Transport] = {}
        self.refuse: Callable[[float], None] = lambda seconds: None
        """Accepts no connection for so many seconds; the server says how."""

    def opened(self, transport: asyncio.Transport) -> None:
        """Remember a connection."""
        peer = transport.get_extra_info("peername")
        if peer is not None:
            self._transports[peer[0], peer[1]] = transport

    def closed(self, transport: asyncio.Transport) -> None:
        """Forget a connection."""
        self._transports = {peer: other for peer, other in self._transports.items() if other is not transport}

    def reset(self, scope: Scope) -> None:
        """Cut the connection a request came on, so that the client sees a reset."""
        transport = self._transports.get(tuple(scope["client"]))
        if transport is not None:
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()

    def write(self, scope: Scope, data: bytes) -> None:
        """Send bytes on the connection a request came on, whatever the web server makes of them."""
        transport = self._transports.get(tuple(scope["client"]))
        if transport is not None and not transport.is_closing():
            transport.write(data)

    def close(self, scope: Scope) -> None:
        """End the connection a request came on, after what was sent so far."""
        transport = self._transports.get(tuple(scope["client"]))
        if transport is not None:
            transport.close()

    def abort_all(self) -> None:
        """Cut every connection."""
        for transport in list(self._transports.values()):
            transport.abort()


async def until_disconnected(receive: Receive) -> None:
    """Wait until the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def send_short(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Announce a whole body and send its first half."""
    await _start(send, status, {**headers, "Content-Length": str(len(body))})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})


async def send_pieces(send: Send, status: int, headers: Mapping[str, str], body: bytes, seconds: float) -> None:
    """Send a whole response in ten pieces with a pause before each."""
    await _start(send, status, {**headers, "Content-Length": str(len(body))})
    size = max(1, -(-len(body) // 10))
    for start in range(0, len(body), size):
        await asyncio.sleep(seconds)
        piece = body[start : start + size]
        await send({"type": "http.response.body", "body": piece, "more_body": start + size < len(body)})
    if not body:
        await send({"type": "http.response.body", "body": b""})


async def send_endless(send: Send, status: int, headers: Mapping[str, str], seconds: float) -> None:
    """Send spaces for ever, one every so many seconds: it may still become JSON."""
    await _start(send, status, headers)
    while True:
        await send({"type": "http.response.body", "body": b" ", "more_body": True})
        await asyncio.sleep(seconds)


async def send_endless_header(connections: Connections, scope: Scope, seconds: float) -> None:
    """Send a header that never ends, a letter every so many seconds."""
    connections.write(scope, b"HTTP/1.1 200 OK\r\nX-Trace: ")
    while True:
        connections.write(scope, b"x")
        await asyncio.sleep(seconds)


def to_raw(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    """Give a whole response as it goes over the wire."""
    lines = [f"HTTP/1.1 {status} OK", *(f"{name.lower()}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode("latin-1") + body


async def send_huge(send: Send, headers: Mapping[str, str], size: int) -> None:
    """Send JSON of so many bytes."""
    await _start(send, 200, headers)
    await send({"type": "http.response.body", "body": b'{"results":[],"note":"', "more_body": True})
    piece = b"x" * 1_000_000
    for _ in range(size // len(piece)):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": b'"}'})


async def _start(send: Send, status: int, headers: Mapping[str, str]) -> None:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
