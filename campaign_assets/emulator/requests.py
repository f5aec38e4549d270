"""One API request, taken apart, and one response, ready to send.

Belongs here: the request and its checked parameters, the response. Not here: what endpoints do with them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from campaign_assets.emulator.cursors import read_cursor
from campaign_assets.emulator.errors import (
    bad_json,
    forbidden_properties,
    invalid,
    invalid_request,
    unsupported_media_type,
)
from campaign_assets.emulator.properties import KNOWN, forbidden, is_date

BATCH_LIMIT = 50
UNPAIRED = "backslashreplace"
"""How half of a surrogate pair goes over the wire: spelled `\\ud800`, which is JSON, as UTF-8 has no form for it."""
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class ApiResponse:
    """A status with a body that is already JSON (or nothing)."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_response(status: int, content: Any, headers: Mapping[str, str] | None = None) -> ApiResponse:
    """Put plain data into a response."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", UNPAIRED)
    return ApiResponse(status, body, headers or {})


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
    def campaign_id(self) -> str:
        """The campaign in the path.

        Raises:
            ApiError: 400, where it is no GUID.
        """
        return checked_guid(self.path_values["campaign_id"])

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

    def property_names(self) -> list[str] | None:
        """Give the properties asked for, or None where none were.

        Raises:
            ApiError: 400, where the portal does not have one of them.
        """
        asked = [name.strip() for name in self.query.get("properties", "").split(",") if name.strip()]
        wrong = forbidden(asked)
        if wrong:
            raise forbidden_properties(wrong, KNOWN)
        return asked or None

    def dates(self) -> DateRange | None:
        """Give the days asked for, or None unless both ends are given.

        Raises:
            ApiError: 400, where an end is no date or the range ends before it starts.
        """
        start, end = self.text("startDate"), self.text("endDate")
        for name, value in (("startDate", start), ("endDate", end)):
            if value is not None and not is_date(value):
                raise invalid_request(f"Invalid {name}: '{value}'. Expected format: YYYY-MM-DD")
        if start is None or end is None:
            return None
        if start > end:
            raise invalid_request(f"startDate {start} must not be after endDate {end}")
        return DateRange(date.fromisoformat(start).toordinal(), date.fromisoformat(end).toordinal())

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
            content = json.loads(self.body)
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

    def next_link(self, cursor: str) -> str:
        """Give this request's URL with another cursor (which is already percent-encoded)."""
        retained = [(name, value) for name, value in parse_qsl(self.query_string) if name != "after"]
        query = urlencode(retained)
        return f"{self.base_url}{self.path}?{query}{'&' if query else ''}after={cursor}"


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
