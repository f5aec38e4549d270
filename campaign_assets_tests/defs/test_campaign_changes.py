"""The sensor of campaign changes: each change is an event, whatever state it leads to, and unknown is no state."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_assets.defs.automation.run_keys import Asked
from campaign_assets.defs.automation.seen_campaigns import CampaignsCursor, SeenCampaigns
from campaign_assets.emulator.damage import Damaged
from campaign_assets_tests.defs.ticks import collected_warnings, end_run, list_run_keys, tick
from campaign_assets_tests.workplace import NOW, Workplace

SENSOR = "campaign_changes"
MINUTE = timedelta(minutes=1)


def say_updated_at(workplace: Workplace, value: Callable[[str], Any]) -> None:
    """Lets the account say when a campaign was changed in another way; nothing at all where that is `...`."""

    def change(_: Any, content: dict[str, Any], __: Any) -> Any:
        for campaign in content["results"]:
            said = value(campaign.pop("updatedAt"))
            if said is not ...:
                campaign["updatedAt"] = said
        return Damaged(content)

    workplace.server.portal.faults.clear()
    workplace.server.portal.faults.add("search", kind="damage", damage=change, times=None)


def test_a_campaign_that_is_deleted_and_restored_is_two_changes_however_often(workplace: Workplace) -> None:
    portal = workplace.server.portal
    first = tick(workplace, SENSOR)
    ticks = [first]
    campaign = portal.truth.campaigns()[-1]
    for _ in range(3):  # the clock stands still, and the account is as it was before
        portal.delete_campaign(campaign["id"])
        ticks.append(tick(workplace, SENSOR, ticks[-1].cursor))
        portal.add_campaign(campaign["properties"], campaign_id=campaign["id"])
        ticks.append(tick(workplace, SENSOR, ticks[-1].cursor))
        assert tick(workplace, SENSOR, ticks[-1].cursor).skip_message
    assert len(set(list_run_keys(*ticks))) == len(ticks) == 7


def test_a_tick_that_is_evaluated_twice_with_the_same_cursor_asks_for_the_same_run(workplace: Workplace) -> None:
    for number, cursor in enumerate((None, tick(workplace, SENSOR).cursor)):
        workplace.server.portal.add_campaign({"hs_name": f"new {number}"})
        workplace.now = lambda: NOW
        once = tick(workplace, SENSOR, cursor)
        workplace.now = lambda: NOW + MINUTE
        assert list_run_keys(once) == list_run_keys(tick(workplace, SENSOR, cursor)) != []


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS])
def test_a_refresh_that_failed_is_asked_for_again_after_an_hour(
    workplace: Workplace, status: dg.DagsterRunStatus
) -> None:
    first = tick(workplace, SENSOR)
    end_run(workplace, SENSOR, first, status)
    workplace.now = lambda: NOW + timedelta(minutes=59)
    assert tick(workplace, SENSOR, first.cursor).skip_message
    workplace.now = lambda: NOW + timedelta(minutes=60)
    second = tick(workplace, SENSOR, first.cursor)
    assert bool(second.run_requests) == (status is dg.DagsterRunStatus.FAILURE)
    assert set(list_run_keys(second)).isdisjoint(list_run_keys(first))


def test_a_sensor_that_is_reset_asks_anew(workplace: Workplace) -> None:
    first = tick(workplace, SENSOR)
    workplace.now = lambda: NOW + timedelta(hours=1)
    assert set(list_run_keys(tick(workplace, SENSOR))).isdisjoint(list_run_keys(first))


def test_a_time_in_milliseconds_is_another_one_after_each_change(workplace: Workplace) -> None:
    portal = workplace.server.portal
    say_updated_at(workplace, lambda text: int(text.replace("-", "").translate(str.maketrans("", "", "T:.Z"))))
    first = tick(workplace, SENSOR)
    assert tick(workplace, SENSOR, first.cursor).skip_message
    portal.clock.advance(MINUTE)
    portal.touch_campaign(portal.truth.campaigns()[0]["id"])
    assert list_run_keys(tick(workplace, SENSOR, first.cursor))


@pytest.mark.parametrize("said", [..., None, True, "n/a", "", [], {"at": None}])
def test_where_nothing_says_when_a_campaign_was_changed_they_are_refreshed_once_an_hour(
    workplace: Workplace, said: Any
) -> None:
    say_updated_at(workplace, lambda _: said)
    minutes: list[int] = []
    cursor, keys = None, []
    for minute in range(0, 200, 5):
        workplace.now = lambda minute=minute: NOW + minute * MINUTE  # type: ignore[misc]
        with collected_warnings() as warnings:
            ticked = tick(workplace, SENSOR, cursor)
        assert any("does not say when a campaign was changed last" in warning for warning in warnings)
        cursor = ticked.cursor or cursor
        if ticked.run_requests:
            minutes.append(minute)
            keys += list_run_keys(ticked)
    assert minutes == [0, 60, 120, 180] and len(set(keys)) == 4
    workplace.server.portal.add_campaign({"hs_name": "new"})
    assert list_run_keys(tick(workplace, SENSOR, cursor))  # their number is known


def test_a_time_that_is_not_said_for_a_while_is_no_change_there_and_back(workplace: Workplace) -> None:
    first = tick(workplace, SENSOR)
    say_updated_at(workplace, lambda _: None)
    assert not tick(workplace, SENSOR, first.cursor).run_requests
    workplace.server.portal.faults.clear()
    assert not tick(workplace, SENSOR, first.cursor).run_requests


@pytest.mark.parametrize(
    "cursor", ["2026-03-10T09:00:00+00:00 12", "null", "[]", '{"newest": 1}', "[" * 100_000, '{"newest":"x","count":1}']
)
def test_a_cursor_of_something_else_begins_anew_and_says_so(workplace: Workplace, cursor: str) -> None:
    with collected_warnings() as warnings:
        ticked = tick(workplace, SENSOR, cursor)
    assert len(ticked.run_requests) == 1
    assert warnings == ["The cursor holds nothing that this sensor wrote: it begins anew, with a refresh."]
    assert tick(workplace, SENSOR, ticked.cursor).skip_message


STATES = st.builds(SeenCampaigns, st.none() | st.sampled_from(["a", "b"]), st.integers(0, 2))
STEPS = st.lists(st.tuples(STATES, st.integers(-90, 90)), max_size=12)


@given(STEPS)
def test_no_two_changes_have_the_same_key_and_what_is_known_to_differ_is_always_one(
    steps: Sequence[tuple[SeenCampaigns, int]],
) -> None:
    cursor, now, keys = CampaignsCursor(), NOW, []
    for seen, minutes in steps:
        now += minutes * MINUTE
        is_change = cursor.is_change(seen, now, lambda _: False)
        if cursor.seen and None not in (seen.newest, cursor.seen.newest):
            assert is_change == (seen != cursor.seen)
        if is_change:
            keys.append(cursor.asked.to_run_key(f"{cursor.seen} -> {seen}", now))
            cursor = CampaignsCursor.parse(CampaignsCursor(seen, cursor.asked.add(now)).to_text())
    assert len(set(keys)) == len(keys)


@given(st.text() | st.from_type(int).map(json.dumps) | st.dictionaries(st.text(), st.text()).map(json.dumps))
def test_whatever_a_cursor_holds_it_is_a_cursor_or_named_as_none(text: str) -> None:
    with pytest.raises(ValueError, match="no cursor of this sensor"):
        CampaignsCursor.parse(text)


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"times": 1},
        {"times": 1, "last": None},
        {"times": 0, "last": "2026-03-10T09:00:00Z"},
        {"times": 0, "last": "no time"},
        {"times": -1, "last": None},
    ],
)
def test_a_count_of_requests_that_is_none_is_named_as_none(value: object) -> None:
    with pytest.raises(ValueError, match="no count of requests"):
        Asked.parse(value)
    assert Asked.parse(Asked().add(NOW).to_json()) == Asked(1, NOW)
