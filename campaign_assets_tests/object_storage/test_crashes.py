"""Runs that are killed over and over, and run beside each other, with their tables in a bucket."""

import logging

import pytest

from campaign_assets_tests.object_storage.buckets import Bucket
from campaign_assets_tests.reliability.crashes import kill_runs, write_at_once


@pytest.mark.long
def test_whenever_a_run_is_killed_no_object_is_half_and_nothing_is_left(
    bucket: Bucket, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    figures = kill_runs(bucket, seed=1, kills=2, days=3)
    assert figures.notes == [] and figures.wrong == 0
    assert figures.faults and figures.files_read  # a run may end before it is killed, where a machine is busy at times


@pytest.mark.long
def test_two_runs_at_once_leave_what_one_would(bucket: Bucket, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    figures = write_at_once(bucket, seed=1, rounds=1, days=3)
    assert figures.notes == [] and figures.wrong == 0
    assert figures.files_read > 0


@pytest.mark.long
def test_many_runs_are_killed(bucket: Bucket, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    figures = kill_runs(bucket, seed=2, kills=6, days=4)
    assert figures.notes == [] and figures.wrong == 0
