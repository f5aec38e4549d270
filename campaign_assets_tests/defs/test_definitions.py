"""The code location: it loads, and each asset shows what it is before it ever ran."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.defs.building import build_definitions
from campaign_assets.settings import Settings
from campaign_assets.tables import (
    CAMPAIGN_ASSETS,
    CAMPAIGN_ATTRIBUTION,
    CAMPAIGN_BUDGET_ITEMS,
    CAMPAIGN_BUDGETS,
    CAMPAIGN_REVENUE,
    CAMPAIGN_SPEND_ITEMS,
    CAMPAIGNS,
    METRICS_TABLES,
    TableSchema,
)

REPORTS = [CAMPAIGN_BUDGET_ITEMS, CAMPAIGN_SPEND_ITEMS, CAMPAIGN_BUDGETS, CAMPAIGN_ATTRIBUTION, CAMPAIGN_REVENUE]
TABLES = [CAMPAIGNS, CAMPAIGN_ASSETS, *METRICS_TABLES.values(), *REPORTS]


def load(**environ: str) -> "subprocess.CompletedProcess[str]":
    """Loads the code location in a process of its own, as Dagster does."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("HUBSPOT_", "CAMPAIGN_ASSETS_"))}
    command = [sys.executable, "-m", "dagster", "definitions", "validate", "-m", "campaign_assets.definitions"]
    return subprocess.run(command, env={**clean, **environ}, capture_output=True, text=True, check=False)  # noqa: S603


def test_the_code_location_loads_without_a_token() -> None:
    finished = load()
    assert finished.returncode == 0, finished.stderr


def test_a_bad_setting_is_named_when_the_code_location_loads() -> None:
    finished = load(CAMPAIGN_ASSETS_TIMEZONE="Mars/Olympus")
    assert finished.returncode != 0
    assert "CAMPAIGN_ASSETS_TIMEZONE is 'Mars/Olympus', but may hold a time zone's name" in (
        finished.stdout + finished.stderr
    )


@pytest.fixture(scope="module")
def graph() -> Any:
    return build_definitions(Settings()).resolve_asset_graph()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_asset_shows_its_grain_group_kinds_owners_and_documented_columns(graph: Any, table: TableSchema) -> None:
    node = graph.get(dg.AssetKey(table.path))
    assert node.description and node.description.startswith(table.grain)
    assert node.group_name in ("campaigns", "asset_metrics", "campaign_reports")
    assert {"hubspot", "parquet"} <= node.kinds
    assert node.owners
    assert node.pools == {"hubspot_api"}
    schema = node.metadata["dagster/column_schema"]
    names = [column.name for column in schema.columns]
    assert names == (["metric_date"] if table.daily else []) + table.columns.names
    assert all(column.description for column in schema.columns)


def test_the_metrics_depend_on_campaign_assets_which_depend_on_campaigns(graph: Any) -> None:
    associations = dg.AssetKey(CAMPAIGN_ASSETS.path)
    assert graph.get(associations).parent_keys == {dg.AssetKey(CAMPAIGNS.path)}
    for asset_type in METRIC_ASSET_TYPES:
        assert graph.get(dg.AssetKey(METRICS_TABLES[asset_type.name].path)).parent_keys == {associations}


def test_the_campaign_reports_depend_on_the_campaigns_alone(graph: Any) -> None:
    for table in REPORTS:
        assert graph.get(dg.AssetKey(table.path)).parent_keys == {dg.AssetKey(CAMPAIGNS.path)}


def test_jobs_schedule_and_sensor_are_there() -> None:
    repository = build_definitions(Settings()).get_repository_def()
    jobs = {name for name in repository.job_names if not name.startswith("__")}
    assert jobs >= {"refresh_campaigns", "refresh_asset_metrics", "refresh_campaign_reports"}
    assert repository.has_schedule_def("daily_refresh")
    assert repository.has_sensor_def("campaign_changes")


def test_each_asset_that_can_be_materialized_leads_to_its_code() -> None:
    graph = build_definitions(Settings.from_environ({})).resolve_asset_graph()
    for key in graph.executable_asset_keys:
        (reference,) = graph.get(key).metadata["dagster/code_references"].code_references
        assert isinstance(reference, dg.LocalFileCodeReference) and reference.line_number
        assert "def " in "".join(Path(reference.file_path).read_text().splitlines()[reference.line_number - 1 :][:12])
