"""How far a log was followed: each file is done with once, in whatever order they appear and whatever time it is."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_assets.defs.automation.awaited_runs import Awaited
from campaign_assets.defs.automation.followed_log import MOST_REMEMBERED, OVERTAKEN, FollowedLog
from campaign_assets.tables import is_file_name
from campaign_assets_tests.workplace import NOW

MINUTE = timedelta(minutes=1)


def to_name(timestamp: datetime) -> str:
    return f"{timestamp.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}.parquet"


def follow(
    followed: FollowedLog, files: Sequence[str], now: datetime, batch: int = 500
) -> tuple[FollowedLog, set[str]]:
    """A tick: what is remembered after it, and the files that it is done with."""
    again = FollowedLog.parse(followed.to_text(), now)
    new = again.list_new(files)
    done = new[:batch]
    return again.add(done, now, min(new[batch:], default=None)), set(done)


FILES = st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 350)), unique_by=lambda file: file[0], max_size=30)


@given(FILES, st.integers(1, 4))
def test_each_file_is_done_with_once_though_others_overtake_it(files: list[tuple[int, int]], batch: int) -> None:
    # When each run began, in minutes, and how long it took until its file appeared.
    appear = {to_name(NOW + began * MINUTE): NOW + (began + took) * MINUTE for began, took in files}
    followed, told = FollowedLog(), list[str]()
    for minutes in [*range(0, 2_500, 60), *[2_500] * 30]:
        now = NOW + minutes * MINUTE
        followed, done = follow(followed, [name for name, at in appear.items() if at <= now], now, batch)
        told += sorted(done)
    assert sorted(told) == sorted(appear)


def test_a_file_of_the_future_is_done_with_once_and_hides_none_of_the_present() -> None:
    ahead, files = to_name(NOW + timedelta(days=3_000)), list[str]()
    followed, told = FollowedLog(), list[str]()
    for day in range(20):
        now = NOW + timedelta(days=day)
        files.append(to_name(now - MINUTE))
        followed, done = follow(followed, [*files, ahead], now)
        told += done
    assert sorted(told) == [*files, ahead]
    assert followed.done == {files[-1], ahead}


def test_what_is_remembered_is_bounded_though_one_file_can_never_be_read() -> None:
    files = [to_name(NOW + number * MINUTE) for number in range(3_000)]
    followed, told, now = FollowedLog(), list[str](), NOW + timedelta(days=30)
    for end in range(0, 3_001, 100):
        new = followed.list_new(files[:end])
        done = [name for name in new if name != files[0]]
        followed = followed.add(done, now, files[0] if files[0] in new else None)
        told += done
        assert len(followed.done) <= MOST_REMEMBERED
    assert told == files[1:]
    assert len(followed.to_text()) < 64_000


def test_a_cursor_ahead_of_the_clock_is_none_for_it_would_hide_what_is_written_until_then() -> None:
    followed, _ = follow(FollowedLog(), [to_name(NOW)], NOW + timedelta(days=1))
    assert FollowedLog.parse(followed.to_text(), NOW) == followed
    with pytest.raises(ValueError, match="no cursor"):
        FollowedLog.parse(followed.to_text(), NOW - MINUTE)
    followed, _ = follow(FollowedLog(), [to_name(NOW)], NOW + OVERTAKEN - MINUTE)
    assert FollowedLog.parse(followed.to_text(), NOW - timedelta(days=1)).done == {to_name(NOW)}


ASKED = {"times": 0, "last": None}
NONSENSE: list[object] = [None, 7, "zzz", [7], [{}]]
RUN = {"run_key": "key", "files": [to_name(NOW)], "times": 1, "last": NOW.isoformat()}


@pytest.mark.parametrize(
    "value",
    [
        "zzz",
        to_name(NOW),  # a cursor of an earlier version
        [],
        {"after": to_name(NOW)},
        {"after": "zzz", "done": [], "asked": ASKED},
        {"after": 7, "done": [], "asked": ASKED},
        {"after": "", "done": ["zzz"], "asked": ASKED},
        {"after": "", "done": [[]], "asked": ASKED},
        {"after": "", "done": 7, "asked": ASKED},
        {"after": "", "done": [], "asked": {"times": "many", "last": None}},
        *({"after": "", "done": [], "asked": ASKED, "awaited": runs} for runs in NONSENSE),
        *(
            {"after": "", "done": [], "asked": ASKED, "awaited": [{**RUN, name: nonsense}]}
            for name, nonsense in [("run_key", 7), ("files", "zzz"), ("files", [7]), ("times", 0), ("last", "soon")]
        ),
    ],
)
def test_a_cursor_of_something_else_is_named_as_none(value: object) -> None:
    for text in (json.dumps(value), str(value)):
        with pytest.raises(ValueError, match="no cursor"):
            FollowedLog.parse(text, NOW)


@given(st.text() | st.dictionaries(st.sampled_from(["after", "done", "asked"]), st.text()).map(json.dumps))
def test_whatever_a_cursor_holds_it_is_named_as_none(text: str) -> None:
    with pytest.raises(ValueError, match="no cursor"):
        FollowedLog.parse(text, NOW)


@given(st.timedeltas(timedelta(0), timedelta(days=2_000_000)))
def test_a_time_is_a_name(after: timedelta) -> None:
    assert is_file_name(to_name(datetime(1000, 1, 1, tzinfo=UTC) + after))


@pytest.mark.parametrize("name", ["zzz", "zzz.parquet", "20260230T000000.000000Z.parquet", ""])
def test_what_is_no_time_is_no_name(name: str) -> None:
    assert not is_file_name(name)
    assert not name or not is_file_name(f"{name}{to_name(NOW)}")
    assert not is_file_name(f"{to_name(NOW)}\n")


def test_what_is_remembered_of_runs_is_bounded_and_comes_back() -> None:
    awaited = Awaited((), ())
    for number in range(100):
        files = [to_name(NOW + (30 * number + file) * MINUTE) for file in range(30)]
        awaited = awaited.add(f"key {number}", files, NOW + number * MINUTE)
    remembered = awaited.list_newest()
    assert [run.run_key for run in remembered] == [f"key {number}" for number in range(67, 100)]
    followed = FollowedLog(awaited=remembered)
    assert FollowedLog.parse(followed.to_text(), NOW) == followed
    assert len(followed.to_text()) < 64_000
