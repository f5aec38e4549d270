"""What people give a run of the metrics by hand: whatever it is, they read a sentence."""

import dagster as dg
import pytest

from campaign_assets_tests.conftest import MakeFilled
from campaign_assets_tests.workplace import DAYS, Workplace


@pytest.fixture
def filled(make_filled: MakeFilled) -> Workplace:
    return make_filled(DAYS[:1], campaigns=3, assets_per_campaign=4)


@pytest.mark.parametrize("job", ["refresh_everything", "refresh_asset_metrics"])
def test_a_run_without_a_day_says_what_to_choose(filled: Workplace, job: str) -> None:
    result = filled.definitions.resolve_job_def(job).execute_in_process(instance=filled.instance, raise_on_error=False)
    assert filled.get_failure(result) == ("The run names no day to read: choose a partition, or a range of them.")


@pytest.mark.parametrize("campaign_ids", [None, []])
def test_no_campaigns_are_all_campaigns(filled: Workplace, campaign_ids: list[str] | None) -> None:
    job = filled.definitions.resolve_job_def("refresh_asset_metrics")
    config = {"ops": {"asset_metrics": {"config": {"campaign_ids": campaign_ids}}}}
    day = {"dagster/partition": str(DAYS[0])}
    result: dg.ExecuteInProcessResult = job.execute_in_process(instance=filled.instance, run_config=config, tags=day)
    assert result.success
