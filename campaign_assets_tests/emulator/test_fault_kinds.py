"""Every usual fault by name: what the client meets, and that it is counted."""

import json
import socket
import zlib
from contextlib import suppress
from time import monotonic
from typing import Any

import httpx
import pytest

from campaign_assets.emulator import DEFAULT_TOKEN
from campaign_assets.emulator.fault_kinds import KNOWN_FAULTS
from campaign_assets.emulator.fault_plan import FaultPlan, PlannedFault
from campaign_assets_tests.emulator.conftest import Door, Serve

CAMPAIGNS = "/marketing/v3/campaigns"
DAY = "2026-11-20"
STATUSES = [n for n, known in KNOWN_FAULTS.items() if known.details["kind"] == "status" and not known.endpoints]
BROKEN: dict[str, type[Exception] | tuple[type[Exception], ...]] = {
    "short_body": httpx.RemoteProtocolError,
    "reset": (httpx.ReadError, httpx.RemoteProtocolError),
    "reset_midway": (httpx.ReadError, httpx.RemoteProtocolError),
    "refused": (httpx.ReadError, httpx.RemoteProtocolError),
    "hang": httpx.ReadTimeout,
}


def arm(door: Door, kind: str, **details: Any) -> None:
    FaultPlan((PlannedFault(kind, times=1, **details),)).arm(door.portal.faults)


def read_batch(door: Door) -> Any:
    inputs = [{"id": campaign["id"]} for campaign in door.portal.truth.campaigns()]
    response = door.client.post(f"{CAMPAIGNS}/batch/read?startDate={DAY}&endDate={DAY}", json={"inputs": inputs})
    return response.json()


def count_rows(response: Any) -> int:
    return len({row["id"] for row in response["results"]})


@pytest.mark.parametrize("kind", STATUSES)
def test_a_status_comes_once_and_is_counted(serve: Serve, kind: str) -> None:
    door = serve(campaigns=2)
    arm(door, kind)
    responses = [door.client.get(CAMPAIGNS) for _ in range(2)]
    assert [response.status_code for response in responses] == [int(kind[:3]), 200]
    assert responses[0].json()["status"] == "error"
    assert door.server.stats.as_dict()["faults"] == {kind: 1}


def test_refusals_look_like_hubspots(serve: Serve) -> None:
    door = serve(campaigns=2)
    for kind in ("429_retry_after", "429_daily", "401_expired", "401_unnamed", "403", "488"):
        arm(door, kind)
    limited, daily, expired, unnamed, forbidden, moved = [door.client.get(CAMPAIGNS) for _ in range(6)]
    assert "category" not in unnamed.json()
    assert "exists in Hublet eu1" in moved.json()["message"]
    assert moved.json()["context"] == {"correctHublet": ["eu1"]}
    assert limited.headers["Retry-After"] == "3" and limited.json()["policyName"] == "TEN_SECONDLY_ROLLING"
    assert daily.json()["policyName"] == "DAILY" and "category" not in daily.json()
    assert expired.json()["category"] == "EXPIRED_AUTHENTICATION"
    assert forbidden.json()["category"] == "MISSING_SCOPES"


@pytest.mark.parametrize("kind", BROKEN)
def test_a_connection_can_break_in_every_way_and_the_next_request_is_answered(serve: Serve, kind: str) -> None:
    door = serve()
    arm(door, kind)
    with pytest.raises(BROKEN[kind]):
        door.client.get(CAMPAIGNS, timeout=0.2)
    if kind == "refused":
        with pytest.raises(httpx.ConnectError):
            door.client.get(CAMPAIGNS)
        until = monotonic() + 5
        while monotonic() < until:
            try:
                door.client.get(CAMPAIGNS)
                break
            except httpx.ConnectError:
                continue
    assert door.client.get(CAMPAIGNS).status_code == 200
    assert door.server.stats.faults[kind] == 1


def test_a_server_that_refuses_can_be_stopped(serve: Serve) -> None:
    door = serve(campaigns=1)
    arm(door, "refused", seconds=60)
    with pytest.raises(httpx.TransportError):
        door.client.get(CAMPAIGNS)
    door.server.stop()


