"""A server on a bare socket that says word for word what a test wants: for what no well-made server does."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

Response = bytes | Iterator[bytes]
"""The bytes of a whole response, or pieces that are sent one by one."""


@dataclass(frozen=True)
class Received:
    """A request as it arrived.

    Attributes:
        line: Its first line, without the protocol.
        headers: Its headers by lower-case name.
        body: Its body.
        at: When it arrived, in seconds of `time.monotonic`.
    """

    line: str
    headers: Mapping[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def target(self) -> str:
        """Path and query, encoded as they came."""
        return self.line.split(" ", 1)[1]


class ScriptedServer:
    """Answers each request with what `response` makes of it, one connection for each unless it keeps them.

    Attributes:
        url: Where it is.
        received: Every request so far.
        connections: How many connections were opened so far.
    """

    def __init__(self, response: Callable[[Received], Response], *, keeps_alive: bool = False) -> None:
        self.received: list[Received] = []
        self.connections = 0
        self._keeps_alive = keeps_alive
        self._response = response
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> "ScriptedServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            try:
                while request := _receive(stream):
                    self.received.append(request)
                    response = self._response(request)
                    for piece in [response] if isinstance(response, bytes) else response:
                        connection.sendall(piece)
                    if not self._keeps_alive:
                        return
            except OSError:
                pass  # the client has had enough


def _receive(stream: Any) -> Received | None:
    """The next request; None where there is no other."""
    first = stream.readline()
    if not first:
        return None
    line = first.decode("latin-1").rsplit(" ", 1)[0]
    headers: dict[str, str] = {}
    while text := stream.readline().decode("latin-1").strip():
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    return Received(line, headers, stream.read(int(headers.get("content-length", "0"))))


def http_response(body: bytes | str, status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """A whole response, after which the connection ends."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def json_response(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """A whole response of JSON."""
    return http_response(json.dumps(value), status, {"Content-Type": "application/json", **(headers or {})})
