"""How much still moves after some days, and what that means for the setting."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from campaign_assets.days import Calendar
from campaign_assets.settling.comparison import Movement
from campaign_assets.settling.figures import ENOUGH_DAYS, Evidence, advise, measure_after, measure_end
from campaign_assets.settling.rereads import Reread, parse_note, to_note

FIRST = date(2026, 3, 1)
TABLES = ("form", "blog_post")
Curve = Callable[[float], float]
"""How much of a day is known so many days after its close."""


def settle(after: float) -> float:
    """Known by and by, and wholly after a week."""
    return {0: 0.9, 1: 0.97, 2: 0.97}.get(int(after), 0.99 if after < 7 else 1.0)


def at_once(after: float) -> float:
    """Known at its close."""
    return 1.0


def late(after: float) -> float:
    """Nothing for days, then all."""
    return 0.9 if after < 3 else 1.0


def slow(after: float) -> float:
    """A tenth is missing even after a week."""
    return min(1.0, 0.8 + after / 70)


def read(
    curves: Mapping[str, Curve], ages: tuple[float, ...], days: int = ENOUGH_DAYS, calendar: Calendar | None = None
) -> Evidence:
    """The evidence of days that were read at some ages, each day counting a thousand in the end."""
    calendar = calendar or Calendar()
    evidence = {}
    for day in (FIRST + timedelta(days=number) for number in range(days)):
        close = calendar.find_close(day)
        evidence[day] = [
            Reread(
                table,
                close + timedelta(days=before),
                close + timedelta(days=age),
                Movement(10, 5, 1000 * abs(curve(age) - curve(before)), 1000 * curve(age)),
            )
            for table, curve in curves.items()
            for before, age in zip(ages, ages[1:], strict=False)
        ]
    return evidence


NIGHTLY = (0.02, 1.02, 3.02, 7.02)
BOTH = dict.fromkeys(TABLES, settle)


def test_what_moves_after_a_time_is_what_later_readings_changed() -> None:
    evidence = read(BOTH, NIGHTLY)
    shares = {after: measure_after(evidence, "form", after, Calendar()) for after in (1, 3, 7)}
    assert shares[1].value == pytest.approx(0.03)
    assert shares[3].value == pytest.approx(0.01)
    assert shares[7].value is None  # nobody has looked
    assert shares[1].days == ENOUGH_DAYS


def test_a_day_that_is_not_read_to_its_end_or_was_read_too_late_says_nothing() -> None:
    assert measure_after(read(BOTH, NIGHTLY[:3]), "form", 1, Calendar()).value is None
    assert measure_after(read(BOTH, (0.02, 2.5, 7.02)), "form", 1, Calendar()).value is None
    assert measure_after(read(BOTH, (30.0, 60.0)), "form", 1, Calendar()).value is None


def test_ages_are_days_of_the_account_though_clocks_change() -> None:
    calendar = Calendar(time_zone="Europe/Berlin")
    day = date(2026, 3, 28)  # the next one has 23 hours
    times = [time + timedelta(minutes=1) for time in calendar.list_settling_times(day)]
    rereads = [Reread("form", b, a, Movement(1, 1, 1.0, 100.0)) for b, a in zip(times, times[1:], strict=False)]
    assert measure_after({day: rereads}, "form", 1, calendar).moved == 2.0
    assert measure_after({day: rereads}, "form", 3, calendar).moved == 1.0


def test_an_ordinary_account_gets_no_advice() -> None:
    advice = advise(read(BOTH, NIGHTLY), TABLES, Calendar())
    assert advice.fits and advice.settle_days == (0, 1, 3, 7)


@pytest.mark.parametrize(
    ("curves", "idle", "settle_days"),
    [
        (dict.fromkeys(TABLES, at_once), (1, 3, 7), (0,)),
        (dict.fromkeys(TABLES, late), (1, 7), (0, 3)),
        ({"form": at_once, "blog_post": late}, (1, 7), (0, 3)),
        ({"form": at_once, "blog_post": settle}, (), (0, 1, 3, 7)),
    ],
)
def test_readings_that_find_nothing_in_any_table_are_too_many(
    curves: Mapping[str, Curve], idle: tuple[int, ...], settle_days: tuple[int, ...]
) -> None:
    advice = advise(read(curves, NIGHTLY), TABLES, Calendar())
    assert (advice.idle, advice.settle_days, dict(advice.unsettled)) == (idle, settle_days, {})


def test_a_last_reading_that_still_finds_much_stops_too_early() -> None:
    advice = advise(read({"form": slow, "blog_post": settle}, NIGHTLY), TABLES, Calendar())
    assert list(advice.unsettled) == ["form"] and advice.settle_days == (0, 1, 3, 7, 14)


def test_what_was_seen_after_the_last_settling_time_counts_more_than_a_guess() -> None:
    seen_quiet = read({"form": lambda age: min(0.7 + 0.3 * age / 7, 1.0)}, (*NIGHTLY, 20.0))
    assert measure_end(seen_quiet, "form", Calendar()).known == 0
    assert not advise(seen_quiet, ("form",), Calendar()).unsettled
    seen_moving = read({"form": lambda age: 0.99 if age < 10 else 1.0}, (*NIGHTLY, 20.0))
    assert list(advise(seen_moving, ("form",), Calendar()).unsettled) == ["form"]


def test_advice_that_is_followed_is_not_taken_back_while_it_is_remembered() -> None:
    longer = Calendar(settle_days=(0, 1, 3, 7, 14))
    rapid = {"form": lambda age: min(0.7 + 0.3 * age / 7, 1.0)}
    assert advise(read(rapid, NIGHTLY), ("form",), Calendar()).settle_days == longer.settle_days
    evidence = read(rapid, (*NIGHTLY, 14.02))
    assert advise(evidence, ("form",), longer).settle_days == (0, 1, 3, 7)
    assert advise(evidence, ("form",), Calendar()).fits


def test_a_table_that_is_never_read_is_not_waited_for() -> None:
    assert advise(read({"form": at_once}, NIGHTLY), TABLES, Calendar()).idle == (1, 3, 7)


def test_few_days_prove_nothing() -> None:
    for curve in (at_once, slow):
        assert advise(read(dict.fromkeys(TABLES, curve), NIGHTLY, ENOUGH_DAYS - 1), TABLES, Calendar()).fits
    assert advise({}, TABLES, Calendar()).fits


def test_a_table_that_counts_nothing_does_not_move() -> None:
    evidence = {
        day: [Reread("form", r.before_at, r.at, Movement()) for r in rereads]
        for day, rereads in read(BOTH, NIGHTLY).items()
    }
    assert measure_after(evidence, "form", 1, Calendar()).value == 0
    assert advise(evidence, ("form",), Calendar()).idle == (1, 3, 7)


@pytest.mark.parametrize("settle_days", [(0,), (2,), (0, 5)])
def test_any_setting_can_be_judged(settle_days: tuple[int, ...]) -> None:
    calendar = Calendar(settle_days=settle_days)
    for ages in (NIGHTLY, (0.5,), (5.1, 9.9)):
        assert advise(read(BOTH, ages), TABLES, calendar).settle_days[0] == settle_days[0]


def test_a_note_holds_the_newest_readings_and_what_is_none_is_passed_over() -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    rereads = [
        Reread("form", start + timedelta(days=n), start + timedelta(days=n + 1), Movement(1, 1, 0.5, 2.0))
        for n in range(30)
    ]
    assert parse_note(to_note(reversed(rereads))) == rereads[-20:]
    for text in ("", "no JSON", "{}", "[1, null, {}]", "[" * 10_000, '[{"table": 1, "at": "x"}]', "7"):
        assert parse_note(text) == []
    assert parse_note(to_note(rereads[:1]).replace("+00:00", "")) == []
