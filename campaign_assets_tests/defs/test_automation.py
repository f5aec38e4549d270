"""The schedule and the sensor: what they ask for, and when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from campaign_assets.hubspot import ServerFailed, Unauthorized
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.workplace import METRICS, SNAPSHOTS, Workplace


def test_every_night_the_campaigns_are_requested_then_the_days_that_are_due_and_then_the_reports(
    make_workplace: MakeWorkplace,
) -> None:
    zone = "America/New_York"
    workplace = make_workplace({"CAMPAIGN_ASSETS_TIMEZONE": zone, "CAMPAIGN_ASSETS_START_DATE": "2026-03-08"})
    repository = workplace.definitions.get_repository_def()
    schedule = repository.get_schedule_def("daily_refresh")
    assert (schedule.execution_timezone, schedule.cron_schedule) == (zone, "30 0 * * *")
    night = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)  # 00:30 of the tenth in New York
    context = dg.build_schedule_context(
        instance=workplace.instance, scheduled_execution_time=night, repository_def=repository
    )
    campaigns, metrics, reports = schedule.evaluate_tick(context).run_requests or []
    assert campaigns.asset_selection == SNAPSHOTS
    assert metrics.asset_selection == METRICS
    assert metrics.tags["dagster/asset_partition_range_start"] == "2026-03-08"
    assert metrics.tags["dagster/asset_partition_range_end"] == "2026-03-09"
    # Never ahead of the associations that they need: those of that midnight.
    assert metrics.tags["campaign_assets/associations_since"] == "2026-03-10T04:00:00+00:00"
    assert reports.asset_selection and not {*reports.asset_selection} & {*SNAPSHOTS, *METRICS}
    assert "dagster/partition" not in reports.tags
    priorities = [int(request.tags.get("dagster/priority", 0)) for request in (campaigns, metrics, reports)]
    assert priorities == sorted(set(priorities), reverse=True)


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
