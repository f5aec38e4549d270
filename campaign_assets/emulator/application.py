"""The portal on the web, as an ASGI application.

Belongs here: HTTP itself. Not here: the steps a request goes through (`request_handler`), what an endpoint
answers (`endpoints`), what it looks like when one fails on purpose (`failing`).
"""

import asyncio
import random
import re
from urllib.parse import unquote

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from campaign_assets.emulator.connections import Connections
from campaign_assets.emulator.control import PREFIX, serve_control
from campaign_assets.emulator.failing import Wire, fail
from campaign_assets.emulator.hashing import stable_uuid
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.request_handler import JSON_TYPE, RequestHandler
from campaign_assets.emulator.requests import ApiRequest
from campaign_assets.emulator.routes import endpoint_name

_HOST = re.compile(r"[0-9A-Za-z.:\[\]_-]+")


class EmulatorApplication:
    """The ASGI application of one portal.

    Args:
        portal: Whose requests it answers.
        connections: The server's connections, for faults that break one.
    """

    def __init__(self, portal: Portal, connections: Connections | None = None) -> None:
        self._portal = portal
        self._connections = connections or Connections()
        self._correlations = 0
        self._delays = random.Random(portal.options.seed)  # noqa: S311 - no secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        body = await Request(scope, receive).body()
        wire = Wire(scope, receive, send, self._connections)
        if scope["path"].startswith(f"{PREFIX}/"):
            response = serve_control(self._portal, scope["method"], scope["path"], body)
            await wire.send_response(response, {"Content-Type": JSON_TYPE})
        else:
            if delay := self._portal.options.arrival_delay_ms:
                await asyncio.sleep(self._delays.uniform(0, delay) / 1000)
            await self._serve_api(_api_request(scope, body), wire)

    async def _serve_api(self, request: ApiRequest, wire: Wire) -> None:
        portal = self._portal
        self._correlations += 1
        handler = RequestHandler(portal, stable_uuid(portal.options.seed, "correlation", self._correlations))
        portal.stats.arrived(request.endpoint)
        try:
            with portal.lock:
                response = handler.response(request)
            if portal.latency_ms > 0:
                await asyncio.sleep(portal.latency_ms / 1000)
            if handler.hit is not None:
                await fail(portal, handler.hit, handler, request, response, wire)
            else:
                portal.stats.answered(response.status, len(response.body))
                await wire.send_response(response, handler.headers(response))
        finally:
            portal.stats.finished()


def _api_request(scope: Scope, body: bytes) -> ApiRequest:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    path = _decoded(scope)
    name, values = endpoint_name(scope["method"], path)
    return ApiRequest(
        method=scope["method"],
        endpoint=name,
        path=path,
        path_values={key: value.replace("%2F", "/") for key, value in values.items()},
        query_string=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
        base_url=f"{scope['scheme']}://{_host(headers)}",
    )


def _host(headers: dict[str, str]) -> str:
    """Give the address the client used; one that is none could break the links it is put into."""
    host = headers.get("host", "")
    return host if _HOST.fullmatch(host) else "localhost"


def _decoded(scope: Scope) -> str:
    """Give the path decoded, but for a slash inside one of its steps, which stays `%2F`."""
    raw: bytes = scope.get("raw_path") or b""
    if b"%2f" not in raw.lower():
        return str(scope["path"])
    return unquote(re.sub("%2[Ff]", "%252F", raw.decode("ascii")))
