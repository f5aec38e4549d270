"""Ids that are no GUIDs: those that the portal has are served by every endpoint, all others by none."""

from urllib.parse import quote

import pytest

from campaign_assets_tests.emulator.conftest import Door, Serve

CAMPAIGNS = "/marketing/campaigns/2026-09-beta"
ODD = ("../../etc/passwd", "'; DROP TABLE campaigns; --", "ÅNGSTRÖM ?#%")
OTHERS = ("../../etc/shadow", "1", "430318c4-abb7-4bf7-a75ee-9c5fa8f475a6", "ångström")
ITEM = {"name": "Media", "amount": 1, "order": 0}
REQUESTS = (
    ("GET", "", None),
    ("GET", "/assets/LANDING_PAGE", None),
    ("PUT", "/assets/LANDING_PAGE/7", None),
    ("DELETE", "/assets/LANDING_PAGE/7", None),
    ("GET", "/budget/totals", None),
    ("POST", "/budget", ITEM),
    ("POST", "/spend", ITEM),
    ("GET", "/reports/metrics", None),
    ("GET", "/reports/revenue", None),
    ("GET", "/reports/contacts/influencedContacts", None),
    ("POST", "/clone", None),
    ("PATCH", "", {"properties": {"hs_notes": "x"}}),
    ("DELETE", "", None),
)


def _statuses(door: Door, campaign_id: str) -> list[int]:
    url = f"{CAMPAIGNS}/{quote(campaign_id, safe='')}"
    return [door.client.request(method, f"{url}{path}", json=body).status_code for method, path, body in REQUESTS]


@pytest.mark.parametrize("campaign_id", ODD)
def test_an_odd_id_that_the_portal_has_is_accepted_by_every_endpoint(serve: Serve, campaign_id: str) -> None:
    door = serve(campaigns=0, oddities=("hostile_ids",))
    assert all(status < 300 for status in _statuses(door, campaign_id))


@pytest.mark.parametrize("campaign_id", OTHERS)
def test_an_odd_id_that_the_portal_does_not_have_is_accepted_by_none(door: Door, campaign_id: str) -> None:
    assert set(_statuses(door, campaign_id)) == {400}


def test_an_odd_id_is_batched_like_any_other(serve: Serve) -> None:
    door = serve(campaigns=0, oddities=("hostile_ids",))
    update = {"inputs": [{"id": campaign_id, "properties": {"hs_notes": "x"}} for campaign_id in ODD]}
    assert door.client.post(f"{CAMPAIGNS}/batch/update", json=update).status_code == 200
    assert door.client.post(f"{CAMPAIGNS}/batch/archive", json=update).status_code == 204
    assert len(door.portal.store) == 0


def test_the_links_of_an_odd_campaign_lead_on(serve: Serve) -> None:
    door = serve(campaigns=0, oddities=("hostile_ids",))
    for campaign_id in ODD:
        page = door.client.get(f"{CAMPAIGNS}/{quote(campaign_id, safe='')}").json()["assets"]["SITE_PAGE"]
        ids = [asset["id"] for asset in page["results"]]
        while "paging" in page:
            page = door.client.get(page["paging"]["next"]["link"]).json()
            ids += [asset["id"] for asset in page["results"]]
        assert len(ids) == len(set(ids)) == 120


def test_an_odd_asset_is_removed_where_the_portal_has_it_and_refused_elsewhere(serve: Serve) -> None:
    door = serve(campaigns=0, oddities=("hostile_ids",))
    campaign = door.portal.add_campaign({"hs_name": "x"}).id
    for asset_id, status in (("../../etc/passwd", 204), ("../../etc/shadow", 400)):
        url = f"{CAMPAIGNS}/{campaign}/assets/LANDING_PAGE/{quote(asset_id, safe='')}"
        assert door.client.put(url).status_code == status
        assert door.client.delete(url).status_code == status


def test_an_odd_campaign_that_has_begun_has_a_status(serve: Serve) -> None:
    door = serve(campaigns=0, oddities=("hostile_ids",))
    update = {"inputs": [{"id": campaign_id, "properties": {"hs_start_date": "2026-11-01"}} for campaign_id in ODD]}
    assert door.client.post(f"{CAMPAIGNS}/batch/update", json=update).status_code == 200
    found = door.client.get(f"{CAMPAIGNS}?properties=hs_campaign_status").json()["results"]
    assert {campaign["properties"]["hs_campaign_status"] for campaign in found} == {"active"}
