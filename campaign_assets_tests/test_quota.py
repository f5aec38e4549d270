"""The day's requests run short, or the account moves: the run ends by its own word, and a later one finishes."""

import dataclasses
from datetime import datetime, timedelta

import dagster as dg
import pytest

from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.hubspot import HubSpotClient
from campaign_assets.load.progress import SECONDS_BETWEEN_LINES, Progress, ProgressLog
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.hubspot.fake_clock import FakeClock
from campaign_assets_tests.workplace import METRICS as ALL
from campaign_assets_tests.workplace import NOW, SNAPSHOTS, Workplace

METRICS = ALL[:2]
RANGE = [(NOW - timedelta(days=back)).date() for back in range(10, 0, -1)]


def follow(workplace: Workplace, result: dg.ExecuteInProcessResult) -> dg.ExecuteInProcessResult:
    """Re-executes a run from failure."""
    tags = {"dagster/parent_run_id": result.run_id, "dagster/root_run_id": result.run_id}
    return workplace.run(METRICS, RANGE, {**tags, "dagster/is_resume_retry": "true"})


def test_a_run_stops_before_hubspot_says_no_and_goes_on_the_next_day(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace(
        {"CAMPAIGN_ASSETS_TIMEZONE": "America/New_York", "HUBSPOT_MAX_IN_FLIGHT": "2", "HUBSPOT_RATE_LIMIT": "10000"},
        campaigns=12,
        daily_limit=6000,
        time_zone="America/New_York",
    )
    assert workplace.run(SNAPSHOTS).success
    portal, stats = workplace.server.portal, workplace.server.stats
    per_day = count_requests_of_a_day(workplace)
    use_up(workplace, 200)
    portal.limits.daily_limit = int((portal.limits.used_today() + 4.5 * per_day) / 0.95)  # 5% are left alone
    stats.reset()
    result = workplace.run(METRICS, RANGE)
    assert not result.success
    assert stats.rate_limited == 0
    failure = workplace.get_failure(result)
    done = len(workplace.store.list_days(METRICS[0].path)) - 1
    assert "less than the reserve of 5%" in failure
    assert f"{done} of 10 days are in place: re-execute from failure." in failure and 0 < done < 10
    assert "The day's count begins anew at 2026-03-11T00:00-04:00." in failure

    still_short = follow(workplace, result)
    assert not still_short.success and stats.rate_limited == 0

    portal.clock.advance(timedelta(days=1))
    portal.limits.daily_limit = 10_000
    stats.reset()
    assert follow(workplace, result).success
    assert stats.requests <= (10 - done) * per_day
    assert len(workplace.store.list_days(METRICS[0].path)) == 11


def use_up(workplace: Workplace, requests: int) -> None:
    """Other programs use the account too."""
    with HubSpotClient(DEFAULT_TOKEN, base_url=workplace.server.url, rate_limit=10_000) as client:
        for _ in range(requests):
            client.account.get_details()


def count_requests_of_a_day(workplace: Workplace) -> int:
    before = workplace.server.stats.requests
    assert workplace.run(METRICS, [RANGE[0] - timedelta(days=1)]).success
    return workplace.server.stats.requests - before


def test_without_a_reserve_hubspots_own_no_ends_the_run_at_once_and_says_when_to_come_back(
    make_workplace: MakeWorkplace,
) -> None:
    workplace = make_workplace(
        {"HUBSPOT_DAILY_RESERVE": "0", "HUBSPOT_RATE_LIMIT": "10000"}, campaigns=12, daily_limit=0
    )
    assert workplace.run(SNAPSHOTS).success
    limits = workplace.server.portal.limits
    limits.daily_limit = limits.used_today() + 5
    result = workplace.run(METRICS, RANGE)
    assert not result.success
    failure = workplace.get_failure(result)
    assert "You have reached your daily limit" in failure or "No request succeeds before midnight" in failure
    assert "begins anew at 2026-03-11T00:00+00:00" in failure


def test_an_account_that_is_being_moved_ends_the_run_at_once(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace({"HUBSPOT_RATE_LIMIT": "10000"}, campaigns=12)
    assert workplace.run(SNAPSHOTS).success
    workplace.server.portal.faults.add(
        "batch_read", 477, times=None, skip=5, message="moving", headers={"Retry-After": "3600"}
    )
    began = datetime.now(NOW.tzinfo)
    result = workplace.run(METRICS, RANGE)
    assert not result.success
    assert (datetime.now(NOW.tzinfo) - began).total_seconds() < 30
    failure = workplace.get_failure(result)
    assert "run again in 3600 seconds" in failure
    assert "of 10 days are in place: re-execute from failure." in failure

    workplace.server.portal.faults.clear()
    assert follow(workplace, result).success
    assert workplace.store.list_days(METRICS[0].path) == RANGE


def test_progress_is_logged_at_most_every_ten_seconds_and_told_every_day() -> None:
    clock, lines, told = FakeClock(), list[str](), list[Progress]()
    with HubSpotClient("token", base_url="http://127.0.0.1:1", rate_limit=190) as client:
        log = ProgressLog(client, 100, lines.append, told.append, clock.monotonic)
        for day in range(100):
            clock.seconds += 0.7
            client.counter.add("batch_read")
            log.add_done(10 * (day + 1))
        assert len(lines) == int(70 // (SECONDS_BETWEEN_LINES + 0.5))
        log.finish()
    assert len(told) == 100
    assert told[49].seconds_left == pytest.approx(35)
    assert "30 of 100 days, 300 rows, 30 requests, 14 of 190 in 10 seconds" in lines[1]
    assert lines[1].endswith("about 49 seconds left.")
    assert lines[-1].startswith("100 of 100 days, 1,000 rows, 100 requests") and "left" not in lines[-1]


def test_a_run_of_a_moment_is_not_said_to_break_the_limit() -> None:
    assert "2 of 190 in 10 seconds" in Progress(2, 2, 2, 0, 50, 0.1, 190, 0.01).describe()


def test_failed_attempts_are_told_beside_hubspots_own_bound() -> None:
    progress = Progress(1, 2, 200, 10, 50, 20.0, 190, 0.5)
    assert "10 failed attempts (5.0%; HubSpot asks for under 5% of a day's)" in progress.describe()
    assert "failed" not in dataclasses.replace(progress, failed_attempts=0).describe()


def test_what_other_programs_use_is_told() -> None:
    progress = Progress(1, 2, 130, 0, 50, 10.0, 190, 0.68)
    assert "other programs" not in progress.describe()
    assert "other programs use about 60 of the limit" in dataclasses.replace(progress, others=60).describe()
