"""What HubSpot's sources differ on or leave open: each behavior, and the other one as an option."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from campaign_assets.emulator.asset_types import ASSET_TYPES
from campaign_assets.emulator.command import emulator
from campaign_assets.emulator.options import PortalOptions
from campaign_assets.emulator.unsettled_options import NAMES
from campaign_assets_tests.emulator.conftest import NOW, Door, Serve

CAMPAIGNS = "/marketing/v3/campaigns"
NOBODY = "00000000-0000-4000-8000-000000000000"
DAY = {"startDate": "2026-11-02", "endDate": "2026-11-02"}


def _first(door: Door) -> str:
    return next(iter(door.portal.store)).id


def _find(door: Door, asset_type: str) -> str:
    """Find a campaign that has assets of a type."""
    return str(door.portal.truth.associations(asset_type)[0]["campaign_id"])


def _list(door: Door, campaign: str, asset_type: str, **query: str) -> list[dict[str, Any]]:
    response = door.client.get(f"{CAMPAIGNS}/{campaign}/assets/{asset_type}", params={"limit": "100", **query})
    found: list[dict[str, Any]] = response.json()["results"]
    return found


def _titles(door: Door) -> dict[str, str]:
    """Names by id, as the search has them."""
    page = door.client.get(CAMPAIGNS, params={"properties": "hs_name", "limit": 100}).json()
    assert page["total"] == len(page["results"])
    return {campaign["id"]: campaign["properties"]["hs_name"] for campaign in page["results"]}


@pytest.mark.parametrize("ignored", [False, True])
def test_an_unknown_property_that_is_asked_for_is_refused_or_ignored(serve: Serve, ignored: bool) -> None:
    door = serve(ignore_unknown_properties=ignored)
    query, body = {"properties": "hs_name,nope"}, {"inputs": [{"id": _first(door)}]}
    responses = [
        door.client.get(CAMPAIGNS, params=query),
        door.client.get(f"{CAMPAIGNS}/{_first(door)}", params=query),
        door.client.post(f"{CAMPAIGNS}/batch/read", params=query, json=body),
    ]
    assert {response.status_code for response in responses} == {200 if ignored else 400}
    if ignored:
        assert set(responses[1].json()["properties"]) == {"hs_name"}


def test_a_search_lags_behind_and_other_reads_do_not(serve: Serve) -> None:
    door = serve(campaigns=3, search_lag=30)
    before = _titles(door)
    assert len(before) == 3
    changed, deleted = list(before)[:2]
    door.portal.clock.advance(timedelta(seconds=10))
    door.client.patch(f"{CAMPAIGNS}/{changed}", json={"properties": {"hs_name": "New"}})
    made = door.client.post(CAMPAIGNS, json={"properties": {"hs_name": "Made"}}).json()["id"]
    door.client.delete(f"{CAMPAIGNS}/{deleted}")
    assert _titles(door) == before
    read = door.client.get(f"{CAMPAIGNS}/{changed}", params={"properties": "hs_name"}).json()
    assert read["properties"] == {"hs_name": "New"}
    body = {"inputs": [{"id": made}, {"id": deleted}]}
    batch = door.client.post(f"{CAMPAIGNS}/batch/read", json=body).json()
    assert [campaign["id"] for campaign in batch["results"]] == [made]
    door.portal.clock.advance(timedelta(seconds=29))
    assert _titles(door) == before
    door.portal.clock.advance(timedelta(seconds=1))
    current = {campaign["id"]: campaign["properties"]["hs_name"] for campaign in door.portal.truth.campaigns()}
    assert _titles(door) == current
    assert current[changed] == "New" and made in current and deleted not in current


def test_a_lagging_search_has_the_money_and_the_time_of_then(serve: Serve) -> None:
    door = serve(campaigns=0, search_lag=60)
    url = f"{CAMPAIGNS}/{door.portal.add_campaign({'hs_name': 'paid'}).id}"
    assert _titles(door) == {}
    door.portal.clock.advance(timedelta(seconds=60))

    def search() -> dict[str, Any]:
        (found,) = door.client.get(CAMPAIGNS, params={"properties": "hs_budget_items_sum_amount"}).json()["results"]
        return {name: found[name] for name in ("properties", "updatedAt")}

    before = search()
    door.client.post(f"{url}/budget", json={"name": "Media", "amount": 2, "order": 0})
    assert search() == before
    door.portal.clock.advance(timedelta(seconds=60))
    assert search()["properties"] == {"hs_budget_items_sum_amount": "2.0"}
    assert search()["updatedAt"] > before["updatedAt"]


def test_an_end_that_is_exclusive_is_not_counted(serve: Serve) -> None:
    usual, other = serve(), serve(exclusive_end=True)
    campaign = _find(usual, "FORM")
    assert all(asset["metrics"] == {} for asset in _list(other, campaign, "FORM", **DAY))
    until = _list(other, campaign, "FORM", startDate="2026-11-02", endDate="2026-11-04")
    assert until == _list(usual, campaign, "FORM", startDate="2026-11-02", endDate="2026-11-03")
    report = f"{CAMPAIGNS}/{campaign}/reports/metrics"
    assert (
        other.client.get(report, params={"endDate": "2026-10-02"}).json()
        == usual.client.get(report, params={"endDate": "2026-10-01"}).json()
    )
    assert other.portal.truth.metrics(date(2026, 11, 2), "FORM") == usual.portal.truth.metrics(
        date(2026, 11, 2), "FORM"
    )


def test_days_settle_sooner_or_later_as_told(serve: Serve) -> None:
    day = (NOW - timedelta(days=6)).date()

    def opens(days: int) -> int:
        rows = serve(campaigns=30, settled_after=days).portal.truth.metrics(day, "MARKETING_EMAIL")
        return sum(row["metrics"].get("OPEN", 0) for row in rows)

    assert opens(60) < opens(21) < opens(7) < opens(5) == opens(0)


def test_days_of_utc_are_over_at_its_midnight(serve: Serve) -> None:
    usual, other = serve(time_zone="Asia/Tokyo"), serve(time_zone="Asia/Tokyo", utc_days=True)
    campaign = _find(usual, "LANDING_PAGE")
    for door in (usual, other):
        door.portal.clock.set(datetime(2026, 11, 20, 15, 30, tzinfo=UTC))  # half past midnight in Tokyo

    def views(door: Door, day: str) -> int:
        assets = _list(door, campaign, "LANDING_PAGE", startDate=day, endDate=day)
        return sum(asset["metrics"].get("VIEWS", 0) for asset in assets)

    assert views(usual, "2026-11-20") > views(other, "2026-11-20") > 0 == views(other, "2026-11-21")
    assert views(usual, "2026-11-01") == views(other, "2026-11-01")


def test_rates_in_percent_are_a_hundred_times_as_large(serve: Serve) -> None:
    usual, other = serve(), serve(percent_rates=True)
    campaign = _find(usual, "FORM")
    pairs = zip(_list(usual, campaign, "FORM", **DAY), _list(other, campaign, "FORM", **DAY), strict=True)
    rates = [
        (one["metrics"]["CONVERSION_RATE"], two["metrics"]["CONVERSION_RATE"])
        for one, two in pairs
        if "CONVERSION_RATE" in one["metrics"]
    ]
    assert rates
    assert all(percent == pytest.approx(100 * share, abs=0.01) for share, percent in rates)
    truth = [row["metrics"] for row in other.portal.truth.metrics(date(2026, 11, 2), "FORM")]
    assert max(row.get("CONVERSION_RATE", 0) for row in truth) > 1


@pytest.mark.parametrize("silent", [False, True])
def test_what_is_missing_from_a_batch_is_told_or_not(serve: Serve, silent: bool) -> None:
    door = serve(silent_missing=silent)
    for ids, errors in (([_first(door), NOBODY], 0 if silent else 1), ([NOBODY, "odd"], 1 if silent else 2)):
        body = {"inputs": [{"id": campaign} for campaign in ids]}
        response = door.client.post(f"{CAMPAIGNS}/batch/read", json=body)
        assert response.status_code == (207 if errors else 200)
        assert response.json().get("numErrors", 0) == errors


def test_types_without_documented_metrics_can_have_one(serve: Serve) -> None:
    usual, other = serve(campaigns=60), serve(campaigns=60, undocumented_metrics=True)
    bare = [asset_type.name for asset_type in ASSET_TYPES if not asset_type.metrics]
    for asset_type in bare:
        campaign = _find(usual, asset_type)
        assert all(asset["metrics"] == {} for asset in _list(usual, campaign, asset_type, **DAY))
    day = date(2026, 11, 2)
    found = {
        name for asset_type in bare for row in other.portal.truth.metrics(day, asset_type) for name in row["metrics"]
    }
    assert found == {"INTERACTIONS"}
    campaign = _find(other, "AD_CAMPAIGN")
    served = {asset["id"]: asset["metrics"] for asset in _list(other, campaign, "AD_CAMPAIGN", **DAY)}
    truth = other.portal.truth.metrics(day, "AD_CAMPAIGN")
    assert served == {row["asset_id"]: row["metrics"] for row in truth if row["campaign_id"] == campaign}
    assert other.portal.truth.metrics(day, "FORM") == usual.portal.truth.metrics(day, "FORM")


@pytest.mark.parametrize("moves", [False, True])
def test_an_association_moves_updated_at_or_does_not(serve: Serve, moves: bool) -> None:
    door = serve(associations_move_updated_at=moves)
    url = f"{CAMPAIGNS}/{_first(door)}"
    times = [door.client.get(url).json()["updatedAt"]]
    for change in (door.client.put, door.client.put, door.client.delete, door.client.delete):
        change(f"{url}/assets/FORM/987")
        times.append(door.client.get(url).json()["updatedAt"])
    distinct = list(dict.fromkeys(times))
    assert len(distinct) == (3 if moves else 1)
    assert distinct == sorted(distinct)
    assert door.portal.truth.campaigns()[0]["updatedAt"] == times[-1]


@pytest.mark.parametrize(("unknown", "status"), [("made", 204), ("not-found", 404), ("invalid", 400)])
def test_an_asset_that_does_not_exist_is_made_or_refused(serve: Serve, unknown: str, status: int) -> None:
    door = serve(unknown_assets=unknown)
    known = str(door.portal.truth.associations("FORM")[0]["asset_id"])
    url = f"{CAMPAIGNS}/{_first(door)}/assets/FORM"
    assert door.client.put(f"{url}/987").status_code == status
    assert door.client.put(f"{url}/{known}").status_code == 204
    ids = [asset["id"] for asset in _list(door, _first(door), "FORM")]
    assert known in ids and ("987" in ids) is (status == 204)


def test_the_command_line_offers_each_with_the_portals_default() -> None:
    plain = emulator.make_context("emulator", []).params
    defaults = PortalOptions()
    assert {name: plain[name] for name in NAMES} == {name: getattr(defaults, name) for name in NAMES}
    flags = [f"--{name.replace('_', '-')}" for name in NAMES if plain[name] is False]
    others = ["--search-lag", "9", "--settled-after", "9", "--unknown-assets", "invalid"]
    chosen = emulator.make_context("emulator", [*flags, *others]).params
    assert all(chosen[name] != plain[name] for name in NAMES)
