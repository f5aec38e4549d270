"""Searching, getting, creating, updating and deleting campaigns, over both families of paths."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.hubspot import (
    BadRequest,
    Campaign,
    CampaignFields,
    CampaignSort,
    CampaignStatus,
    HubSpotClient,
    NotFound,
)
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.scripted_server import ScriptedServer, json_response

PROPERTIES = ("hs_name", "hs_start_date", "hs_end_date", "hs_campaign_status", "hs_budget_items_sum_amount")
NOBODY = "00000000-0000-4000-8000-000000000000"


def test_a_search_finds_every_campaign_page_by_page(still: HubSpotClient, still_server: EmulatorServer) -> None:
    pages = list(still.campaigns.list_pages(limit=5))
    assert [len(page.results) for page in pages] == [5, 5, 2]
    assert {page.total for page in pages} == {12}
    truth = {campaign["id"] for campaign in still_server.portal.truth.campaigns()}
    assert {campaign.id for page in pages for campaign in page.results} == truth


def test_a_search_begins_at_a_cursor(still: HubSpotClient) -> None:
    first, *rest = still.campaigns.list_pages(limit=5)
    assert list(still.campaigns.list_pages(limit=5, after=first.next_cursor)) == rest


def test_a_search_finds_a_part_of_the_name(still: HubSpotClient) -> None:
    name = still.campaigns.search(limit=1, properties=["hs_name"]).results[0].name
    assert name
    found = still.campaigns.search(name=name[2:].upper(), properties=["hs_name"])
    assert name in [campaign.name for campaign in found.results]
    assert still.campaigns.search(name="there is & nothing like+it%").total == 0


@pytest.mark.parametrize("sort", CampaignSort)
def test_a_search_is_sorted(still: HubSpotClient, sort: CampaignSort) -> None:
    def get_key(campaign: Campaign) -> Any:
        timestamps = {"createdAt": campaign.created_at, "updatedAt": campaign.updated_at}
        return timestamps.get(sort.removeprefix("-"), (campaign.name or "").casefold())

    found = [get_key(campaign) for campaign in still.campaigns.search(sort=sort, properties=["hs_name"]).results]
    assert all(found)
    assert found == sorted(found, reverse=sort.startswith("-"))


def test_a_campaign_is_typed(still: HubSpotClient, still_server: EmulatorServer) -> None:
    for campaign in still.campaigns.search(properties=PROPERTIES).results:
        (truth,) = [c for c in still_server.portal.truth.campaigns() if c["id"] == campaign.id]
        wanted = {name: text for name, text in truth["properties"].items() if name in PROPERTIES}
        assert campaign.properties == wanted
        start = wanted.get("hs_start_date")
        assert campaign.start_date == (None if start is None else date.fromisoformat(start))
        assert campaign.status in set(CampaignStatus)
        assert campaign.budget_amount == (
            Decimal(wanted["hs_budget_items_sum_amount"]) if "hs_budget_items_sum_amount" in wanted else None
        )
        assert campaign.created_at == datetime.fromisoformat(truth["createdAt"])
        assert campaign.created_at.tzinfo is UTC
        assert campaign.business_unit_ids == tuple(truth["businessUnits"])
        assert campaign.assets is None


def test_a_campaign_comes_with_its_assets(still: HubSpotClient, still_server: EmulatorServer) -> None:
    truth = still_server.portal.truth.associations()
    campaign_id = truth[0]["campaign_id"] or ""
    campaign = still.campaigns.get(campaign_id)
    expected = {(a["asset_type"], a["asset_id"]) for a in truth if a["campaign_id"] == campaign_id}
    assets = campaign.assets or {}
    found = {(asset_type, asset.id) for asset_type, page in assets.items() for asset in page.results}
    assert found <= expected
    assert all(page.next_cursor for asset_type, page in assets.items() if len(page.results) == 50)
    assert all(asset.metrics is None for page in assets.values() for asset in page.results)


def test_metrics_come_where_both_dates_are_given(still: HubSpotClient, still_server: EmulatorServer) -> None:
    campaign_id = still_server.portal.truth.associations("FORM")[0]["campaign_id"] or ""
    day = date(2026, 3, 1)
    forms = (still.campaigns.get(campaign_id, start_date=day, end_date=day).assets or {})["FORM"].results
    truth = {
        row["asset_id"]: row["metrics"]
        for row in still_server.portal.truth.metrics(day, "FORM")
        if row["campaign_id"] == campaign_id
    }
    assert {form.id: form.metrics for form in forms}.items() <= truth.items()


def test_a_campaign_that_does_not_exist_is_not_found(still: HubSpotClient) -> None:
    with pytest.raises(NotFound):
        still.campaigns.get(NOBODY)


def test_an_id_of_any_characters_leads_nowhere_else(still: HubSpotClient) -> None:
    for odd in ("../../account-info/v3/details", "batch/read", "a?b=c#d", "%2e%2e", "é", " "):
        with pytest.raises((NotFound, BadRequest)):
            still.campaigns.get(odd)


def test_a_campaign_is_created_changed_and_deleted(serve: Serve, connect: Connect, version: str) -> None:
    server = serve()
    client = connect(server, api_version=version)
    fields = CampaignFields(
        name="Ünïcode “name” \U0001f600",
        start_date=date(2026, 1, 5),
        end_date=date(2026, 2, 5),
        status=CampaignStatus.PAUSED,
        currency_code="EUR",
        utm="spring",
        notes="a\nb",
        audience="all",
        properties={"region": "EMEA"},
    )
    made = client.campaigns.create(fields)
    assert made.properties == fields.to_properties()
    assert made.status is CampaignStatus.PAUSED
    read = client.campaigns.get(made.id, properties=list(fields.to_properties()))
    assert read.properties == fields.to_properties()
    changed = client.campaigns.update(made.id, CampaignFields(notes="", end_date="", status="active"))
    assert changed.updated_at is not None and made.updated_at is not None
    assert changed.updated_at > made.updated_at
    read = client.campaigns.get(made.id, properties=list(fields.to_properties()))
    assert (read.end_date, read.status, "hs_notes" in read.properties) == (None, CampaignStatus.ACTIVE, False)
    client.campaigns.delete(made.id)
    client.campaigns.delete(made.id)
    with pytest.raises(NotFound):
        client.campaigns.get(made.id)


def test_a_name_that_is_taken_is_refused_by_hubspot(serve: Serve, connect: Connect) -> None:
    client = connect(serve())
    name = client.campaigns.search(limit=1, properties=["hs_name"]).results[0].name
    with pytest.raises(BadRequest, match="409") as caught:
        client.campaigns.create(CampaignFields(name=name))
    assert caught.value.category == "CONFLICT"
    assert client.counter.by_endpoint["create"] == 1


def test_a_property_that_the_account_does_not_have_is_refused_by_hubspot(serve: Serve, connect: Connect) -> None:
    server = serve()
    campaign_id = server.portal.truth.campaigns()[0]["id"]
    with pytest.raises(BadRequest, match="nope"):
        connect(server).campaigns.update(campaign_id, CampaignFields(properties={"nope": "x"}))


def test_what_is_not_known_yet_is_kept(connect: Connect) -> None:
    response = {
        "id": "c",
        "properties": {
            "hs_campaign_status": "archived",
            "hs_start_date": "soon",
            "hs_spend_items_sum_amount": "some",
        },
        "createdAt": "yesterday",
        "assets": {},
        "score": {"new": True},
    }
    with ScriptedServer(lambda _: json_response(response)) as server:
        campaign = connect(server).campaigns.get("c")
    assert campaign.status == "archived"
    assert isinstance(campaign.status, CampaignStatus) and not campaign.status.is_known
    assert (campaign.start_date, campaign.spend_amount, campaign.created_at) == (None, None, None)
    assert campaign.extra == {"score": {"new": True}, "createdAt": "yesterday"}


def test_a_campaign_without_anything_has_nothing_made_up() -> None:
    bare = Campaign("c", {})
    assert (bare.name, bare.status, bare.start_date, bare.end_date) == (None, None, None, None)
    assert (bare.budget_amount, bare.spend_amount) == (None, None)
