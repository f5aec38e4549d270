"""Creating, updating and deleting campaigns."""

from typing import Any

import pytest

from campaign_assets_tests.emulator.conftest import Door, Serve

CAMPAIGNS = "/marketing/v3/campaigns"


def _create(door: Door, **properties: Any) -> Any:
    return door.client.post(CAMPAIGNS, json={"properties": properties})


def test_a_created_campaign_is_answered_with_its_properties_and_can_be_read(serve: Serve) -> None:
    door = serve()
    given = {"hs_name": "Spring", "hs_start_date": "2026-03-01", "region": "EMEA"}
    response = _create(door, **given)
    assert response.status_code == 201
    made = response.json()
    assert made["properties"] == given
    assert made["createdAt"] == made["updatedAt"] == "2026-11-22T12:00:00.000Z"
    read = door.client.get(f"{CAMPAIGNS}/{made['id']}", params={"properties": ",".join(given)}).json()
    assert read == {**made, "assets": {}}


@pytest.mark.parametrize(
    "properties",
    [
        {"hs_name": "x" * 257},
        {"hs_name": "x", "hs_utm": "u" * 257},
        {"hs_name": "x", "hs_start_date": "03/01/2026"},
        {"hs_name": "x", "hs_start_date": "2026-03-02", "hs_end_date": "2026-03-01"},
        {"hs_name": "x", "hs_campaign_status": "sleeping"},
        {"hs_name": "x", "hs_currency_code": "dollars"},
        {"hs_name": "x", "hs_currency_code": "XYZ"},
        {"hs_name": "x", "hs_business_unit_ids": "0,1"},
        {"hs_name": "x", "hs_notes": {"a": 1}},
    ],
)
def test_properties_hubspot_does_not_accept_are_400(door: Door, properties: dict[str, Any]) -> None:
    response = _create(door, **properties)
    assert response.status_code == 400
    assert response.json()["category"] == "VALIDATION_ERROR"


@pytest.mark.parametrize("properties", [{}, {"hs_name": ""}, {"hs_notes": "x"}])
def test_a_campaign_without_a_name_is_refused_without_a_category(door: Door, properties: dict[str, str]) -> None:
    response = _create(door, **properties)
    assert response.status_code == 400
    assert response.json()["message"] == "Campaign create request must include 'hs_name' property."
    assert "category" not in response.json()


@pytest.mark.parametrize("name", ["hs_owner", "hs_object_id", "hs_budget_items_sum_amount", "nope"])
def test_what_cannot_be_written_is_named_beside_what_can(door: Door, name: str) -> None:
    campaign = next(iter(door.portal.store)).id
    properties = {"hs_name": "x", name: "1"}
    for response in (
        _create(door, **properties),
        door.client.patch(f"{CAMPAIGNS}/{campaign}", json={"properties": properties}),
    ):
        refusal = response.json()
        assert response.status_code == 400
        assert refusal["subCategory"] == "CampaignApiError.PROPERTY_SET_CONTAINS_VALUES_FORBIDDEN_FOR_WRITE"
        assert refusal["message"].startswith(f"Forbidden properties: [{name}]. Correct ones are [")
        correct = refusal["message"].split("Correct ones are [")[1]
        assert "hs_name" in correct and "hs_business_unit_ids" in correct and "hs_owner" not in correct


@pytest.mark.parametrize("value", ["2026-03-01T00:00:00Z", "1772323200000", "03/01/2026", "2026-02-30"])
def test_anything_but_a_date_where_a_date_belongs_has_a_category_of_its_own(door: Door, value: str) -> None:
    response = _create(door, hs_name="x", hs_start_date=value)
    assert response.status_code == 400
    assert response.json()["subCategory"] == "CampaignValidationError.INVALID_DATE_PROPERTY"


def test_business_units_can_be_written(serve: Serve) -> None:
    door = serve(campaigns=0)
    made = _create(door, hs_name="x", hs_business_unit_ids="4001;0;4001").json()
    assert made["properties"]["hs_business_unit_ids"] == "4001;0"
    assert made["businessUnits"] == [{"id": 4001}, {"id": 0}]
    url = f"{CAMPAIGNS}/{made['id']}"
    for value, units in (("7", [{"id": 7}]), ("", [{"id": 0}])):
        changed = door.client.patch(url, json={"properties": {"hs_business_unit_ids": value}}).json()
        assert changed["businessUnits"] == units
    assert door.portal.truth.campaigns()[0]["businessUnits"] == [0]


def test_hubspot_makes_a_utm_value_where_none_is_given(serve: Serve) -> None:
    door = serve(campaigns=0)
    asked = {"properties": "hs_utm"}
    for given in ({}, {"hs_utm": "mine"}):
        made = _create(door, hs_name=f"Grüße {len(given)}", **given)
        read = door.client.get(f"{CAMPAIGNS}/{made.json()['id']}", params=asked).json()["properties"]["hs_utm"]
        assert read == given.get("hs_utm", read) != ""


def test_a_created_campaign_says_where_it_is(serve: Serve) -> None:
    door = serve(campaigns=0)
    response = _create(door, hs_name="x")
    assert response.headers["Location"] == f"{door.server.url}{CAMPAIGNS}/{response.json()['id']}"
    assert door.client.get(response.headers["Location"]).json()["id"] == response.json()["id"]


