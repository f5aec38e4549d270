"""Cursors: how one page names the next, and when to stop following them.

Source: recorded responses; `paging.next.after` comes percent-encoded already, such as `NTI1Cg%3D%3D`, and a
last page has no `paging`.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote_to_bytes

from campaign_assets.hubspot.errors import EndlessPages, InvalidRequest, RepeatedCursor
from campaign_assets.hubspot.models.reports import ContactPage
from campaign_assets.plain_text import quoted

FRUITLESS_PAGES = 3
"""Pages in a row that bring nothing new: where rows move while they are read, one or two may."""
TOTALS = 2
ROWS_OF_GROWTH = 1_000
"""A list may grow while it is read, but hardly to more than twice what it was, and so many."""
PATIENT_PAGES = 20
EMPTIEST = 10
"""So many pages that are filled to less than a tenth on average are no list that anybody has."""
MOST_ROWS = 5_000_000
"""No list is longer, of those that do not say how long they are: a campaign's contacts may be very many."""


class Page(Protocol):
    """A page of whatever: all that every one has is where the next one is."""

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


def list_pages(
    get_page: Callable[[str | None], AnyPage], after: str | None = None, *, limit: int, most_rows: int = MOST_ROWS
) -> Iterator[AnyPage]:
    """Every page from a cursor on.

    Args:
        get_page: Reads the page at a cursor.
        after: Where to begin; None for the first page.
        limit: Rows in a page at most.
        most_rows: Rows of a list at most that does not say how many it has.

    Raises:
        RepeatedCursor: A page points back to one that was already read.
        EndlessPages: Pages follow pages, but bring hardly a row that was not read before, or far more rows than there
            are.
    """
    seen, progress = {after}, _Progress(limit, most_rows)
    while True:
        page = get_page(after)
        yield page
        after = page.next_cursor
        if after is None:
            return
        if after in seen:
            raise RepeatedCursor(f"A page of HubSpot's points back to the cursor {quoted(after, 100)}, read before.")
        seen.add(after)
        progress.check(page, after)


class _Progress:
    """What the pages of one list have brought so far: hashes of ids, since a list may be long."""

    def __init__(self, limit: int, most_rows: int) -> None:
        self._limit = limit
        self._most_rows = most_rows
        self._pages = 0
        self._rows: set[int] = set()
        self._fruitless = 0
        self._total: int | None = None

    def check(self, page: Page, after: str) -> None:
        """Returns where the next page may bring something.

        Raises:
            EndlessPages: It will not.
        """
        before = len(self._rows)
        self._rows.update(map(hash, _list_ids(page)))
        self._fruitless = 0 if len(self._rows) > before else self._fruitless + 1
        if self._fruitless >= FRUITLESS_PAGES:
            raise EndlessPages(
                f"{self._fruitless} pages of HubSpot's in a row brought no row that was not read before, and the last "
                f"names a next one ({quoted(after, 100)}): following them might never end."
            )
        self._pages += 1
        if self._pages >= PATIENT_PAGES and len(self._rows) * EMPTIEST < self._pages * self._limit:
            raise EndlessPages(
                f"{self._pages} pages of HubSpot's, of {self._limit} rows each, brought no more than {len(self._rows)} "
                f"rows, and the last names a next one ({quoted(after, 100)}): following them might never end."
            )
        total = getattr(page, "total", None)
        if total is None:
            if len(self._rows) > self._most_rows:
                raise EndlessPages(
                    f"HubSpot's pages have brought {len(self._rows):,} rows, more than there can be, and the last "
                    f"names a next one ({quoted(after, 100)}): following them might never end."
                )
            return
        self._total = max(total, self._total or 0)
        if len(self._rows) > TOTALS * self._total + ROWS_OF_GROWTH:
            raise EndlessPages(
                f"HubSpot says that there are {self._total} rows, its pages have brought {len(self._rows)}, and the "
                f"last names a next one ({quoted(after, 100)}): following them might never end."
            )


def _list_ids(page: Any) -> Iterable[str]:
    """What identifies each row of a page."""
    return page.contact_ids if isinstance(page, ContactPage) else (row.id for row in page.results)
