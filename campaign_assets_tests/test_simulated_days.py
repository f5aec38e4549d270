"""Weeks of a workplace's life: every day read when it closes, again until it settles, and put right when missed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.simulation import Simulation, list_days
from campaign_assets_tests.workplace import Workplace


def make_simulation(make_workplace: MakeWorkplace, start: date, time_zone: str = "UTC", **settings: str) -> Simulation:
    workplace = make_workplace(
        {
            **settings,
            "CAMPAIGN_ASSETS_START_DATE": start.isoformat(),
            "CAMPAIGN_ASSETS_TIMEZONE": time_zone,
            "HUBSPOT_RATE_LIMIT": "10000",
        },
        campaigns=4,
        assets_per_campaign=8,
        time_zone=time_zone,
    )
    return Simulation(workplace)


def night_of(day: date, time_zone: str = "UTC") -> datetime:
    """The schedule's time after a day has closed."""
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, 0, 30, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def count(simulation: Simulation, day: date) -> set[int]:
    """How often the tables of a day were read."""
    return {times for (_, partition), times in simulation.extracts.items() if partition == day.isoformat()}


@pytest.mark.long
def test_in_ordinary_weeks_each_day_is_read_at_each_of_its_settling_times_and_no_more(
    make_workplace: MakeWorkplace,
) -> None:
    start = date(2026, 2, 1)
    simulation = make_simulation(make_workplace, start)
    days = list_days(start, date(2026, 2, 9))
    for number, day in enumerate(days):
        results = simulation.tick_schedule(night_of(day))
        assert all(result.success for result in results)
        # One run for the campaigns, one for the money, one for each range: days 0 and 1, 3, and 7 after their close.
        assert len(results) == 2 + (1 if number < 3 else 2 if number < 7 else 3)
        assert not simulation.tick_sensor("late_metrics", night_of(day) + timedelta(hours=2))
    assert [count(simulation, day) for day in days] == [{4}] * 2 + [{3}] * 4 + [{2}] * 2 + [{1}]
    # Settled days are what HubSpot answers for ever, the newest what it answers now.
    assert simulation.compare([*days[:2], days[-1]]) == []


@pytest.mark.long
def test_a_portal_that_was_off_for_five_days_heals_without_a_hand_on_it(make_workplace: MakeWorkplace) -> None:
    start = date(2026, 2, 1)
    simulation = make_simulation(make_workplace, start)
    for day in list_days(start, date(2026, 2, 3)):
        simulation.tick_schedule(night_of(day))
    # Off from the fourth to the eighth; on again in the afternoon of the ninth.
    timestamp = datetime(2026, 2, 9, 15, 0, tzinfo=UTC)
    first = simulation.tick_sensor("late_metrics", timestamp)
    assert [result.success for result in first] == [True]  # the associations that the metrics need
    second = simulation.tick_sensor("late_metrics", timestamp + timedelta(minutes=2))
    assert second and all(result.success for result in second)
    assert not simulation.tick_sensor("late_metrics", timestamp + timedelta(minutes=4))
    missed = list_days(date(2026, 2, 4), date(2026, 2, 8))
    assert [count(simulation, day) for day in missed] == [{1}] * 5
    assert simulation.compare(list_days(start, date(2026, 2, 8))) == []


@pytest.mark.long
def test_an_outage_fails_the_night_and_the_sensor_waits_longer_each_time_until_it_is_over(
    make_workplace: MakeWorkplace,
) -> None:
    start = date(2026, 2, 1)
    simulation = make_simulation(make_workplace, start)
    portal = simulation.workplace.server.portal
    simulation.tick_schedule(night_of(start))
    outage = portal.faults.add("batch_read", 401, times=None, message="out of order")
    night = night_of(date(2026, 2, 2))
    assert [result.success for result in simulation.tick_schedule(night)] == [
        False,
        False,
        True,
    ]  # the money needs none
    timestamps = [night + timedelta(hours=1) + timedelta(minutes=10 * n) for n in range(1, 18)]
    tries = [timestamp for timestamp in timestamps if simulation.tick_sensor("late_metrics", timestamp)]
    waits = [(later - earlier).total_seconds() / 60 for earlier, later in zip(tries, tries[1:], strict=False)]
    assert waits == [10, 20, 40, 80]
    assert outage.struck
    portal.faults.clear()
    timestamp = timestamps[-1]
    for _ in range(8):
        timestamp += timedelta(minutes=60)
        simulation.tick_sensor("late_metrics", timestamp)
    assert not simulation.tick_sensor("late_metrics", timestamp + timedelta(minutes=2))
    assert simulation.compare([start, date(2026, 2, 2)]) == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("start", "time_zone"), [(date(2026, 3, 6), "America/New_York"), (date(2026, 10, 30), "America/New_York")]
)
def test_days_are_the_accounts_across_a_change_of_clocks(
    make_workplace: MakeWorkplace, start: date, time_zone: str
) -> None:
    simulation = make_simulation(make_workplace, start, time_zone)
    days = list_days(start, start + timedelta(days=4))
    for day in days:
        assert all(result.success for result in simulation.tick_schedule(night_of(day, time_zone)))
        assert not simulation.tick_sensor("late_metrics", night_of(day, time_zone) + timedelta(hours=3))
    assert [count(simulation, day) for day in days] == [{3}, {3}, {2}, {2}, {1}]
    assert simulation.compare(days[-1:]) == []


