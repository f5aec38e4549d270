"""What the late-metrics sensor remembers of what it asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from campaign_assets.defs.automation.attempts import FIRST_WAIT, LONGEST_WAIT, Attempts

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
SETTLED = datetime(2026, 3, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def ask(attempts: Attempts, times: int, settled: datetime = SETTLED) -> int:
    return max(attempts.add("2026-03-09", settled, NOW) for _ in range(times))


@pytest.mark.parametrize(
    ("times", "wait"),
    [(1, FIRST_WAIT), (2, 2 * FIRST_WAIT), (3, 4 * FIRST_WAIT), (7, LONGEST_WAIT), (5000, LONGEST_WAIT)],
)
def test_the_wait_doubles_each_time_up_to_the_longest(times: int, wait: timedelta) -> None:
    attempts = Attempts()
    assert ask(attempts, times) == times
    assert not attempts.may_ask("2026-03-09", SETTLED, NOW + wait - SECOND)
    assert attempts.may_ask("2026-03-09", SETTLED, NOW + wait)


def test_a_new_settling_time_is_asked_for_at_once_and_counts_anew() -> None:
    attempts = Attempts()
    ask(attempts, 5)
    later = SETTLED + timedelta(days=1)
    assert attempts.may_ask("2026-03-09", later, NOW)
    assert ask(attempts, 1, later) == 1


def test_what_was_never_asked_for_may_be_and_what_is_done_is_forgotten() -> None:
    attempts = Attempts()
    assert attempts.may_ask("2026-03-09", SETTLED, NOW)
    ask(attempts, 3)
    attempts.forget_others({"2026-03-08"})
    assert attempts.may_ask("2026-03-09", SETTLED, NOW)
    assert attempts.to_cursor() == "{}"


def test_a_cursor_holds_all_of_it() -> None:
    attempts = Attempts()
    ask(attempts, 3)
    again = Attempts.parse(attempts.to_cursor())
    assert again is not None
    assert ask(again, 1) == 4
    assert "asked for 4 times, again after 2026-03-10T10:20" in again.describe("2026-03-09")


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "[]",
        "17",
        '{"2026-03-09": 1}',
        '{"2026-03-09": {"times": 1}}',
        '{"d": {"last_settling_time": "x", "times": "two", "last": "2026-03-10T09:00:00+00:00"}}',
        '{"d": {"last_settling_time": "x", "times": 0, "last": "2026-03-10T09:00:00+00:00"}}',
        '{"d": {"last_settling_time": "x", "times": 1, "last": "yesterday"}}',
        '{"d": {"last_settling_time": "x", "times": 1, "last": "2026-03-10T09:00:00"}}',
        '{"d": {"settles": "x", "times": 1, "last": "2026-03-10T09:00:00+00:00"}}',
    ],
)
def test_a_cursor_of_something_else_is_known_as_such(cursor: str) -> None:
    assert Attempts.parse(cursor) is None
    assert Attempts.parse(None) is not None