def test_a_slow_response_is_whole(serve: Serve) -> None:
    door = serve()
    whole = door.client.get(CAMPAIGNS).content
    arm(door, "slow", seconds=0.01)
    assert door.client.get(CAMPAIGNS).content == whole


def test_a_dripping_response_never_ends(serve: Serve) -> None:
    door = serve(campaigns=1)
    arm(door, "drip", seconds=0.001)
    with door.client.stream("GET", CAMPAIGNS) as response:
        pieces = response.iter_raw()
        assert b"".join(next(pieces) for _ in range(20)).strip() == b""


def test_a_huge_response_has_100_megabytes_plain_or_packed(serve: Serve) -> None:
    door = serve(campaigns=1)
    arm(door, "huge")
    with door.client.stream("GET", CAMPAIGNS) as response:
        assert sum(map(len, response.iter_raw())) > 100_000_000
    arm(door, "gzip_bomb")
    with door.client.stream("GET", CAMPAIGNS) as response:
        packed = response.read() if "content-encoding" not in response.headers else b"".join(response.iter_raw())
    assert len(packed) < 200_000
    assert len(zlib.decompress(packed, wbits=31)) > 100_000_000


def test_a_response_packed_twice_says_so(serve: Serve) -> None:
    door = serve(campaigns=1)
    arm(door, "double_gzip")
    with door.client.stream("GET", CAMPAIGNS) as response:
        assert response.headers["content-encoding"] == "gzip, gzip"
        packed = b"".join(response.iter_raw())
    assert len(packed) < 2_000
    assert len(zlib.decompress(zlib.decompress(packed, wbits=31), wbits=31)) > 100_000_000


def test_a_header_can_drip_without_end(serve: Serve) -> None:
    door = serve(campaigns=1)
    arm(door, "header_drip", seconds=0.001)
    with socket.create_connection(("127.0.0.1", httpx.URL(door.server.url).port or 0)) as raw:
        raw.sendall(f"GET {CAMPAIGNS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {DEFAULT_TOKEN}\r\n\r\n".encode())
        said = b""
        while len(said) < 60:
            said += raw.recv(100)
    assert said.startswith(b"HTTP/1.1 200 OK\r\nX-Trace: xxx") and said.endswith(b"x")
    assert door.client.get(CAMPAIGNS).status_code == 200


def test_a_response_can_come_twice_on_one_connection(serve: Serve) -> None:
    door = serve(campaigns=2)
    arm(door, "repeated_response")
    with socket.create_connection(("127.0.0.1", httpx.URL(door.server.url).port or 0)) as raw:
        raw.sendall(f"GET {CAMPAIGNS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {DEFAULT_TOKEN}\r\n\r\n".encode())
        raw.settimeout(0.2)
        said = b""
        with suppress(TimeoutError):
            while True:
                said += raw.recv(65_536)
    first, second = said.split(b"HTTP/1.1 200 OK\r\n")[1:]
    assert first.split(b"\r\n\r\n")[1] == second.split(b"\r\n\r\n")[1]


def test_a_page_can_come_again_under_new_cursors_for_ever(serve: Serve) -> None:
    door = serve()
    FaultPlan((PlannedFault("endless_pages"),)).arm(door.portal.faults)
    first = door.client.get(f"{CAMPAIGNS}?limit=5").json()
    page, cursors = first, set()
    for _ in range(20):
        cursor = page["paging"]["next"]["after"]
        cursors.add(cursor)
        page = door.client.get(f"{CAMPAIGNS}?limit=5&after={cursor}").json()
        assert page["results"] == first["results"]
    assert len(cursors) == 20


def test_a_cursor_can_point_back(serve: Serve) -> None:
    door = serve()
    arm(door, "repeated_cursor")
    first = door.client.get(f"{CAMPAIGNS}?limit=5").json()
    cursor = first["paging"]["next"]["after"]
    again = door.client.get(f"{CAMPAIGNS}?limit=5&after={cursor}").json()
    assert again["results"] == first["results"]
    arm(door, "repeated_cursor")
    cursor = again["paging"]["next"]["after"]
    assert door.client.get(f"{CAMPAIGNS}?limit=5&after={cursor}").json()["paging"]["next"]["after"] == cursor


