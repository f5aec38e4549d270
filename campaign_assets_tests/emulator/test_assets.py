"""A campaign's assets: in one campaign's response, and listed by type."""

import pytest

from campaign_assets_tests.emulator.conftest import Door, Serve

CAMPAIGNS = "/marketing/v3/campaigns"
DAY = {"startDate": "2026-11-02", "endDate": "2026-11-02"}


def _largest(door: Door, asset_type: str) -> tuple[str, list[str]]:
    """Give the campaign with the most assets of a type, and the ids of all of them."""
    members: dict[str, list[str]] = {}
    for row in door.portal.truth.associations(asset_type):
        members.setdefault(str(row["campaign_id"]), []).append(str(row["asset_id"]))
    return max(members.items(), key=lambda entry: len(entry[1]))


@pytest.mark.parametrize("asset_type", ["MARKETING_EMAIL", "SOCIAL_BROADCAST"])
def test_a_type_is_capped_at_50_and_its_cursor_leads_to_the_rest(door: Door, asset_type: str) -> None:
    campaign, expected = _largest(door, asset_type)
    first = door.client.get(f"{CAMPAIGNS}/{campaign}").json()["assets"][asset_type]
    assert len(first["results"]) == 50
    ids = [asset["id"] for asset in first["results"]]
    after: str | None = first["paging"]["next"]["after"]
    while after:
        page = door.client.get(f"{CAMPAIGNS}/{campaign}/assets/{asset_type}?limit=30&after={after}").json()
        ids += [asset["id"] for asset in page["results"]]
        after = page.get("paging", {}).get("next", {}).get("after")
    assert ids == expected
    assert len(ids) > 50


def test_the_link_in_a_campaigns_assets_keeps_the_dates(door: Door) -> None:
    campaign, expected = _largest(door, "SOCIAL_BROADCAST")
    link = door.client.get(f"{CAMPAIGNS}/{campaign}", params=DAY).json()["assets"]["SOCIAL_BROADCAST"]["paging"]["next"]
    page = door.client.get(link["link"]).json()
    assert [asset["id"] for asset in page["results"]] == expected[50:60]
    assert all("metrics" in asset for asset in page["results"])


def test_a_listing_has_ten_assets_unless_asked_and_accepts_a_cursor_in_three_spellings(door: Door) -> None:
    campaign, expected = _largest(door, "MARKETING_EMAIL")
    url = f"{CAMPAIGNS}/{campaign}/assets/MARKETING_EMAIL"
    first = door.client.get(url).json()
    assert [asset["id"] for asset in first["results"]] == expected[:10]
    cursor = first["paging"]["next"]["after"]
    assert cursor.endswith("%3D%3D")
    for spelling in (cursor, cursor.replace("%3D", "="), cursor.replace("%", "%25")):
        page = door.client.get(f"{url}?after={spelling}").json()
        assert [asset["id"] for asset in page["results"]] == expected[10:20]


def test_the_last_page_has_no_paging(door: Door) -> None:
    campaign, expected = _largest(door, "FORM")
    page = door.client.get(f"{CAMPAIGNS}/{campaign}/assets/FORM?limit={len(expected)}").json()
    assert [asset["id"] for asset in page["results"]] == expected
    assert "paging" not in page


def test_types_without_assets_are_absent_and_some_campaigns_have_none_at_all(door: Door) -> None:
    responses = [
        door.client.get(f"{CAMPAIGNS}/{campaign.id}").json()["assets"] for campaign in list(door.portal.store)[:14]
    ]
    assert {} in responses
    assert all(entry["results"] for assets in responses for entry in assets.values())


def test_every_asset_type_occurs_and_so_do_shared_and_nameless_assets(door: Door) -> None:
    rows = door.portal.truth.associations()
    assert {row["asset_type"] for row in rows} == set(door.portal.library.types)
    assert any(row["asset_name"] is None for row in rows)
    assert len({(row["asset_type"], row["asset_id"]) for row in rows}) < len(rows)


def test_metrics_come_only_when_both_dates_are_given(door: Door) -> None:
    campaign, _ = _largest(door, "FORM")
    url = f"{CAMPAIGNS}/{campaign}/assets/FORM"
    for query in ({}, {"startDate": "2026-11-02"}, {"endDate": "2026-11-02"}):
        assert all("metrics" not in asset for asset in door.client.get(url, params=query).json()["results"])
    assert all("metrics" in asset for asset in door.client.get(url, params=DAY).json()["results"])


@pytest.mark.parametrize(
    "query",
    [
        "startDate=2026-13-01&endDate=2026-12-01",
        "startDate=20261101&endDate=2026-11-02",
        "startDate=2026-11-03&endDate=2026-11-02",
        "startDate=yesterday",
        "limit=101",
        "limit=0",
    ],
)
def test_bad_dates_and_limits_are_400(door: Door, query: str) -> None:
    campaign, _ = _largest(door, "FORM")
    response = door.client.get(f"{CAMPAIGNS}/{campaign}/assets/FORM?{query}")
    assert response.status_code == 400
    assert response.json()["category"] == "VALIDATION_ERROR"


def test_an_unknown_asset_type_is_400_and_one_without_assets_an_empty_list(door: Door) -> None:
    campaign = next(campaign for campaign in door.portal.store if not campaign.assets)
    assert door.client.get(f"{CAMPAIGNS}/{campaign.id}/assets/HOLOGRAM").status_code == 400
    assert door.client.get(f"{CAMPAIGNS}/{campaign.id}/assets/FORM").json() == {"results": []}


def test_types_and_metrics_hubspot_has_not_documented_can_be_added(serve: Serve) -> None:
    door = serve(campaigns=40, unknown_types=("HOLOGRAM",), unknown_metrics=(("BLOG_POST", "SHARES"),))
    for asset_type, metric in (("HOLOGRAM", "IMPRESSIONS"), ("BLOG_POST", "SHARES")):
        campaign, _ = _largest(door, asset_type)
        page = door.client.get(f"{CAMPAIGNS}/{campaign}/assets/{asset_type}", params={**DAY, "limit": 100}).json()
        assert any(metric in asset["metrics"] for asset in page["results"])


def test_associations_can_be_added_and_removed_and_show_at_once(serve: Serve) -> None:
    door = serve()
    campaign = next(campaign for campaign in door.portal.store if not campaign.assets)
    url = f"{CAMPAIGNS}/{campaign.id}/assets/FORM/987"
    assert [door.client.put(url).status_code for _ in range(2)] == [204, 204]
    listed = door.client.get(f"{CAMPAIGNS}/{campaign.id}/assets/FORM").json()["results"]
    assert listed == [{"id": "987"}]
    read = door.client.post(f"{CAMPAIGNS}/batch/read", json={"inputs": [{"id": campaign.id}]}).json()
    assert read["results"][0]["assets"] == {"FORM": {"results": [{"id": "987"}]}}
    assert [door.client.delete(url).status_code for _ in range(2)] == [204, 204]
    assert door.client.get(f"{CAMPAIGNS}/{campaign.id}").json()["assets"] == {}


def test_an_association_to_a_campaign_or_type_that_does_not_exist_is_refused(serve: Serve) -> None:
    door = serve(campaigns=1)
    campaign = next(iter(door.portal.store)).id
    nobody = "00000000-0000-4000-8000-000000000000"
    assert door.client.put(f"{CAMPAIGNS}/{nobody}/assets/FORM/1").status_code == 404
    assert door.client.put(f"{CAMPAIGNS}/{campaign}/assets/NOPE/1").status_code == 400
