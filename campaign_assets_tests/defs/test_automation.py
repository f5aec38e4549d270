"""The schedule and the sensor: what they ask for, and when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from campaign_assets.definitions import build_definitions
from campaign_assets.hubspot import ServerFailed, Unauthorized
from campaign_assets.settings import Settings
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.workplace import Workplace


def evaluate_schedule(time_zone: str, moment: datetime) -> Any:
    repository = build_definitions(Settings(time_zone=time_zone)).get_repository_def()
    schedule = repository.get_schedule_def("daily_refresh")
    assert schedule.execution_timezone == time_zone
    context = dg.build_schedule_context(scheduled_execution_time=moment, repository_def=repository)
    return schedule.evaluate_tick(context)


def test_every_night_the_day_that_just_closed_is_requested_with_the_campaigns() -> None:
    # 00:30 of the tenth in New York.
    tick = evaluate_schedule("America/New_York", datetime(2026, 3, 10, 4, 30, tzinfo=UTC))
    assert [request.partition_key for request in tick.run_requests] == ["2026-03-09"]
    job = build_definitions(Settings()).resolve_job_def("refresh_everything")
    assert len(job.asset_layer.selected_asset_keys) == 15


def look(workplace: Workplace, cursor: str | None) -> Any:
    repository = workplace.definitions.get_repository_def()
    resources = {"hubspot": (workplace.definitions.resources or {})["hubspot"]}
    with dg.build_sensor_context(
        instance=workplace.instance, cursor=cursor, repository_def=repository, resources=resources
    ) as context:
        return repository.get_sensor_def("campaign_changes").evaluate_tick(context)


def test_a_look_costs_one_request_and_asks_for_a_refresh_only_after_a_change(workplace: Workplace) -> None:
    portal = workplace.server.portal
    campaign_id = portal.truth.campaigns()[0]["id"]
    first = look(workplace, None)
    assert len(first.run_requests) == 1
    assert workplace.server.stats.requests == 1

    second = look(workplace, first.cursor)
    assert not second.run_requests and second.skip_message

    portal.clock.advance(timedelta(minutes=1))
    portal.touch_campaign(campaign_id)
    third = look(workplace, first.cursor)
    assert len(third.run_requests) == 1

    portal.delete_campaign(campaign_id)
    fourth = look(workplace, third.cursor)
    assert len(fourth.run_requests) == 1
    assert workplace.server.stats.requests == 4


@pytest.mark.parametrize(("status", "error"), [(500, ServerFailed), (401, Unauthorized)])
def test_a_failing_api_fails_the_look_and_says_why(
    make_workplace: MakeWorkplace, status: int, error: type[Exception]
) -> None:
    workplace = make_workplace()
    workplace.server.portal.faults.add("search", status, times=None, message="the reason")
    with pytest.raises(Exception, match="the reason") as raised:
        look(workplace, None)
    causes = [raised.value, raised.value.__cause__]
    assert any(isinstance(cause, error) for cause in causes)
