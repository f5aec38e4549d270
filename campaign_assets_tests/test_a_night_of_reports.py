"""What a night of campaign reports costs at an account of 1,000 campaigns, and what a kill costs a month by day."""

import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from campaign_assets.defs.keys import DAILY_REPORTS_KEYS
from campaign_assets.extract.report_plan import build_budgets_report
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGN_ATTRIBUTION_DAILY, CAMPAIGN_REVENUE_DAILY
from campaign_assets_tests.conftest import MakeWorkplace, Serve
from campaign_assets_tests.load.reading import open_reading
from campaign_assets_tests.served import serve_attribution
from campaign_assets_tests.test_resume import get_run, re_execute, to_environ, wait_for
from campaign_assets_tests.workplace import NOW, SNAPSHOTS, Workplace

MONTH = [(NOW - timedelta(days=back)).date() for back in range(31, 0, -1)]


def test_of_1000_campaigns_of_which_300_have_money_a_night_asks_about_300(serve: Serve, tmp_path: Path) -> None:
    server = serve(campaigns=1000, assets_per_campaign=1)
    with_money = 0
    for campaign in server.portal.store:
        keep = bool(campaign.budget or campaign.spend) and with_money < 300
        with_money += keep
        if not keep:
            campaign.budget.clear()
            campaign.spend.clear()
    with open_reading(server, tmp_path, build_budgets_report()) as reading:
        written = reading.pass_night()
        assert written.plan.requests == written.requests == server.stats.by_endpoint["budget_totals"] == 300
        assert len(reading.read()["campaign_budgets"]) == 1000


@pytest.mark.long
def test_the_cost_of_a_whole_night_is_the_plans_and_shown_beside_each_table(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace({"HUBSPOT_RATE_LIMIT": "10000"}, campaigns=1000, assets_per_campaign=1)
    assert workplace.run(SNAPSHOTS).success
    portal, stats = workplace.server.portal, workplace.server.stats
    with_money = sum(bool(campaign.budget or campaign.spend) for campaign in portal.store)
    job = workplace.definitions.resolve_job_def("refresh_campaign_reports")
    assert job.execute_in_process(instance=workplace.instance).success
    stats.reset()
    result = job.execute_in_process(instance=workplace.instance)
    assert result.success
    planned = {
        event.asset_key.path[-1]: event.materialization.metadata["planned_requests"].value
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    names = ("campaign_budgets", "campaign_attribution", "campaign_revenue")
    assert {name: planned[name] for name in names} == dict(zip(names, (with_money, 2000, 2000), strict=True))
    assert stats.requests == with_money + 4000


@pytest.mark.long
def test_a_month_by_day_that_is_killed_keeps_its_days_and_re_executing_it_reads_only_the_others(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(campaigns=12, latency_ms=40)
    (tmp_path / "home").mkdir()
    shutil.copy(Path(__file__).parents[1] / "dagster.yaml", tmp_path / "home")
    on = {"CAMPAIGN_ASSETS_DAILY_REPORTS": "attribution,revenue", "HUBSPOT_MAX_IN_FLIGHT": "1"}
    for name, value in {**to_environ(tmp_path, server), **on}.items():
        monkeypatch.setenv(name, value)
    attribution, revenue = DAILY_REPORTS_KEYS
    with dg.DagsterInstance.from_config(str(tmp_path / "home")) as instance:
        place = Workplace(server, instance, Settings.from_environ(os.environ))
        assert place.run(SNAPSHOTS).success
        server.stats.reset()
        selected = ",".join(key.to_user_string() for key in DAILY_REPORTS_KEYS)
        words = ["-m", "campaign_assets.definitions", "--select", selected]
        days = ["--partition-range", f"{MONTH[0]}...{MONTH[-1]}"]
        command = [sys.executable, "-W", "ignore", "-m", "dagster", "asset", "materialize", *words, *days]

        def list_done(key: dg.AssetKey) -> set[str]:
            return instance.get_materialized_partitions(key)

        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        wait_for(lambda: len(list_done(attribution)) >= 5 or process.poll() is not None, seconds=180)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

        done = list_done(attribution)
        assert 5 <= len(done) < len(MONTH) and not list_done(revenue)
        killed = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))[0]
        instance.report_run_failed(killed)
        server.stats.reset()
        assert re_execute(instance, get_run(instance, killed.run_id), "FROM_FAILURE").is_success
        for key in DAILY_REPORTS_KEYS:
            assert list_done(key) == {str(day) for day in MONTH}
        left = [day for day in MONTH if str(day) not in done]
        rows = {day: place.store.read_table(CAMPAIGN_ATTRIBUTION_DAILY, day=day).to_pylist() for day in MONTH}
        assert server.stats.by_endpoint["report_metrics"] == sum(len(rows[day]) for day in left)
        of_revenue = (place.store.read_table(CAMPAIGN_REVENUE_DAILY, day=day).num_rows for day in MONTH)
        assert server.stats.by_endpoint["report_revenue"] == sum(of_revenue)
        for day in MONTH:
            for row in rows[day]:
                served = serve_attribution(server, row["campaign_id"], day, day)
                assert {name: row[name] for name in served} == served
