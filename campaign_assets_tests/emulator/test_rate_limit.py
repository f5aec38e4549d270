"""Ten seconds and a day: how many requests are too many."""

from campaign_assets_tests.emulator.conftest import FakeTime, Serve

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
