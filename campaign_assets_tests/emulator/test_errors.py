"""Refusals that belong to no endpoint, and the headers of every response."""

from campaign_assets_tests.emulator.conftest import Door, Serve

CAMPAIGNS = "/marketing/v3/campaigns"


def test_an_unknown_campaign_is_404_object_not_found(door: Door) -> None:
    response = door.client.get(f"{CAMPAIGNS}/00000000-0000-4000-8000-000000000000")
    assert response.status_code == 404
    assert response.json()["category"] == "OBJECT_NOT_FOUND"
    assert response.json()["correlationId"] == response.headers["X-HubSpot-Correlation-Id"]


def test_a_malformed_guid_in_the_path_is_400(door: Door) -> None:
    response = door.client.get(f"{CAMPAIGNS}/not-a-guid")
    assert response.status_code == 400
    assert response.json()["subCategory"] == "CampaignApiError.INVALID_REQUEST"


def test_an_unknown_path_or_version_is_404(door: Door) -> None:
    for path in ("/nowhere", "/marketing/campaigns/2019-01", f"{CAMPAIGNS}/batch/eat", "/"):
        response = door.client.get(path)
        assert response.status_code == 404
        assert response.json()["status"] == "error"


def test_another_method_is_405_and_names_the_allowed_ones(door: Door) -> None:
    response = door.client.put(CAMPAIGNS)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, POST"


def test_a_url_of_more_than_8_kb_is_414(door: Door) -> None:
    assert door.client.get(f"{CAMPAIGNS}?name={'a' * 8000}").status_code == 200
    assert door.client.get(f"{CAMPAIGNS}?name={'a' * 8200}").status_code == 414


def test_answers_are_json_in_utf_8_with_unicode_names_as_they_are(serve: Serve) -> None:
    door = serve(campaigns=82)
    response = door.client.get(CAMPAIGNS, params={"limit": 100, "properties": "hs_name"})
    assert response.headers["Content-Type"] == "application/json;charset=utf-8"
    names = {campaign["properties"]["hs_name"] for campaign in response.json()["results"]}
    assert any("🎉" in name for name in names)
    assert any("新製品" in name for name in names)
    assert any("קמפיין" in name for name in names)
    assert any('"' in name and "\\" in name and "%" in name and "{" in name for name in names)
    assert len(names) == 82
