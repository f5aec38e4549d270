"""The files in deploy/ are what the packages that read them accept; run by `make distributed`, which has the packages.

Dagster's chart comes from no package registry, so its values are turned into what it would make of them, and that is
held against the schemas of the launcher, of the compute logs and of the instance themselves.
"""

import re
from pathlib import Path
from typing import Any

import yaml
from dagster._config import validate_config
from dagster._core.instance.config import dagster_instance_config, dagster_instance_config_schema
from dagster_aws.s3.compute_log_manager import S3ComputeLogManager
from dagster_k8s import K8sRunLauncher
from dagster_k8s.job import UserDefinedDagsterK8sConfig

from campaign_assets.defs.celery_launcher import CeleryRunLauncher
from campaign_assets.defs.postgres_storage import Storage

# These three are without types.
COMPUTE_LOGS: Any = S3ComputeLogManager
LAUNCHER: Any = K8sRunLauncher
POD: Any = UserDefinedDagsterK8sConfig
DEPLOY = Path(__file__).parents[2] / "deploy"
VALUES: dict[str, Any] = yaml.safe_load((DEPLOY / "helm-values.yaml").read_text())


def to_snake_case(node: Any) -> Any:
    """Keys as the chart's templates write them into the instance's file."""
    if isinstance(node, dict):
        return {re.sub("([A-Z])", r"_\1", key).lower(): to_snake_case(value) for key, value in node.items()}
    return node


def find_errors(schema: Any, config: Any) -> list[str]:
    """What a schema finds wrong."""
    return [error.message for error in validate_config(schema, config).errors or ()]


def test_the_instance_is_one_to_dagster_and_to_the_classes_that_it_names() -> None:
    instance, _ = dagster_instance_config(str(DEPLOY))
    known_classes: dict[str, Any] = {"run_launcher": CeleryRunLauncher, "compute_logs": COMPUTE_LOGS, "custom": Storage}
    for key, known in known_classes.items():
        named = {**instance, **instance["storage"]}[key]
        assert (named["module"], named["class"]) == (known.__module__, known.__name__)
        assert not find_errors(known.config_type(), named["config"])


def test_the_values_make_an_instance() -> None:
    daemon = VALUES["dagsterDaemon"]
    concurrency = {key: value for key, value in VALUES["concurrency"].items() if key != "enabled"}
    made = {
        "run_monitoring": to_snake_case(daemon["runMonitoring"]),
        "run_retries": to_snake_case(daemon["runRetries"]),
        "concurrency": to_snake_case(concurrency),
        "telemetry": VALUES["telemetry"],
    }
    assert not find_errors(dagster_instance_config_schema(), made)
    one = yaml.safe_load((DEPLOY / "dagster.yaml").read_text())
    assert made["run_retries"] == one["run_retries"]
    assert made["concurrency"]["pools"] == one["concurrency"]["pools"]


def test_the_values_make_compute_logs() -> None:
    config = VALUES["computeLogManager"]["config"]["s3ComputeLogManager"]
    assert not find_errors(COMPUTE_LOGS.config_type(), to_snake_case(config))


def test_the_values_make_a_launcher_and_pods() -> None:
    config = VALUES["runLauncher"]["config"]["k8sRunLauncher"]
    pods = config["runK8sConfig"]
    made = {
        "service_account_name": "dagster",
        "instance_config_map": "dagster-instance",
        "dagster_home": "/opt/dagster/dagster_home",
        "image_pull_policy": config["imagePullPolicy"],
        "env_secrets": [secret["name"] for secret in config["envSecrets"]],
        "run_k8s_config": {re.sub("([A-Z])", r"_\1", key).lower(): value for key, value in pods.items()},
    }
    assert not find_errors(LAUNCHER.config_type(), made)
    POD.from_dict(made["run_k8s_config"])  # which refuses what Kubernetes does not know


def test_all_of_one_image_and_one_secret() -> None:
    (code,) = VALUES["dagster-user-deployments"]["deployments"]
    parts = [code, VALUES["dagsterWebserver"], VALUES["dagsterDaemon"]]
    assert len({str(part["image"]) for part in parts}) == 1
    assert {str(part["envSecrets"]) for part in parts} == {str([{"name": "campaign-assets"}])}
    assert code["includeConfigInLaunchedRuns"] == {"enabled": True}
