"""One request to HubSpot and its answer: sent under the limit, bounded in time and size, tried again, judged.

Which requests there are is the business of the endpoint modules; this one knows none of them.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import httpx

from campaign_assets.hubspot.auth import Auth
from campaign_assets.hubspot.clock import Clock
from campaign_assets.hubspot.errors import (
    ConnectionFailed,
    ErrorAnswer,
    HubSpotError,
    InvalidAnswer,
    RateLimited,
    get_rule,
)
from campaign_assets.hubspot.rate_limit import RateLimiter
from campaign_assets.hubspot.retry import RetryPolicy

T = TypeVar("T")
JSON = Any

ANSWER_SECONDS = 120.0
"""A whole answer takes no longer, however slowly its bytes come."""
ANSWER_BYTES = 64 * 1024 * 1024
"""No answer is larger: fifty campaigns with every type full are some 10 MB."""
TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=30.0, pool=120.0)
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Request:
    """A request to the API.

    Attributes:
        endpoint: Which endpoint it is, for counting, such as `batch_read`.
        method: `GET`, `POST` and so on.
        path: Path below the base address.
        query: Parameters of the query; those that are None are left out.
        body: What is sent as JSON, or None.
        idempotent: Whether sending it twice is the same as sending it once.
    """

    endpoint: str
    method: str
    path: str
    query: tuple[tuple[str, str | int | None], ...] = ()
    body: JSON = None
    idempotent: bool = True

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Meter:
    """Counts requests, over all threads: every one that was sent, the repeated ones too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_endpoint: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()

    def add(self, endpoint: str) -> None:
        """Counts a request as sent."""
        with self._lock:
            self._by_endpoint[endpoint] += 1

    def add_failure(self, error: HubSpotError) -> None:
        """Counts an attempt as failed."""
        with self._lock:
            self._failures[type(error).__name__] += 1

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        with self._lock:
            return self._by_endpoint.total()

    @property
    def by_endpoint(self) -> dict[str, int]:
        """How many requests were sent to each endpoint."""
        with self._lock:
            return dict(self._by_endpoint)

    @property
    def failures(self) -> dict[str, int]:
        """How many attempts failed with each kind of error, those that succeeded later included."""
        with self._lock:
            return dict(self._failures)


class Transport:
    """Sends requests to one account's API. Safe to use from several threads."""

    def __init__(
        self,
        base_url: str,
        auth: Auth,
        *,
        limiter: RateLimiter,
        retry: RetryPolicy,
        clock: Clock,
        connections: int,
    ) -> None:
        """Opens no connection yet.

        Args:
            base_url: Root of the API.
            auth: Who we are.
            limiter: The account's ten-second limit.
            retry: When a request is sent again.
            clock: Time.
            connections: Connections at most, and so requests in flight.
        """
        self.limiter = limiter
        self.meter = Meter()
        self._auth = auth
        self._retry = retry
        self._clock = clock
        on_this_machine = urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1")
        self._http = httpx.Client(
            base_url=base_url,
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            follow_redirects=False,
            trust_env=not on_this_machine,  # a proxy for the outside world does not know our loopback
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

        Args:
            request: What is asked.
            parse: Makes the answer of the JSON (None for an empty body); raises InvalidAnswer.
            meter: Also counts the requests of this call.

        Raises:
            HubSpotError: The last failure, after every try that may help.
        """
        attempt = 0
        while True:
            attempt += 1
            self.limiter.acquire()
            for counting in (self.meter, meter):
                if counting:
                    counting.add(request.endpoint)
            try:
                return parse(self._exchange(request))
            except HubSpotError as error:
                self.meter.add_failure(error)
                wait = self._retry.find_wait(error, attempt, request.idempotent)
                if wait is None:
                    raise
                if isinstance(error, RateLimited):
                    self.limiter.pause(wait)  # the limit is everybody's: nobody goes on before it is over
                else:
                    self._clock.sleep(wait)

    def _exchange(self, request: Request) -> JSON:
        status, headers, body = self._send(request)
        self.limiter.observe(headers)
        if status >= 300:
            _raise_error(request, status, headers, body)
        return _to_json(request, body) if body else None

    def _send(self, request: Request) -> tuple[int, httpx.Headers, bytes]:
        try:
            with self._http.stream(
                request.method,
                request.path,
                params=[(name, value) for name, value in request.query if value is not None],
                json=request.body,
                headers={"Authorization": self._auth.get_header()},
            ) as answer:
                return answer.status_code, answer.headers, self._read_body(request, answer)
        except (httpx.TransportError, httpx.DecodingError, httpx.StreamError) as error:
            raise ConnectionFailed(
                f"No whole answer came to {request} from {self._http.base_url.host}: "
                f"{type(error).__name__}{f': {error}' if str(error) else ''}.",
                sent=not isinstance(error, _NOT_SENT),
            ) from None

    def _read_body(self, request: Request, answer: httpx.Response) -> bytes:
        deadline = self._clock.monotonic() + ANSWER_SECONDS
        pieces, size = [], 0
        for piece in answer.iter_bytes():
            size += len(piece)
            if size > ANSWER_BYTES:
                raise InvalidAnswer(f"The answer to {request} is larger than {ANSWER_BYTES:,} bytes.")
            if self._clock.monotonic() > deadline:
                raise ConnectionFailed(f"The answer to {request} took longer than {ANSWER_SECONDS:.0f} seconds.")
            pieces.append(piece)
        return b"".join(pieces)


def _to_json(request: Request, body: bytes) -> JSON:
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        start = body[:40].decode("utf-8", "replace")
        raise InvalidAnswer(f"The answer to {request} is no JSON ({error}); it starts with {start!r}.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _raise_error(request: Request, status: int, headers: Mapping[str, str], body: bytes) -> NoReturn:
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        envelope = {}
    answer = to_error_answer(request, status, headers, envelope if isinstance(envelope, dict) else {})
    raise get_rule(answer).error(answer)


def to_error_answer(
    request: Request, status: int, headers: Mapping[str, str], envelope: Mapping[str, Any]
) -> ErrorAnswer:
    """What an error's envelope says; what is missing or of another type than documented counts as not said."""

    def text(name: str) -> str | None:
        value = envelope.get(name)
        return value if isinstance(value, str) else None

    return ErrorAnswer(
        status=status,
        request=str(request),
        message=text("message") or "",
        category=text("category"),
        correlation_id=text("correlationId"),
        policy_name=text("policyName"),
        retry_after=_to_seconds(headers.get("Retry-After")),
        required_scopes=_to_scopes(envelope.get("errors")),
        body=envelope,
    )


def _to_scopes(errors: JSON) -> tuple[str, ...]:
    scopes: list[str] = []
    for error in errors if isinstance(errors, list) else ():
        context = error.get("context") if isinstance(error, dict) else None
        named = context.get("requiredGranularScopes") if isinstance(context, dict) else None
        scopes.extend(s for s in (named if isinstance(named, list) else ()) if isinstance(s, str))
    return tuple(dict.fromkeys(scopes))


def _to_seconds(retry_after: str | None) -> float | None:
    """Seconds of a `Retry-After`, which is a number or a date (RFC 9110)."""
    if not retry_after:
        return None
    try:
        return max(0.0, float(int(retry_after)))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
