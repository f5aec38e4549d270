"""What the checks of a run said, for tests of checks."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.defs.checks.standalone import NO_DAY_DUE
from campaign_assets.tables import METRICS_TABLES
from campaign_assets_tests.workplace import Workplace

Results = Mapping[tuple[str, str], dg.AssetCheckEvaluation]
SLUGS = sorted(t.slug for t in METRIC_ASSET_TYPES)


def get_results(result: dg.ExecuteInProcessResult) -> Results:
    """The results of a run, by the last part of the asset's key and the check's name; each only once."""
    evaluations = result.get_asset_check_evaluations()
    found = {(e.asset_key.path[-1], e.check_name): e for e in evaluations}
    assert len(found) == len(evaluations)
    return found


def list_failed(results: Results) -> list[tuple[str, str]]:
    """The results that did not pass, but those of days that the run had nothing to do with and that are due."""
    return sorted(key for key, result in results.items() if not result.passed and result.check_name != NO_DAY_DUE)


def run_job(workplace: Workplace, name: str, config: Mapping[str, Any] | None = None) -> Results:
    """The results of a job that has to do with checks only."""
    job = workplace.definitions.resolve_job_def(name)
    ops = {"ops": {op: {"config": dict(of_op)} for op, of_op in (config or {}).items()}}
    result = job.execute_in_process(instance=workplace.instance, run_config=ops)
    assert result.success
    return get_results(result)


def get_last_status(workplace: Workplace, asset_type: str, check: str) -> str:
    """What the UI shows of a check."""
    key = dg.AssetCheckKey(dg.AssetKey(METRICS_TABLES[asset_type].path), check)
    records = workplace.instance.event_log_storage.get_latest_asset_check_execution_by_key([key])
    return records[key].status.value
