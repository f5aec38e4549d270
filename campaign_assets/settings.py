"""The environment as one typed, validated object.

Every variable is declared once, on the field that it fills: its name, default, meaning, parser and what it may hold.
The table of docs/settings.md, the errors and the fields of the resources come from there. Only `definitions` and the
command line read the environment, and they read it through `Settings.from_environ`. Secrets are not kept here: the
resource takes them from the environment at the start of a run, so that they stand in no object of ours. How a text
becomes a value is in `setting_values`, what a variable is in `variables`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from campaign_assets.catalog import METRIC_ASSET_TYPES, AssetType
from campaign_assets.days import Calendar, read_clock, to_local_day
from campaign_assets.hubspot import (
    API_VERSION,
    BASE_URL,
    DAILY_RESERVE,
    MAX_IN_FLIGHT,
    AttributionModel,
    ContactType,
    to_api_version,
    to_base_url,
)
from campaign_assets.secret_variables import ADDRESS, find_credentials, find_webhook, list_secrets
from campaign_assets.setting_values import (
    DAILY_REPORTS,
    EARLIEST_START_DATE,
    HIGHEST_SETTLE_DAY,
    WholeNumber,
    parse_asset_types,
    parse_contact_types,
    parse_daily_reports,
    parse_key_prefix,
    parse_models,
    parse_names,
    parse_portal,
    parse_settle_days,
    parse_start_date,
    parse_time_zone,
    parse_ui_url,
    parse_windows,
)
from campaign_assets.storage_root import anchor_storage, join_prefix, parse_storage
from campaign_assets.variables import ACCESS_TOKEN, ALERT_WEBHOOK, OAUTH, SettingsError, Variable

__all__ = [
    "ACCESS_TOKEN",
    "ALERT_WEBHOOK",
    "DEFAULTS",
    "OAUTH",
    "VARIABLES",
    "Settings",
    "SettingsError",
    "Variable",
    "find_variable",
    "list_variables",
]

_VARIABLES = "variables"
_CALENDAR = Calendar()
"""The calendar and the client work without settings too, so they lie below, and their defaults are taken from there."""
_HOME = "DAGSTER_HOME"


def _secret(name: str, meaning: str, allowed: str) -> Variable:
    return Variable(name, None, meaning, allowed)


def _setting(name: str, default: str, parse: Callable[[str], Any], meaning: str, allowed: str = "") -> Any:
    """A field of the settings, and the variable that fills it."""
    variable = Variable(name, default, meaning, allowed or str(parse), parse)
    return field(default=parse(default), metadata={_VARIABLES: (variable,)})


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says, checked.

    Attributes:
        credentials: The variables that say who we are, by the field of the resource that each one fills; empty where
            none is set. Their values are not kept here.
        hubspot_base_url: Root of the API, without a slash at its end.
        hubspot_api_version: `v3`, or a date version such as `2026-03`.
        hubspot_rate_limit: Requests per 10 seconds at most, or None for what HubSpot allows.
        hubspot_rate_reserve: Percent of the ten-second limit that is always left to others.
        hubspot_max_in_flight: Requests at once at most.
        hubspot_daily_reserve: Percent of the day's requests that is left to others.
        portal: The name of the portal in Dagster; empty for none.
        key_prefix: Stands before the keys of its assets, and names the folder of its tables below the storage.
        storage: Root of the tables, an fsspec address or, from an environment, an absolute path; with the prefix.
        asset_types: The types whose daily metrics are read, in HubSpot's spelling.
        start_date: First day of the daily metrics, in the account's time zone.
        time_zone: Name of the account's time zone.
        settle_days: Days after its close at which a day is read again.
        history_days: Past days at most that are read again when an asset joins a campaign later.
        properties: Custom campaign properties to read besides the standard ones.
        report_windows: Windows of the attribution and revenue of campaigns, by name.
        revenue_models: Attribution models of the revenue of campaigns, in HubSpot's spelling.
        daily_reports: Campaign reports that are read by day too.
        live_margin_days: Days before its start and after its end on which a campaign counts as live.
        contact_types: Types of the contacts of campaigns that are read, in HubSpot's spelling.
        alert_webhook: The variable that holds the webhook for alerts; empty for none. Its address is a secret and not
            kept here.
        ui_url: Root of the Dagster UI, without a slash at its end.
    """

    credentials: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            _VARIABLES: (
                _secret(
                    ACCESS_TOKEN,
                    "The token of a HubSpot private app, or a service key, with the scope marketing.campaigns.read.",
                    "a token such as pat-na1-…",
                ),
                _secret(OAUTH["client_id"], "Instead of a token: the client id of an OAuth app.", "a client id"),
                _secret(OAUTH["client_secret"], "Instead of a token: the client secret of an OAuth app.", "a secret"),
                _secret(
                    OAUTH["refresh_token"],
                    "Instead of a token: the refresh token of the account that installed the OAuth app.",
                    "a refresh token",
                ),
            )
        },
    )
    hubspot_base_url: str = _setting(
        "HUBSPOT_BASE_URL",
        BASE_URL,
        to_base_url,
        "Where the API is: HubSpot itself, or the emulator.",
        ADDRESS,
    )
    hubspot_api_version: str = _setting(
        "HUBSPOT_API_VERSION",
        API_VERSION,
        to_api_version,
        "The version of the API that is spoken: v3, or a date such as 2026-03.",
        "v3, or a date such as 2026-03",
    )
    hubspot_rate_limit: int | None = _setting(
        "HUBSPOT_RATE_LIMIT",
        "",
        WholeNumber(1, 10_000, optional=True),
        "At most so many requests in 10 seconds; HubSpot's own limit counts where it is lower. "
        "Unset: what HubSpot's responses say, and 100 before the first response.",
    )
    hubspot_rate_reserve: int = _setting(
        "HUBSPOT_RATE_RESERVE",
        "0",
        WholeNumber(0, 90),
        "Percent of HubSpot's limit in 10 seconds that are always left to other programs under the same token; what "
        "these are seen to use is left to them in any case.",
    )
    hubspot_max_in_flight: int = _setting(
        "HUBSPOT_MAX_IN_FLIGHT",
        str(MAX_IN_FLIGHT),
        WholeNumber(1, 256),
        "At most so many requests at once; how many latency and rate need is found out.",
    )
    hubspot_daily_reserve: int = _setting(
        "HUBSPOT_DAILY_RESERVE",
        str(round(100 * DAILY_RESERVE)),
        WholeNumber(0, 99),
        "Percent of the account's requests of a day that are left to others: a run stops before it touches them.",
    )
    portal: str = _setting(
        "CAMPAIGN_ASSETS_PORTAL",
        "",
        parse_portal,
        "The name of the portal, for a second one in the same Dagster: it stands before the keys of its assets and the "
        "names of its jobs, sensors, resources and pool.",
        "a short name such as acme, of small letters, digits and _",
    )
    key_prefix: tuple[str, ...] = _setting(
        "CAMPAIGN_ASSETS_KEY_PREFIX",
        "",
        parse_key_prefix,
        "What stands before the keys of the assets instead of the portal's name, and names the folder of its tables "
        "below the root.",
        "names separated by slashes, such as marketing/acme",
    )
    storage: str = _setting(
        "CAMPAIGN_ASSETS_STORAGE",
        "data",
        parse_storage,
        "The root of all tables: a folder, or an fsspec address such as s3://bucket/prefix. A relative folder lies "
        "below DAGSTER_HOME.",
        "a folder, or an address such as s3://bucket/prefix whose driver is installed",
    )
    start_date: date = _setting(
        "CAMPAIGN_ASSETS_START_DATE",
        str(_CALENDAR.start_date),
        parse_start_date,
        "The first day of the daily metrics.",
        f"a date such as 2025-01-01, from {EARLIEST_START_DATE} to today",
    )
    time_zone: str = _setting(
        "CAMPAIGN_ASSETS_TIMEZONE",
        _CALENDAR.time_zone,
        parse_time_zone,
        "The time zone of the HubSpot account: a day closes at its midnight.",
        "a time zone's name such as Europe/Berlin",
    )
    settle_days: tuple[int, ...] = _setting(
        "CAMPAIGN_ASSETS_SETTLE_DAYS",
        ",".join(map(str, _CALENDAR.settle_days)),
        parse_settle_days,
        "Days after its close at which a day is read again, until HubSpot does not restate it any more.",
        f"rising whole numbers from 0 to {HIGHEST_SETTLE_DAY}, separated by commas, such as 0,1,3,7",
    )
    history_days: int = _setting(
        "CAMPAIGN_ASSETS_HISTORY_DAYS",
        "365",
        WholeNumber(0, 10_000),
        "How many past days are read again at most when an asset joins a campaign later.",
    )
    asset_types: tuple[str, ...] = _setting(
        "CAMPAIGN_ASSETS_TYPES",
        "all",
        parse_asset_types,
        "The asset types whose daily metrics are read, separated by commas.",
        "all, or asset types such as blog_post,landing_page",
    )
    properties: tuple[str, ...] = _setting(
        "CAMPAIGN_ASSETS_PROPERTIES",
        "",
        parse_names,
        "Custom campaign properties to read besides the standard ones, separated by commas.",
        "internal names of properties such as region,campaign_theme",
    )
    report_windows: tuple[str, ...] = _setting(
        "CAMPAIGN_ASSETS_REPORT_WINDOWS",
        "lifetime,last_28_days",
        parse_windows,
        "The days that a campaign's attribution and revenue are read of, each window up to yesterday; `none`: neither.",
        "lifetime and last_N_days, separated by commas, or none",
    )
    revenue_models: tuple[str, ...] = _setting(
        "CAMPAIGN_ASSETS_REVENUE_MODELS",
        AttributionModel.LINEAR,
        parse_models,
        "The attribution models that a campaign's revenue is read by; `none`, for a token without a scope for revenue: "
        "it is not read.",
        f"{', '.join(AttributionModel)}, separated by commas, or none",
    )
    daily_reports: tuple[str, ...] = _setting(
        "CAMPAIGN_ASSETS_DAILY_REPORTS",
        "",
        parse_daily_reports,
        "Reports that are read by day too, attribution or revenue: a request for each day, each campaign live on it, "
        "and each model.",
        f"{', '.join(DAILY_REPORTS)}, separated by commas",
    )
    live_margin_days: int = _setting(
        "CAMPAIGN_ASSETS_LIVE_MARGIN_DAYS",
        "30",
        WholeNumber(0, 10_000),
        "Days before its start and after its end on which reports by day ask about a campaign too.",
    )
    contact_types: tuple[str, ...] = _setting(
        "CAMPAIGN_ASSETS_CONTACT_TYPES",
        "",
        parse_contact_types,
        "Types of contacts whose ids are read for each campaign.",
        f"{', '.join(ContactType)}, separated by commas",
    )
    alert_webhook: str = field(
        default="",
        metadata={
            _VARIABLES: (
                _secret(
                    ALERT_WEBHOOK,
                    "A Slack-compatible webhook that is told when a run fails or a day is not read in time. Keep it "
                    "secret.",
                    ADDRESS,
                ),
            )
        },
    )
    ui_url: str = _setting(
        "CAMPAIGN_ASSETS_UI_URL",
        "http://127.0.0.1:3000",
        parse_ui_url,
        "Where people open the Dagster UI: alerts link to it.",
        "an address such as https://dagster.example.com",
    )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], now: datetime | None = None) -> "Settings":
        """The settings that an environment describes.

        Args:
            environ: Variables by name; one that is empty counts as not set.
            now: The present time with its time zone; the clock's where None.

        Raises:
            SettingsError: A variable holds something that it may not hold.
        """
        declared = list_variables()
        secrets = list_secrets(environ)
        values = {field: variable.read(environ.get(variable.name, ""), secrets) for field, variable in declared.items()}
        values |= {"credentials": find_credentials(environ), "alert_webhook": find_webhook(environ)}
        return cls.combine(declared, values, environ.get(_HOME, ""), now)

    @classmethod
    def combine(
        cls, declared: Mapping[str, Variable], values: dict[str, Any], home: str, now: datetime | None = None
    ) -> "Settings":
        """The settings that some values make together.

        Args:
            declared: The variable of each field, whose name an error calls it by.
            values: The value of each field.
            home: What DAGSTER_HOME holds: a relative storage lies below it.
            now: The present time with its time zone; the clock's where None.

        Raises:
            SettingsError: They do not go together.
        """
        prefix = values["key_prefix"] or tuple(filter(None, [values["portal"]]))
        try:
            storage = join_prefix(anchor_storage(values["storage"], home.strip()), prefix)
        except ValueError as error:
            raise declared["storage"].refuse(values["storage"], str(error)) from None
        settings = cls(**{**values, "key_prefix": prefix, "storage": storage})
        today = to_local_day(now or read_clock(), settings.time_zone)
        if settings.start_date > today:
            raise declared["start_date"].refuse(str(settings.start_date), f"today is {today}")
        return settings

    def list_asset_types(self) -> tuple[AssetType, ...]:
        """The types whose daily metrics are read, in the order of the catalog."""
        return tuple(asset_type for asset_type in METRIC_ASSET_TYPES if asset_type.name in self.asset_types)

    def build_calendar(self, now: Callable[[], datetime] = read_clock) -> Calendar:
        """The days of the account.

        Args:
            now: The present time, with its time zone.
        """
        return Calendar(self.start_date, self.time_zone, self.settle_days, now)


DEFAULTS = Settings()
VARIABLES: tuple[Variable, ...] = tuple(v for f in fields(Settings) for v in f.metadata[_VARIABLES])
"""Every variable, in the order of the settings."""


def list_variables() -> dict[str, Variable]:
    """The variable of each field of the settings that is no secret."""
    return {f.name: v for f in fields(Settings) for v in f.metadata[_VARIABLES] if v.parse}


def find_variable(setting: str) -> Variable:
    """The variable that fills a field of the settings."""
    by_setting: dict[str, Variable] = {f.name: f.metadata[_VARIABLES][0] for f in fields(Settings)}
    return by_setting[setting]
