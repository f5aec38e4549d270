"""The owner's door: statistics, clock, and changes behind the API's back."""

from campaign_assets_tests.emulator.conftest import FakeTime, Serve

CAMPAIGNS = "/marketing/v3/campaigns"


def test_statistics_count_api_requests_only(serve: Serve, fake_time: FakeTime) -> None:
    door = serve(rate_limit=2, monotonic=fake_time)
    for path in (CAMPAIGNS, CAMPAIGNS, CAMPAIGNS, "/nowhere", "/account-info/v3/details"):
        door.client.get(path)
        fake_time.pass_seconds(3)
    stats = door.client.get("/emulator/stats", headers={"Authorization": ""}).json()
    assert stats["requests"] == 5
    assert stats["by_endpoint"] == {"account_details": 1, "search": 3, "unknown": 1}
    assert stats["by_status"] == {"200": 3, "429": 2}
    assert stats["rate_limited"] == 2
    assert stats["peak_in_10_seconds"] == 4
    assert door.client.post("/emulator/stats/reset").json()["requests"] == 0
    assert door.server.stats.requests == 0


def test_the_clock_can_be_read_set_and_advanced(serve: Serve) -> None:
    door = serve(time_zone="America/New_York")
    assert door.client.get("/emulator/now").json()["now"] == "2026-11-22T12:00:00.000Z"
    assert door.client.post("/emulator/now", json={"now": "2026-11-01"}).json()["now"] == "2026-11-01T17:00:00.000Z"
    moved = door.client.post("/emulator/now", json={"days": 1, "hours": 8}).json()
    assert moved == {"now": "2026-11-03T01:00:00.000Z", "today": "2026-11-02", "timeZone": "America/New_York"}


def test_a_campaigns_status_follows_the_clock(serve: Serve) -> None:
    door = serve()
    campaign = door.portal.add_campaign({"hs_name": "x", "hs_start_date": "2026-12-01", "hs_end_date": "2026-12-05"}).id
    statuses = []
    for day in ("2026-11-30", "2026-12-05", "2026-12-06"):
        door.client.post("/emulator/now", json={"now": day})
        response = door.client.get(f"{CAMPAIGNS}/{campaign}?properties=hs_campaign_status").json()
        statuses.append(response["properties"]["hs_campaign_status"])
    assert statuses[0] == "planned"
    assert statuses[1] in ("active", "in_progress")
    assert statuses[2] == "completed"


def test_campaigns_can_be_added_touched_and_deleted(serve: Serve) -> None:
    door = serve(campaigns=3)
    made = door.client.post("/emulator/campaigns", json={"properties": {"hs_name": "by hand"}}).json()["id"]
    before = door.client.get(f"{CAMPAIGNS}/{made}").json()["updatedAt"]
    door.client.post("/emulator/now", json={"hours": 1})
    touched = door.client.post(f"/emulator/campaigns/{made}/touch").json()["updatedAt"]
    assert door.client.get(f"{CAMPAIGNS}/{made}").json()["updatedAt"] == touched > before
    assert len(door.client.get("/emulator/campaigns").json()["campaigns"]) == 4
    assert door.client.delete(f"/emulator/campaigns/{made}").json() == {"deleted": True}
    assert door.client.get(f"{CAMPAIGNS}/{made}").status_code == 404


def test_associations_can_be_added_and_removed(serve: Serve) -> None:
    door = serve(campaigns=1)
    campaign = next(iter(door.portal.store)).id
    url = f"/emulator/campaigns/{campaign}/assets/FORM/31"
    assert door.client.put(url, json={"name": "Sign up"}).json() == {"added": True}
    row = {"campaign_id": campaign, "asset_type": "FORM", "asset_id": "31", "asset_name": "Sign up"}
    assert row in door.portal.truth.associations("FORM")
    assert door.client.delete(url).json() == {"removed": True}
    assert row not in door.portal.truth.associations("FORM")


def test_controls_that_make_no_sense_are_refused(serve: Serve) -> None:
    door = serve(campaigns=1)
    assert door.client.get("/emulator/nonsense").status_code == 404
    assert door.client.post("/emulator/campaigns/nobody/touch").status_code == 404
    assert door.client.post("/emulator/now", json={"now": "soon"}).status_code == 400
    assert door.client.post("/emulator/now", content=b"[]").status_code == 400
    assert door.client.post("/emulator/campaigns", json={}).status_code == 400
    assert door.client.post("/emulator/stats/explode").status_code == 404
