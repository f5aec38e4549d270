"""Connections that misbehave: what a well-made web server cannot be asked to do.

Belongs here: breaking, cutting and hanging a connection. Not here: deciding that one shall (`faults`).
"""

import asyncio
import socket
import struct
from collections.abc import Mapping

from starlette.types import Receive, Scope, Send

Peer = tuple[str, int]


class Connections:
    """The open connections of one server by the client's address, so that one can be cut off."""

    def __init__(self) -> None:
        self._transports: dict[Peer, asyncio.Transport] = {}

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
    announced = {**headers, "Content-Length": str(len(body))}
    raw = [(name.lower().encode(), value.encode()) for name, value in announced.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