def test_a_campaign_with_dates_that_are_none_can_be_changed(serve: Serve) -> None:
    door = serve(campaigns=0)
    campaign = door.portal.add_campaign({"hs_name": "odd", "hs_start_date": "soon", "hs_end_date": "later"}).id
    assert door.client.patch(f"{CAMPAIGNS}/{campaign}", json={"properties": {"hs_notes": "x"}}).status_code == 200


def test_a_name_another_campaign_has_is_409(serve: Serve) -> None:
    door = serve()
    first, second = _create(door, hs_name="one").json()["id"], _create(door, hs_name="two").json()["id"]
    assert _create(door, hs_name="one").status_code == 409
    rename = {"properties": {"hs_name": "one"}}
    assert door.client.patch(f"{CAMPAIGNS}/{second}", json=rename).status_code == 409
    assert door.client.patch(f"{CAMPAIGNS}/{first}", json=rename).status_code == 200


def test_the_sunset_goal_is_ignored(serve: Serve) -> None:
    response = _create(serve(), hs_name="x", hs_goal="rich")
    assert response.status_code == 201
    assert response.json()["properties"] == {"hs_name": "x"}


def test_a_patch_changes_resets_and_moves_updated_at(serve: Serve) -> None:
    door = serve()
    made = _create(door, hs_name="x", hs_notes="old", hs_audience="all").json()
    changes = {"properties": {"hs_notes": "", "hs_audience": "few"}}
    response = door.client.patch(f"{CAMPAIGNS}/{made['id']}", json=changes)
    assert response.status_code == 200
    assert response.json()["updatedAt"] > made["updatedAt"]
    asked = {"properties": "hs_name,hs_notes,hs_audience"}
    read = door.client.get(f"{CAMPAIGNS}/{made['id']}", params=asked).json()
    assert read["properties"] == {"hs_name": "x", "hs_audience": "few"}


@pytest.mark.parametrize("properties", [{"hs_object_id": "7"}, {"nope": "7"}, {"hs_name": ""}])
def test_a_patch_of_a_read_only_unknown_or_required_property_is_400(serve: Serve, properties: dict[str, str]) -> None:
    door = serve(campaigns=1)
    campaign = next(iter(door.portal.store)).id
    assert door.client.patch(f"{CAMPAIGNS}/{campaign}", json={"properties": properties}).status_code == 400


def test_a_patch_of_an_unknown_campaign_is_404(door: Door) -> None:
    url = f"{CAMPAIGNS}/00000000-0000-4000-8000-000000000000"
    assert door.client.patch(url, json={"properties": {"hs_notes": "x"}}).status_code == 404


def test_a_deletion_is_204_whether_the_campaign_existed_or_not(serve: Serve) -> None:
    door = serve()
    campaign = next(iter(door.portal.store)).id
    responses = [door.client.delete(f"{CAMPAIGNS}/{campaign}") for _ in range(2)]
    assert [(response.status_code, response.content) for response in responses] == [(204, b""), (204, b"")]
    assert door.client.get(f"{CAMPAIGNS}/{campaign}").status_code == 404
    assert door.client.get(CAMPAIGNS).json()["total"] == 11


def test_a_batch_creates_updates_and_archives(serve: Serve) -> None:
    door = serve(campaigns=0)
    inputs = [{"properties": {"hs_name": name}} for name in ("a", "b")]
    created = door.client.post(f"{CAMPAIGNS}/batch/create", json={"inputs": inputs})
    assert created.status_code == 201
    assert created.json()["status"] == "COMPLETE"
    ids = [campaign["id"] for campaign in created.json()["results"]]
    changes = {"inputs": [{"id": campaign, "properties": {"hs_notes": "n"}} for campaign in ids]}
    updated = door.client.post(f"{CAMPAIGNS}/batch/update", json=changes)
    assert updated.status_code == 200
    assert [campaign["properties"] for campaign in updated.json()["results"]] == [{"hs_notes": "n"}] * 2
    wrong = {"inputs": [{"id": campaign} for campaign in [*ids, "nobody"]]}
    assert door.client.post(f"{CAMPAIGNS}/batch/archive", json=wrong).status_code == 400
    assert len(door.portal.store) == 2
    archive = {"inputs": [{"id": campaign} for campaign in [*ids, "00000000-0000-4000-8000-000000000000"]]}
    assert door.client.post(f"{CAMPAIGNS}/batch/archive", json=archive).status_code == 204
    assert len(door.portal.store) == 0


def test_a_batch_that_fails_in_part_is_207_and_does_the_rest(serve: Serve) -> None:
    door = serve(campaigns=0)
    inputs = [{"properties": {"hs_name": name}} for name in ("a", "a", "")]
    created = door.client.post(f"{CAMPAIGNS}/batch/create", json={"inputs": inputs})
    assert created.status_code == 207
    assert len(created.json()["results"]) == 1
    assert created.json()["numErrors"] == 2
    changes = {"inputs": [{"id": "00000000-0000-4000-8000-000000000000", "properties": {"hs_notes": "n"}}]}
    updated = door.client.post(f"{CAMPAIGNS}/batch/update", json=changes)
    assert updated.status_code == 207
    assert updated.json()["errors"][0]["category"] == "OBJECT_NOT_FOUND"
