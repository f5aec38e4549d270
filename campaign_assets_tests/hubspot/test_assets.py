"""Listing the assets of a campaign, adding and removing them, over both families of paths."""

from datetime import date

import pytest

from campaign_assets.emulator.portal import Portal
from campaign_assets.hubspot import BadRequest, HubSpotClient, NotFound, RetryPolicy
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.scripted_server import ScriptedServer, http_response, json_response

DAY = date(2026, 3, 1)
NOBODY = "00000000-0000-4000-8000-000000000000"


def fill(portal: Portal, count: int) -> str:
    """A campaign with so many forms."""
    campaign = portal.add_campaign({"hs_name": "Filled"})
    for number in range(count):
        portal.add_association(campaign.id, "FORM", f"form-{number}", f"Form {number}")
    return campaign.id


@pytest.mark.parametrize("limit", [1, 7, 50, 100])
def test_every_asset_is_listed_once_whatever_the_page(serve: Serve, connect: Connect, version: str, limit: int) -> None:
    server = serve(campaigns=0)
    campaign_id = fill(server.portal, 51)
    pages = list(connect(server, api_version=version).assets.list_pages(campaign_id, "FORM", limit=limit))
    assert [len(page.results) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert [asset.id for page in pages for asset in page.results] == [f"form-{i}" for i in range(51)]
    assert {asset.name for page in pages for asset in page.results} == {f"Form {i}" for i in range(51)}


def test_the_rest_of_a_capped_type_is_listed_from_its_cursor(serve: Serve, connect: Connect, version: str) -> None:
    server = serve(campaigns=0)
    campaign_id = fill(server.portal, 120)
    client = connect(server, api_version=version)
    capped = (client.campaigns.get(campaign_id).assets or {})["FORM"]
    rest = list(client.assets.list_pages(campaign_id, "FORM", after=capped.next_cursor))
    ids = [asset.id for page in [capped, *rest] for asset in page.results]
    assert ids == [f"form-{i}" for i in range(120)]


def test_metrics_come_with_dates_only(serve: Serve, connect: Connect) -> None:
    server = serve(campaigns=0)
    campaign_id = fill(server.portal, 3)
    client = connect(server)
    assert all(asset.metrics is None for asset in client.assets.get_page(campaign_id, "FORM").results)
    dated = client.assets.get_page(campaign_id, "FORM", start_date=DAY, end_date=DAY)
    truth = {row["asset_id"]: row["metrics"] for row in server.portal.truth.metrics(DAY, "FORM")}
    assert {asset.id: asset.metrics for asset in dated.results} == truth


def test_an_asset_is_added_and_removed(serve: Serve, connect: Connect, version: str) -> None:
    server = serve(campaigns=0)
    campaign_id = fill(server.portal, 2)
    client = connect(server, api_version=version)

    def list_ids() -> list[str]:
        return [asset.id for asset in client.assets.get_page(campaign_id, "FORM").results]

    client.assets.remove(campaign_id, "FORM", "form-0")
    assert list_ids() == ["form-1"]
    client.assets.add(campaign_id, "FORM", "form-0")
    client.assets.add(campaign_id, "FORM", "form-0")
    assert list_ids() == ["form-1", "form-0"]


def test_a_campaign_that_does_not_exist_is_not_found(still: HubSpotClient) -> None:
    with pytest.raises(NotFound):
        still.assets.get_page(NOBODY, "FORM")
    with pytest.raises(NotFound):
        still.assets.add(NOBODY, "FORM", "1")


def test_a_type_that_hubspot_does_not_know_is_its_to_refuse(serve: Serve, connect: Connect) -> None:
    server = serve()
    campaign_id = server.portal.truth.campaigns()[0]["id"]
    with pytest.raises(BadRequest, match="HOLOGRAM"):
        connect(server).assets.get_page(campaign_id, "HOLOGRAM")


def test_a_type_that_is_new_is_listed(serve: Serve, connect: Connect) -> None:
    server = serve(campaigns=0, unknown_types=("HOLOGRAM",))
    campaign_id = server.portal.add_campaign({"hs_name": "New"}).id
    server.portal.add_association(campaign_id, "HOLOGRAM", "h-1", "First")
    client = connect(server)
    assert [a.name for a in client.assets.get_page(campaign_id, "HOLOGRAM").results] == ["First"]
    assert list(client.campaigns.get(campaign_id).assets or {}) == ["HOLOGRAM"]


def test_ids_with_any_characters_are_one_segment_of_the_path(connect: Connect) -> None:
    with ScriptedServer(lambda _: b"HTTP/1.1 204 Done\r\nConnection: close\r\n\r\n") as server:
        connect(server).assets.add("a/b", "T?y&p=e", "ü #%2F")
        assert [request.target for request in server.received] == [
            "/marketing/v3/campaigns/a%2Fb/assets/T%3Fy%26p%3De/%C3%BC%20%23%252F"
        ]


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        ({"VIEWS": 3}, {"VIEWS": 3}),
        ({"VIEWS": None}, {}),
        ({"VIEWS": "3", "RATE": "0.5"}, {"VIEWS": 3, "RATE": 0.5}),
        ({"NEW_METRIC": 0}, {"NEW_METRIC": 0}),
        ({}, {}),
    ],
)
def test_a_metric_that_is_not_said_is_absent_and_a_new_one_is_kept(
    connect: Connect, metrics: dict[str, object], expected: dict[str, float]
) -> None:
    with ScriptedServer(lambda _: json_response({"results": [{"id": 7, "metrics": metrics, "new": 1}]})) as server:
        (asset,) = connect(server).assets.get_page("c", "FORM").results
    assert (asset.id, asset.metrics, asset.extra) == ("7", expected, {"new": 1})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"many"', "many"),
        ('""', ""),
        ("true", "true"),
        ('{"n": 1}', '{"n": 1}'),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("1e400", "1e400"),
        ('"1e400"', "1e400"),
        ('"1_000"', "1_000"),
        ('"١"', "١"),
        ("9" * 5000, "9" * 5000),
        ("9" * 401, "9" * 401),
    ],
)
def test_a_metric_that_is_no_number_costs_itself_alone_and_its_text_is_kept(
    connect: Connect, value: str, text: str
) -> None:
    body = f'{{"results": [{{"id": "7", "metrics": {{"VIEWS": {value}, "CLICKS": 3}}}}]}}'
    with ScriptedServer(lambda _: http_response(body)) as server:
        (asset,) = connect(server, retry=RetryPolicy(attempts=1)).assets.get_page("c", "FORM").results
    assert (asset.metrics, asset.unreadable) == ({"CLICKS": 3}, {"VIEWS": text})


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("9007199254740993.0", 9007199254740993),
        ('"9007199254740993.0"', 9007199254740993),
        ("9.007199254740993e15", 9007199254740993),
        ("12.0", 12.0),
        ("0.1", 0.1),
        ("1e30", 10**30),
    ],
)
def test_a_whole_number_is_exact_however_it_is_written(connect: Connect, value: str, number: float) -> None:
    body = f'{{"results": [{{"id": "7", "metrics": {{"VIEWS": {value}}}}}]}}'
    with ScriptedServer(lambda _: http_response(body)) as server:
        (asset,) = connect(server).assets.get_page("c", "FORM").results
    assert asset.metrics == {"VIEWS": number}
