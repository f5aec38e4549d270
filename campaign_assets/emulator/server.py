"""The portal on a socket: a web server in a thread of this process.

Belongs here: starting, stopping and the address. Not here: the command line (`command`).
"""

import asyncio
import json
import socket
import threading
from types import TracebackType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from campaign_assets.emulator.application import EmulatorApplication
from campaign_assets.emulator.connections import Connections
from campaign_assets.emulator.errors import ApiError
from campaign_assets.emulator.hashing import stable_uuid
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.request_handler import JSON_TYPE
from campaign_assets.emulator.statistics import Statistics

_LONGEST_START = 30.0


class EmulatorServer:
    """Serves a portal on this machine; a context manager.

    `with EmulatorServer(Portal(campaigns=5)) as server: httpx.get(server.url + "/marketing/v3/campaigns", …)`

    Args:
        portal: What to serve; a default portal if None.
        port: 0 for any free port.
        host: The address to listen on.

    Attributes:
        url: Where the portal answers, without a trailing slash; known once the server has started.
    """

    def __init__(self, portal: Portal | None = None, port: int = 0, host: str = "127.0.0.1") -> None:
        self.portal = portal or Portal()
        self._host = host
        self._port = port
        self.url = ""
        self._connections = Connections()
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    @property
    def stats(self) -> Statistics:
        """What the portal was asked so far."""
        return self.portal.stats

    def start(self) -> None:
        """Listen, and return once the portal answers; a stopped server starts again at the same address.

        Raises:
            OSError: Where the port is in use.
        """
        listener = _listen(self._host, self._port)
        self._port = port = listener.getsockname()[1]
        host = f"[{self._host}]" if ":" in self._host else self._host
        self.url = f"http://{host}:{port}"
        self._started.clear()
        self._thread = threading.Thread(target=self._run, args=(listener,), name="emulator", daemon=True)
        self._thread.start()
        self._started.wait(_LONGEST_START)
        if self._failure is not None:
            raise RuntimeError("the emulator did not start") from self._failure

    def stop(self) -> None:
        """Cut every connection and stop; harmless where the server does not run."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        self._thread = None

    def __enter__(self) -> "EmulatorServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, listener: socket.socket) -> None:
        try:
            asyncio.run(self._serve(listener))
        except BaseException as error:  # noqa: BLE001 - told to the thread that waits in start()
            self._failure = error
        finally:
            self._started.set()

    async def _serve(self, listener: socket.socket) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        server = uvicorn.Server(self._config())
        server.config.load()
        server.lifespan = server.config.lifespan_class(server.config)
        await server.startup(sockets=[listener])
        self._started.set()
        tasks = [asyncio.create_task(_tick(server))]
        self._connections.refuse = lambda seconds: tasks.append(asyncio.create_task(self._refuse(server, seconds)))
        await self._stopping.wait()
        for task in tasks:
            task.cancel()
        await self._close(server)

    async def _refuse(self, server: uvicorn.Server, seconds: float) -> None:
        """Accept no connection for so many seconds; those that are open stay."""
        closing, server.servers = server.servers, []
        if not closing:  # it refuses already
            return
        for listening in closing:
            listening.close()
        await asyncio.sleep(seconds)
        while True:
            try:
                listener = _listen(self._host, self._port)
                break
            except OSError:  # another program was given the port meanwhile
                await asyncio.sleep(0.05)
        await server.startup(sockets=[listener])

    async def _close(self, server: uvicorn.Server) -> None:
        """Stop listening, cut every connection and end what was still being answered."""
        for listening in server.servers:
            listening.close()
        self._connections.abort_all()
        for task in server.server_state.tasks:
            task.cancel()
        await asyncio.gather(*server.server_state.tasks, return_exceptions=True)
        for listening in server.servers:
            await listening.wait_closed()

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            EmulatorApplication(self.portal, self._connections),
            http=_protocol(self._connections),
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
        )


async def _tick(server: uvicorn.Server) -> None:
    """Keep the date header current."""
    while True:
        await server.on_tick(0)
        await asyncio.sleep(1.0)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends without delay only on a socket that says it is TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener


def _protocol(connections: Connections) -> type[asyncio.Protocol]:
    """Make a web protocol that tells `connections` of every connection."""

    class RememberingProtocol(HttpToolsProtocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            connections.opened(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.closed(self.transport)
            super().connection_lost(exc)

        def send_400_response(self, msg: str) -> None:
            self.transport.write(_refusal(msg))
            self.transport.close()

    return RememberingProtocol


def _refusal(message: str) -> bytes:
    """Write the response to what is no HTTP: it reaches no application, but is refused like everything else."""
    error = ApiError(400, message, "VALIDATION_ERROR")
    body = json.dumps(error.envelope(stable_uuid(0, message))).encode()
    head = f"HTTP/1.1 400 Bad Request\r\nContent-Type: {JSON_TYPE}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + body
