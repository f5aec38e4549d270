"""Faults carried out: what goes over the wire instead of a response, or of a good one.

Belongs here: the response that a fault makes of another, and the bytes or the silence. Not here: which fault strikes
(`faults`), connections themselves (`connections`).
"""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from campaign_assets.emulator.connections import (
    Connections,
    send_endless,
    send_endless_header,
    send_huge,
    send_pieces,
    send_short,
    to_raw,
    until_disconnected,
)
from campaign_assets.emulator.errors import ApiError
from campaign_assets.emulator.faults import Fault, FaultHit
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.request_handler import JSON_TYPE, RequestHandler
from campaign_assets.emulator.requests import ApiRequest, ApiResponse, json_response

_HUGE = 100_000_000
_HTML = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head>"
    b"<body><h1>Checking your browser before accessing api.hubapi.com</h1></body></html>"
)


@dataclass(frozen=True)
class Wire:
    """Where a response goes."""

    scope: Scope
    receive: Receive
    send: Send
    connections: Connections

    async def send_response(self, response: ApiResponse, headers: Mapping[str, str]) -> None:
        """Send a response as it should be."""
        await Response(response.body, response.status, dict(headers))(self.scope, self.receive, self.send)


async def fail(
    portal: Portal, hit: FaultHit, handler: RequestHandler, request: ApiRequest, response: ApiResponse, wire: Wire
) -> None:
    """Answer, or do not answer, as a fault demands, and count it."""
    fault = hit.fault
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
    failing = failing_response(portal, hit, handler, request, response)
    if failing is None:  # nothing in this response to damage
        portal.stats.answered(response.status, len(response.body))
        await wire.send_response(response, handler.headers(response))
        return
    portal.stats.failed(fault.label)
    silent = fault.kind in ("reset", "refuse", "hang", "header_drip")
    portal.stats.answered(0 if silent else failing.status, 0 if silent else len(failing.body))
    sending = _SENDING.get(fault.kind)
    if sending is None:
        await wire.send_response(failing, handler.headers(failing))
    else:
        await sending(fault, wire, failing, handler.headers(failing))


def failing_response(
    portal: Portal, hit: FaultHit, handler: RequestHandler, request: ApiRequest, response: ApiResponse
) -> ApiResponse | None:
    """Give what a fault makes of a response; None where it finds nothing to damage in it."""
    fault = hit.fault
    if fault.kind == "damage":
        return _damaged(portal, hit, request, response)
    make = _MAKING.get(fault.kind)
    return response if make is None else make(fault, handler, response)


def _damaged(portal: Portal, hit: FaultHit, request: ApiRequest, response: ApiResponse) -> ApiResponse | None:
    if hit.fault.damage is None or response.status >= 300 or not response.body:
        return None
    damaged = hit.fault.damage(request, json.loads(response.body), hit.random)
    if damaged is None:
        return None
    portal.faults.unsaid.update(damaged.unsaid)
    if damaged.garbled is not None:
        portal.faults.garbled.add(damaged.garbled)
    body = json.dumps(damaged.content, separators=(",", ":")).encode()
    return ApiResponse(damaged.status or response.status, body, response.headers)


def _refusal(fault: Fault, handler: RequestHandler, response: ApiResponse) -> ApiResponse:
    error = ApiError(fault.status, fault.message, fault.category)
    fields = {**error.envelope(handler.correlation_id), **fault.envelope}
    return json_response(
        fault.status, {name: value for name, value in fields.items() if value is not None}, fault.headers
    )


def _web_page(fault: Fault, handler: RequestHandler, response: ApiResponse) -> ApiResponse:
    return ApiResponse(fault.status, _HTML, {"Content-Type": "text/html; charset=utf-8", **fault.headers})


def _half(fault: Fault, handler: RequestHandler, response: ApiResponse) -> ApiResponse:
    return ApiResponse(response.status, response.body[: len(response.body) // 2], {**response.headers, **fault.headers})


def _given(fault: Fault, handler: RequestHandler, response: ApiResponse) -> ApiResponse:
    return ApiResponse(fault.status, fault.body, {"Content-Type": JSON_TYPE, **fault.headers})


def _bomb(fault: Fault, handler: RequestHandler, response: ApiResponse) -> ApiResponse:
    return ApiResponse(200, _packed(), {"Content-Encoding": "gzip", **fault.headers})


def _double_bomb(fault: Fault, handler: RequestHandler, response: ApiResponse) -> ApiResponse:
    return ApiResponse(200, gzip.compress(_packed()), {"Content-Encoding": "gzip, gzip", **fault.headers})


@cache
def _packed() -> bytes:
    return gzip.compress(b'{"results":[],"note":"' + b"x" * _HUGE + b'"}', compresslevel=9)


async def _reset(fault: Fault, wire: Wire, response: ApiResponse, headers: Mapping[str, str]) -> None:
    wire.connections.reset(wire.scope)
    await until_disconnected(wire.receive)


async def _refuse(fault: Fault, wire: Wire, response: ApiResponse, headers: Mapping[str, str]) -> None:
    wire.connections.refuse(fault.seconds)
    await _reset(fault, wire, response, headers)


async def _hang(fault: Fault, wire: Wire, response: ApiResponse, headers: Mapping[str, str]) -> None:
    await until_disconnected(wire.receive)


async def _short(
    fault: Fault,
    wire: Wire,
    response: ApiResponse,
    headers: Mapping[str, str],
    end: Callable[[Connections, Scope], None],
) -> None:
    await send_short(wire.send, response.status, headers, response.body)
    end(wire.connections, wire.scope)
    await until_disconnected(wire.receive)


async def _slow(fault: Fault, wire: Wire, response: ApiResponse, headers: Mapping[str, str]) -> None:
    await send_pieces(wire.send, response.status, headers, response.body, fault.seconds)


async def _drip(fault: Fault, wire: Wire, response: ApiResponse, headers: Mapping[str, str]) -> None:
    await _while_connected(wire, send_endless(wire.send, response.status, headers, fault.seconds))


async def _drip_header(fault: Fault, wire: Wire, response: ApiResponse, headers: Mapping[str, str]) -> None:
    await _while_connected(wire, send_endless_header(wire.connections, wire.scope, fault.seconds))


async def _while_connected(wire: Wire, sending: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(sending)
    await until_disconnected(wire.receive)
    task.cancel()


async def _repeat(fault: Fault, wire: Wire, response: ApiResponse, headers: Mapping[str, str]) -> None:
    await wire.send_response(response, headers)
    wire.connections.write(wire.scope, to_raw(response.status, headers, response.body))


async def _huge(fault: Fault, wire: Wire, response: ApiResponse, headers: Mapping[str, str]) -> None:
    await send_huge(wire.send, headers, _HUGE)


_MAKING: Mapping[str, Callable[[Fault, RequestHandler, ApiResponse], ApiResponse]] = {
    "status": _refusal,
    "html": _web_page,
    "cut_json": _half,
    "body": _given,
    "bomb": _bomb,
    "double_bomb": _double_bomb,
}
_SENDING: Mapping[str, Callable[[Fault, Wire, ApiResponse, Mapping[str, str]], Awaitable[None]]] = {
    "reset": _reset,
    "refuse": _refuse,
    "hang": _hang,
    "short_body": partial(_short, end=Connections.close),
    "reset_midway": partial(_short, end=Connections.reset),
    "slow": _slow,
    "drip": _drip,
    "header_drip": _drip_header,
    "repeat": _repeat,
    "huge": _huge,
}
