"""Requests to HubSpot and their responses: sent under the limit, tried again, judged.

How one goes over the wire is in `exchange`. Which requests there are is the business of the endpoint modules; this one
knows none of them.
"""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TypeVar

from campaign_assets.hubspot.clock import Clock
from campaign_assets.hubspot.errors import (
    ApiError,
    ConfigurationError,
    HubSpotError,
    InvalidResponse,
    NotFound,
    RateLimited,
    ResponseTooLarge,
    Unauthorized,
)
from campaign_assets.hubspot.json_text import JSON, TooMuchMemory, read_json
from campaign_assets.hubspot.limits.refusals import Refusals
from campaign_assets.hubspot.limits.throttle import Throttle
from campaign_assets.hubspot.wire import exchange
from campaign_assets.hubspot.wire.auth import Auth
from campaign_assets.hubspot.wire.body_memory import BodyMemory
from campaign_assets.hubspot.wire.error_responses import to_error
from campaign_assets.hubspot.wire.exchange import TIMEOUTS, Exchange
from campaign_assets.hubspot.wire.request import Request
from campaign_assets.hubspot.wire.request_counter import RequestCounter
from campaign_assets.hubspot.wire.retry import RetryPolicy, may_be_done
from campaign_assets.hubspot.wire.stopwatch import Stopwatch
from campaign_assets.network import Connections, WrongEnvironment
from campaign_assets.plain_text import quoted, to_line

T = TypeVar("T")

_HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "campaign-assets"}
_SHOWN = 40
"""Characters that an error shows of a body that is no JSON."""
_LONGEST_SENTENCE = 1_000


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

        Raises:
            ConfigurationError: The environment's proxy or certificates are none.
        """
        self.throttle = throttle
        self.counter = RequestCounter()
        self._auth = auth
        self._token_path = token_path
        self._retry = retry
        self._clock = clock
        self._memory = BodyMemory(max_in_flight)
        self._refusals = Refusals()
        self._http = _open_connections(base_url, max_in_flight, clock)

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

        An access token that HubSpot does not accept is renewed and the request repeated, once, where one can be
        bought. All tries together take no longer than the retry policy allows. A DELETE that was repeated because its
        first response was lost, and finds nothing then, has done its work.

        Args:
            request: What is asked.
            parse: Makes the response of the JSON (None for an empty body); raises InvalidResponse.
            counter: Also counts the requests of this call.

        Raises:
            HubSpotError: The last failure, after every try that may help.
        """
        attempt = 0
        renewed = may_be_deleted = False
        time = Stopwatch(self._clock, min(self._retry.total_seconds, request.patience))
        while True:
            attempt += 1
            header = None if request.is_secret else self._auth.get_header(self._send_form)
            try:
                return self._attempt(request, header, parse, counter, time)
            except HubSpotError as error:
                failure = self._judge(request, error)
            self.counter.add_failure(failure)
            if may_be_deleted and isinstance(failure, NotFound):
                return parse(None)
            if not renewed and time.left > 0 and self._is_renewable(failure, header):
                renewed = True
                continue
            wait = self._retry.find_wait(failure, attempt, request.idempotent)
            if wait is None or wait >= time.left:
                raise failure
            time.spend(wait)
            self._wait(failure, wait)
            may_be_deleted |= request.method == "DELETE" and may_be_done(failure)

    def _attempt(
        self,
        request: Request,
        header: str | None,
        parse: Callable[[JSON], T],
        counter: RequestCounter | None,
        time: Stopwatch,
    ) -> T:
        with self.throttle.admit() as permit, self._memory.hold() as hold, time.running():
            self._count(request, counter)
            seconds = min(exchange.RESPONSE_SECONDS, time.left)
            response = Exchange(self._http, request, header, self._auth.masker, hold, seconds).run(permit.trace)
            self.throttle.observe(permit, response.headers)
            if not response.is_success:
                raise to_error(request, response.status, response.headers, response.body, self._auth.masker)
            self._refusals.succeeded()
            with hold.parsing():
                return self._parse(request, response.body, parse)

    def _parse(self, request: Request, body: bytes | bytearray, parse: Callable[[JSON], T]) -> T:
        try:
            return parse(self._to_json(request, body) if body else None)
        except HubSpotError as error:
            # The frames of the parser hold the whole response, and would until the error is judged.
            raise error.with_traceback(None)  # noqa: B904 - it is the same error

    def _judge(self, request: Request, error: HubSpotError) -> HubSpotError:
        """The failure as it may be kept: without secrets, and without the frames that hold a whole response."""
        if isinstance(error, InvalidResponse):
            error = type(error)(to_line(self._auth.masker.mask(str(error)), _LONGEST_SENTENCE))
        if isinstance(error, ApiError) and not request.is_secret:
            error = self._refusals.judge(error, request.to_target())
        return error.with_traceback(None)

    def _send_form(self, form: Mapping[str, str]) -> JSON:
        return self.call(Request("oauth_token", "POST", self._token_path, form=form), lambda response: response)

    def _is_renewable(self, error: HubSpotError, header: str | None) -> bool:
        # HubSpot tells an expired token in several ways: by its category, by another, or by none at all.
        return header is not None and isinstance(error, Unauthorized) and self._auth.expire(header)

    def _count(self, request: Request, counter: RequestCounter | None) -> None:
        self.counter.add(request.endpoint)
        if counter:
            counter.add(request.endpoint)

    def _wait(self, error: HubSpotError, seconds: float) -> None:
        if isinstance(error, RateLimited):
            self.throttle.limiter.pause(seconds)  # the limit is everybody's: nobody goes on before it is over
        else:
            self._clock.sleep(seconds)

    def _to_json(self, request: Request, body: bytes | bytearray) -> JSON:
        masker = self._auth.masker
        try:
            value = read_json(body, exact=request.exact)
            return masker.mask_all(value) if masker.finds_any(body) and not request.is_secret else value
        except TooMuchMemory as error:
            raise ResponseTooLarge(f"The response to {request} is too large: {error}.") from None
        except ValueError as error:
            reason = str(error)
        start = "" if request.is_secret else f"; it starts with {self._show_start(body)}"
        raise InvalidResponse(f"The response to {request} is no JSON ({reason}){start}.")

    def _show_start(self, body: bytes | bytearray) -> str:
        # Masked before it is cut: half of a secret is none that could be found.
        return quoted(self._auth.masker.mask(body[:4_000].decode("utf-8", "replace")), _SHOWN)


def _open_connections(base_url: str, most: int, clock: Clock) -> Connections:
    try:
        return Connections(base_url, TIMEOUTS, most=most, headers=_HEADERS, monotonic=clock.monotonic)
    except WrongEnvironment as error:
        reason = str(error)
    raise ConfigurationError(reason)
