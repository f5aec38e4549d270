"""The environment as one typed, validated object.

Every variable's name, default and meaning stands here and nowhere else; only `definitions` and the command
line read the environment, and they read it through `Settings.from_environ`. Secrets are not kept here:
the resource takes them from the environment at the start of a run, so that they stand in no object of ours.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

import fsspec

from campaign_assets.days import Calendar, read_clock, to_local_day
from campaign_assets.hubspot import to_base_url
from campaign_assets.webhook import is_webhook

T = TypeVar("T")

ACCESS_TOKEN = "HUBSPOT_ACCESS_TOKEN"  # noqa: S105 - the variable's name, not a token
ALERT_WEBHOOK = "CAMPAIGN_ASSETS_ALERT_WEBHOOK"
OAUTH = {
    "client_id": "HUBSPOT_CLIENT_ID",
    "client_secret": "HUBSPOT_CLIENT_SECRET",
    "refresh_token": "HUBSPOT_REFRESH_TOKEN",
}
"""The variables of OAuth by the field of the resource that each one fills."""

_API_VERSION = re.compile(r"v3|20\d\d-(0[1-9]|1[0-2])")
_PROPERTY = re.compile(r"[a-z][a-z0-9_]*")


class SettingsError(ValueError):
    """A variable of the environment holds something that it may not hold; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment.

    Attributes:
        name: Its name.
        default: The text that stands for it when it is not set; None where nothing can serve.
        meaning: What it decides, in a sentence.
        allowed: What it may hold.
    """

    name: str
    default: str | None
    meaning: str
    allowed: str


VARIABLES: tuple[Variable, ...] = (
    Variable(
        ACCESS_TOKEN,
        None,
        "The token of a HubSpot private app, or a service key, with the scope marketing.campaigns.read.",
        "a token such as pat-na1-…",
    ),
    Variable("HUBSPOT_CLIENT_ID", None, "Instead of a token: the client id of an OAuth app.", "a client id"),
    Variable("HUBSPOT_CLIENT_SECRET", None, "Instead of a token: the client secret of an OAuth app.", "a secret"),
    Variable(
        "HUBSPOT_REFRESH_TOKEN",
        None,
        "Instead of a token: the refresh token of the account that installed the OAuth app.",
        "a refresh token",
    ),
    Variable(
        "HUBSPOT_BASE_URL",
        "https://api.hubapi.com",
        "Where the API is: HubSpot itself, or the emulator.",
        "an https address (http only on this machine)",
    ),
    Variable("HUBSPOT_API_VERSION", "v3", "The version of the API that is spoken.", "v3, or a date such as 2026-03"),
    Variable(
        "HUBSPOT_RATE_LIMIT",
        "",
        "At most so many requests in 10 seconds; HubSpot's own limit counts where it is lower. "
        "Unset: what HubSpot's responses say, and 100 before the first response.",
        "a whole number from 1 to 10000",
    ),
    Variable(
        "HUBSPOT_MAX_IN_FLIGHT",
        "64",
        "At most so many requests at once; how many latency and rate need is found out.",
        "a whole number from 1 to 256",
    ),
    Variable(
        "HUBSPOT_DAILY_RESERVE",
        "5",
        "Percent of the account's requests of a day that are left to others: a run stops before it touches them.",
        "a whole number from 0 to 99",
    ),
    Variable(
        "CAMPAIGN_ASSETS_STORAGE",
        "data",
        "The root of all tables: a folder, or an fsspec address.",
        "a folder, or an address such as s3://bucket/prefix whose driver is installed",
    ),
    Variable(
        "CAMPAIGN_ASSETS_START_DATE",
        "2025-01-01",
        "The first day of the daily metrics.",
        "a date such as 2025-01-01, from 2006-01-01 to today",
    ),
    Variable(
        "CAMPAIGN_ASSETS_TIMEZONE",
        "UTC",
        "The time zone of the HubSpot account: a day closes at its midnight.",
        "a time zone's name such as Europe/Berlin",
    ),
    Variable(
        "CAMPAIGN_ASSETS_SETTLE_DAYS",
        "0,1,3,7",
        "Days after its close at which a day is read again, until HubSpot does not restate it any more.",
        "rising whole numbers from 0 to 365, separated by commas, such as 0,1,3,7",
    ),
    Variable(
        "CAMPAIGN_ASSETS_HISTORY_DAYS",
        "365",
        "How many past days are read again at most when an asset joins a campaign later.",
        "a whole number from 0 to 10000",
    ),
    Variable(
        "CAMPAIGN_ASSETS_PROPERTIES",
        "",
        "Custom campaign properties to read besides the standard ones, separated by commas.",
        "internal names of properties such as region,campaign_theme",
    ),
    Variable(
        ALERT_WEBHOOK,
        None,
        "A Slack-compatible webhook that is told when a run fails or a day is not read in time. Keep it secret.",
        "an https address (http only on this machine)",
    ),
    Variable(
        "CAMPAIGN_ASSETS_UI_URL",
        "http://127.0.0.1:3000",
        "Where people open the Dagster UI: alerts link to it.",
        "an address such as https://dagster.example.com",
    ),
)
_BY_NAME = {variable.name: variable for variable in VARIABLES}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says, checked.

    Attributes:
        hubspot_base_url: Root of the API, without a slash at its end.
        hubspot_api_version: `v3`, or a date version such as `2026-03`.
        hubspot_rate_limit: Requests per 10 seconds at most, or None for what HubSpot allows.
        hubspot_max_in_flight: Requests at once at most.
        hubspot_daily_reserve: Percent of the day's requests that is left to others.
        storage: Root of all tables, a path or an fsspec address.
        start_date: First day of the daily metrics, in the account's time zone.
        time_zone: Name of the account's time zone.
        settle_days: Days after its close at which a day is read again.
        history_days: Past days at most that are read again when an asset joins a campaign later.
        properties: Custom campaign properties to read besides the standard ones.
        credentials: The variables that say who we are, by the field of the resource that each one fills; empty where
            none is set. Their values are not kept here.
        alert_webhook_is_set: Whether there is a webhook for alerts. Its address is a secret and not kept here.
        ui_url: Root of the Dagster UI, without a slash at its end.
    """

    hubspot_base_url: str = "https://api.hubapi.com"
    hubspot_api_version: str = "v3"
    hubspot_rate_limit: int | None = None
    hubspot_max_in_flight: int = 64
    hubspot_daily_reserve: int = 5
    storage: str = "data"
    start_date: date = date(2025, 1, 1)
    time_zone: str = "UTC"
    settle_days: tuple[int, ...] = (0, 1, 3, 7)
    history_days: int = 365
    properties: tuple[str, ...] = ()
    credentials: Mapping[str, str] = field(default_factory=dict)
    alert_webhook_is_set: bool = False
    ui_url: str = "http://127.0.0.1:3000"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], now: datetime | None = None) -> "Settings":
        """The settings that an environment describes.

        Args:
            environ: Variables by name; one that is empty counts as not set.
            now: The present time with its time zone; the clock's where None.

        Raises:
            SettingsError: A variable holds something that it may not hold.
        """

        def read(name: str, parse: Callable[[str], T]) -> T:
            text = environ.get(name, "").strip() or _BY_NAME[name].default or ""
            try:
                return parse(text)
            except ValueError as error:
                raise SettingsError(_sentence(name, text, str(error))) from None

        time_zone = read("CAMPAIGN_ASSETS_TIMEZONE", _to_time_zone)
        today = to_local_day(now or read_clock(), time_zone)
        return cls(
            hubspot_base_url=read("HUBSPOT_BASE_URL", to_base_url),
            hubspot_api_version=read("HUBSPOT_API_VERSION", to_api_version),
            hubspot_rate_limit=read("HUBSPOT_RATE_LIMIT", lambda text: _to_number(text, 1, 10_000) if text else None),
            hubspot_max_in_flight=read("HUBSPOT_MAX_IN_FLIGHT", lambda text: _to_number(text, 1, 256)),
            hubspot_daily_reserve=read("HUBSPOT_DAILY_RESERVE", lambda text: _to_number(text, 0, 99)),
            storage=read("CAMPAIGN_ASSETS_STORAGE", _to_storage),
            start_date=read("CAMPAIGN_ASSETS_START_DATE", lambda text: _to_start_date(text, today)),
            time_zone=time_zone,
            settle_days=read("CAMPAIGN_ASSETS_SETTLE_DAYS", _to_settle_days),
            history_days=read("CAMPAIGN_ASSETS_HISTORY_DAYS", lambda text: _to_number(text, 0, 10_000)),
            properties=read("CAMPAIGN_ASSETS_PROPERTIES", _to_properties),
            credentials=_find_credentials(environ),
            alert_webhook_is_set=_find_webhook(environ),
            ui_url=read("CAMPAIGN_ASSETS_UI_URL", _to_ui_url),
        )

    def build_calendar(self, now: Callable[[], datetime] = read_clock) -> Calendar:
        """The days of the account.

        Args:
            now: The present time, with its time zone.
        """
        return Calendar(self.start_date, self.time_zone, self.settle_days, now)


