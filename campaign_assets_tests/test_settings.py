"""The environment as settings: what is taken, and what a person reads where it is wrong."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from campaign_assets.settings import VARIABLES, Settings, SettingsError

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


def test_an_empty_environment_gives_the_defaults() -> None:
    defaults = replace(Settings(), storage=str(Path("data").absolute()))
    assert Settings.from_environ({}, NOW) == defaults
    assert Settings.from_environ({variable.name: " " for variable in VARIABLES}, NOW) == defaults


def test_every_variable_sets_its_field() -> None:
    settings = Settings.from_environ(
        {
            "HUBSPOT_ACCESS_TOKEN": "pat-na1-x",
            "HUBSPOT_BASE_URL": "http://127.0.0.1:8080/",
            "HUBSPOT_API_VERSION": "2026-09",
            "HUBSPOT_RATE_LIMIT": "150",
            "HUBSPOT_RATE_RESERVE": "20",
            "HUBSPOT_MAX_IN_FLIGHT": "16",
            "HUBSPOT_DAILY_RESERVE": "10",
            "CAMPAIGN_ASSETS_PORTAL": "acme",
            "CAMPAIGN_ASSETS_KEY_PREFIX": "marketing/acme",
            "CAMPAIGN_ASSETS_STORAGE": "/srv/tables",
            "CAMPAIGN_ASSETS_TYPES": "Landing_Page, blog_post",
            "CAMPAIGN_ASSETS_START_DATE": "2024-02-29",
            "CAMPAIGN_ASSETS_TIMEZONE": "Europe/Berlin",
            "CAMPAIGN_ASSETS_SETTLE_DAYS": "0, 2",
            "CAMPAIGN_ASSETS_HISTORY_DAYS": "30",
            "CAMPAIGN_ASSETS_PROPERTIES": "region, campaign_theme,region",
            "CAMPAIGN_ASSETS_REPORT_WINDOWS": "last_7_days, lifetime,last_7_days",
            "CAMPAIGN_ASSETS_REVENUE_MODELS": "w_shaped,LINEAR",
            "CAMPAIGN_ASSETS_DAILY_REPORTS": "Revenue",
            "CAMPAIGN_ASSETS_LIVE_MARGIN_DAYS": "7",
            "CAMPAIGN_ASSETS_CONTACT_TYPES": "influencedcontacts,contactFirstTouch",
            "CAMPAIGN_ASSETS_ALERT_WEBHOOK": "https://hooks.example.com/services/x",
            "CAMPAIGN_ASSETS_UI_URL": "https://dagster.example.com/",
        },
        NOW,
    )
    assert asdict(settings) == {
        "credentials": {"access_token": "HUBSPOT_ACCESS_TOKEN"},
        "hubspot_base_url": "http://127.0.0.1:8080",
        "hubspot_api_version": "2026-09",
        "hubspot_rate_limit": 150,
        "hubspot_rate_reserve": 20,
        "hubspot_max_in_flight": 16,
        "hubspot_daily_reserve": 10,
        "portal": "acme",
        "key_prefix": ("marketing", "acme"),
        "storage": "/srv/tables/marketing/acme",
        "asset_types": ("BLOG_POST", "LANDING_PAGE"),
        "start_date": date(2024, 2, 29),
        "time_zone": "Europe/Berlin",
        "settle_days": (0, 2),
        "history_days": 30,
        "properties": ("region", "campaign_theme"),
        "report_windows": ("last_7_days", "lifetime"),
        "revenue_models": ("W_SHAPED", "LINEAR"),
        "daily_reports": ("revenue",),
        "live_margin_days": 7,
        "contact_types": ("influencedContacts", "contactFirstTouch"),
        "alert_webhook": "CAMPAIGN_ASSETS_ALERT_WEBHOOK",
        "ui_url": "https://dagster.example.com",
    }


def test_the_word_none_turns_off_what_is_read_by_default() -> None:
    environ = {"CAMPAIGN_ASSETS_REPORT_WINDOWS": "none", "CAMPAIGN_ASSETS_REVENUE_MODELS": "none"}
    settings = Settings.from_environ(environ, NOW)
    assert (settings.report_windows, settings.revenue_models) == ((), ())


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("HUBSPOT_BASE_URL", "http://api.hubapi.com", "a token must not cross a network in the clear"),
        ("HUBSPOT_BASE_URL", "api.hubapi.com", "an https address"),
        ("HUBSPOT_BASE_URL", "https://", "an https address"),
        ("HUBSPOT_BASE_URL", "https://api.hubapi.com:port", "an https address"),
        ("HUBSPOT_API_VERSION", "v4", "v3, or a date such as 2026-03"),
        ("HUBSPOT_API_VERSION", "2026-13", "v3, or a date such as 2026-03"),
        ("HUBSPOT_RATE_LIMIT", "0", "a whole number from 1 to 10000"),
        ("HUBSPOT_RATE_LIMIT", "-5", "a whole number from 1 to 10000"),
        ("HUBSPOT_RATE_LIMIT", "fast", "a whole number from 1 to 10000"),
        ("HUBSPOT_RATE_LIMIT", "9" * 5000, "a whole number from 1 to 10000"),
        ("CAMPAIGN_ASSETS_STORAGE", "nosuch://bucket", "whose driver is installed"),
        ("CAMPAIGN_ASSETS_STORAGE", "gs://bucket/prefix", "pip install 'campaign_assets[gcs]'"),
        ("CAMPAIGN_ASSETS_START_DATE", "01/02/2025", "a date such as 2025-01-01"),
        ("CAMPAIGN_ASSETS_START_DATE", "2026-03-11", "today is 2026-03-10"),
        ("CAMPAIGN_ASSETS_START_DATE", "1066-10-14", "from 2006-01-01 to today"),
        ("CAMPAIGN_ASSETS_TIMEZONE", "Europe/Berln", "did you mean Europe/Berlin?"),
        ("CAMPAIGN_ASSETS_TIMEZONE", "../../etc/passwd", "a time zone's name"),
        ("CAMPAIGN_ASSETS_SETTLE_DAYS", "1,0", "rising whole numbers"),
        ("CAMPAIGN_ASSETS_SETTLE_DAYS", "0,one", "rising whole numbers"),
        ("CAMPAIGN_ASSETS_REPORT_WINDOWS", "last_week", "'last_week' is no window"),
        ("CAMPAIGN_ASSETS_REPORT_WINDOWS", "last_0_days", "lifetime and last_N_days, separated by commas, or none"),
        ("CAMPAIGN_ASSETS_REPORT_WINDOWS", "none,lifetime", "'none' is no window"),
        ("CAMPAIGN_ASSETS_REVENUE_MODELS", "linaer", "did you mean LINEAR?"),
        ("CAMPAIGN_ASSETS_DAILY_REPORTS", "money", "may hold attribution, revenue, separated by commas"),
        ("CAMPAIGN_ASSETS_CONTACT_TYPES", "influenced", "did you mean influencedContacts?"),
        ("CAMPAIGN_ASSETS_PORTAL", "Acme", "a short name such as acme"),
        ("CAMPAIGN_ASSETS_PORTAL", "hubspot", "its folder is where tables without a prefix lie"),
        ("CAMPAIGN_ASSETS_KEY_PREFIX", "a/b=c", "'b=c' is no part of a key"),
        ("CAMPAIGN_ASSETS_KEY_PREFIX", "marts/acme", "marts is where tables without a prefix lie"),
        ("CAMPAIGN_ASSETS_TYPES", "blog_pst", "did you mean blog_post?"),
        ("CAMPAIGN_ASSETS_TYPES", "none", "all, or asset types such as blog_post"),
        ("CAMPAIGN_ASSETS_PROPERTIES", "region;drop", "'region;drop' is no internal name"),
    ],
)
def test_a_bad_value_names_its_variable_what_it_holds_and_what_it_may_hold(name: str, value: str, hint: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environ({name: value}, NOW)
    message = str(raised.value)
    assert message.startswith(f"{name} is {value[:100]!r}"[:60])
    assert hint in message
    assert "\n" not in message and len(message) < 400


def test_today_is_the_accounts_day() -> None:
    # It is still the ninth in Los Angeles.
    environ = {"CAMPAIGN_ASSETS_START_DATE": "2026-03-10", "CAMPAIGN_ASSETS_TIMEZONE": "America/Los_Angeles"}
    with pytest.raises(SettingsError, match="today is 2026-03-09"):
        Settings.from_environ(environ, NOW)


def test_neither_token_nor_a_password_in_an_address_shows() -> None:
    secret = "hunter2-very-secret"
    assert secret not in repr(Settings.from_environ({"HUBSPOT_ACCESS_TOKEN": secret}, NOW))
    with pytest.raises(SettingsError) as raised:
        Settings.from_environ({"HUBSPOT_BASE_URL": f"https://user:{secret}@example.com"}, NOW)
    assert secret not in str(raised.value)


TOKEN = "pat-eu1-1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901"
SECRETS = {
    "a token": TOKEN,
    "a token among others": f"x {TOKEN} y",
    "a client secret": TOKEN[8:],
    "a part of a path": f"/srv/{TOKEN}/tables",
    "what another variable holds": "CJSP5qf1KhICAQEYs-gDIIGOBii1hQIyGQAf3xBKmlwHjX7OIpuIFEavB2",
}
SHOWN = [variable.name for variable in VARIABLES if variable.parse]


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_in_a_variable_that_shows_is_refused_and_not_shown(name: str, kind: str) -> None:
    secret = SECRETS[kind]
    environ = {name: secret, "HUBSPOT_CLIENT_ID": "id", "HUBSPOT_CLIENT_SECRET": "secret"}
    environ["HUBSPOT_REFRESH_TOKEN"] = SECRETS["what another variable holds"]
    with pytest.raises(SettingsError) as raised:
        Settings.from_environ(environ, NOW)
    assert str(raised.value).startswith(f"{name} may hold ")
    assert not any(secret[n : n + 8] in str(raised.value) for n in range(len(secret) - 8))


@pytest.mark.parametrize("name", [name for name in SHOWN if name != "CAMPAIGN_ASSETS_STORAGE"])
@pytest.mark.parametrize(
    "secret", ["xoxb2389472389abcdefXYZ0123", "aG9va3M6c2VjcmV0LXRva2VuMTIz", "AKIA1234567890ABCDEF99"]
)
def test_what_may_be_somebody_elses_secret_is_not_shown_whole(name: str, secret: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environ({name: f"{secret} {secret}"}, NOW)
    assert str(raised.value).startswith(f"{name} is ") and secret[:6] not in str(raised.value)


def test_a_storage_whose_address_is_made_of_guids_is_no_secret() -> None:
    guid = "1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901"
    assert Settings.from_environ({"CAMPAIGN_ASSETS_STORAGE": f"/srv/{guid}/{guid}"}, NOW).storage.count(guid) == 2


@pytest.mark.parametrize(
    "name", ["Factory", "localtime", "posixrules", "right/UTC", "posix/Europe/Berlin", "leapseconds"]
)
def test_a_file_beside_the_time_zones_is_none(name: str) -> None:
    with pytest.raises(SettingsError, match="may hold a time zone's name"):
        Settings.from_environ({"CAMPAIGN_ASSETS_TIMEZONE": name}, NOW)


OAUTH = {"HUBSPOT_CLIENT_ID": "id", "HUBSPOT_CLIENT_SECRET": "hidden", "HUBSPOT_REFRESH_TOKEN": "hidden"}


def test_oauth_is_taken_when_all_three_are_set() -> None:
    assert Settings.from_environ(OAUTH, NOW).credentials == {
        "client_id": "HUBSPOT_CLIENT_ID",
        "client_secret": "HUBSPOT_CLIENT_SECRET",
        "refresh_token": "HUBSPOT_REFRESH_TOKEN",
    }


def test_both_kinds_of_credentials_are_refused() -> None:
    with pytest.raises(SettingsError, match="are both set: set either a token or the three of OAuth"):
        Settings.from_environ({**OAUTH, "HUBSPOT_ACCESS_TOKEN": "hidden"}, NOW)


def test_oauth_in_part_names_what_is_missing() -> None:
    with pytest.raises(SettingsError, match="HUBSPOT_CLIENT_ID is set, but OAuth also needs HUBSPOT_CLIENT_SECRET and"):
        Settings.from_environ({"HUBSPOT_CLIENT_ID": "id"}, NOW)


def test_a_portal_has_its_tables_in_a_folder_of_its_own(tmp_path: Path) -> None:
    environ = {"CAMPAIGN_ASSETS_PORTAL": "acme", "CAMPAIGN_ASSETS_STORAGE": str(tmp_path)}
    settings = Settings.from_environ(environ, NOW)
    assert (settings.storage, settings.key_prefix) == (str(tmp_path / "acme"), ("acme",))
