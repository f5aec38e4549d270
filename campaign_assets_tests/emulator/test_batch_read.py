"""Reading many campaigns in one request."""

from typing import Any

import httpx
import pytest

from campaign_assets_tests.emulator.conftest import Door

BATCH = "/marketing/v3/campaigns/batch/read"
DAY = {"startDate": "2026-11-02", "endDate": "2026-11-02"}


def _read(door: Door, ids: list[str], **query: str) -> httpx.Response:
    return door.client.post(BATCH, params=query, json={"inputs": [{"id": campaign} for campaign in ids]})


def _ids(door: Door) -> list[str]:
    return [campaign.id for campaign in door.portal.store]


def test_a_batch_answers_what_single_requests_answer(door: Door) -> None:
    response = _read(door, _ids(door)[:10], **DAY, properties="hs_name,hs_notes")
    assert response.status_code == 200
    content = response.json()
    assert content["status"] == "COMPLETE"
    assert content["startedAt"]
    assert content["completedAt"]
    for campaign in content["results"]:
        single = door.client.get(
            f"/marketing/v3/campaigns/{campaign['id']}", params={**DAY, "properties": "hs_name,hs_notes"}
        )
        assert single.json() == campaign


def test_results_are_not_in_the_order_asked_for_and_duplicates_are_collapsed(door: Door) -> None:
    ids = _ids(door)
    answered = [campaign["id"] for campaign in _read(door, [*ids, *ids[:5]]).json()["results"]]
    assert sorted(answered) == sorted(ids)
    assert answered != ids


def test_a_malformed_guid_is_reported_in_a_207_and_the_others_are_answered(door: Door) -> None:
    wrong = "430318c4-abb7-4bf7-a75ee-9c5fa8f475a6"
    response = _read(door, [_ids(door)[0], wrong])
    assert response.status_code == 207
    content = response.json()
    assert [campaign["id"] for campaign in content["results"]] == _ids(door)[:1]
    assert content["numErrors"] == 1
    assert content["errors"] == [
        {
            "status": "error",
            "category": "VALIDATION_ERROR",
            "subCategory": "CampaignApiError.INVALID_REQUEST",
            "message": f"Invalid request: 'Invalid campaign GUID format: {wrong}'",
            "context": {"message": [f"Invalid campaign GUID format: {wrong}"]},
        }
    ]


def test_an_unknown_campaign_is_reported_in_a_207_without_its_id(door: Door) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    response = _read(door, [nobody])
    assert response.status_code == 207
    assert response.json()["results"] == []
    assert response.json()["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    assert nobody not in response.text


@pytest.mark.parametrize("body", [{}, {"inputs": []}, {"inputs": [{"id": 7}]}, {"inputs": ["x"]}, {"inputs": [{}]}, []])
def test_a_body_of_another_shape_is_400(door: Door, body: Any) -> None:
    assert door.client.post(BATCH, json=body).status_code == 400


def test_more_than_fifty_inputs_are_400(door: Door) -> None:
    ids = [f"00000000-0000-4000-8000-{number:012d}" for number in range(51)]
    assert _read(door, ids[:50]).status_code == 207
    assert _read(door, ids).status_code == 400


def test_a_body_that_is_no_json_is_400_and_one_not_declared_as_json_415(door: Door) -> None:
    json_type = {"Content-Type": "application/json"}
    assert door.client.post(BATCH, content=b'{"inputs":', headers=json_type).status_code == 400
    assert door.client.post(BATCH, content=b'{"inputs":[]}').status_code == 415


@pytest.mark.parametrize("query", [{}, {"properties": ""}])
def test_without_properties_asked_for_there_are_none(door: Door, query: dict[str, str]) -> None:
    assert _read(door, _ids(door)[:1], **query).json()["results"][0]["properties"] == {}
    single = door.client.get(f"/marketing/v3/campaigns/{_ids(door)[0]}", params=query).json()
    assert single["properties"] == {}
