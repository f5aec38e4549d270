"""What became of a run that a sensor asked for: the run itself, or those by which somebody tried it again."""

from enum import Enum

import dagster as dg

from campaign_assets.defs.instance.resume import ROOT_TAG

_RUN_KEY_TAG = "dagster/run_key"
_SENSOR_TAG = "dagster/sensor_name"
"""Both are set by the daemon. Source: Dagster, dagster/_core/storage/tags.py."""
_FAILED = {dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}


class Outcome(Enum):
    """What became of a run."""

    IN_PROGRESS = "in progress"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """It failed, or was canceled."""
    UNKNOWN = "unknown"
    """The instance holds no such run, or none any more."""


def find_outcome(instance: dg.DagsterInstance, sensor: str, run_key: str) -> Outcome:
    """What became of the run that a sensor asked for under a key; one attempt that succeeds is enough.

    Args:
        instance: Whose runs.
        sensor: The name of the sensor: two of them may use the same key.
        run_key: The key.
    """
    asked = {_RUN_KEY_TAG: run_key, _SENSOR_TAG: sensor}
    statuses = set[dg.DagsterRunStatus]()
    for run in instance.get_runs(dg.RunsFilter(tags=asked)) if run_key else ():
        again = instance.get_runs(dg.RunsFilter(tags={ROOT_TAG: run.run_id}))
        statuses |= {run.status, *(other.status for other in again)}
    if dg.DagsterRunStatus.SUCCESS in statuses:
        return Outcome.SUCCEEDED
    if statuses - _FAILED:
        return Outcome.IN_PROGRESS
    return Outcome.FAILED if statuses else Outcome.UNKNOWN
