"""`campaign-assets discover`: what the account has beside what the catalog knows."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from campaign_assets.cli.main import main
from campaign_assets.days import Calendar
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.hubspot import HubSpotClient
from campaign_assets.inspection.discovery import Discovery, discover_account, find_properties
from campaign_assets.settings import Settings
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.scripted_server import ScriptedServer, json_response
from campaign_assets_tests.workplace import NOW

CUSTOM = ("campaign_theme", "cost_center", "region")


def look(server: EmulatorServer | ScriptedServer, most: int = 500) -> Discovery:
    with HubSpotClient(DEFAULT_TOKEN, base_url=server.url) as client:
        return discover_account(client, Calendar(now=lambda: NOW), most)


def run(server: EmulatorServer, *words: str) -> Result:
    environ = {"HUBSPOT_BASE_URL": server.url, "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN}
    return CliRunner(env={**environ, "COLUMNS": "250"}).invoke(main, ["discover", *words])


def test_what_the_catalog_does_not_know_is_told(serve: Serve) -> None:
    server = serve(unknown_types=("HOLOGRAM",), unknown_metrics=(("BLOG_POST", "SHARES"),), campaigns=40)
    types = {found.name: found for found in look(server).types}
    assert not types["HOLOGRAM"].is_known and types["HOLOGRAM"].metrics == ("IMPRESSIONS",)
    assert types["BLOG_POST"].is_known and types["BLOG_POST"].unknown_metrics == ("SHARES",)
    assert [name for name, found in types.items() if found.unknown_metrics] == ["BLOG_POST", "HOLOGRAM"]


def test_types_are_counted_as_the_account_has_them(serve: Serve) -> None:
    server = serve()
    found = look(server)
    assert found.campaigns == found.looked_at == 12 and len(found.days) == 28
    members = [campaign.assets for campaign in server.portal.store]
    expected = {name: sum(bool(of_one.get(name)) for of_one in members) for one in members for name in one if one[name]}
    assert {kind.name: kind.campaigns for kind in found.types} == expected


def test_the_refusal_of_an_unknown_property_names_the_accounts_own(serve: Serve) -> None:
    server = serve()
    properties = look(server).properties
    assert properties is not None and (properties.custom, properties.sunset) == (CUSTOM, ())
    assert properties.others == ()  # each of HubSpot's own has a column, or means nothing any more
    name, _, value = properties.setting.partition("=")
    assert Settings.from_environ({name: value}).properties == CUSTOM
    assert properties.setting in run(server).output


def test_hundreds_of_properties_are_all_named() -> None:
    names = [f"custom_property_number_{number:04}" for number in range(500)]
    message = f"Forbidden properties: [x]. Correct ones are [{', '.join(['hs_name', *names])}]"
    refusal = json_response({"status": "error", "message": message, "category": "VALIDATION_ERROR"}, 400)
    with ScriptedServer(lambda _: refusal) as server, HubSpotClient("token", base_url=server.url) as client:
        properties = find_properties(client)
    assert properties is not None and list(properties.custom) == names


def test_an_account_that_ignores_unknown_properties_names_none(serve: Serve) -> None:
    server = serve(ignore_unknown_properties=True)
    assert look(server).properties is None
    assert "HubSpot does not say which campaign properties there are" in run(server).output


def test_a_large_account_is_looked_at_in_part(serve: Serve) -> None:
    server = serve(campaigns=130)
    found = look(server, most=60)
    assert (found.campaigns, found.looked_at) == (130, 60)
    assert server.stats.by_endpoint == {"search": 2, "batch_read": 2}


def test_the_command_says_the_same_as_json(serve: Serve) -> None:
    server = serve(unknown_types=("HOLOGRAM",), campaigns=40)
    told: dict[str, Any] = json.loads(run(server, "--json").output)
    assert told["setting"] == f"CAMPAIGN_ASSETS_PROPERTIES={','.join(CUSTOM)}"
    shown = run(server).output
    assert all(kind["name"] in shown for kind in told["types"])
    assert "The catalog does not know HOLOGRAM" in shown


@pytest.mark.parametrize("token", ["", "pat-na1-wrong"])
def test_without_a_token_that_is_right_there_is_a_sentence(serve: Serve, token: str) -> None:
    environ = {"HUBSPOT_BASE_URL": serve().url, "HUBSPOT_ACCESS_TOKEN": token}
    result = CliRunner(env=environ).invoke(main, ["discover"])
    assert result.exit_code == 1 and result.output.startswith("Error: ") and "HUBSPOT_ACCESS_TOKEN" in result.output
