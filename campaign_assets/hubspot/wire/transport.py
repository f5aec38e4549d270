"""One request to HubSpot and its answer: sent under the limit, bounded in time and size, tried again, judged.

Which requests there are is the business of the endpoint modules; this one knows none of them.
"""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TypeVar

import httpx

from campaign_assets.hubspot.base_url import is_loopback
from campaign_assets.hubspot.clock import Clock
from campaign_assets.hubspot.errors import (
    AnswerTooLarge,
    ConnectionFailed,
    HubSpotError,
    InvalidAnswer,
    NotFound,
    RateLimited,
    TokenExpired,
)
from campaign_assets.hubspot.json_text import JSON, read_json
from campaign_assets.hubspot.limits.throttle import Leave, Traffic
from campaign_assets.hubspot.wire.auth import Auth
from campaign_assets.hubspot.wire.error_responses import to_error
from campaign_assets.hubspot.wire.request import Request
from campaign_assets.hubspot.wire.request_counter import Meter
from campaign_assets.hubspot.wire.retry import RetryPolicy, may_be_done

T = TypeVar("T")

ANSWER_SECONDS = 120.0
"""A whole answer takes no longer, however slowly its bytes come."""
ANSWER_BYTES = 64 * 1024 * 1024
"""No answer is larger: fifty campaigns with every type full are some 10 MB."""
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
        traffic: Traffic,
        retry: RetryPolicy,
        clock: Clock,
        max_in_flight: int,
    ) -> None:
        """Opens no connection yet.

        Args:
            base_url: Root of the API.
            auth: Who we are.
            token_path: Where `auth` asks for new tokens.
            traffic: When requests may leave.
            retry: When a request is sent again.
            clock: Time.
            max_in_flight: Requests at once at most, each on a connection of its own.
        """
        self.traffic = traffic
        self.meter = Meter()
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

    def call(self, request: Request, parse: Callable[[JSON], T], meter: Meter | None = None) -> T:
        """Sends a request, again where that may help, and returns its parsed answer.

        An access token that HubSpot calls expired is renewed and the request repeated, once. A DELETE that was
        repeated because its first answer was lost, and finds nothing then, has done its work.

        Args:
            request: What is asked.
            parse: Makes the answer of the JSON (None for an empty body); raises InvalidAnswer.
            meter: Also counts the requests of this call.

        Raises:
            HubSpotError: The last failure, after every try that may help.
        """
        attempt = 0
        renewed = may_be_deleted = False
        while True:
            attempt += 1
            header = None if request.is_secret else self._auth.get_header(self._send_form)
            try:
                with self.traffic.admit() as leave:
                    self._count(request, meter)
                    return parse(self._exchange(request, header, leave))
            except HubSpotError as error:
                self.meter.add_failure(error)
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
        return self.call(Request("oauth_token", "POST", self._token_path, form=form), lambda answer: answer)

    def _is_renewable(self, error: HubSpotError, header: str | None) -> bool:
        return header is not None and isinstance(error, TokenExpired) and self._auth.expire(header)

    def _count(self, request: Request, meter: Meter | None) -> None:
        self.meter.add(request.endpoint)
        if meter:
            meter.add(request.endpoint)

    def _wait(self, error: HubSpotError, seconds: float) -> None:
        if isinstance(error, RateLimited):
            self.traffic.limiter.pause(seconds)  # the limit is everybody's: nobody goes on before it is over
        else:
            self._clock.sleep(seconds)

    def _exchange(self, request: Request, header: str | None, leave: Leave) -> JSON:
        status, headers, body = self._send(request, header, leave)
        self.traffic.observe(headers)
        if status >= 300:
            raise to_error(request, status, headers, body)
        return _to_json(request, body) if body else None

    def _send(self, request: Request, header: str | None, leave: Leave) -> tuple[int, httpx.Headers, bytes]:
        target = request.to_target()
        content, headers = request.to_content()
        extensions = {"trace": leave.trace}
        if header is not None:
            headers["Authorization"] = header
        try:
            with self._http.stream(
                request.method, target, content=content, headers=headers, extensions=extensions
            ) as answer:
                return answer.status_code, answer.headers, self._read_body(request, answer)
        except _FAILURES as error:
            failure = self._to_failure(request, error)
        # Raised here and not above: httpx's own errors carry the request along, and with it the token.
        raise failure

    def _to_failure(self, request: Request, error: Exception) -> ConnectionFailed:
        # A LocalProtocolError may quote the header that it does not like.
        detail = "" if isinstance(error, httpx.LocalProtocolError) else str(error)
        return ConnectionFailed(
            f"No whole answer came to {request} from {self._http.base_url.host}: "
            f"{type(error).__name__}{f': {detail}' if detail else ''}.",
            sent=not isinstance(error, _NOT_SENT),
        )

    def _read_body(self, request: Request, answer: httpx.Response) -> bytes:
        deadline = self._clock.monotonic() + ANSWER_SECONDS
        body = bytearray()
        failure: HubSpotError | None = None
        for piece in answer.iter_bytes():
            if len(body) + len(piece) > ANSWER_BYTES:
                failure = AnswerTooLarge(f"The answer to {request} is larger than {ANSWER_BYTES:,} bytes.")
            elif self._clock.monotonic() > deadline:
                failure = ConnectionFailed(f"The answer to {request} took longer than {ANSWER_SECONDS:.0f} seconds.")
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
        raise InvalidAnswer(f"The answer to {request} is no JSON ({error}){start}.") from None
