"""The portal on the web, as an ASGI application.

Belongs here: HTTP itself, also when it fails. Not here: the steps a request goes through (`visit`), what an endpoint
answers (`endpoints`).
"""

import asyncio
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from campaign_assets.emulator.connections import Connections, send_short, until_disconnected
from campaign_assets.emulator.control import PREFIX, answer_control
from campaign_assets.emulator.faults import Fault
from campaign_assets.emulator.hashing import stable_uuid
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import Answer, ApiRequest
from campaign_assets.emulator.routes import endpoint_name
from campaign_assets.emulator.visit import JSON_TYPE, Visit, failing_answer


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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        body = await Request(scope, receive).body()
        if scope["path"].startswith(f"{PREFIX}/"):
            answer = answer_control(self._portal, scope["method"], scope["path"], body)
            await _send(answer, {"Content-Type": JSON_TYPE}, scope, receive, send)
        else:
            await self._answer_api(_api_request(scope, body), scope, receive, send)

    async def _answer_api(self, request: ApiRequest, scope: Scope, receive: Receive, send: Send) -> None:
        portal = self._portal
        self._correlations += 1
        visit = Visit(portal, stable_uuid(portal.options.seed, "correlation", self._correlations))
        portal.stats.arrived(request.endpoint)
        try:
            with portal.lock:
                answer = visit.answer(request)
            if portal.latency_ms > 0:
                await asyncio.sleep(portal.latency_ms / 1000)
            headers = visit.headers(answer)
            if visit.fault is None:
                portal.stats.answered(answer.status, len(answer.body))
                await _send(answer, headers, scope, receive, send)
            else:
                await self._fail(visit.fault, visit, answer, scope, receive, send)
        finally:
            portal.stats.finished()

    async def _fail(
        self, fault: Fault, visit: Visit, answer: Answer, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer, or do not answer, as a fault demands."""
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        if fault.kind in ("reset", "hang"):
            self._portal.stats.answered(0, 0)
            if fault.kind == "reset":
                self._connections.reset(scope)
            await until_disconnected(receive)
            return
        answer = failing_answer(fault, visit, answer)
        headers = visit.headers(answer)
        self._portal.stats.answered(answer.status, len(answer.body))
        if fault.kind == "short_body":
            await send_short(send, answer.status, headers, answer.body)
            self._connections.close(scope)
            await until_disconnected(receive)
            return
        await _send(answer, headers, scope, receive, send)


def _api_request(scope: Scope, body: bytes) -> ApiRequest:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    path: str = scope["path"]
    name, values = endpoint_name(scope["method"], path)
    return ApiRequest(
        method=scope["method"],
        endpoint=name,
        path=path,
        path_values=values,
        query_string=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
        base_url=f"{scope['scheme']}://{headers.get('host', 'localhost')}",
    )


async def _send(answer: Answer, headers: Mapping[str, str], scope: Scope, receive: Receive, send: Send) -> None:
    await Response(answer.body, answer.status, dict(headers))(scope, receive, send)
