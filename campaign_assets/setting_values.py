"""How the text of a variable becomes a value: parsers, whose ValueError holds a hint of what is wrong, or nothing."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.days import parse_day
from campaign_assets.hubspot import AttributionModel, ContactType
from campaign_assets.storage_root import CREDENTIALS

_PROPERTY = re.compile(r"[a-z][a-z0-9_]*")
_PORTAL = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KEY_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_TAKEN = frozenset({"hubspot", "marts", "reports"})
LIFETIME = "lifetime"
ALL = "all"
NONE = "none"
"""Turns off what is read by default."""
_WINDOW = re.compile(r"last_([1-9][0-9]{0,3})_days")
EARLIEST_START_DATE = date(2006, 1, 1)
"""HubSpot was founded in that year."""
HIGHEST_SETTLE_DAY = 365
_NO_ZONES = {"Factory", "localtime", "posixrules"}
"""Files beside the time zones that are none, or whatever this machine's is."""
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""What ids and secrets of OAuth apps are. Source: HubSpot's guide to OAuth."""
_TOKEN = re.compile(r"pat-[a-z0-9]+-[0-9a-f-]{8,}", re.IGNORECASE)
"""A token of a private app. Source: HubSpot's guide to private apps."""
_OPAQUE = re.compile(r"(?=[A-Za-z_+=-]*[0-9])(?=[0-9_+=-]*[A-Za-z])[A-Za-z0-9_+=-]{20,}")
"""Letters and digits in one piece that long are hardly a word, and may be a secret."""
_LONGEST = 100
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """Parses a whole number within bounds.

    Attributes:
        lowest: The lowest.
        highest: The highest; no more than five digits.
        optional: Whether no text at all means None.
    """

    lowest: int
    highest: int
    optional: bool = False

    def __call__(self, text: str) -> int | None:
        """The number.

        Raises:
            ValueError: It is none, or out of bounds.
        """
        if self.optional and not text:
            return None
        if not re.fullmatch(r"[0-9]{1,5}", text) or not self.lowest <= int(text) <= self.highest:
            raise ValueError("")
        return int(text)

    def __str__(self) -> str:
        return f"a whole number from {self.lowest} to {self.highest}"


def parse_settle_days(text: str) -> tuple[int, ...]:
    """Rising numbers of days, separated by commas.

    Raises:
        ValueError: They are something else.
    """
    parse = WholeNumber(0, HIGHEST_SETTLE_DAY)
    days = tuple(number for part in text.split(",") if (number := parse(part.strip())) is not None)
    if list(days) != sorted(set(days)):
        raise ValueError("")
    return days


def parse_start_date(text: str) -> date:
    """A day since HubSpot exists.

    Raises:
        ValueError: It is none.
    """
    try:
        day = parse_day(text)
    except ValueError:
        raise ValueError("") from None
    if day < EARLIEST_START_DATE:
        raise ValueError("")
    return day


def parse_time_zone(text: str) -> str:
    """The name of a time zone.

    Raises:
        ValueError: There is none of this name.
    """
    known = available_timezones() - _NO_ZONES
    try:
        zone = ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        near = difflib.get_close_matches(text, known, n=1)
        raise ValueError(f"did you mean {near[0]}?" if near else "") from None
    if text not in known:
        raise ValueError("it is no place's time")
    return zone.key


