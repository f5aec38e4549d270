"""The report in a real browser: no script error, no request, and nothing wider than the screen."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from campaign_assets.reports.building import build_report
from campaign_assets.tables import TableStore

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1440, 900)}
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND"),
    "--enable-logging=stderr",
]
FRAME = """<!doctype html><iframe width="{width}" height="900" style="border: 0" srcdoc="{page}"></iframe><script>
document.querySelector("iframe").onload = event => {{
  const shown = event.target.contentDocument.documentElement
  document.title = event.target.contentWindow.innerWidth + " " + shown.scrollWidth
}}
</script>"""
"""No window of the browser is as narrow as a phone; a frame is."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs a browser: apt-get install chromium")


def open_page(page: Path, size: tuple[int, int], folder: Path) -> tuple[str, list[str], set[str]]:
    """The page as the browser has it, what it complains of, and the addresses that the page asked for."""
    log = folder / "net.json"
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={folder / 'browser'}", f"--log-net-log={log}"]
    command += [f"--window-size={size[0]},{size[1]}", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=90)  # noqa: S603
    complaints = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    urls = {
        event["params"]["url"] for event in json.loads(log.read_text())["events"] if "url" in event.get("params", {})
    }
    own = re.compile(r"https?://([a-z0-9]+\.)*google(apis)?\.com/")  # the browser's own, not the page's
    return done.stdout, complaints, {url for url in urls if not own.match(url)}


@pytest.fixture(scope="module")
def page(told: Path) -> Path:
    return Path(build_report(TableStore(str(told)), datetime(2026, 3, 10, 9, tzinfo=UTC), 7).location)


@pytest.mark.parametrize("size", SIZES)
def test_the_report_opens_without_an_error_a_request_or_a_sideways_scroll(
    page: Path, size: str, tmp_path: Path
) -> None:
    shown, complaints, urls = open_page(page, SIZES[size], tmp_path)
    assert "<h1>Campaign report</h1>" in shown
    assert not complaints
    assert not urls
    measured = tmp_path / "measured.html"
    width = SIZES[size][0]
    measured.write_text(FRAME.format(width=width, page=escape(page.read_text())))
    title = re.search("<title>([0-9]+) ([0-9]+)</title>", open_page(measured, SIZES["desktop"], tmp_path)[0])
    assert title and int(title[1]) == width
    assert int(title[2]) <= width


def test_a_page_that_errs_and_asks_for_something_would_be_found(tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text('<img src="http://127.0.0.1:9/x.png"><script>nowhere()</script>')
    _, complaints, urls = open_page(bad, SIZES["phone"], tmp_path)
    assert any("nowhere is not defined" in line for line in complaints)
    assert urls == {"http://127.0.0.1:9/x.png"}
