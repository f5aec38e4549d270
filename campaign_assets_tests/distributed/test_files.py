"""The files in deploy/ agree with each other and with those of one machine."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from campaign_assets.defs.keys import POOL
from campaign_assets_tests.distributed.deployment import read_commands

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
INSTANCE = yaml.safe_load((DEPLOY / "dagster.yaml").read_text())
SET = re.compile(r"^([A-Z_]+)=", re.MULTILINE)


def list_variables(node: Any) -> set[str]:
    """The variables that a file of Dagster's reads, as `env: NAME`."""
    if isinstance(node, list):
        return {name for child in node for name in list_variables(child)}
    if not isinstance(node, dict):
        return set()
    return {str(v) for k, v in node.items() if k == "env"} | {n for v in node.values() for n in list_variables(v)}


def test_the_example_of_the_environment_names_every_variable_that_the_files_read() -> None:
    named = set(SET.findall((DEPLOY / "env.example").read_text()))
    workspace = yaml.safe_load((DEPLOY / "workspace.yaml").read_text())
    celery = set(re.findall(r'environ\["(\w+)"\]', (DEPLOY / "dagster_celery_config.py").read_text()))
    read = list_variables(INSTANCE) | list_variables(workspace) | celery
    assert len(read) == 6
    assert read <= named


def test_several_machines_keep_to_the_rules_of_one() -> None:
    one = yaml.safe_load((ROOT / "dagster.yaml").read_text())
    assert INSTANCE["run_retries"] == one["run_retries"]
    assert INSTANCE["concurrency"]["pools"] == one["concurrency"]["pools"]
    assert INSTANCE["telemetry"] == one["telemetry"]


def test_the_workers_have_a_process_for_every_run_that_they_are_handed() -> None:
    command = read_commands()["worker"]
    processes = int(command[command.index("-c") + 1])
    assert INSTANCE["concurrency"]["runs"]["max_concurrent_runs"] == 2 * processes
    assert "--scale worker=2" in (DEPLOY / "README.md").read_text()


def test_a_dead_worker_is_found_within_a_minute() -> None:
    assert 3 * (INSTANCE["run_monitoring"]["poll_interval_seconds"] + 2) < 60
    assert INSTANCE["run_monitoring"]["max_resume_run_attempts"] == 0


def test_the_pool_gets_an_explicit_limit() -> None:
    assert read_commands()["pool"] == ["dagster", "instance", "concurrency", "set", POOL, "1"]


def test_a_result_is_kept_longer_than_the_longest_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DAGSTER_CELERY_BROKER_URL", "DAGSTER_CELERY_RESULT_URL"):
        monkeypatch.setenv(name, "redis://redis")
    celery = runpy.run_path(str(DEPLOY / "dagster_celery_config.py"))
    assert celery["result_expires"].total_seconds() > INSTANCE["run_monitoring"]["max_runtime_seconds"]


def test_every_setting_is_explained() -> None:
    page = (DEPLOY / "README.md").read_text()
    for setting in INSTANCE["run_monitoring"].keys() - {"enabled", "free_slots_after_run_end_seconds"}:
        assert f"`run_monitoring.{setting}`" in page
    celery = re.findall(
        r"^((?:worker|task|result)_\w+) =", (DEPLOY / "dagster_celery_config.py").read_text(), re.MULTILINE
    )
    assert [name for name in celery if f"`{name}" not in page] == ["result_backend"]
    for service in read_commands():
        assert f"`{service}`" in page or service == "redis"
