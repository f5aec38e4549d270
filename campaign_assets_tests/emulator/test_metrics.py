"""What metrics are worth on a day, and how that changes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from campaign_assets.emulator import Portal
from campaign_assets.emulator.metric_values import completeness
from campaign_assets_tests.emulator.conftest import NOW, Door, Serve

CAMPAIGNS = "/marketing/v3/campaigns"
FRIDAY = date(2026, 11, 20)


def _served(door: Door, asset_type: str, first: date, last: date) -> list[dict[str, Any]]:
    """Give the metrics of every asset of a type, one page at a time."""
    found = []
    for campaign in door.portal.store:
        url = f"{CAMPAIGNS}/{campaign.id}/assets/{asset_type}?limit=100&startDate={first}&endDate={last}"
        while url:
            page = door.client.get(url).json()
            found += [{"campaign_id": campaign.id, **asset} for asset in page["results"]]
            url = page.get("paging", {}).get("next", {}).get("link", "")
    return found


@pytest.mark.parametrize("asset_type", ["MARKETING_EMAIL", "FORM", "OBJECT_LIST", "AD_CAMPAIGN"])
def test_the_truth_is_what_is_served(door: Door, asset_type: str) -> None:
    served = [
        (row["campaign_id"], row["id"], row.get("name"), row["metrics"])
        for row in _served(door, asset_type, FRIDAY, FRIDAY)
    ]
    truth = [
        (row["campaign_id"], row["asset_id"], row["asset_name"], row["metrics"])
        for row in door.portal.truth.metrics(FRIDAY, asset_type)
    ]
    assert served == truth
    assert served


def test_a_day_is_known_by_and_by() -> None:
    shares = [completeness(age) for age in (1, 1.9, 2, 3.9, 4, 7.9, 8, 400)]
    assert shares == [0.9, 0.9, 0.97, 0.97, 0.99, 0.99, 1.0, 1.0]


def test_a_recent_days_counts_grow_until_seven_days_after_its_close() -> None:
    totals = []
    for age in (1, 2, 4, 8, 30):
        portal = Portal(now=datetime(2026, 11, 20, 9, tzinfo=UTC) + timedelta(days=age))
        rows = portal.truth.metrics(FRIDAY, "MARKETING_EMAIL")
        totals.append(sum(row["metrics"].get("OPEN", 0) for row in rows))
    assert totals[0] < totals[1] < totals[2] < totals[3] == totals[4]
    assert totals[0] / totals[4] == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize("age", [0, 1, 30])
def test_a_part_never_exceeds_its_whole(age: int) -> None:
    portal = Portal(now=datetime(2026, 11, 20, 13, tzinfo=UTC) + timedelta(days=age))
    for asset_type, part, whole in (
        ("MARKETING_SMS", "DELIVERED", "SENT"),
        ("LANDING_PAGE", "SUBMISSIONS", "VIEWS"),
        ("LANDING_PAGE", "CUSTOMERS", "SUBMISSIONS"),
    ):
        for row in portal.truth.metrics(FRIDAY, asset_type):
            assert row["metrics"].get(part, 0) <= row["metrics"].get(whole, 10**9)


def test_a_ranges_counts_are_the_sum_of_its_days_and_its_ratio_theirs(door: Door) -> None:
    days = [date(2026, 10, 5) + timedelta(days=number) for number in range(4)]
    truth = door.portal.truth
    single = [truth.metrics(day, "FORM") for day in days]
    for place, row in enumerate(truth.metrics(days[0], "FORM", days[-1])):
        daily = [rows[place]["metrics"] for rows in single]
        for metric in ("VIEWS", "SUBMISSIONS"):
            known = [metrics[metric] for metrics in daily if metric in metrics]
            assert row["metrics"].get(metric) == (sum(known) if known else None)
        if "CONVERSION_RATE" in row["metrics"]:
            ratio = row["metrics"]["SUBMISSIONS"] / row["metrics"]["VIEWS"]
            assert row["metrics"]["CONVERSION_RATE"] == pytest.approx(ratio, abs=1e-4)
            assert 0 <= ratio <= 1


def test_a_level_over_a_range_is_its_last_days(door: Door) -> None:
    truth = door.portal.truth
    first, last = date(2026, 10, 1), date(2026, 10, 9)
    assert truth.metrics(first, "OBJECT_LIST", last) == truth.metrics(last, "OBJECT_LIST")
    levels = [row["metrics"]["CONTACTS"] for row in truth.metrics(last, "OBJECT_LIST") if row["metrics"]]
    later = [
        row["metrics"]["CONTACTS"]
        for row, old in zip(truth.metrics(date(2026, 10, 10), "OBJECT_LIST"), levels, strict=False)
        if row["metrics"]
    ]
    assert levels
    assert later


def test_weekends_are_quieter_than_weekdays(door: Door) -> None:
    def views(day: date) -> int:
        return sum(row["metrics"].get("VIEWS", 0) for row in door.portal.truth.metrics(day, "LANDING_PAGE"))

    assert views(date(2026, 11, 8)) < 0.6 * views(date(2026, 11, 10))


def test_there_are_zeros_missing_metrics_and_silent_assets(door: Door) -> None:
    rows = [row["metrics"] for row in door.portal.truth.metrics(FRIDAY, "MARKETING_EMAIL")]
    assert any(value == 0 for metrics in rows for value in metrics.values())
    assert any(0 < len(metrics) < 3 for metrics in rows)
    assert {} in rows


def test_before_an_assets_first_day_and_after_today_nothing_is_reported(door: Door) -> None:
    for day in (date(2019, 1, 1), NOW.date() + timedelta(days=1)):
        assert all(row["metrics"] == {} for row in _served(door, "FORM", day, day))


def test_today_is_known_in_part(serve: Serve) -> None:
    door = serve(campaigns=40)
    noon = sum(row["metrics"].get("VIEWS", 0) for row in door.portal.truth.metrics(NOW.date(), "SITE_PAGE"))
    door.portal.clock.advance(timedelta(hours=8))
    evening = sum(row["metrics"].get("VIEWS", 0) for row in door.portal.truth.metrics(NOW.date(), "SITE_PAGE"))
    assert 0 < noon < evening


def test_a_past_days_metrics_follow_todays_associations(serve: Serve) -> None:
    door = serve()
    row = next(row for row in door.portal.truth.metrics(FRIDAY, "FORM") if row["metrics"])
    other = next(campaign.id for campaign in door.portal.store if not campaign.assets)
    door.portal.add_association(other, "FORM", row["asset_id"])
    moved = [found for found in door.portal.truth.metrics(FRIDAY, "FORM") if found["campaign_id"] == other]
    assert moved == [{**row, "campaign_id": other}]