@pytest.mark.long
def test_what_joins_a_campaign_late_is_read_into_its_past_for_the_campaigns_concerned_only(
    make_workplace: MakeWorkplace,
) -> None:
    start = date(2026, 2, 1)
    simulation = make_simulation(make_workplace, start, CAMPAIGN_ASSETS_SETTLE_DAYS="0,1,2")
    portal, store = simulation.workplace.server.portal, simulation.workplace.store
    days = list_days(start, date(2026, 2, 5))
    for day in days[:-1]:
        simulation.tick_schedule(night_of(day))
        assert not simulation.tick_sensor("association_backfill", night_of(day) + timedelta(minutes=20))
    campaign = portal.truth.campaigns()[0]["id"]
    post = next(r for r in portal.truth.associations("BLOG_POST") if r["campaign_id"] != campaign)
    portal.add_association(campaign, "BLOG_POST", str(post["asset_id"]))
    portal.campaign(campaign).properties["hs_start_date"] = "2026-02-02"
    simulation.tick_schedule(night_of(days[-1]))
    portal.stats.reset()
    (backfill,) = simulation.tick_sensor("association_backfill", night_of(days[-1]) + timedelta(minutes=20))
    assert backfill.success
    assert portal.stats.as_dict()["by_endpoint"] == {"batch_read": 4}  # a request a day, from the second to the fifth
    path = ("hubspot", "asset_metrics", "blog_post")
    for day in (days[0], *days[2:]):  # the second was read whole this night
        rows = {(r["campaign_id"], r["asset_id"]) for r in store.read(path, day=day).to_pylist()}
        assert ((campaign, post["asset_id"]) in rows) == (day >= date(2026, 2, 2))
        assert any(campaign_id == post["campaign_id"] for campaign_id, _ in rows)
    # It did not count as a settling: the night reads what it would have read anyway.
    results = simulation.tick_schedule(night_of(date(2026, 2, 6)))
    assert len(results) == 3 and all(result.success for result in results)
    assert not simulation.tick_sensor("association_backfill", night_of(date(2026, 2, 6)) + timedelta(minutes=20))


def test_a_deleted_campaign_keeps_its_rows_when_a_day_is_read_again(make_workplace: MakeWorkplace) -> None:
    start = date(2026, 2, 1)
    simulation = make_simulation(make_workplace, start)
    portal = simulation.workplace.server.portal
    simulation.tick_schedule(night_of(start))
    deleted = str(next(r for r in portal.truth.associations("BLOG_POST"))["campaign_id"])
    before = _rows_of(simulation.workplace, deleted, start)
    portal.delete_campaign(deleted)
    simulation.tick_schedule(night_of(date(2026, 2, 2)))
    assert before and _rows_of(simulation.workplace, deleted, start) == before
    assert not _rows_of(simulation.workplace, deleted, date(2026, 2, 2))


def _rows_of(workplace: Workplace, campaign_id: str, day: date) -> list[object]:
    rows = workplace.store.read(("hubspot", "asset_metrics", "blog_post"), day=day).to_pylist()
    return [row for row in rows if row["campaign_id"] == campaign_id]


def test_metrics_fail_rather_than_be_read_by_associations_older_than_they_need(make_workplace: MakeWorkplace) -> None:
    start = date(2026, 2, 1)
    simulation = make_simulation(make_workplace, start)
    portal = simulation.workplace.server.portal
    simulation.tick_schedule(night_of(start))
    portal.faults.add("search", 400, message="not tonight")
    portal.stats.reset()
    campaigns, metrics, _ = simulation.tick_schedule(night_of(date(2026, 2, 2)))
    assert not campaigns.success and not metrics.success
    assert "before 2026-02-03T00:00:00+00:00, from which on this run needs it: materialize campaigns" in (
        simulation.workplace.get_failure(metrics)
    )
    reports = {"budget_totals", "report_metrics", "report_revenue"}
    assert set(portal.stats.as_dict()["by_endpoint"]) == {"search", *reports}


@pytest.mark.long
def test_a_month_with_everything_in_it_ends_with_tables_as_hubspot_answers_them(make_workplace: MakeWorkplace) -> None:
    zone, start = "America/New_York", date(2026, 2, 20)
    simulation = make_simulation(make_workplace, start, zone)
    portal = simulation.workplace.server.portal
    days = list_days(start, start + timedelta(days=29))  # clocks go forward on the eighth of March
    off = {date(2026, 2, 28), date(2026, 3, 1)}  # a weekend that was missed
    outage, addition, deletion = date(2026, 3, 5), date(2026, 3, 10), date(2026, 3, 14)
    deleted = str(portal.truth.campaigns()[3]["id"])
    for day in days:
        night = night_of(day, zone)
        if day == addition:
            made = portal.add_campaign({"hs_name": "late", "hs_start_date": "2026-03-02"})
            post = portal.truth.associations("BLOG_POST")[0]
            portal.add_association(made.id, "BLOG_POST", str(post["asset_id"]))
        if day == deletion:
            portal.delete_campaign(deleted)
        if day == outage:
            portal.faults.add("batch_read", 401, times=None, message="out of order")
        if day not in off:
            simulation.tick_schedule(night)
        for minutes in (80, 90, 100, 110):
            if day == outage and minutes == 90:
                portal.faults.clear()
            if day not in off:
                simulation.tick_sensor("late_metrics", night + timedelta(minutes=minutes))
                simulation.tick_sensor("association_backfill", night + timedelta(minutes=minutes + 1))
    # A settled day is read at its four settling times; the two days before the missed weekend's end once less for each
    # night that was off, and never more often than it settles, the partial readings for the late campaign aside.
    settled = [day for day in days[:-8] if not date(2026, 3, 2) <= day]
    assert {times for day in settled for times in count(simulation, day)} <= {2, 3, 4}
    assert {times for day in days for times in count(simulation, day)} <= {1, 2, 3, 4, 5}
    retained = [cell for cell in simulation.compare(days) if cell[1] >= deletion]
    assert retained == []
