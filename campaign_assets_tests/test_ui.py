"""The Dagster UI in a real browser, as a data engineer meets it who sees the product for the first time."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import httpx
import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.tables import METRICS_TABLES
from campaign_assets_tests.browser import CHROMIUM, Browser, opened_browser
from campaign_assets_tests.conftest import MakeWorkplace, Serve
from campaign_assets_tests.workplace import METRICS, SNAPSHOTS, Workplace

ROOT = Path(__file__).parents[1]
MODULE = "campaign_assets.definitions"
KEY = dg.AssetKey(METRICS_TABLES["BLOG_POST"].path)
PAGE = f"/assets/{'/'.join(KEY.path)}"
NOW = datetime.now(UTC)
"""The UI shows the newest days, by the clock of its own process."""
DAYS = [NOW.date() - timedelta(days=days) for days in (3, 2, 1)]
REFUSAL = "This app may not read campaigns."
FOCUS = """(() => {
  const field = document.querySelector('[placeholder="No matching partitions"], input[value^="["]')
  field.focus()
  field.select()
})()"""
RUN = "document.querySelector('a[href*=\"/runs/\"]').href"
NO_RESULT = ("Skipped", "Not evaluated", "Execution failed")
"""What the UI says of a check without a result."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs a browser: apt-get install chromium")


@contextmanager
def opened_ui(command: list[str], environ: Mapping[str, str], log: Path) -> Iterator[str]:
    """The address of the UI, as soon as it responds.

    Args:
        command: What starts it, but for the code location and the address.
        environ: The environment, beside this process's own.
        log: Where its output goes.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-W", "ignore", "-m", *command, "-m", MODULE, "-h", "127.0.0.1", "-p", port]
    with log.open("wb") as file:
        server = subprocess.Popen(command, env={**os.environ, **environ}, stdout=file, stderr=file)  # noqa: S603
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_it_responds(url, server, log)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=60)


def wait_until_it_responds(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            httpx.get(f"{url}/server_info", trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"the UI did not start:\n{log.read_text(errors='replace')[-2000:]}")


def list_without_result(browser: Browser, url: str) -> list[str]:
    """What the page of a table's checks says of those that have no result."""
    browser.open(f"{url}{PAGE}?view=checks")
    shown = browser.wait_for("Checks (13)", "values_readable", "Latest execution")
    return [words for words in NO_RESULT if words in shown]


def fail_a_day(workplace: Workplace) -> dg.ExecuteInProcessResult:
    """A run of which HubSpot refuses everything."""
    workplace.server.portal.faults.add("batch_read", 403, times=None, message=REFUSAL)
    result = workplace.run([KEY], DAYS[2:])
    assert not result.success
    return result


@pytest.mark.long
def test_graph_rows_plots_checks_and_the_cause_of_a_failed_day_are_all_in_sight(
    make_workplace: MakeWorkplace, tmp_path: Path
) -> None:
    workplace = make_workplace({"CAMPAIGN_ASSETS_START_DATE": DAYS[0].isoformat()}, now=NOW)
    workplace.now = lambda: NOW
    assert workplace.run([*SNAPSHOTS, *METRICS], DAYS[:2]).success
    home = Path(workplace.instance.root_directory)
    with (home / "dagster.yaml").open("a") as instance:
        instance.write("\nnux: {enabled: false}\n")  # as ours has it: no newsletter in front of the page
    environ = {"DAGSTER_HOME": str(home), "CAMPAIGN_ASSETS_START_DATE": DAYS[0].isoformat()}
    with (
        opened_ui(["dagster_webserver"], environ, tmp_path / "ui.log") as url,
        opened_browser(tmp_path) as browser,
    ):
        browser.open(f"{url}/asset-groups")
        browser.wait_for("campaigns", "asset_metrics", "campaign_reports", "marts", f"{len(METRIC_ASSET_TYPES)} assets")
        browser.open(f"{url}{PAGE}")
        browser.wait_for("One row per metric_date", "size_kb", "dagster/partition_row_count", "asset_metrics.py")
        browser.click("Plots")
        browser.wait_for("hubspot_requests_for_all_tables", "rows_kept")
        assert browser.evaluate("document.querySelectorAll('canvas').length") > 0
        assert list_without_result(browser, url) == []

        failed = fail_a_day(workplace)
        browser.open(f"{url}{PAGE}?view=partitions&partition={DAYS[2]}")
        browser.wait_for("Failed (1)", "Materialized (2)")
        browser.open(f"{url}/runs/{failed.run_id}")
        browser.wait_for("HubSpot answered 403", REFUSAL, "1 of 1 days failed")


