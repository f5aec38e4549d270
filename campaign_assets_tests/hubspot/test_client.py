"""The client as a whole: where it connects, which paths it takes, and several threads at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.hubspot import ConfigurationError, HubSpotClient, RequestCounter, TokenAuth
from campaign_assets.hubspot.base_url import to_base_url
from campaign_assets.hubspot.models.enums import CampaignStatus, ContactType, OpenEnum
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.scripted_server import ScriptedServer, json_response


@pytest.mark.parametrize(
    "address",
    [
        "http://api.hubapi.com",
        "ftp://127.0.0.1",
        "api.hubapi.com",
        "https://",
        "https://user:word@api.hubapi.com",
        "https://api.hubapi.com?a=b",
        "https://api.hubapi.com#a",
        "https://api.hubapi.com:port",
        "http://127.0.0.1.evil.example",
        "http://[::1",
        "",
    ],
)
def test_an_address_that_would_show_the_token_to_others_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match="base_url must be an https address") as caught:
        HubSpotClient("pat-na1-x", base_url=address)
    assert caught.value.__context__ is None
    assert "word" not in str(caught.value)


@pytest.mark.parametrize(
    "address", ["https://api.hubapi.com/", "http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"]
)
def test_https_and_this_machine_are_accepted(address: str) -> None:
    HubSpotClient("pat-na1-x", base_url=address).close()
    assert to_base_url(address) == address.rstrip("/")


@pytest.mark.parametrize("api_version", ["v1", "2026", "2026-13", "v3/../..", "", "2026-03/x", "v3\n"])
def test_a_version_that_is_none_is_refused(api_version: str) -> None:
    with pytest.raises(ConfigurationError, match="may be v3 or a date version such as 2026-03"):
        HubSpotClient("pat-na1-x", api_version=api_version)


@pytest.mark.parametrize("token", ["", "  ", "a b", "a\nb", "ü", "a\x00"])
def test_a_token_that_is_none_is_refused_with_the_name_of_its_variable(token: str) -> None:
    with pytest.raises(ConfigurationError, match="HUBSPOT_ACCESS_TOKEN"):
        TokenAuth(token)


@pytest.mark.parametrize(
    ("api_version", "path"),
    [
        ("v3", "/marketing/v3/campaigns"),
        ("2026-03", "/marketing/campaigns/2026-03"),
        ("2026-09-beta", "/marketing/campaigns/2026-09-beta"),
    ],
)
def test_the_version_decides_the_paths(connect: Connect, api_version: str, path: str) -> None:
    with ScriptedServer(lambda _: json_response({"total": 0, "results": []})) as server:
        connect(server, api_version=api_version).campaigns.search()
        assert server.received[0].target.split("?")[0] == path


def test_both_families_of_paths_answer_the_same(still_server: EmulatorServer, connect: Connect) -> None:
    old, new = (connect(still_server, api_version=version) for version in ("v3", "2026-03"))
    page = old.campaigns.search()
    assert new.campaigns.search() == page
    ids = [campaign.id for campaign in page.results]
    assert new.campaigns.batch_read(ids) == old.campaigns.batch_read(ids)


def test_a_path_below_the_root_is_kept(connect: Connect) -> None:
    with ScriptedServer(lambda _: json_response({"total": 0, "results": []})) as server:
        with HubSpotClient("pat-na1-x", base_url=f"{server.url}/gateway/") as client:
            client.campaigns.search()
        assert server.received[0].target.startswith("/gateway/marketing/v3/campaigns?")


def test_many_threads_share_a_client(serve: Serve, connect: Connect) -> None:
    server = serve(campaigns=60)
    client = connect(server, max_in_flight=8)
    ids = [campaign.id for campaign in client.campaigns.search().results]
    with ThreadPoolExecutor(8) as pool:
        campaigns = list(pool.map(client.campaigns.get, ids))
    assert [campaign.id for campaign in campaigns] == ids
    assert client.counter.requests == 61
    assert server.stats.peak_in_flight <= 8


def test_no_more_requests_are_in_flight_than_there_are_connections(serve: Serve, connect: Connect) -> None:
    server = serve(latency_ms=20)
    client = connect(server, max_in_flight=3)
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: client.account.get_details(), range(24)))
    assert 1 < server.stats.peak_in_flight <= 3


def test_a_counted_client_counts_its_own_requests(still_server: EmulatorServer, connect: Connect) -> None:
    client, counter = connect(still_server), RequestCounter()
    client.campaigns.search()
    client.counted(counter).campaigns.search()
    client.counted(counter).reports.get_metrics(client.campaigns.search().results[0].id)
    assert counter.by_endpoint == {"search": 1, "report_metrics": 1}
    assert client.counter.by_endpoint == {"search": 3, "report_metrics": 1}


@pytest.mark.parametrize("member", [CampaignStatus.ACTIVE, ContactType.INFLUENCED])
def test_a_known_value_is_its_member(member: OpenEnum) -> None:
    again: Any = type(member)(str(member))
    assert again is member
    assert member.is_known


def test_a_value_that_is_not_known_yet_is_kept_as_it_came() -> None:
    unknown = CampaignStatus("archived")
    assert (unknown, str(unknown), unknown.value, unknown.is_known) == ("archived", "archived", "archived", False)
    assert unknown == CampaignStatus("archived")
    assert hash(unknown) == hash("archived")
    assert "archived" not in list(CampaignStatus)
    no_text: Any = 5
    with pytest.raises(ValueError, match="5 is not a valid CampaignStatus"):
        CampaignStatus(no_text)
