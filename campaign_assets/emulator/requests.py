"""One API request, taken apart, and one response, ready to send.

Belongs here: the request and its checked parameters, the response. Not here: what endpoints do with them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from campaign_assets.emulator.cursors import read_cursor
from campaign_assets.emulator.errors import bad_json, invalid, invalid_request, unsupported_media_type

BATCH_LIMIT = 50
BETA = "2026-09-beta"
"""The version that has endpoints and rules of its own."""
UNPAIRED = "backslashreplace"
"""How half of a surrogate pair goes over the wire: spelled `\\ud800`, which is JSON, as UTF-8 has no form for it."""
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class ApiResponse:
    """A status with a body that is already JSON (or nothing)."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_text(content: Any) -> str:
    """Write plain data as HubSpot does: without spaces, and characters as they are."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def json_response(status: int, content: Any, headers: Mapping[str, str] | None = None) -> ApiResponse:
    """Put plain data into a response."""
    return text_response(status, json_text(content), headers)


def text_response(status: int, text: str, headers: Mapping[str, str] | None = None) -> ApiResponse:
    """Put JSON that is written already into a response."""
    return ApiResponse(status, text.encode("utf-8", UNPAIRED), headers or {})


@dataclass(frozen=True)
class DateRange:
    """Two days, both inclusive, as ordinals."""

    first: int
    last: int


@dataclass(frozen=True)
class ApiRequest:
    """One request to HubSpot's API.

    Attributes:
        endpoint: The emulator's name of the endpoint, `batch_read` for example.
        path: The decoded path.
        path_values: What the path's placeholders hold.
        query_string: The query as it was sent.
        headers: Headers by lower-case name.
        base_url: Where the client reached the portal, for links.
    """

    method: str
    endpoint: str
    path: str
    path_values: Mapping[str, str]
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    base_url: str

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's values by name; a repeated name's values are joined by commas."""
        values: dict[str, str] = {}
        for name, value in parse_qsl(self.query_string, keep_blank_values=True):
            values[name] = f"{values[name]},{value}" if name in values else value
        return values

    @property
    def is_beta(self) -> bool:
        """Whether the request is made of the version 2026-09-beta."""
        return self.path_values.get("campaigns_path", "").endswith(BETA)

    def location(self, *steps: str) -> dict[str, str]:
        """Give the header that tells where a thing lies that was made: steps below the campaigns."""
        below = "/".join(quote(step, safe="") for step in steps)
        return {"Location": f"{self.base_url}{self.path_values['campaigns_path']}/{below}"}

    def text(self, name: str) -> str | None:
        """Give a parameter, or None where it is absent or empty."""
        return self.query.get(name) or None

    def limit(self, default: int, most: int = 100) -> int:
        """Give the page size asked for.

        Raises:
            ApiError: 400, outside 1 to `most`.
        """
        text = self.text("limit")
        if text is None:
            return default
        try:
            limit = int(text)
        except ValueError:
            raise invalid(f"Unable to parse value for query parameter: limit. Not a number: '{text}'") from None
        if not 1 <= limit <= most:
            raise invalid_request(f"Limit must be between 1 and {most}, but was {limit}")
        return limit

    def position(self) -> int:
        """Give the position after which the page begins, 0 for the first page."""
        cursor = self.text("after")
        return 0 if cursor is None else read_cursor(cursor)

    def require_type(self, media_type: str) -> None:
        """Check what the body is declared as.

        Raises:
            ApiError: 415, where it is another type or none.
        """
        declared = self.headers.get("content-type", "")
        if declared.split(";")[0].strip().lower() != media_type:
            raise unsupported_media_type(declared, media_type)

    def json(self) -> dict[str, Any]:
        """Give the body, which must be a JSON object.

        Raises:
            ApiError: 415 where it is not declared as JSON, 400 where it is not.
        """
        self.require_type("application/json")
        try:
            content = json.loads(self.body, parse_constant=_no_number)
        except RecursionError:
            raise bad_json("nested too deeply") from None
        except ValueError as error:
            raise bad_json(str(error)) from None
        if not isinstance(content, dict):
            raise bad_json("an object is expected")
        return content

    def inputs(self) -> list[dict[str, Any]]:
        """Give a batch's inputs.

        Raises:
            ApiError: 400, where there are none, too many, or anything but objects.
        """
        inputs = self.json().get("inputs")
        if not isinstance(inputs, list) or not all(isinstance(entry, dict) for entry in inputs):
            raise invalid("Invalid input JSON: 'inputs' must be a list of objects")
        if not inputs:
            raise invalid_request("inputs must not be empty")
        if len(inputs) > BATCH_LIMIT:
            raise invalid_request(f"Batch size {len(inputs)} exceeds the maximum of {BATCH_LIMIT}")
        return inputs

    def paging(self, cursor: str) -> dict[str, Any]:
        """Give a response's `paging`: the cursor, already percent-encoded, and this request's URL with it."""
        retained = [(name, value) for name, value in parse_qsl(self.query_string) if name != "after"]
        query = urlencode(retained)
        path = quote(self.path, safe="/").replace("%252F", "%2F")
        return {"next": {"after": cursor, "link": f"{self.base_url}{path}?{query}{'&' if query else ''}after={cursor}"}}


def _no_number(name: str) -> None:
    """Refuse `NaN` and `Infinity`, which are no JSON."""
    raise ValueError(f"Unrecognized token '{name}'")


def checked_guid(text: str) -> str:
    """Give a campaign id in the portal's spelling.

    Raises:
        ApiError: 400, where the text is no GUID.
    """
    if not _GUID.fullmatch(text):
        raise invalid_request(f"Invalid campaign GUID format: {text}")
    return text.lower()


def input_id(entry: Mapping[str, Any]) -> str:
    """Give the id of one of a batch's inputs.

    Raises:
        ApiError: 400, where it has none.
    """
    text = entry.get("id")
    if not isinstance(text, str):
        raise invalid("Invalid input JSON: every input needs an 'id' of type string")
    return text
