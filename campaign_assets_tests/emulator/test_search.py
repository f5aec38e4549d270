"""Listing campaigns."""

from urllib.parse import parse_qs, urlsplit

import pytest

from campaign_assets_tests.emulator.conftest import Door, Serve

CAMPAIGNS = "/marketing/v3/campaigns"


@pytest.mark.parametrize(
    "path",
    [
        CAMPAIGNS,
        f"{CAMPAIGNS}/",
        *(f"/marketing/campaigns/{v}" for v in ("2025-09", "2026-03", "2026-09", "2026-09-beta")),
    ],
)
def test_both_path_families_answer_the_same(door: Door, path: str) -> None:
    expected = door.client.get(CAMPAIGNS).json()["results"]
    assert door.client.get(path).json()["results"] == expected


def test_a_campaign_has_the_documented_fields_and_no_property_unless_asked(door: Door) -> None:
    campaign = door.client.get(f"{CAMPAIGNS}?properties=").json()["results"][0]
    assert campaign == door.client.get(CAMPAIGNS).json()["results"][0]
    assert set(campaign) == {"id", "properties", "createdAt", "updatedAt", "businessUnits"}
    assert campaign["properties"] == {}
    assert campaign["createdAt"].endswith("Z")
    assert all(set(unit) == {"id"} for unit in campaign["businessUnits"])


def test_property_values_are_strings_and_empty_ones_are_left_out(door: Door) -> None:
    asked = "hs_name,hs_object_id,hs_owner,hs_budget_items_sum_amount,region,campaign_theme,hs_notes"
    campaigns = door.client.get(CAMPAIGNS, params={"properties": asked, "limit": 100}).json()["results"]
    values = [value for campaign in campaigns for value in campaign["properties"].values()]
    assert all(isinstance(value, str) and value for value in values)
    assert all(int(campaign["properties"]["hs_object_id"]) > 2**53 for campaign in campaigns)
    assert any("hs_owner" not in campaign["properties"] for campaign in campaigns)
    assert any("region" in campaign["properties"] for campaign in campaigns)
    sums = [c["properties"].get("hs_budget_items_sum_amount", "0.0") for c in campaigns]
    assert all("." in amount for amount in sums)


def test_an_unknown_property_is_400_and_names_the_correct_ones(door: Door) -> None:
    response = door.client.get(CAMPAIGNS, params={"properties": "hs_name,hs_goal,nope,no"})
    assert response.status_code == 400
    message = response.json()["message"]
    assert "Forbidden properties: [nope, no]" in message
    assert "Correct ones are [" in message
    assert "hs_owner" in message and "hs_goal" in message


def test_the_sunset_goal_may_be_asked_for_and_has_no_value(door: Door) -> None:
    response = door.client.get(CAMPAIGNS, params={"properties": "hs_name,hs_goal"})
    assert response.status_code == 200
    assert all(set(campaign["properties"]) == {"hs_name"} for campaign in response.json()["results"])


def test_pages_follow_each_other_by_raw_decoded_and_reencoded_cursors(door: Door) -> None:
    first = door.client.get(f"{CAMPAIGNS}?limit=7").json()
    cursor = first["paging"]["next"]["after"]
    assert cursor == "Nw%3D%3D"
    raw = door.client.get(f"{CAMPAIGNS}?limit=7&after={cursor}").json()
    decoded = door.client.get(f"{CAMPAIGNS}?limit=7&after=Nw==").json()
    encoded = door.client.get(f"{CAMPAIGNS}?limit=7&after=Nw%253D%253D").json()
    assert raw == {**decoded, "paging": raw["paging"]} == {**encoded, "paging": raw["paging"]}
    assert raw["results"] != first["results"]


def test_the_pages_hold_every_campaign_once_and_the_last_has_no_paging(door: Door) -> None:
    url, ids = f"{CAMPAIGNS}?limit=9&properties=hs_name&sort=-updatedAt", []
    while url:
        page = door.client.get(url).json()
        ids += [campaign["id"] for campaign in page["results"]]
        url = page.get("paging", {}).get("next", {}).get("link", "")
    assert len(ids) == len(set(ids)) == page["total"] == 40
    assert "paging" not in page


def test_the_next_link_repeats_the_query(door: Door) -> None:
    page = door.client.get(CAMPAIGNS, params={"limit": 3, "properties": "hs_name,hs_notes", "sort": "createdAt"}).json()
    query = parse_qs(urlsplit(page["paging"]["next"]["link"]).query)
    assert query == {"limit": ["3"], "properties": ["hs_name,hs_notes"], "sort": ["createdAt"], "after": ["Mw=="]}


@pytest.mark.parametrize("order", ["createdAt", "updatedAt"])
def test_campaigns_come_in_the_order_asked_for(door: Door, order: str) -> None:
    up = [c[order] for c in door.client.get(CAMPAIGNS, params={"sort": order}).json()["results"]]
    down = [c[order] for c in door.client.get(CAMPAIGNS, params={"sort": f"-{order}"}).json()["results"]]
    assert up == sorted(up)
    assert down == sorted(up, reverse=True)


def test_the_default_order_is_by_name(door: Door) -> None:
    found = door.client.get(CAMPAIGNS, params={"properties": "hs_name"}).json()["results"]
    names = [c["properties"]["hs_name"].casefold() for c in found]
    assert names == sorted(names)


def test_a_part_of_the_name_finds_campaigns_without_regard_to_case(door: Door) -> None:
    asked = {"properties": "hs_name"}
    everything = door.client.get(CAMPAIGNS, params=asked).json()["results"]
    expected = [c for c in everything if "emea" in c["properties"]["hs_name"].casefold()]
    found = door.client.get(CAMPAIGNS, params={**asked, "name": "eMeA"}).json()
    assert found["results"] == expected
    assert found["total"] == len(expected) > 0


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=ten", "sort=hs_owner", "sort=-", "after=%20%20", "after=Mg%25zz"]
)
def test_a_parameter_hubspot_does_not_accept_is_400(door: Door, query: str) -> None:
    response = door.client.get(f"{CAMPAIGNS}?{query}")
    assert response.status_code == 400
    assert response.json()["category"] == "VALIDATION_ERROR"


def test_a_page_has_50_campaigns_unless_asked(serve: Serve) -> None:
    door = serve(campaigns=60)
    assert len(door.client.get(CAMPAIGNS).json()["results"]) == 50
    assert len(door.client.get(CAMPAIGNS, params={"limit": 100}).json()["results"]) == 60


def test_a_deletion_between_two_pages_shifts_the_offsets(serve: Serve) -> None:
    door = serve()
    first = door.client.get(f"{CAMPAIGNS}?limit=4").json()
    whole = [campaign["id"] for campaign in door.client.get(CAMPAIGNS).json()["results"]]
    door.portal.delete_campaign(first["results"][0]["id"])
    second = door.client.get(first["paging"]["next"]["link"]).json()
    assert [campaign["id"] for campaign in second["results"]] == whole[5:9]