def test_a_page_can_repeat_or_skip_a_row_and_miscount(serve: Serve) -> None:
    door = serve()
    for kind in ("repeated_rows", "skipped_rows", "changed_total"):
        arm(door, kind)
    repeated, skipped, miscounted = [door.client.get(CAMPAIGNS).json() for _ in range(3)]
    assert (len(repeated["results"]), count_rows(repeated)) == (13, 12)
    assert (len(skipped["results"]), skipped["total"]) == (11, 12)
    assert (len(miscounted["results"]), miscounted["total"] != 12) == (12, True)


def test_a_batch_can_name_a_campaign_twice_or_leave_one_out(serve: Serve) -> None:
    door = serve()
    for kind in ("duplicate_campaigns", "omitted_campaign", "unnamed_errors"):
        arm(door, kind)
    twice, omitted, unnamed = [read_batch(door) for _ in range(3)]
    assert (len(twice["results"]), count_rows(twice)) == (13, 12)
    assert len(omitted["results"]) == 11 and "errors" not in omitted
    assert len(unnamed["results"]) == 11 and unnamed["numErrors"] == 1
    answered = {row["id"] for row in unnamed["results"]}
    (left_out,) = {campaign["id"] for campaign in door.portal.truth.campaigns()} - answered
    assert left_out not in json.dumps(unnamed["errors"])


def test_a_campaign_can_be_deleted_between_list_and_read(serve: Serve) -> None:
    door = serve()
    before = {campaign["id"] for campaign in door.portal.truth.campaigns()}
    arm(door, "deleted_campaign")
    response = read_batch(door)
    after = {campaign["id"] for campaign in door.portal.truth.campaigns()}
    assert len(before - after) == 1
    assert {row["id"] for row in response["results"]} == after and response["numErrors"] == 1


@pytest.mark.parametrize(
    ("kind", "is_it"),
    [
        ("text_number", lambda number: isinstance(number, str) and float(number) >= 0),
        ("words_number", lambda number: number == "n/a"),
        ("nan_number", lambda number: number != number),
        ("endless_number", lambda number: number == 10**400),
        ("null_number", lambda number: number is None),
    ],
)
def test_one_number_of_a_response_can_be_none(serve: Serve, kind: str, is_it: Any) -> None:
    door = serve()
    true = read_numbers(read_batch(door))
    arm(door, kind)
    damaged = read_numbers(read_batch(door))
    different = [place for place in true if true[place] != damaged[place]]
    assert len(different) == 1 and is_it(damaged[different[0]])
    assert door.portal.faults.unsaid == ({(*different[0], DAY)} if kind == "null_number" else set())
    assert read_numbers(read_batch(door)) == true


def read_numbers(response: Any) -> dict[tuple[str, str, str, str], Any]:
    return {
        (campaign["id"], asset_type, asset["id"], metric): number
        for campaign in response["results"]
        for asset_type, page in campaign["assets"].items()
        for asset in page["results"]
        for metric, number in asset["metrics"].items()
    }


def test_a_wrong_shape_is_json_but_not_what_it_should_be(serve: Serve) -> None:
    door = serve()
    true = door.client.get(CAMPAIGNS).json()
    for _ in range(20):
        arm(door, "wrong_shape")
        assert door.client.get(CAMPAIGNS).json() != true


def test_what_a_damage_does_not_apply_to_is_answered_as_it_is_and_not_counted(serve: Serve) -> None:
    door = serve(campaigns=0)
    arm(door, "skipped_rows")
    assert door.client.get(CAMPAIGNS).json() == {"total": 0, "results": []}
    assert door.server.stats.as_dict()["faults"] == {}


def test_which_requests_are_hit_does_not_depend_on_the_order_of_others(serve: Serve) -> None:
    def list_hit(limits: list[int]) -> set[int]:
        door = serve(campaigns=1)
        FaultPlan((PlannedFault("500", 0.4),), seed=5).arm(door.portal.faults)
        return {n for n in limits if door.client.get(f"{CAMPAIGNS}?limit={n}").status_code == 500}

    there, back = list_hit(list(range(1, 40))), list_hit(list(range(39, 0, -1)))
    assert there == back and 5 < len(there) < 30