def parse_names(text: str) -> tuple[str, ...]:
    """Internal names of properties, separated by commas, each once.

    Raises:
        ValueError: One is no such name.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if not _PROPERTY.fullmatch(name):
            raise ValueError(f"{shorten(name)!r} is no internal name")
    return tuple(dict.fromkeys(names))


def parse_portal(text: str) -> str:
    """The name of a portal, of which names in Dagster are made; empty for none.

    Raises:
        ValueError: It is no such name.
    """
    if text and not _PORTAL.fullmatch(text):
        raise ValueError("")
    if text in _TAKEN:
        raise ValueError("its folder is where tables without a prefix lie")
    return text


def parse_key_prefix(text: str) -> tuple[str, ...]:
    """The parts of a key, which are the folders of a path too; none for no text.

    Raises:
        ValueError: One is no such part.
    """
    parts = tuple(text.split("/")) if text else ()
    for part in parts:
        if not _KEY_PART.fullmatch(part):
            raise ValueError(f"{shorten(part)!r} is no part of a key")
    if parts[:1] and parts[0] in _TAKEN:
        raise ValueError(f"{parts[0]} is where tables without a prefix lie")
    return parts


def parse_asset_types(text: str) -> tuple[str, ...]:
    """Asset types with metrics by slug or HubSpot's name, separated by commas, in the order of the catalog.

    Raises:
        ValueError: One is none of them, or none is named.
    """
    slugs = {asset_type.slug: asset_type.name for asset_type in METRIC_ASSET_TYPES}
    chosen = tuple(slugs) if text == ALL else _choose(text, tuple(slugs))
    if not chosen:
        raise ValueError("")
    return tuple(name for slug, name in slugs.items() if slug in chosen)


def parse_windows(text: str) -> tuple[str, ...]:
    """Names of windows, separated by commas, each once; none for `none`.

    Raises:
        ValueError: One is no such name.
    """
    names = _split(text)
    for name in names:
        if name != LIFETIME and not _WINDOW.fullmatch(name):
            raise ValueError(f"{shorten(name)!r} is no window")
    return names


def find_first_day(window: str, last_day: date) -> date:
    """The first day of a window.

    Args:
        window: Its name.
        last_day: Its last day.

    Raises:
        ValueError: It is no name of a window.
    """
    if window == LIFETIME:
        return EARLIEST_START_DATE
    found = _WINDOW.fullmatch(window)
    if found is None:
        raise ValueError(f"{shorten(window)!r} is no window")
    return last_day - timedelta(days=int(found[1]) - 1)


def parse_models(text: str) -> tuple[str, ...]:
    """HubSpot's attribution models, separated by commas, each once, in capitals or not; none for `none`.

    Raises:
        ValueError: One is none of them.
    """
    return _choose(text, tuple(AttributionModel))


DAILY_REPORTS = ("attribution", "revenue")


def parse_daily_reports(text: str) -> tuple[str, ...]:
    """Names of reports that there are by day, separated by commas, each once.

    Raises:
        ValueError: One is none of them.
    """
    return _choose(text, DAILY_REPORTS)


def parse_contact_types(text: str) -> tuple[str, ...]:
    """HubSpot's contact types, separated by commas, each once, in HubSpot's spelling whatever their capitals.

    Raises:
        ValueError: One is none of them.
    """
    return _choose(text, tuple(ContactType))


def _choose(text: str, known: Sequence[str]) -> tuple[str, ...]:
    """Some of the known names, each as it is known.

    Raises:
        ValueError: One is not known.
    """
    by_name = {name.lower(): str(name) for name in known}
    names = dict.fromkeys(name.lower() for name in _split(text))
    for name in names:
        if name not in by_name:
            near = difflib.get_close_matches(name, by_name, n=1)
            raise ValueError(f"did you mean {by_name[near[0]]}?" if near else "")
    return tuple(by_name[name] for name in names)


def _split(text: str) -> tuple[str, ...]:
    """Names separated by commas, each once; none where the text is `none`."""
    names = dict.fromkeys(name.strip() for name in text.split(",") if name.strip())
    return () if list(names) == [NONE] else tuple(names)


def parse_ui_url(text: str) -> str:
    """An address that people open, without a slash at its end.

    Raises:
        ValueError: It is none.
    """
    parts = urlsplit(text)
    if "@" in text.partition("//")[2]:  # whatever a password holds, a slash too; no address of the UI needs one
        raise ValueError(CREDENTIALS)
    _ = parts.port  # raises on a port that is no number
    is_plain = text.isprintable() and not set(text) & set("<>| ?#")
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
        raise ValueError("")
    return text.rstrip("/")


def holds_token(text: str) -> bool:
    """Whether a text holds what a token of HubSpot's looks like, or is what its secrets look like.

    A GUID within a text is no secret: addresses of some storages are made of them.
    """
    return bool(_TOKEN.search(text) or _GUID.fullmatch(text))


def shorten(text: str) -> str:
    """A value as an error shows it: without what may be a password, a key or a token, and not endless."""
    text = re.sub(r"^([A-Za-z][A-Za-z0-9+.-]*://|).*@", r"\1…@", text, flags=re.DOTALL)
    text = re.sub(r"([?#]).*=.*", r"\1…", text, flags=re.DOTALL)
    text = _OPAQUE.sub(lambda found: f"{found[0][:_SHOWN]}…", _GUID.sub("…", _TOKEN.sub("…", text)))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
