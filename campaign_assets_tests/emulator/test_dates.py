"""Dates of campaigns are times that are told as days in the account's time zone."""

from typing import Any

import pytest

from campaign_assets_tests.emulator.conftest import Door, Serve

CAMPAIGNS = "/marketing/v3/campaigns"
ASKED = {"properties": "hs_start_date,hs_end_date"}
DATES = {"hs_start_date": "2026-03-01", "hs_end_date": "2026-11-01"}


def _read(door: Door, campaign: str) -> dict[str, str]:
    properties: dict[str, str] = door.client.get(f"{CAMPAIGNS}/{campaign}", params=ASKED).json()["properties"]
    return properties


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Pacific/Kiritimati", "America/New_York", "Asia/Kathmandu"])
def test_a_day_that_is_written_is_the_day_that_is_read(serve: Serve, zone: str) -> None:
    door = serve(time_zone=zone)
    for day in ("2026-03-29", "2026-10-25", "0001-01-01", "9999-12-31", "1970-01-01"):
        made = door.client.post(CAMPAIGNS, json={"properties": {"hs_name": day, "hs_start_date": day}}).json()["id"]
        door.portal.move_to(zone)
        assert _read(door, made) == {"hs_start_date": day}


@pytest.mark.parametrize("lag", [0, 60])
def test_an_account_that_moves_west_tells_the_day_before_and_moves_back(serve: Serve, lag: int) -> None:
    door = serve(time_zone="Europe/Berlin", search_lag=lag, campaigns=3)
    made = door.portal.add_campaign({"hs_name": "x", **DATES}).id
    seeded = {c["id"]: c["properties"].get("hs_start_date") for c in door.portal.truth.campaigns()}
    door.portal.searchable.catch_up()

    def search() -> dict[str, Any]:
        found = door.client.get(CAMPAIGNS, params=ASKED).json()["results"]
        return {campaign["id"]: campaign["properties"].get("hs_start_date") for campaign in found}

    door.portal.move_to("America/New_York")
    assert _read(door, made) == {"hs_start_date": "2026-02-28", "hs_end_date": "2026-10-31"} == _told(door, made)
    assert search()[made] == "2026-02-28"
    assert all(search()[campaign] < day for campaign, day in seeded.items() if day)
    door.client.patch(f"{CAMPAIGNS}/{made}", json={"properties": {"hs_end_date": "2026-11-01"}})
    door.portal.move_to("Europe/Berlin")
    assert _read(door, made) == DATES
    assert {**seeded, made: "2026-03-01"} == search()


def _told(door: Door, campaign: str) -> dict[str, str]:
    (found,) = (c["properties"] for c in door.portal.truth.campaigns() if c["id"] == campaign)
    return {name: found[name] for name in DATES}


def test_a_date_that_is_reset_is_none_in_any_time_zone(serve: Serve) -> None:
    door = serve(time_zone="Europe/Berlin")
    made = door.portal.add_campaign({"hs_name": "x", **DATES}).id
    door.client.patch(f"{CAMPAIGNS}/{made}", json={"properties": {"hs_start_date": ""}})
    door.portal.move_to("America/New_York")
    assert _read(door, made) == {"hs_end_date": "2026-10-31"}


def test_the_account_tells_the_time_zone_that_it_has_moved_to(serve: Serve) -> None:
    door = serve(time_zone="Europe/Berlin")
    moved = door.client.post("/emulator/now", json={"timeZone": "Asia/Tokyo"}).json()
    assert moved["timeZone"] == "Asia/Tokyo"
    assert door.client.get("/account-info/v3/details").json()["timeZone"] == "Asia/Tokyo"
    assert door.client.post("/emulator/now", json={"timeZone": "Mars/Base"}).status_code == 400
