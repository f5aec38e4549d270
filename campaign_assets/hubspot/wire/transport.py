"""One request to HubSpot and its response: sent under the limit, bounded in time and size, tried again, judged.

Which requests there are is the business of the endpoint modules; this one knows none of them.
"""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TypeVar

import httpx

from campaign_assets.hubspot.base_url import is_loopback
from campaign_assets.hubspot.clock import Clock
from campaign_assets.hubspot.errors import (
    ConnectionFailed,
    HubSpotError,
    InvalidResponse,
    NotFound,
    RateLimited,
    ResponseTooLarge,
    TokenExpired,
)
from campaign_assets.hubspot.json_text import JSON, read_json
from campaign_assets.hubspot.limits.throttle import Permit, Throttle
from campaign_assets.hubspot.wire.auth import Auth
from campaign_assets.hubspot.wire.error_responses import to_error
from campaign_assets.hubspot.wire.request import Request
from campaign_assets.hubspot.wire.request_counter import RequestCounter
from campaign_assets.hubspot.wire.retry import RetryPolicy, may_be_done

T = TypeVar("T")

RESPONSE_SECONDS = 120.0
"""A whole response takes no longer, however slowly its bytes come."""
RESPONSE_BYTES = 64 * 1024 * 1024
"""No response is larger: fifty campaigns with every type full are some 10 MB."""
TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=30.0, pool=120.0)
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)
_FAILURES = (httpx.TransportError, httpx.DecodingError, httpx.StreamError, httpx.InvalidURL)


class Transport:
    """Sends requests to one account's API. Safe to use from several threads."""

    def __init__(
        self,
        base_url: str,
        auth: Auth,
        *,
        token_path: str,
        throttle: Throttle,
        retry: RetryPolicy,
        clock: Clock,
        max_in_flight: int,
    ) -> None:
        """Opens no connection yet.

        Args:
            base_url: Root of the API.
            auth: Who we are.
            token_path: Where `auth` asks for new tokens.
            throttle: When requests may leave.
            retry: When a request is sent again.
            clock: Time.
            max_in_flight: Requests at once at most, each on a connection of its own.
        """
        self.throttle = throttle
        self.counter = RequestCounter()
        self._auth = auth
        self._token_path = token_path
        self._retry = retry
        self._clock = clock
        self._http = httpx.Client(
            base_url=base_url,
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=max_in_flight, max_keepalive_connections=max_in_flight),
            follow_redirects=False,
            trust_env=not is_loopback(base_url),  # a proxy for the outside world does not know our loopback
            headers={"Accept": "application/json", "User-Agent": "campaign-assets"},
        )

    def __enter__(self) -> "Transport":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes all connections."""
        self._http.close()

    def call(self, request: Request, parse: Callable[[JSON], T], counter: RequestCounter | None = None) -> T:
        """Sends a request, again where that may help, and returns its parsed response.

        An access token that HubSpot calls expired is renewed and the request repeated, once. A DELETE that was
        repeated because its first response was lost, and finds nothing then, has done its work.

        Args:
            request: What is asked.
            parse: Makes the response of the JSON (None for an empty body); raises InvalidResponse.
            counter: Also counts the requests of this call.

        Raises:
            HubSpotError: The last failure, after every try that may help.
        """
        attempt = 0
        renewed = may_be_deleted = False
        while True:
            attempt += 1
            header = None if request.is_secret else self._auth.get_header(self._send_form)
            try:
                with self.throttle.admit() as permit:
                    self._count(request, counter)
                    return parse(self._exchange(request, header, permit))
            except HubSpotError as error:
                self.counter.add_failure(error)
                if may_be_deleted and isinstance(error, NotFound):
                    return parse(None)
                if not renewed and self._is_renewable(error, header):
                    renewed = True
                    continue
                wait = self._retry.find_wait(error, attempt, request.idempotent)
                if wait is None:
                    raise
                self._wait(error, wait)
                may_be_deleted |= request.method == "DELETE" and may_be_done(error)

    def _send_form(self, form: Mapping[str, str]) -> JSON:
        return self.call(Request("oauth_token", "POST", self._token_path, form=form), lambda response: response)

    def _is_renewable(self, error: HubSpotError, header: str | None) -> bool:
        return header is not None and isinstance(error, TokenExpired) and self._auth.expire(header)

    def _count(self, request: Request, counter: RequestCounter | None) -> None:
        self.counter.add(request.endpoint)
        if counter:
            counter.add(request.endpoint)

    def _wait(self, error: HubSpotError, seconds: float) -> None:
        if isinstance(error, RateLimited):
            self.throttle.limiter.pause(seconds)  # the limit is everybody's: nobody goes on before it is over
        else:
            self._clock.sleep(seconds)

    def _exchange(self, request: Request, header: str | None, permit: Permit) -> JSON:
        status, headers, body = self._send(request, header, permit)
        self.throttle.observe(headers)
        if status >= 300:
            raise to_error(request, status, headers, body)
        return _to_json(request, body) if body else None

    def _send(self, request: Request, header: str | None, permit: Permit) -> tuple[int, httpx.Headers, bytes]:
        target = request.to_target()
        content, headers = request.to_content()
        extensions = {"trace": permit.trace}
        if header is not None:
            headers["Authorization"] = header
        try:
            with self._http.stream(
                request.method, target, content=content, headers=headers, extensions=extensions
            ) as response:
                return response.status_code, response.headers, self._read_body(request, response)
        except _FAILURES as error:
            failure = self._to_failure(request, error)
        # Raised here and not above: httpx's own errors carry the request along, and with it the token.
        raise failure

    def _to_failure(self, request: Request, error: Exception) -> ConnectionFailed:
        # A LocalProtocolError may quote the header that it does not like.
        detail = "" if isinstance(error, httpx.LocalProtocolError) else str(error)
        return ConnectionFailed(
            f"No whole response came to {request} from {self._http.base_url.host}: "
            f"{type(error).__name__}{f': {detail}' if detail else ''}.",
            sent=not isinstance(error, _NOT_SENT),
        )

    def _read_body(self, request: Request, response: httpx.Response) -> bytes:
        deadline = self._clock.monotonic() + RESPONSE_SECONDS
        body = bytearray()
        failure: HubSpotError | None = None
        for piece in response.iter_bytes():
            if len(body) + len(piece) > RESPONSE_BYTES:
                failure = ResponseTooLarge(f"The response to {request} is larger than {RESPONSE_BYTES:,} bytes.")
            elif self._clock.monotonic() > deadline:
                failure = ConnectionFailed(
                    f"The response to {request} took longer than {RESPONSE_SECONDS:.0f} seconds."
                )
            if failure:
                # An error keeps this frame for as long as it is kept itself, which may be the length of a run.
                body, piece = bytearray(), b""
                raise failure
            body += piece
        return bytes(body)


def _to_json(request: Request, body: bytes) -> JSON:
    try:
        return read_json(body, exact=request.exact)
    except ValueError as error:
        start = "" if request.is_secret else f"; it starts with {body[:40].decode('utf-8', 'replace')!r}"
        raise InvalidResponse(f"The response to {request} is no JSON ({error}){start}.") from None
