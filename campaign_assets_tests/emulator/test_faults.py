"""Failures on demand."""

from threading import Thread
from time import sleep

import httpx
import pytest

from campaign_assets_tests.emulator.conftest import Serve

CAMPAIGNS = "/marketing/v3/campaigns"
DETAILS = "/account-info/v3/details"


def test_a_status_hits_its_endpoint_as_often_as_told(serve: Serve) -> None:
    door = serve()
    door.portal.faults.add(endpoint="search", status=503, times=2, message="busy", headers={"Retry-After": "3"})
    responses = [door.client.get(path) for path in (CAMPAIGNS, DETAILS, CAMPAIGNS, CAMPAIGNS)]
    assert [response.status_code for response in responses] == [503, 200, 503, 200]
    assert responses[0].json()["message"] == "busy"
    assert responses[0].headers["Retry-After"] == "3"


def test_a_fault_can_choose_its_requests_and_let_the_first_pass(serve: Serve) -> None:
    door = serve()
    door.portal.faults.add(status=500, times=None, skip=1, where=lambda request: request.query.get("limit") == "2")
    statuses = [door.client.get(f"{CAMPAIGNS}?limit={limit}").status_code for limit in (2, 3, 2, 2)]
    assert statuses == [200, 200, 500, 500]


def test_an_envelope_can_gain_and_lose_fields(serve: Serve) -> None:
    door = serve()
    door.portal.faults.add(status=423, category="LOCKED", envelope={"correlationId": None, "subCategory": "X"})
    response = door.client.get(CAMPAIGNS)
    assert response.status_code == 423
    content = {"status": "error", "message": "internal error", "category": "LOCKED", "subCategory": "X"}
    assert response.json() == content


def test_a_web_page_can_come_with_200(serve: Serve) -> None:
    door = serve()
    door.portal.faults.add(kind="html")
    response = door.client.get(CAMPAIGNS)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert response.text.startswith("<!DOCTYPE html>")


def test_json_can_be_cut_short_with_a_matching_length(serve: Serve) -> None:
    door = serve()
    whole = door.client.get(CAMPAIGNS).content
    door.portal.faults.add(kind="cut_json")
    assert door.client.get(CAMPAIGNS).content == whole[: len(whole) // 2]


def test_a_body_can_be_shorter_than_announced(serve: Serve) -> None:
    door = serve()
    door.portal.faults.add(kind="short_body")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        door.client.get(CAMPAIGNS)
    assert door.client.get(CAMPAIGNS).status_code == 200


def test_a_connection_can_be_reset_before_the_response(serve: Serve) -> None:
    door = serve()
    door.portal.faults.add(kind="reset")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        door.client.get(CAMPAIGNS)
    assert door.client.get(CAMPAIGNS).status_code == 200


def test_a_write_can_take_effect_although_its_response_is_lost(serve: Serve) -> None:
    door = serve()
    for effect in (False, True):
        door.portal.faults.add(endpoint="create", status=502, after_effect=effect)
        assert door.client.post(CAMPAIGNS, json={"properties": {"hs_name": f"{effect}"}}).status_code == 502
        assert (door.portal.store.holder_of(f"{effect}") is not None) is effect


def test_a_response_can_be_late_or_never_come(serve: Serve) -> None:
    door = serve()
    door.portal.faults.add(kind="delay", seconds=0.05)
    assert door.client.get(CAMPAIGNS).status_code == 200
    door.portal.faults.add(kind="hang")
    with pytest.raises(httpx.ReadTimeout):
        door.client.get(CAMPAIGNS, timeout=0.1)


def test_a_server_stops_while_a_request_is_never_answered(serve: Serve) -> None:
    door = serve()
    door.portal.faults.add(kind="hang")
    failures: list[Exception] = []

    def ask() -> None:
        try:
            door.client.get(CAMPAIGNS)
        except httpx.TransportError as error:
            failures.append(error)

    asking = Thread(target=ask)
    asking.start()
    while door.server.stats.by_status[0] == 0:
        sleep(0.001)
    door.server.stop()
    asking.join(5)
    assert len(failures) == 1


def test_a_body_can_be_replaced(serve: Serve) -> None:
    door = serve()
    door.portal.faults.add(kind="body", body='{"total":1,"results":null}')
    assert door.client.get(CAMPAIGNS).json() == {"total": 1, "results": None}


def test_the_seed_decides_what_a_fault_with_a_probability_hits(serve: Serve) -> None:
    def statuses() -> list[int]:
        door = serve(campaigns=1)
        door.portal.faults.add(status=500, times=None, probability=0.4)
        return [door.client.get(DETAILS).status_code for _ in range(30)]

    first = statuses()
    assert first == statuses()
    assert 3 < first.count(500) < 25


def test_no_fault_hits_a_request_that_never_got_past_the_door(serve: Serve) -> None:
    door = serve()
    fault = door.portal.faults.add(status=500)
    assert door.client.get(CAMPAIGNS, headers={"Authorization": "Bearer nobody"}).status_code == 401
    assert fault.struck == 0
    door.portal.faults.clear()
    assert door.client.get(CAMPAIGNS).status_code == 200
