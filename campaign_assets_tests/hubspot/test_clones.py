"""Asset types of the account and copies of campaigns, which only the version 2026-09-beta has."""

import pytest

from campaign_assets.hubspot import (
    BadRequest,
    CloneStatus,
    HubSpotClient,
    InvalidRequest,
    InvalidResponse,
    NotFound,
    RetryPolicy,
)
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.scripted_server import ScriptedServer, json_response

VERSION = "2026-09-beta"


def test_the_accounts_own_asset_types_are_named(serve: Serve, connect: Connect) -> None:
    server = serve(unknown_types=("HOLOGRAM",))
    client = connect(server, api_version=VERSION)
    tied = {row["asset_type"] for row in server.portal.truth.associations()}
    assert tied <= set(client.clones.list_asset_types())
    assert "HOLOGRAM" in client.clones.list_cloneable_types()


def test_a_campaign_is_copied_and_the_copy_says_how_far_it_is(serve: Serve, connect: Connect) -> None:
    server = serve()
    client = connect(server, api_version=VERSION)
    source = server.portal.truth.campaigns()[0]["id"]
    made = client.clones.create(source, "A copy", assets={"FORM": ["1", "2"]})
    assert made.campaign_id != source and made.status is CloneStatus.PENDING
    assert client.campaigns.get(made.campaign_id, properties=["hs_name"]).name == "A copy"
    assert {client.clones.get_status(made.campaign_id).status for _ in range(2)} == {"PENDING", "COMPLETE"}


@pytest.mark.parametrize("version", ["v3", "2025-09", "2026-03", "2026-09"])
def test_a_version_without_them_is_named_and_nothing_is_sent(serve: Serve, connect: Connect, version: str) -> None:
    server = serve()
    clones = connect(server, api_version=version).clones
    calls = (
        clones.list_asset_types,
        clones.list_cloneable_types,
        lambda: clones.create("c", "n"),
        lambda: clones.get_status("c"),
    )
    for call in calls:
        with pytest.raises(InvalidRequest, match=f"Version {version} of the API has no such endpoint"):
            call()
    assert server.stats.requests == 0


def test_what_hubspot_would_refuse_is_refused_before_it_is_sent(serve: Serve, connect: Connect) -> None:
    server = serve()
    clones = connect(server, api_version=VERSION).clones
    for name in ("", "  ", "n" * 257):
        with pytest.raises(InvalidRequest, match="name is"):
            clones.create("c", name)
    with pytest.raises(InvalidRequest):
        clones.create("c", "n", assets={"FORM": "123"})
    assert server.stats.requests == 0


def test_a_copy_of_nothing_or_under_a_name_that_is_taken_is_refused(serve: Serve, connect: Connect) -> None:
    server = serve()
    client = connect(server, api_version=VERSION)
    with pytest.raises(NotFound):
        client.clones.create("00000000-0000-4000-8000-000000000000", "A copy")
    with pytest.raises(NotFound):
        client.clones.get_status("00000000-0000-4000-8000-000000000000")
    first = server.portal.truth.campaigns()[0]
    with pytest.raises(BadRequest, match="exists"):
        client.clones.create(first["id"], first["properties"]["hs_name"])


@pytest.mark.parametrize("body", [{}, {"results": ["FORM", 5]}, {"results": None}, []])
def test_what_is_no_list_of_types_is_an_invalid_response(body: object) -> None:
    with (
        ScriptedServer(lambda _: json_response(body)) as server,
        HubSpotClient("pat-na1-x", base_url=server.url, api_version=VERSION, retry=RetryPolicy(attempts=1)) as client,
        pytest.raises(InvalidResponse),
    ):
        client.clones.list_asset_types()
