"""The sensor of late days, and the schedule: a day that is late once more is asked for once more."""

import json
from datetime import timedelta

import dagster as dg
import pytest

from campaign_assets.defs.automation.attempts import FIRST_WAIT
from campaign_assets.defs.keys import METRICS_KEYS
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.defs.ticks import collected_warnings, list_run_keys, tick
from campaign_assets_tests.workplace import DAYS, METRICS, NOW, SNAPSHOTS, Workplace

SENSOR = "late_metrics"
SETTINGS = {"CAMPAIGN_ASSETS_START_DATE": DAYS[-1].isoformat(), "CAMPAIGN_ASSETS_SETTLE_DAYS": "0"}


@pytest.fixture
def prepared(make_workplace: MakeWorkplace) -> Workplace:
    """A workplace with one day, which nobody has read."""
    workplace = make_workplace(SETTINGS, campaigns=2, assets_per_campaign=4)
    assert workplace.run(SNAPSHOTS).success
    return workplace


@pytest.mark.long
def test_a_day_that_is_read_and_lost_again_is_a_new_event_each_time(prepared: Workplace) -> None:
    ticks = [tick(prepared, SENSOR)]
    for _ in range(2):  # the clock stands still
        assert prepared.run(METRICS, DAYS[-1:]).success
        ticks.append(tick(prepared, SENSOR, ticks[-1].cursor))
        assert ticks[-1].skip_message == "Nothing is late."
        prepared.instance.wipe_assets(METRICS)
        ticks.append(tick(prepared, SENSOR, ticks[-1].cursor))
    assert len(list_run_keys(*ticks)) == len(set(list_run_keys(*ticks))) == 3


def test_a_tick_that_is_evaluated_twice_with_the_same_cursor_asks_for_the_same_runs(prepared: Workplace) -> None:
    first = tick(prepared, SENSOR)
    prepared.now = lambda: NOW + FIRST_WAIT
    for cursor in (None, first.cursor):
        once = tick(prepared, SENSOR, cursor)
        prepared.now = lambda: NOW + 2 * FIRST_WAIT
        assert list_run_keys(once) == list_run_keys(tick(prepared, SENSOR, cursor)) != []


def test_the_associations_are_asked_for_by_a_new_key_each_time(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace(SETTINGS, campaigns=2)
    ticks = [tick(workplace, SENSOR)]
    for number in range(1, 4):
        workplace.now = lambda number=number: NOW + number * timedelta(hours=1)  # type: ignore[misc]
        ticks.append(tick(workplace, SENSOR, ticks[-1].cursor))
    assert all(t.run_requests[0].asset_selection == SNAPSHOTS for t in ticks)
    assert len(set(list_run_keys(*ticks))) == 4


OLD = json.dumps(
    {"2026-03-09": {"last_settling_time": NOW.isoformat(), "times": 3, "last": (NOW + FIRST_WAIT).isoformat()}}
)


@pytest.mark.parametrize("cursor", ["nonsense", "[]", OLD], ids=["text", "list", "an earlier version's"])
def test_a_cursor_of_something_else_begins_anew_and_says_so(prepared: Workplace, cursor: str) -> None:
    with collected_warnings() as warnings:
        ticked = tick(prepared, SENSOR, cursor)
    assert len(ticked.run_requests) == 1
    assert warnings == ["The cursor holds nothing that this sensor wrote: it begins anew, with no waits."]


def test_each_night_is_an_event_of_its_own_and_the_same_night_the_same(prepared: Workplace) -> None:
    repository = prepared.definitions.get_repository_def()
    schedule = repository.get_schedule_def("daily_refresh")

    def list_keys(hours: int) -> list[str]:
        night = NOW + timedelta(hours=hours)
        context = dg.build_schedule_context(
            instance=prepared.instance, scheduled_execution_time=night, repository_def=repository
        )
        return [str(request.run_key) for request in schedule.evaluate_tick(context).run_requests or ()]

    assert list_keys(0) == list_keys(0) and len(list_keys(0)) == 3
    assert not set(list_keys(0)) & set(list_keys(24))


def test_associations_whose_time_cannot_be_read_are_read_again(prepared: Workplace) -> None:
    for value in (float("nan"), 1e30, -1e30):
        metadata = {"extracted_at": dg.MetadataValue.timestamp(value)}
        prepared.instance.report_runless_asset_event(dg.AssetMaterialization(SNAPSHOTS[1], metadata=metadata))
        assert tick(prepared, SENSOR).run_requests[0].asset_selection == SNAPSHOTS
    for text in ("soon", 7):
        event = dg.AssetMaterialization(SNAPSHOTS[1], metadata={"extracted_at": text})
        prepared.instance.report_runless_asset_event(event)
        assert tick(prepared, SENSOR).run_requests[0].asset_selection == SNAPSHOTS
    assert set(METRICS_KEYS.values()) == set(METRICS)
