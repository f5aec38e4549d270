"""The resources say what the settings declare, and the commands reach the account that the code location reaches."""

from typing import Any

import dagster as dg
import pytest
from pydantic import Field
from pydantic.fields import FieldInfo

from campaign_assets.defs.automation.alerts import AlertsResource
from campaign_assets.defs.resources import HubSpotResource, build_hubspot_resource
from campaign_assets.setting_values import WholeNumber
from campaign_assets.settings import ACCESS_TOKEN, DEFAULTS, OAUTH, Settings, find_variable

HUBSPOT_FIELDS = ("base_url", "api_version", "rate_limit", "rate_reserve", "max_in_flight", "daily_reserve")
FIELDS = [
    *((HubSpotResource.model_fields[name], f"hubspot_{name}") for name in HUBSPOT_FIELDS),
    (AlertsResource.model_fields["ui_url"], "ui_url"),
]
ENVIRON = {
    "HUBSPOT_BASE_URL": "http://127.0.0.1:1",
    "HUBSPOT_API_VERSION": "2026-03",
    "HUBSPOT_RATE_LIMIT": "50",
    "HUBSPOT_RATE_RESERVE": "20",
    "HUBSPOT_MAX_IN_FLIGHT": "7",
    "HUBSPOT_DAILY_RESERVE": "40",
}
TOKEN = {ACCESS_TOKEN: "pat-na1-x"}
APP = {name: f"value of {field}" for field, name in OAUTH.items()}


@pytest.mark.parametrize(("field", "setting"), FIELDS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_field_has_the_default_the_meaning_and_the_bounds_of_its_setting(field: FieldInfo, setting: str) -> None:
    variable = find_variable(setting)
    assert field.default == getattr(DEFAULTS, setting)
    assert field.description == variable.meaning
    parse = variable.parse
    bounds = Field(ge=parse.lowest, le=parse.highest).metadata if isinstance(parse, WholeNumber) else []
    assert field.metadata == bounds


def test_every_setting_of_hubspot_is_a_field() -> None:
    assert {name for name in Settings.__dataclass_fields__ if name.startswith("hubspot_")} == {
        f"hubspot_{name}" for name in HUBSPOT_FIELDS
    }


def read_fields(resource: HubSpotResource) -> dict[str, Any]:
    return {name: getattr(resource, name) for name in HUBSPOT_FIELDS}


@pytest.mark.parametrize("credentials", [TOKEN, APP], ids=["token", "OAuth"])
def test_commands_and_code_location_reach_the_same_account_in_the_same_way(credentials: dict[str, str]) -> None:
    environ = {**ENVIRON, **credentials}
    settings = Settings.from_environ(environ)
    of_code_location, of_command = build_hubspot_resource(settings), build_hubspot_resource(settings, environ)
    chosen = {name: getattr(settings, f"hubspot_{name}") for name in HUBSPOT_FIELDS}
    assert read_fields(of_code_location) == read_fields(of_command) == chosen
    assert all(chosen[name] != getattr(DEFAULTS, f"hubspot_{name}") for name in HUBSPOT_FIELDS)
    for field, name in settings.credentials.items():
        assert getattr(of_code_location, field) == dg.EnvVar(name)
        assert getattr(of_command, field) == credentials[name]


def test_the_client_is_opened_with_what_the_settings_say() -> None:
    environ = {**ENVIRON, **TOKEN}
    with build_hubspot_resource(Settings.from_environ(environ), environ).open_client() as client:
        assert client.host == "127.0.0.1:1"
        assert client.max_in_flight == 7
        assert "2026-03" in repr(client)
