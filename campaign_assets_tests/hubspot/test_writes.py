"""A write is repeated only where repeating it cannot do it twice."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.hubspot import (
    CampaignFields,
    ConnectionFailed,
    HubSpotClient,
    HubSpotError,
    InvalidResponse,
    NotFound,
    OAuthAuth,
    ServerFailed,
)
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.fake_clock import FakeClock
from campaign_assets_tests.hubspot.scripted_server import ScriptedServer, http_response, json_response

Write = Callable[[HubSpotClient, str], Any]
MONEY: dict[str, Any] = {"name": "Print", "amount": Decimal("12.50"), "order": 0}

CREATES: dict[str, Write] = {
    "create": lambda client, campaign: client.campaigns.create(CampaignFields(name="New")),
    "batch_create": lambda client, campaign: client.campaigns.batch_create([CampaignFields(name="New")]),
    "create_budget_item": lambda client, campaign: client.budget.create(campaign, **MONEY),
    "create_spend_item": lambda client, campaign: client.spend.create(campaign, **MONEY),
}
REPEATABLE: dict[str, Write] = {
    "update": lambda client, campaign: client.campaigns.update(campaign, CampaignFields(notes="x")),
    "batch_update": lambda client, campaign: client.campaigns.batch_update({campaign: CampaignFields(notes="x")}),
    "batch_archive": lambda client, campaign: client.campaigns.batch_archive([campaign]),
    "delete": lambda client, campaign: client.campaigns.delete(campaign),
    "add_asset": lambda client, campaign: client.assets.add(campaign, "FORM", "new-form"),
    "remove_asset": lambda client, campaign: client.assets.remove(campaign, "FORM", "any-form"),
    "batch_read": lambda client, campaign: client.campaigns.batch_read([campaign]),
}
LOST: list[tuple[dict[str, Any], type[HubSpotError]]] = [
    ({"kind": "reset", "after_effect": True}, ConnectionFailed),
    ({"kind": "html", "after_effect": True}, InvalidResponse),
    ({"kind": "cut_json"}, InvalidResponse),
    ({"kind": "short_body"}, ConnectionFailed),
    ({"status": 500, "after_effect": True}, ServerFailed),
    ({"status": 504, "after_effect": True}, ServerFailed),
]


def first_campaign(server: EmulatorServer) -> str:
    return str(server.portal.truth.campaigns()[0]["id"])


@pytest.mark.parametrize("endpoint", CREATES)
@pytest.mark.parametrize(("fault", "expected"), LOST)
def test_a_create_whose_response_is_lost_is_not_repeated(
    serve: Serve, connect: Connect, endpoint: str, fault: dict[str, Any], expected: type[HubSpotError]
) -> None:
    server = serve()
    server.portal.faults.add(endpoint, times=None, **fault)
    client = connect(server)
    with pytest.raises(expected):
        CREATES[endpoint](client, first_campaign(server))
    assert client.counter.by_endpoint == {endpoint: 1}


@pytest.mark.parametrize("endpoint", CREATES)
@pytest.mark.parametrize("status", [423, 429])
def test_a_create_that_hubspot_surely_did_not_do_is_repeated(
    serve: Serve, connect: Connect, endpoint: str, status: int
) -> None:
    server = serve()
    server.portal.faults.add(endpoint, status, times=2)
    client = connect(server)
    CREATES[endpoint](client, first_campaign(server))
    assert client.counter.by_endpoint == {endpoint: 3}


def test_a_create_is_repeated_where_nobody_listened(connect: Connect) -> None:
    with ScriptedServer(lambda _: b"") as server:
        pass
    client = connect(server)
    with pytest.raises(ConnectionFailed) as caught:
        client.campaigns.create(CampaignFields(name="New"))
    assert not caught.value.sent
    assert client.counter.requests == 7


def test_a_create_is_repeated_once_with_a_new_token(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve()
    auth = OAuthAuth("emulator-client", "emulator-secret", "emulator-refresh", clock=clock)
    client = connect(server, auth)
    client.campaigns.search()
    server.portal.authenticator.expire_access_tokens()
    assert client.campaigns.create(CampaignFields(name="New")).name == "New"
    assert client.counter.by_endpoint["create"] == 2


@pytest.mark.parametrize("endpoint", REPEATABLE)
@pytest.mark.parametrize(("fault", "_expected"), LOST[:2] + LOST[4:])
def test_what_may_be_repeated_is_repeated_after_a_lost_response(
    serve: Serve, connect: Connect, endpoint: str, fault: dict[str, Any], _expected: type[HubSpotError]
) -> None:
    server = serve()
    campaign = first_campaign(server)
    server.portal.add_association(campaign, "FORM", "any-form")
    server.portal.faults.add(endpoint, times=2, **fault)
    client = connect(server)
    REPEATABLE[endpoint](client, campaign)
    assert client.counter.by_endpoint == {endpoint: 3}


@pytest.mark.parametrize("kind", ["budget", "spend"])
def test_replacing_and_deleting_an_item_is_repeated_after_a_lost_response(
    serve: Serve, connect: Connect, kind: str
) -> None:
    server = serve()
    campaign = first_campaign(server)
    client = connect(server)
    items = client.budget if kind == "budget" else client.spend
    item = items.create(campaign, **MONEY)
    for endpoint in (f"update_{kind}_item", f"delete_{kind}_item"):
        server.portal.faults.add(endpoint, kind="reset", after_effect=True)
    assert items.update(campaign, item.id, **{**MONEY, "name": "Press"}).name == "Press"
    items.delete(campaign, item.id)
    with pytest.raises(NotFound):
        items.get(campaign, item.id)
    assert client.counter.by_endpoint[f"update_{kind}_item"] == 2
    assert client.counter.by_endpoint[f"delete_{kind}_item"] == 2


def test_a_delete_that_finds_nothing_after_a_lost_response_has_done_its_work(connect: Connect) -> None:
    responses = iter([http_response("<html>", 502), json_response({"category": "OBJECT_NOT_FOUND"}, 404)])
    with ScriptedServer(lambda _: next(responses)) as server:
        connect(server).budget.delete("campaign", "item")


def test_a_delete_that_finds_nothing_at_once_says_so(connect: Connect) -> None:
    with (
        ScriptedServer(lambda _: json_response({"category": "OBJECT_NOT_FOUND"}, 404)) as server,
        pytest.raises(NotFound),
    ):
        connect(server).budget.delete("campaign", "item")


def test_a_delete_that_finds_nothing_after_it_was_surely_not_done_says_so(connect: Connect) -> None:
    responses = iter([json_response({}, 423), json_response({"category": "OBJECT_NOT_FOUND"}, 404)])
    with ScriptedServer(lambda _: next(responses)) as server, pytest.raises(NotFound):
        connect(server).budget.delete("campaign", "item")
