"""Paging cursors: opaque to the client, and handed out already percent-encoded.

Source: recorded responses (`"after":"Mg%3D%3D"`). HubSpot accepts a cursor raw, decoded and encoded once more.
"""

from base64 import b64decode, b64encode
from urllib.parse import quote, unquote

from campaign_assets.emulator.errors import ApiError, invalid


def write_cursor(position: int) -> str:
    """Give the cursor for a position, as HubSpot puts it into `paging.next.after`."""
    return quote(b64encode(str(position).encode()).decode(), safe="")


def rewrite_cursor(text: str | None) -> str:
    """Give another cursor for the position that one stands for, each time a longer one."""
    digits = "0" if text is None else b64decode(unquote(text)).decode()
    return quote(b64encode(f"0{digits}".encode()).decode(), safe="")


def read_cursor(text: str) -> int:
    """Give the position a cursor stands for.

    Raises:
        ApiError: 400, where the text is no cursor of ours.
    """
    while "%" in text:
        decoded = unquote(text)
        if decoded == text:
            raise _no_cursor(text)
        text = decoded
    try:
        position = int(b64decode(text, validate=True))
    except ValueError:
        raise _no_cursor(text) from None
    if position < 0:
        raise _no_cursor(text)
    return position


def _no_cursor(text: str) -> ApiError:
    return invalid(f"Invalid paging cursor: '{text}'", context={"after": [text]})
