"""A request to the API as a value: what is asked, and how that is spelled on the wire.

Which requests there are is the business of the endpoint modules, how one is sent that of `transport`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from campaign_assets.hubspot.errors import InvalidRequest
from campaign_assets.hubspot.json_text import write_json
from campaign_assets.plain_text import to_line

LONGEST_TARGET = 8_000
"""Characters of path and query at most. Servers commonly stop reading at 8,192 and response 414; HubSpot names no
number. A longer list of properties is refused and not split: pages of a search that changes meanwhile cannot be
joined without loss, and a split batch would pay for its assets twice."""

_SHOWN = 300
Query = tuple[tuple[str, "str | bytes | int | None"], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A request to the API.

    Attributes:
        endpoint: Which endpoint it is, for counting, such as `batch_read`.
        method: `GET`, `POST` and so on.
        path: Path below the base address.
        query: Parameters of the query; those that are None are left out.
        body: What is sent as JSON, or None.
        form: What is sent as a form instead. It holds secrets, and so does the response: neither is ever shown.
        idempotent: Whether sending it twice is the same as sending it once.
        exact: Whether the numbers of the response with a fraction are read as `Decimal`.
        patience: Seconds that all tries may take together, where it is not worth as many as any other request.
    """

    endpoint: str
    method: str
    path: str
    query: Query = ()
    body: Any = None
    form: Mapping[str, str] | None = field(default=None, repr=False)
    idempotent: bool = True
    exact: bool = False
    patience: float = math.inf

    def __str__(self) -> str:
        return to_line(f"{self.method} {self.path}", _SHOWN)  # an id in it came from outside

    @property
    def is_secret(self) -> bool:
        """Whether the request and its response hold secrets; such a request carries no token."""
        return self.form is not None

    def to_target(self) -> str:
        """Path and query, encoded.

        Raises:
            InvalidRequest: They are too long, or a value is no text.
        """
        named = [(name, value) for name, value in self.query if value is not None]
        try:
            query = urlencode(named, quote_via=quote, safe="")
        except UnicodeEncodeError:
            raise InvalidRequest(f"An argument of {self} holds half of a character: that is no text.") from None
        target = f"{self.path}?{query}" if query else self.path
        if len(target) > LONGEST_TARGET:
            longest = max(named, key=lambda pair: len(str(pair[1])), default=("path", ""))[0]
            raise InvalidRequest(
                f"The address of {self} would be {len(target):,} characters long, but may have {LONGEST_TARGET:,}: "
                f"shorten {longest}, or ask in several calls and join the responses by id."
            )
        return target

    def to_content(self) -> tuple[bytes | None, dict[str, str]]:
        """The body as bytes, and the headers that go with it.

        Raises:
            InvalidRequest: The body has no JSON.
        """
        if self.form is not None:
            return urlencode(dict(self.form)).encode("ascii"), {"Content-Type": "application/x-www-form-urlencoded"}
        if self.body is None:
            return None, {}
        try:
            return write_json(self.body).encode("ascii"), {"Content-Type": "application/json"}
        except (ValueError, TypeError) as error:
            raise InvalidRequest(f"What {self} should send cannot be written as JSON: {error}.") from None
