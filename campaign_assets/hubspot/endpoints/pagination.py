"""Cursors: how one page names the next.

Source: recorded responses; `paging.next.after` comes percent-encoded already, such as `NTI1Cg%3D%3D`, and a
last page has no `paging`.
"""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar
from urllib.parse import unquote_to_bytes

from campaign_assets.hubspot.errors import InvalidRequest, RepeatedCursor


class Page(Protocol):
    """A page of whatever: all that is asked of it is where the next one is."""

    @property
    def next_cursor(self) -> str | None:
        """The cursor of the next page, or None on the last."""


AnyPage = TypeVar("AnyPage", bound=Page)


def decode_cursor(cursor: str) -> bytes:
    """A cursor as it is put into a query, where it is encoded again: once, as HubSpot's own links have it.

    Bytes, because what is percent-encoded need not be text.

    Raises:
        InvalidRequest: It is no text, or empty.
    """
    try:
        decoded = unquote_to_bytes(cursor)
    except (UnicodeEncodeError, AttributeError, TypeError):
        decoded = b""
    if not decoded:
        raise InvalidRequest(f"after is {cursor!r:.60}, which is no cursor.")
    return decoded


def list_pages(get_page: Callable[[str | None], AnyPage], after: str | None = None) -> Iterator[AnyPage]:
    """Every page from a cursor on.

    Args:
        get_page: Reads the page at a cursor.
        after: Where to begin; None for the first page.

    Raises:
        RepeatedCursor: A page points back to one that was already read.
    """
    seen = {after}
    while True:
        page = get_page(after)
        yield page
        after = page.next_cursor
        if after is None:
            return
        if after in seen:
            raise RepeatedCursor(f"A page of HubSpot's points back to the cursor {after[:100]!r}, read before.")
        seen.add(after)
