"""Ten seconds and a day: how many requests are too many."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from campaign_assets_tests.emulator.conftest import Door, FakeTime, Serve

CAMPAIGNS = "/marketing/v3/campaigns"


def test_the_window_rolls_and_refused_requests_do_not_count(serve: Serve, fake_time: FakeTime) -> None:
    door = serve(rate_limit=3, monotonic=fake_time)
    statuses = []
    for pause in (0, 4, 0, 1, 4.9, 0.1, 0.1, 3.9, 0.1):
        fake_time.pass_seconds(pause)
        statuses.append(door.client.get(CAMPAIGNS).status_code)
    assert statuses == [200, 200, 200, 429, 429, 200, 429, 200, 200]


def test_a_refusal_has_the_recorded_envelope_and_no_category(serve: Serve, fake_time: FakeTime) -> None:
    door = serve(rate_limit=1, monotonic=fake_time)
    door.client.get(CAMPAIGNS)
    response = door.client.get(CAMPAIGNS)
    content = response.json()
    assert content.pop("correlationId")
    assert content == {
        "status": "error",
        "message": "You have reached your ten_secondly_rolling limit.",
        "errorType": "RATE_LIMIT",
        "policyName": "TEN_SECONDLY_ROLLING",
    }
    assert "Retry-After" not in response.headers


def test_a_refusal_says_when_to_come_back_if_the_portal_is_told_to(serve: Serve, fake_time: FakeTime) -> None:
    door = serve(rate_limit=1, monotonic=fake_time, retry_after=True)
    door.client.get(CAMPAIGNS)
    fake_time.pass_seconds(2.5)
    assert door.client.get(CAMPAIGNS).headers["Retry-After"] == "8"


def test_each_response_tells_where_the_app_stands(serve: Serve, fake_time: FakeTime) -> None:
    door = serve(rate_limit=190, daily_limit=1000, monotonic=fake_time)
    door.client.get(CAMPAIGNS)
    headers = door.client.get("/nowhere").headers
    assert headers["X-HubSpot-RateLimit-Max"] == "190"
    assert headers["X-HubSpot-RateLimit-Remaining"] == "188"
    assert headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    assert headers["X-HubSpot-RateLimit-Daily"] == "1000"
    assert headers["X-HubSpot-RateLimit-Daily-Remaining"] == "998"


def test_without_a_limit_there_are_no_ten_second_headers(serve: Serve) -> None:
    headers = serve(rate_limit=0).client.get(CAMPAIGNS).headers
    assert "X-HubSpot-RateLimit-Max" not in headers
    assert "X-HubSpot-RateLimit-Daily" in headers


def test_the_day_ends_at_the_portals_own_midnight(serve: Serve) -> None:
    door = serve(daily_limit=2, time_zone="America/New_York")
    assert [door.client.get(CAMPAIGNS).status_code for _ in range(3)] == [200, 200, 429]
    response = door.client.get(CAMPAIGNS)
    assert response.json()["policyName"] == "DAILY"
    assert response.json()["message"] == "You have reached your daily limit."
    door.client.post("/emulator/now", json={"now": "2026-11-22T23:59:59"})
    assert door.client.get(CAMPAIGNS).status_code == 429
    door.client.post("/emulator/now", json={"seconds": 1})
    assert door.client.get(CAMPAIGNS).status_code == 200


def test_an_unknown_token_takes_nothing_from_an_apps_window(serve: Serve, fake_time: FakeTime) -> None:
    door = serve(rate_limit=1, monotonic=fake_time)
    assert door.client.get(CAMPAIGNS, headers={"Authorization": "Bearer nobody"}).status_code == 401
    assert door.client.get(CAMPAIGNS).status_code == 200


def ask(door: Door, times: int) -> list[httpx.Response]:
    return [door.client.get(CAMPAIGNS, params={"limit": 1}) for _ in range(times)]


def left(responses: list[httpx.Response]) -> list[int]:
    return [int(response.headers["X-HubSpot-RateLimit-Remaining"]) for response in responses]


def test_a_request_counts_when_it_arrives_and_the_seed_decides_when_that_is(serve: Serve) -> None:
    def count_arrivals() -> list[int]:
        """Left for each of four requests, sent at once: in the order in which they were sent."""
        door = serve(rate_limit=10, arrival_delay_ms=200, seed=3, limit_headers="counted")
        with ThreadPoolExecutor(4) as pool:
            futures = []
            for _ in range(4):
                futures.append(pool.submit(ask, door, 1))
                time.sleep(0.01)
        return [left(future.result())[0] for future in futures]

    first = count_arrivals()
    assert sorted(first) == [6, 7, 8, 9] and first != [9, 8, 7, 6]
    assert count_arrivals() == first


def test_a_delayed_arrival_is_no_part_of_the_latency(serve: Serve) -> None:
    door = serve(rate_limit=10, arrival_delay_ms=60, latency_ms=0, seed=1)
    began = time.monotonic()
    ask(door, 5)
    assert 0.03 < time.monotonic() - began < 5 * 0.06 + 0.3
    assert door.portal.stats.peak_in_flight == 1


def test_headers_tell_the_window_as_the_response_leaves_or_as_the_request_was_counted(serve: Serve) -> None:
    for kind, expected in (("current", 7), ("counted", 9)):
        door = serve(rate_limit=10, latency_ms=150, limit_headers=kind)
        with ThreadPoolExecutor(3) as pool:
            first = pool.submit(ask, door, 1)
            time.sleep(0.03)
            others = [pool.submit(ask, door, 1) for _ in range(2)]
        assert left(first.result()) == [expected]
        assert min(left(other.result())[0] for other in others) == 7


def test_stale_headers_are_those_of_five_seconds_before(serve: Serve, fake_time: FakeTime) -> None:
    door = serve(rate_limit=10, monotonic=fake_time, limit_headers="stale")
    told = []
    for _ in range(8):
        told += left(ask(door, 1))
        fake_time.pass_seconds(1)
    assert told == [9, 9, 9, 9, 9, 9, 8, 7]


def test_wrong_headers_say_anything_and_zero_ones_that_nothing_is_left(serve: Serve, fake_time: FakeTime) -> None:
    wrong = left(ask(serve(rate_limit=50, limit_headers="wrong", seed=5), 20))
    assert wrong == left(ask(serve(rate_limit=50, limit_headers="wrong", seed=5), 20))
    assert len(set(wrong)) > 10 and all(0 <= number <= 50 for number in wrong)
    responses = ask(serve(rate_limit=50, limit_headers="zero"), 3)
    assert {response.headers["X-HubSpot-RateLimit-Daily-Remaining"] for response in responses} == {"0"}
    assert left(responses) == [0, 0, 0] and {response.status_code for response in responses} == {200}


def test_missing_headers_are_missing_and_the_limit_holds_all_the_same(serve: Serve, fake_time: FakeTime) -> None:
    responses = ask(serve(rate_limit=2, monotonic=fake_time, limit_headers="missing"), 3)
    assert [response.status_code for response in responses] == [200, 200, 429]
    assert not [name for response in responses for name in response.headers if "ratelimit" in name.lower()]
