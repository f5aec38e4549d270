"""Checks of arguments that several endpoints share: what HubSpot would refuse is refused before it is sent."""

from collections.abc import Iterable
from datetime import date, datetime

from campaign_assets.hubspot.endpoints.pagination import decode_cursor
from campaign_assets.hubspot.errors import InvalidRequest

ROWS_PER_PAGE = 100
"""Source: HubSpot's API reference, the largest `limit` of every endpoint that has one."""


def to_window(
    start_date: date | None, end_date: date | None, *, both: bool = True
) -> tuple[tuple[str, str | None], ...]:
    """Days, both inclusive, as a query.

    Args:
        start_date: The first day.
        end_date: The last day.
        both: Whether one makes no sense without the other.

    Raises:
        InvalidRequest: The last day comes before the first, one of the two is missing, or one is no date.
    """
    start = None if start_date is None else check_day("start_date", start_date)
    end = None if end_date is None else check_day("end_date", end_date)
    if both and (start is None) != (end is None):
        raise InvalidRequest("start_date and end_date go together: HubSpot answers metrics only for both.")
    if start is not None and end is not None and start > end:
        raise InvalidRequest(f"start_date {start} is after end_date {end}.")
    return (("startDate", start.isoformat() if start else None), ("endDate", end.isoformat() if end else None))


def check_day(name: str, day: object) -> date:
    """A calendar day.

    Raises:
        InvalidRequest: It is something else, a time for example.
    """
    if not isinstance(day, date) or isinstance(day, datetime):
        raise InvalidRequest(f"{name} is {day!r:.60}, but may be a date such as date(2025, 3, 31).")
    return day


def check_limit(limit: object, most: int = ROWS_PER_PAGE) -> int:
    """The size of a page.

    Raises:
        InvalidRequest: It is not from 1 to `most`.
    """
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= most:
        raise InvalidRequest(f"limit is {limit!r:.60}, but may be a whole number from 1 to {most}.")
    return limit


def to_page_query(
    limit: object, after: str | None, most: int = ROWS_PER_PAGE
) -> tuple[tuple[str, str | bytes | int | None], ...]:
    """Which page, as a query.

    Raises:
        InvalidRequest: The limit is not from 1 to `most`, or the cursor is no text.
    """
    return (("limit", check_limit(limit, most)), ("after", None if after is None else decode_cursor(after)))


def to_names(properties: Iterable[str]) -> str | None:
    """Names of properties as a query has them; None where there are none.

    Raises:
        InvalidRequest: One is no name.
    """
    names = list_texts("properties", properties)
    for name in names:
        if not name.strip() or "," in name:
            raise InvalidRequest(f"properties holds {name!r:.100}, which is no internal name of a property.")
    return ",".join(names) or None


def list_texts(name: str, texts: Iterable[object]) -> tuple[str, ...]:
    """Several texts, each once.

    Raises:
        InvalidRequest: It is a single text, or holds something else.
    """
    if isinstance(texts, str):
        raise InvalidRequest(f"{name} is the text {texts!r:.60}, but may be a list of texts.")
    found = tuple(texts)
    wrong = next((text for text in found if not isinstance(text, str)), None)
    if wrong is not None:
        raise InvalidRequest(f"{name} holds {wrong!r:.60}, but may hold texts only.")
    return tuple(dict.fromkeys(str(text) for text in found))


def check_text(name: str, text: object, longest: int | None = None) -> str:
    """A text, no longer than HubSpot keeps.

    Raises:
        InvalidRequest: It is longer, or no text.
    """
    if not isinstance(text, str):
        raise InvalidRequest(f"{name} is {text!r:.60}, but may be text only.")
    if longest is not None and len(text) > longest:
        raise InvalidRequest(f"{name} is {len(text):,} characters long, but may have {longest}.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidRequest(f"{name} holds half of a character: that is no text.")
    return text
