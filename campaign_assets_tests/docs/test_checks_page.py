"""The pages about checks and freshness name what the code location has: checks, jobs, schedules, sensors."""

import re

import dagster as dg
import pytest

from campaign_assets.defs.building import build_definitions
from campaign_assets.settings import Settings
from campaign_assets_tests.docs.account import EVERYTHING_ON
from campaign_assets_tests.docs.markdown import ROOT, find_section, list_rows

CHECKS = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
FRESHNESS = (ROOT / "docs" / "freshness.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return build_definitions(Settings.from_environ(EVERYTHING_ON))


def list_names(text: str) -> set[str]:
    return set(re.findall(r"`([a-z_]+)`", text))


def test_every_check_is_explained_and_no_other(definitions: dg.Definitions) -> None:
    explained = {name for row in list_rows(CHECKS) for name in list_names(row[0])}
    assert explained == {key.name for key in definitions.resolve_asset_graph().asset_check_keys}


def test_every_job_that_is_named_exists(definitions: dg.Definitions) -> None:
    jobs = {
        name for row in list_rows(find_section(CHECKS, "## With schedules of their own")) for name in list_names(row[4])
    }
    assert jobs and jobs <= {job.name for job in definitions.resolve_all_job_defs()}


def test_every_schedule_and_sensor_that_asks_for_what_is_due_exists(definitions: dg.Definitions) -> None:
    rows = list_rows(find_section(FRESHNESS, "## Who asks for what is due"))
    assert rows
    for name, kind, *_ in rows:
        found = definitions.schedules if kind == "schedule" else definitions.sensors
        assert name.strip("`") in {one.name for one in found or ()}
