"""What every group of endpoints has: the account's transport, and the version's paths."""

from collections.abc import Callable
from typing import Any, TypeVar

from campaign_assets.hubspot.endpoints.paths import Paths
from campaign_assets.hubspot.models.fields import to_response
from campaign_assets.hubspot.wire.request import Request
from campaign_assets.hubspot.wire.request_counter import RequestCounter
from campaign_assets.hubspot.wire.transport import Transport

T = TypeVar("T")


class Endpoint:
    """A group of endpoints of one account."""

    def __init__(self, transport: Transport, paths: Paths, counter: RequestCounter | None = None) -> None:
        """Takes what it speaks through.

        Args:
            transport: The account's transport.
            paths: The paths of the version that is spoken.
            counter: Counts the requests of this object besides the transport's own count.
        """
        self._transport = transport
        self._paths = paths
        self._counter = counter

    def _call(self, request: Request, parse: Callable[[Any], T]) -> T:
        return self._transport.call(request, parse, self._counter)


def to_nothing(response: Any) -> None:
    """What a response without a body says: that it is done.

    Raises:
        InvalidResponse: It has a body, and that is an error.
    """
    if isinstance(response, dict):
        to_response(response, "nothing")
