"""The account has something to tell, on whatever day somebody looks at it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from campaign_assets.emulator import Portal
from campaign_assets.emulator.campaign_text import status_on, total
from campaign_assets.emulator.requests import DateRange
from campaign_assets.emulator.state import Campaign

FIRST_DAY = date(2026, 10, 1)
DAYS = [FIRST_DAY + timedelta(days=number) for number in (0, 23, 46, 69, 91)]


def _portal(day: date) -> Portal:
    return Portal(now=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def _sessions(portal: Portal, campaign: Campaign, oldest: int, newest: int) -> int:
    today = portal.clock.today().toordinal()
    days = DateRange(today - oldest, today - newest)
    return int(portal.attribution.counts(campaign, days, portal.clock.timestamp()).sessions.sum())


@pytest.mark.parametrize("day", DAYS)
def test_a_launch_is_in_its_first_fortnight_and_among_the_best(day: date) -> None:
    portal = _portal(day)
    ranked = sorted(portal.store, key=lambda campaign: -_sessions(portal, campaign, 14, 1))
    started = [(day - timedelta(days=30)).isoformat() < c.properties.get("hs_start_date", "") for c in ranked[:5]]
    assert any("Product Launch" in c.name and new for c, new in zip(ranked, started, strict=False))


@pytest.mark.parametrize("day", DAYS)
def test_a_campaign_that_should_be_running_went_quiet_within_weeks(day: date) -> None:
    portal = _portal(day)
    quiet = [c for c in portal.store if _sessions(portal, c, 75, 35) > 0 == _sessions(portal, c, 3, 1)]
    assert any(status_on(campaign, day) in ("active", "in_progress") for campaign in quiet)


@pytest.mark.parametrize("day", DAYS)
def test_a_campaign_with_a_large_budget_is_a_flop(day: date) -> None:
    portal = _portal(day)
    running = [c for c in portal.store if c.spend and _sessions(portal, c, 14, 1) > 0]
    flop = min(running, key=lambda c: _sessions(portal, c, 14, 1) / float(total(c.budget.values()) or 1))
    assert total(flop.budget.values()) > 10_000
    assert _sessions(portal, flop, 14, 1) < sum(_sessions(portal, c, 14, 1) for c in running) / len(running) / 4


def test_one_is_over_budget_many_are_not_and_some_have_no_money() -> None:
    campaigns = list(_portal(date(2026, 11, 22)).store)
    shares = [total(c.spend.values()) / total(c.budget.values()) for c in campaigns if c.budget and c.spend]
    assert 1 <= sum(share > Decimal("1.1") for share in shares) <= 4
    assert sum(share <= 1 for share in shares) >= 10
    assert sum(not c.budget and not c.spend for c in campaigns) >= 10
    assert len({c.properties.get("hs_currency_code") for c in campaigns if c.budget}) >= 4


def test_nothing_is_spent_before_its_day_and_what_is_spent_stays() -> None:
    early, late = _portal(date(2026, 10, 20)), _portal(date(2026, 11, 22))
    more = 0
    for before, after in zip(early.store, late.store, strict=True):
        assert before.spend.items() <= after.spend.items()
        assert before.budget == after.budget
        more += len(after.spend) - len(before.spend)
        assert all(item.created_at <= early.clock.now() for item in before.spend.values())
    assert more > 0


def test_the_seasons_are_felt() -> None:
    portal = _portal(date(2026, 12, 31))

    def views(day: date) -> int:
        rows = portal.truth.metrics(day, "SITE_PAGE", day + timedelta(days=6))
        return sum(row["metrics"].get("VIEWS", 0) for row in rows)

    assert views(date(2026, 12, 24)) < 0.7 * views(date(2026, 12, 3))
