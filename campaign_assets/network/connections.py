"""Connections to one host, kept and used again; an exchange is one request and its response, as they go over the wire.

A connection is used again only where nothing is left over on it: surplus bytes would answer the next request.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from campaign_assets.network.addresses import is_loopback, to_ascii_host, to_ascii_target
from campaign_assets.network.bodies import BodyDamaged
from campaign_assets.network.deadline import Deadline, DeadlinePassed
from campaign_assets.network.environment import WrongEnvironment, find_proxy, make_tls_context
from campaign_assets.network.pool import Pool
from campaign_assets.network.streams import BoundedBackend, bounded_by, closed_on_failure

KEPT_SECONDS = 5.0
"""A connection that is used no more is closed after so long: before servers do."""
_FAILURES = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    BodyDamaged,
)
_NOT_SENT = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.PoolTimeout,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    httpcore.LocalProtocolError,
)


class ExchangeFailed(Exception):
    """No whole response came.

    Attributes:
        sent: Whether the server may have seen the request.
    """

    def __init__(self, message: str, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds that single steps may take, besides the deadline of the whole.

    Attributes:
        connect: Until a connection is open, and again until it is encrypted.
        read: Until the next bytes come.
        write: Until the next bytes are taken.
        pool: Until a connection is free.
    """

    connect: float
    read: float
    write: float
    pool: float


class Response:
    """A response whose body is still to come.

    Attributes:
        status: Its status.
        headers: Its headers.
        deadline: When all of it must be here.
    """

    def __init__(self, raw: httpcore.Response, deadline: Deadline) -> None:
        self.status = raw.status
        self.headers = httpx.Headers(raw.headers)
        self.deadline = deadline
        self._raw = raw

    @property
    def notes(self) -> dict[str, Any]:
        """What is remembered of its connection, from one response to the next."""
        notes: dict[str, Any] = getattr(self._raw.extensions["network_stream"], "notes", {})
        return notes

    def list_pieces(self) -> Iterator[bytes]:
        """The body as it comes; a connection that still holds something afterwards is closed."""
        yield from self._raw.iter_stream()
        if not _is_used_up(self._raw):
            self._raw.extensions["network_stream"].close()


class Connections:
    """The connections to one host. Safe to use from several threads.

    Attributes:
        host: The host, without its port.
        timeout: Seconds that single steps may take.
    """

    def __init__(
        self,
        url: str,
        timeout: Timeouts,
        *,
        most: int = 1,
        headers: Mapping[str, str] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Opens none yet.

        Args:
            url: Where the host is; a path is put in front of every target.
            timeout: Seconds that single steps may take.
            most: Connections at once at most.
            headers: Headers of every request.
            monotonic: Tells the time.

        Raises:
            WrongEnvironment: The environment's proxy or certificates are none.
        """
        parts = urlsplit(url)
        self.host = parts.hostname or ""
        self.timeout = timeout
        self._monotonic = monotonic
        self._path = parts.path
        self._origin = httpx.URL(scheme=parts.scheme, host=_to_ascii(self.host).decode("ascii"), port=parts.port)
        self._headers = dict(headers or {})
        # Below httpx's client, which keeps cookies, follows the environment and logs every address.
        self._maker = httpcore.ConnectionPool(
            ssl_context=make_tls_context() if parts.scheme == "https" else None,
            # A proxy for the outside world does not know our loopback.
            proxy=None if is_loopback(url) else find_proxy(url),
            keepalive_expiry=KEPT_SECONDS,
            network_backend=BoundedBackend(),
        )
        origin = _to_url(self._origin).origin
        self._pool = Pool(lambda: self._maker.create_connection(origin), most)

    def close(self) -> None:
        """Closes all, and takes no further request; what is in progress ends, and is closed then."""
        self._pool.close()

    @contextmanager
    def exchange(
        self,
        method: str,
        target: str,
        *,
        seconds: float,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        trace: Callable[[str, dict[str, Any]], None] | None = None,
    ) -> Iterator[Response]:
        """Sends a request; its response, whose body is read within, or not at all.

        Args:
            method: Such as `GET`.
            target: Path and query, encoded.
            seconds: How long all of it may take, the reading of the body included.
            headers: Headers of this request.
            content: What is sent.
            trace: Called at each step, as httpcore does.

        Raises:
            DeadlinePassed: It took longer.
            ExchangeFailed: No whole response came.
            RuntimeError: The connections are closed.
        """
        request = self._to_request(method, target, headers or {}, content, trace)
        deadline = Deadline(seconds, self._monotonic)
        failure: Exception
        try:
            with bounded_by(deadline), self._send(request, deadline) as raw:
                yield Response(raw, deadline)
            return
        except DeadlinePassed:
            failure = DeadlinePassed()
        except _FAILURES as error:
            failure = _to_failure(error)
        # Raised here and not above: what went wrong within may carry along what was sent.
        raise failure

    @contextmanager
    def _send(self, request: httpcore.Request, deadline: Deadline) -> Iterator[httpcore.Response]:
        with self._pool.take(deadline.limit(self.timeout.pool)) as connection:
            with closed_on_failure():
                raw = connection.handle_request(request)
            with closing(raw):
                yield raw

    def _to_request(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        content: bytes | None,
        trace: Callable[[str, dict[str, Any]], None] | None,
    ) -> httpcore.Request:
        steps = {name: getattr(self.timeout, name) for name in ("connect", "read", "write", "pool")}
        request = httpx.Request(
            method,
            self._origin.copy_with(raw_path=to_ascii_target(f"{self._path}{target}")),
            headers={**self._headers, **headers},
            content=b"" if content is None and method in ("POST", "PUT", "PATCH") else content,
        )
        return httpcore.Request(
            request.method,
            _to_url(request.url),
            headers=request.headers.raw,
            content=request.content,
            extensions={"timeout": steps, **({"trace": trace} if trace else {})},
        )


def _to_url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _to_failure(error: Exception) -> ExchangeFailed:
    # A LocalProtocolError may quote the header that it does not like.
    detail = "" if isinstance(error, httpcore.LocalProtocolError) else str(error)
    kind = type(error).__name__
    return ExchangeFailed(f"{kind}: {detail}" if detail else kind, sent=not isinstance(error, _NOT_SENT))


def _is_used_up(raw: Any) -> bool:
    """Whether nothing came after a response that is whole: httpcore does not look, h11 knows.

    Where httpcore is built in another way one day, nobody knows, and no connection is used twice: slow, but right.
    """
    try:
        surplus, _ = raw.stream._connection._h11_state.trailing_data
    except AttributeError:
        return False
    return not surplus


def _to_ascii(host: str) -> bytes:
    try:
        return to_ascii_host(host)
    except UnicodeError:
        pass
    raise WrongEnvironment("The address holds a host that can have no such name.")