def reload_until(browser: Browser, url: str, *texts: str) -> None:
    """Opens a page again and again until it shows all of some texts: without the focus it does not follow by itself."""
    deadline = time.monotonic() + 240
    while True:
        browser.open(url)
        try:
            browser.wait_for(*texts, seconds=10)
            return
        except AssertionError:
            if time.monotonic() > deadline:
                raise


def choose_days(browser: Browser, days: list[date]) -> None:
    """Writes a range of days into the dialog that asks for partitions, which chooses days itself while it loads."""
    browser.wait_for("Partition selection", "Showing 3 of 3 partitions")
    for _ in range(20):
        browser.evaluate(FOCUS)
        browser.type_text(f"[{days[0]}...{days[-1]}]")
        time.sleep(0.5)
        if f"{len(days)} partition" in browser.read():
            return
    raise AssertionError(f"the days were not chosen:\n{browser.read()}")


def find_backfill(browser: Browser, url: str) -> str:
    """The page of the backfill that was launched last, as soon as there is one."""
    browser.open(f"{url}/runs?view=backfills")
    browser.wait_for("Backfill", "Manually launched")
    return str(browser.evaluate("document.querySelector('a[href*=\"/runs/b/\"]').href"))


def open_failed_run(browser: Browser, url: str) -> None:
    """Goes to the run that failed last, by the list of failed runs."""
    browser.open(f"{url}/runs")
    browser.click("Failed")
    browser.wait_for("Failure", f"partition: {DAYS[2]}")
    browser.open(str(browser.evaluate(RUN)))


@pytest.mark.long
def test_a_newcomer_materializes_backfills_three_days_and_finds_why_one_failed(serve: Serve, tmp_path: Path) -> None:
    server = serve(now=None, campaigns=6)
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(ROOT / "dagster.yaml", home)
    environ = {
        "DAGSTER_HOME": str(home),
        "HUBSPOT_BASE_URL": server.url,
        "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
        "CAMPAIGN_ASSETS_STORAGE": str(tmp_path / "tables"),
        "CAMPAIGN_ASSETS_START_DATE": DAYS[0].isoformat(),
    }
    with opened_ui(["dagster", "dev"], environ, tmp_path / "ui.log") as url, opened_browser(tmp_path) as browser:
        browser.open(f"{url}/locations/{MODULE}/jobs/refresh_campaigns")
        browser.click("Materialize all")
        browser.wait_for("Launched run")
        reload_until(browser, f"{url}/assets/hubspot/campaign_assets", "rows_by_type", "size_kb")

        browser.open(f"{url}{PAGE}")
        browser.click("Materialize…")
        choose_days(browser, DAYS)
        browser.click("Launch backfill")
        browser.wait_for("Created backfill")
        reload_until(browser, find_backfill(browser, url), "100% completed", "Status\nSucceeded")
        reload_until(browser, f"{url}{PAGE}", "size_kb", "dagster/partition_row_count")
        assert list_without_result(browser, url) == []

        server.portal.faults.add("batch_read", 403, times=None, message=REFUSAL)
        browser.open(f"{url}{PAGE}")
        browser.click("Materialize…")
        choose_days(browser, DAYS[2:])
        browser.click("Launch 1 run")
        browser.wait_for("Launched run")
        reload_until(browser, f"{url}{PAGE}?view=partitions&partition={DAYS[2]}", "Failed (1)", "Materialized (2)")
        open_failed_run(browser, url)
        browser.wait_for(REFUSAL, "1 of 1 days failed")
