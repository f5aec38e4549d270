"""`campaign-assets backfill`: reads a range of metrics, or of reports by day, and goes on where a run stopped."""

import re

import dagster as dg
import pytest
from click.testing import CliRunner, Result

from campaign_assets.cli.main import main
from campaign_assets.defs.portal import Portal
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.tables import CAMPAIGN_ATTRIBUTION_DAILY
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.workplace import DAYS, SNAPSHOTS, Workplace

SETTINGS = {"CAMPAIGN_ASSETS_DAILY_REPORTS": "attribution", "CAMPAIGN_ASSETS_LIVE_MARGIN_DAYS": "400"}
KEY = Portal().days_keys["campaign_attribution_daily"]
RANGE = ("--from", str(DAYS[0]), "--to", str(DAYS[1]))


@pytest.fixture
def ready(make_workplace: MakeWorkplace) -> Workplace:
    """A workplace whose campaigns are read."""
    workplace = make_workplace(SETTINGS, campaigns=3, assets_per_campaign=4)
    assert workplace.run(SNAPSHOTS).success
    return workplace


def run(workplace: Workplace, *words: str) -> Result:
    environ = {
        **SETTINGS,
        "DAGSTER_HOME": workplace.instance.root_directory,
        "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
        "HUBSPOT_BASE_URL": workplace.server.url,
        "CAMPAIGN_ASSETS_STORAGE": workplace.settings.storage,
    }
    return CliRunner(env=environ).invoke(main, ["backfill", *words])


def list_green(instance: dg.DagsterInstance) -> set[str]:
    return instance.get_materialized_partitions(KEY)


def test_a_report_by_day_is_read_for_a_range_and_nothing_else_is(ready: Workplace) -> None:
    ready.server.stats.reset()
    result = run(ready, *RANGE, "--reports", "Attribution")
    assert result.exit_code == 0, result.output
    assert "2 of 2 days" in result.output
    assert list_green(ready.instance) == {str(day) for day in DAYS[:2]}
    assert ready.store.read_days(CAMPAIGN_ATTRIBUTION_DAILY.path, DAYS[:2]).num_rows == 6
    assert ready.server.stats.by_endpoint == {"report_metrics": 6}


def test_a_range_of_reports_that_failed_is_continued_where_it_stopped(ready: Workplace) -> None:
    ready.server.portal.faults.add("report_metrics", 400, times=1)
    failed = run(ready, *RANGE, "--reports", "attribution")
    assert failed.exit_code == 1 and "1 of 2 days failed" in failed.output
    (run_id,) = re.findall(r"--continue (\S+)", failed.output)
    ready.server.stats.reset()
    assert run(ready, "--continue", run_id).exit_code == 0
    assert ready.server.stats.by_endpoint == {"report_metrics": 3}
    assert list_green(ready.instance) == {str(day) for day in DAYS[:2]}
