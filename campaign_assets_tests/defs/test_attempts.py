"""What the late-metrics sensor remembers of what it asked for."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert json.loads(attempts.to_cursor())["attempts"] == {}


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
        "{}",
        "[" * 100_000,
        # That of an earlier version.
        '{"d": {"last_settling_time": "x", "times": 1, "last": "2026-03-10T09:00:00+00:00"}}',
        f'{{"attempts": {{}}, "asked": {{"times": -1, "last": "{NOW}"}}}}',
        f'{{"attempts": [], "asked": {{"times": 1, "last": "{NOW}"}}}}',
    ],
)
def test_a_cursor_of_something_else_is_known_as_such(cursor: str) -> None:
    assert Attempts.parse(cursor) is None
    assert Attempts.parse(None) is not None


@pytest.mark.parametrize(
    "attempt",
    [
        1,
        {"times": 1},
        {"last_settling_time": "x", "times": "two", "last": "2026-03-10T09:00:00+00:00"},
        {"last_settling_time": "x", "times": 0, "last": "2026-03-10T09:00:00+00:00"},
        {"last_settling_time": "x", "times": 1, "last": "yesterday"},
        {"last_settling_time": "x", "times": 1, "last": "2026-03-10T09:00:00"},
        {"settles": "x", "times": 1, "last": "2026-03-10T09:00:00+00:00"},
    ],
)
def test_an_attempt_of_something_else_is_known_as_such(attempt: object) -> None:
    cursor = json.loads(Attempts().to_cursor())
    assert Attempts.parse(json.dumps(cursor)) is not None
    assert Attempts.parse(json.dumps({**cursor, "attempts": {"2026-03-09": attempt}})) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["attempts", "asked", "last"]), inner),
)


@given(JSON.map(json.dumps) | st.text())
def test_whatever_a_cursor_holds_something_can_be_asked_for(cursor: str) -> None:
    attempts = Attempts.parse(cursor) or Attempts()
    attempts.add("2026-03-09", SETTLED, NOW)
    assert Attempts.parse(attempts.to_cursor()) is not None
