"""One request as bytes and its response as bytes: bounded in time and size, and surely the response to it.

Judging a response, and trying again, is `transport`'s business.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from campaign_assets.hubspot.errors import ConnectionFailed, HubSpotError, InvalidResponse, ResponseTooLarge
from campaign_assets.hubspot.wire.body_memory import BodyHold
from campaign_assets.hubspot.wire.masking import Masker
from campaign_assets.hubspot.wire.request import Request
from campaign_assets.network import (
    BodyTooLarge,
    Connections,
    DeadlinePassed,
    ExchangeFailed,
    Response,
    Timeouts,
    UnknownEncoding,
    read_body,
)
from campaign_assets.plain_text import to_line

RESPONSE_SECONDS = 120.0
"""A whole exchange takes no longer, however slowly its bytes come; one that its request has less time for, less."""
_HINT = " Is HUBSPOT_BASE_URL right, and is there a proxy or a firewall on the way?"
"""What to do where nothing left this machine."""
RESPONSE_BYTES = 64 * 1024 * 1024
"""No response is larger: fifty campaigns with every type full are some 10 MB."""
ERROR_BYTES = 256 * 1024
"""No refusal is larger; one that is says nothing but its status."""
TIMEOUTS = Timeouts(connect=10.0, read=60.0, write=30.0, pool=120.0)
_DETAIL = 300


@dataclass(frozen=True, slots=True)
class WholeResponse:
    """A whole response.

    Attributes:
        status: Its status.
        headers: Its headers.
        body: Its body, unpacked; empty where a refusal is too large to say anything.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes | bytearray

    @property
    def is_success(self) -> bool:
        """Whether it answers what was asked."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request on its way, and what its response must keep to.

    Attributes:
        http: The connections to HubSpot.
        request: What is asked.
        header: Who we are; None for a request that needs no saying.
        masker: Takes secrets out of what goes wrong.
        hold: The memory that the response takes.
        seconds: How long all of it may take.
    """

    http: Connections
    request: Request
    header: str | None
    masker: Masker
    hold: BodyHold
    seconds: float

    def run(self, trace: Callable[[str, dict[str, Any]], None]) -> WholeResponse:
        """Sends the request and reads its response.

        Args:
            trace: Called at each step, as httpcore does.

        Raises:
            ConnectionFailed: No whole response came, or one to another request.
            ResponseTooLarge: It is larger than any should be.
            InvalidResponse: It is packed in a way that nobody asked for.
        """
        failure: HubSpotError
        try:
            return self._run(trace)
        except ExchangeFailed as error:
            hint = "" if error.sent else _HINT
            failure = ConnectionFailed(
                f"No whole response came to {self.request} from {self.http.host}: {self._show(error)}.{hint}",
                error.sent,
            )
        except DeadlinePassed:
            failure = ConnectionFailed(f"The response to {self.request} took longer than {self.seconds:.0f} seconds.")
        except BodyTooLarge:
            failure = ResponseTooLarge(f"The response to {self.request} is larger than {RESPONSE_BYTES:,} bytes.")
        except UnknownEncoding as error:
            failure = InvalidResponse(
                f"The response to {self.request} is packed as {self._show(error)}, but only gzip was asked for."
            )
        # Raised here and not above: what went wrong carries along what was sent, and with it the token.
        raise failure

    def _run(self, trace: Callable[[str, dict[str, Any]], None]) -> WholeResponse:
        target = self.request.to_target()
        content, headers = self.request.to_content()
        if self.header is not None:
            headers["Authorization"] = self.header
        with self.http.exchange(
            self.request.method, target, seconds=self.seconds, headers=headers, content=content, trace=trace
        ) as response:
            self._check_order(response, hash((self.request.method, target, content)))
            return self._read(response)

    def _check_order(self, response: Response, asked: int) -> None:
        """Returns where a response may be the one to this request.

        HubSpot numbers its responses: the number of the one before, to another request, is that one come again.

        Raises:
            ConnectionFailed: It answers another request.
        """
        number = response.headers.get("X-HubSpot-Correlation-Id")
        before = response.notes.get("answered")
        response.notes["answered"] = (number, asked)
        if number and before and before[0] == number and before[1] != asked:
            raise ConnectionFailed(f"The response to {self.request} is one to another request, come a second time.")

    def _read(self, response: Response) -> WholeResponse:
        whole = WholeResponse(response.status, response.headers, b"")
        most = RESPONSE_BYTES if whole.is_success else ERROR_BYTES
        try:
            body = read_body(
                response.list_pieces(),
                response.headers.get("Content-Encoding", ""),
                most,
                lambda size: self.hold.claim(size, response.deadline),
            )
        except BodyTooLarge:
            if whole.is_success:
                raise
            return whole
        return replace(whole, body=body)

    def _show(self, error: Exception) -> str:
        return to_line(self.masker.mask(str(error)), _DETAIL)
