"""`campaign-assets estimate`, the job of the same purpose, and `campaign-assets backfill`: what a person reads."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from campaign_assets.cli.main import main
from campaign_assets.days import DayRange
from campaign_assets.defs.automation.estimate import ESTIMATE_BACKFILL
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.extract.campaign_assets import read_campaign_assets
from campaign_assets.extract.campaigns import list_existing, read_campaigns
from campaign_assets.extract.daily_reports import LiveCampaigns
from campaign_assets.extract.estimate import Estimate, Limits, get_typical_limits, to_asset_types
from campaign_assets.extract.plan import DayPlan
from campaign_assets.hubspot import HubSpotClient
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.workplace import DAYS, NOW, Workplace

FIRST, LAST = "2026-02-01", "2026-02-10"


def call(workplace: Workplace, *words: str, **environ: str) -> Result:
    """Runs a command with the environment of a workplace."""
    chosen = {
        "HUBSPOT_BASE_URL": workplace.server.url,
        "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
        "CAMPAIGN_ASSETS_STORAGE": workplace.settings.storage,
        "DAGSTER_HOME": "",
        **environ,
    }
    return CliRunner().invoke(main, words, env=chosen)


@pytest.fixture
def ready(make_workplace: MakeWorkplace) -> Workplace:
    """A workplace whose associations are read, at an account that says its limits."""
    workplace = make_workplace(campaigns=60, rate_limit=150, daily_limit=5_000)
    store = workplace.store
    with HubSpotClient(DEFAULT_TOKEN, base_url=workplace.server.url) as client:  # a run of Dagster's takes seconds
        campaigns = read_campaigns(client, (), None, NOW).table
        associations = read_campaign_assets(client, list_existing(campaigns), NOW).table
    store.write(CAMPAIGNS.path, campaigns, extracted_at=NOW)
    store.write(CAMPAIGN_ASSETS.path, associations, extracted_at=NOW)
    workplace.server.stats.reset()
    return workplace


def find_number(output: str, line: str) -> int:
    found = re.search(rf"^{line} +([\d,]+)", output, re.MULTILINE)
    assert found, output
    return int(found[1].replace(",", ""))


def test_it_says_what_the_reports_take_each_night_and_by_day(ready: Workplace) -> None:
    words = ("estimate", "--from", FIRST, "--to", LAST)
    output = call(ready, *words).output
    nightly = {"campaign_budgets": 60, "campaign_attribution": 120, "campaign_revenue": 120}
    told = ", ".join(f"{table} {requests}" for table, requests in nightly.items())
    assert f"Reports    300 requests a night, 6.00% of a day's: {told}" in output
    assert "By day" not in output

    store = ready.store
    live = LiveCampaigns(store.read_table(CAMPAIGNS), 7)
    days = sum(len(live.list_on(day)) for day in DayRange.parse(FIRST, LAST))
    on = {"CAMPAIGN_ASSETS_DAILY_REPORTS": "revenue", "CAMPAIGN_ASSETS_REVENUE_MODELS": "LINEAR,U_SHAPED"}
    output = call(ready, *words, CAMPAIGN_ASSETS_LIVE_MARGIN_DAYS="7", **on).output
    assert 0 < days < 600 and f"campaign_revenue_daily {2 * days:,}" in output


@pytest.mark.long
def test_it_says_what_a_range_takes_with_one_request_and_the_backfill_takes_it(
    ready: Workplace, tmp_path: Path
) -> None:
    result = call(ready, "estimate", "--from", FIRST, "--to", LAST, "--types", "form,BLOG_POST")
    assert result.exit_code == 0, result.output
    assert ready.server.stats.as_dict()["by_endpoint"] == {"daily_usage": 1}
    assert "10 days, 2 of 13 asset types" in result.output
    assert "at 150 requests in 10 seconds" in result.output and "of 5,000 requests a day" in result.output
    assert "are left today" in result.output and "as the account says" in result.output
    assert DEFAULT_TOKEN not in result.output

    (tmp_path / "home").mkdir()
    ready.server.stats.reset()
    words = ("--from", FIRST, "--to", LAST, "--types", "form,BLOG_POST")
    done = call(ready, "backfill", *words, DAGSTER_HOME=str(tmp_path / "home"))
    assert done.exit_code == 0, done.output
    assert "10 of 10 days" in done.output and "succeeded" in done.output
    assert ready.server.stats.requests == find_number(result.output, "Requests")
    assert len(ready.store.list_days(METRICS_TABLES["FORM"].path)) == 10
    assert not ready.store.list_days(METRICS_TABLES["CTA"].path)


@pytest.mark.long
def test_a_backfill_that_fails_says_why_and_is_continued(ready: Workplace, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    home = {"DAGSTER_HOME": str(tmp_path / "home")}
    ready.server.portal.faults.add(
        "batch_read",
        400,
        message="no such day",
        times=None,  # a batch that is refused is asked for in parts, and its campaigns one by one
        where=lambda request: request.query.get("startDate") == "2026-02-02",
    )
    words = ("--from", FIRST, "--to", "2026-02-03", "--types", "form")
    failed = call(ready, "backfill", *words, **home)
    assert failed.exit_code == 1
    assert "1 of 3 days failed" in failed.output and "2026-02-02: HubSpot answered 400" in failed.output
    assert "Traceback" not in failed.output
    found = re.search(r"backfill --continue (\S+)", failed.output)
    assert found
    ready.server.portal.faults.clear()
    ready.server.stats.reset()
    done = call(ready, "backfill", "--continue", found[1], **home)
    assert done.exit_code == 0, done.output
    assert set(ready.server.stats.by_endpoint) <= {"batch_read", "list_assets"}
    assert [str(day) for day in ready.store.list_days(METRICS_TABLES["FORM"].path)] == [
        FIRST,
        "2026-02-02",
        "2026-02-03",
    ]
    again = call(ready, "backfill", "--continue", found[1], **home)
    assert again.exit_code == 0 and "All days are in place already" in again.output
    assert "There is no run nonsense" in call(ready, "backfill", "--continue", "nonsense", **home).output


@pytest.mark.parametrize("command", ["estimate", "backfill"])
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--from", "yesterday", "--to", LAST), "'yesterday' is no day: write it as in 2025-01-31."),
        (("--from", LAST, "--to", FIRST), f"The first day, {LAST}, comes after the last, {FIRST}."),
        (("--from", "2024-12-31", "--to", LAST), "2024-12-31 lies before 2025-01-01, the first day of the tables"),
        (("--from", FIRST, "--to", "2999-01-01"), "2999-01-01 is not over yet: the last day that can be read is"),
        (("--from", FIRST, "--to", LAST, "--types", "blog_psot"), "'blog_psot': did you mean blog_post?"),
        (("--from", FIRST, "--to", LAST, "--types", "AD_CAMPAIGN"), "'AD_CAMPAIGN' has no daily metrics"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    ready: Workplace, tmp_path: Path, command: str, words: tuple[str, ...], sentence: str
) -> None:
    result = call(ready, command, *words, DAGSTER_HOME=str(tmp_path))
    assert result.exit_code != 0
    assert sentence in result.output and "Traceback" not in result.output
    assert ready.server.stats.requests == 0


def test_without_the_associations_it_says_what_to_materialize(workplace: Workplace, tmp_path: Path) -> None:
    for command in ("estimate", "backfill"):
        result = call(workplace, command, "--from", FIRST, "--to", LAST, DAGSTER_HOME=str(tmp_path))
        assert result.exit_code != 0 and "materialize hubspot/campaign" in result.output


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({"HUBSPOT_ACCESS_TOKEN": ""}, "no token is set"),
        ({"HUBSPOT_BASE_URL": "http://127.0.0.1:1"}, "the account did not say (No whole response came"),
        ({"HUBSPOT_ACCESS_TOKEN": "pat-wrong"}, "the account did not say (HubSpot answered 401"),
    ],
)
def test_where_the_account_cannot_be_asked_a_typical_one_stands_for_it(
    ready: Workplace, environ: dict[str, str], reason: str
) -> None:
    result = call(ready, "estimate", "--from", FIRST, "--to", LAST, **environ)
    assert result.exit_code == 0
    assert reason in result.output and "typical account" in result.output
    assert "at 190 requests in 10 seconds" in result.output and "of 625,000 requests a day" in result.output
    assert "pat-wrong" not in result.output


def test_backfill_needs_a_home_and_a_token(ready: Workplace) -> None:
    words = ("backfill", "--from", FIRST, "--to", LAST)
    assert "DAGSTER_HOME is not set" in call(ready, *words).output
    assert "there is no such folder" in call(ready, *words, DAGSTER_HOME="/no/such").output
    assert "HUBSPOT_ACCESS_TOKEN is not set" in call(ready, *words, HUBSPOT_ACCESS_TOKEN="").output
    assert call(ready, *words).exit_code == 1


def run_job(workplace: Workplace, **config: Any) -> dg.ExecuteInProcessResult:
    job = workplace.definitions.resolve_job_def(ESTIMATE_BACKFILL)
    return job.execute_in_process(
        run_config={"ops": {"estimate": {"config": config}}}, instance=workplace.instance, raise_on_error=False
    )


def test_the_job_shows_the_same_in_the_ui(ready: Workplace) -> None:
    text = call(ready, "estimate", "--from", FIRST, "--to", LAST, "--types", "form").output
    result = run_job(ready, **{"from": FIRST, "to": LAST, "types": ["FORM"]})
    assert result.success
    (output,) = [event for event in result.all_events if event.is_successful_output]
    metadata = output.step_output_data.metadata
    assert metadata["requests"].value == find_number(text, "Requests")
    assert text.splitlines()[0] in str(metadata["estimate"].value)
    assert set(ready.server.stats.by_endpoint) == {"daily_usage"}

    failed = run_job(ready, **{"from": FIRST, "to": "2025-01-01"})
    assert "comes after the last" in ready.get_failure(failed)


def test_launched_without_an_answer_the_job_estimates_all_days(ready: Workplace) -> None:
    job = ready.definitions.resolve_job_def(ESTIMATE_BACKFILL)
    result = job.execute_in_process(instance=ready.instance)
    (output,) = [event for event in result.all_events if event.is_successful_output]
    estimate = str(output.step_output_data.metadata["estimate"].value)
    assert "2025-01-01" in estimate and DAYS[-1].isoformat() in estimate


def test_a_range_that_takes_more_than_a_day_allows_says_so() -> None:
    plan = DayPlan((("a",),), {}, 99, 0)
    types = to_asset_types(["FORM"])
    few = Estimate(DayRange(date(2026, 1, 1), date(2026, 1, 9)), types, plan, Limits(190, 1_000), 0.05)
    assert few.requests == 900 and "Note" not in few.describe()
    assert few.seconds == pytest.approx(47.4, abs=0.1) and few.share_of_day == 0.9
    many = Estimate(DayRange(few.days.first, few.days.last + timedelta(days=1)), types, plan, Limits(190, 1_000), 0.05)
    assert "Note       More than the 950 requests" in many.describe()
    assert get_typical_limits(50, "so").rate == 50


def test_the_time_of_a_small_account_is_that_of_its_cells_and_not_of_its_few_requests() -> None:
    year = DayRange(date(2025, 1, 1), date(2025, 12, 31))
    plan = DayPlan((("a",),), {}, 0, 0, {name: pa.table({}) for name in METRICS_TABLES})
    small = Estimate(year, to_asset_types([]), plan, Limits(190, 1_000_000), 0.05)
    assert small.requests == 365 and small.duration.at_limit < 20
    assert small.seconds > 13 * 365 * 0.01
    assert (
        "about 66 seconds: requests 19 seconds at 190 requests in 10 seconds; 4,745 cells 57 seconds"
        in small.describe()
    )
    assert "Writing 4,745 cells takes longer: about 57 seconds." in plan.describe(365, 19.0, None)
    assert "cells" not in DayPlan((("a",),), {}, 99, 0, plan.asked).describe(365, 19.0, None)


def test_typical_limits_leave_the_share_that_is_wished() -> None:
    assert get_typical_limits(None, "so", 0.1).rate == 171