def _find_credentials(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that say who we are: a token, or all three of OAuth, or none yet.

    Raises:
        SettingsError: Both kinds are set, or OAuth only in part.
    """
    has_token = bool(environ.get(ACCESS_TOKEN, "").strip())
    missing = [name for name in OAUTH.values() if not environ.get(name, "").strip()]
    present = [name for name in OAUTH.values() if name not in missing]
    if has_token and present:
        raise SettingsError(
            f"{ACCESS_TOKEN} and {', '.join(present)} are both set: set either a token or the three of OAuth."
        )
    if present and missing:
        raise SettingsError(f"{', '.join(present)} is set, but OAuth also needs {' and '.join(missing)}: set them all.")
    if has_token:
        return {"access_token": ACCESS_TOKEN}
    return {} if missing else dict(OAUTH)


def _find_webhook(environ: Mapping[str, str]) -> bool:
    """Whether a webhook is set.

    Raises:
        SettingsError: It is none. What it holds may be a secret all the same, so it is not shown.
    """
    address = environ.get(ALERT_WEBHOOK, "").strip()
    if address and not is_webhook(address):
        raise SettingsError(f"{ALERT_WEBHOOK} may hold {_BY_NAME[ALERT_WEBHOOK].allowed}, and holds something else.")
    return bool(address)


def _to_ui_url(text: str) -> str:
    parts = urlsplit(text)
    _ = parts.port  # raises on a port that is no number
    is_plain = text.isprintable() and not set(text) & set("<>| ")
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
        raise ValueError("")
    return text.rstrip("/")


def _sentence(name: str, text: str, hint: str) -> str:
    if "@" in text:  # what the parser says may quote a piece of a password
        hint = ""
    sentence = f"{name} is {_shown(text)!r}, but may hold {_BY_NAME[name].allowed}"
    return f"{sentence} ({hint})." if hint else f"{sentence}."


def _shown(text: str) -> str:
    """A value as an error shows it: without what an address may hold of a password, and not endless."""
    text = re.sub(r"//.*@", "//…@", text, flags=re.DOTALL)
    return text if len(text) <= 100 else text[:100] + "…"


def to_api_version(text: str) -> str:
    """The version of the API as its paths spell it.

    Raises:
        ValueError: It is neither `v3` nor a date version.
    """
    if not _API_VERSION.fullmatch(text):
        raise ValueError("")
    return text


def _to_number(text: str, lowest: int, highest: int) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not lowest <= int(text) <= highest:
        raise ValueError("")
    return int(text)


def _to_settle_days(text: str) -> tuple[int, ...]:
    days = tuple(_to_number(part.strip(), 0, 365) for part in text.split(","))
    if list(days) != sorted(set(days)):
        raise ValueError("")
    return days


def _to_storage(text: str) -> str:
    protocol, separator, _ = text.partition("://")
    if not text.isprintable() or (separator and not protocol):
        raise ValueError("")
    if separator:
        try:
            fsspec.get_filesystem_class(protocol)
        except (ImportError, ValueError) as error:
            raise ValueError(str(error).rstrip(".")) from None
    else:
        _check_folder(Path(text))
    return text


def _check_folder(path: Path) -> None:
    try:
        if not path.expanduser().is_dir() and path.expanduser().exists():
            raise ValueError("it is a file")
    except (OSError, RuntimeError) as error:  # a name that is too long, the home of nobody
        raise ValueError(getattr(error, "strerror", None) or str(error)) from None


def _to_start_date(text: str, today: date) -> date:
    try:
        start = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar day has no zone
    except ValueError:
        raise ValueError("") from None
    if not date(2006, 1, 1) <= start <= today:
        raise ValueError(f"today is {today}")
    return start


def _to_time_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):
        near = difflib.get_close_matches(text, available_timezones(), n=1)
        raise ValueError(f"did you mean {near[0]}?" if near else "") from None


def _to_properties(text: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if not _PROPERTY.fullmatch(name):
            raise ValueError(f"{_shown(name)!r} is no internal name")
    return tuple(dict.fromkeys(names))
