"""The Dagster UI, in a real browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES

ROOT = Path(__file__).parents[1]
SCREENSHOTS = ROOT / "screenshots"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
EVERY_GROUP_OPEN = "asset-groups?expanded=global@global:asset_metrics,global@global:campaigns"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--window-size=1900,4500"),
    *("--force-device-scale-factor=0.6", "--virtual-time-budget=20000"),
]


@pytest.fixture
def ui(tmp_path: Path) -> Iterator[str]:
    """The address of a webserver with the code location, on an instance of its own."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(ROOT / "dagster.yaml", home)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "dagster_webserver", "-m", "campaign_assets.definitions", "-p", port]
    environ = {**os.environ, "DAGSTER_HOME": str(home)}
    with (tmp_path / "webserver.log").open("wb") as log:
        server = subprocess.Popen([*command, "-h", "127.0.0.1"], env=environ, stdout=log, stderr=log)  # noqa: S603
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_it_answers(url, server)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_until_it_answers(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            httpx.get(f"{url}/server_info", trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the webserver did not start")


@pytest.mark.skipif(CHROMIUM is None, reason="needs a browser: apt-get install chromium")
def test_the_asset_graph_shows_every_table(ui: str, tmp_path: Path) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    picture = SCREENSHOTS / "asset_graph.png"
    picture.unlink(missing_ok=True)
    browser = [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path / 'browser'}"]
    page = f"{ui}/{EVERY_GROUP_OPEN}"
    subprocess.run([*browser, f"--screenshot={picture}", page], check=True, capture_output=True, timeout=90)  # noqa: S603
    assert picture.stat().st_size > 50_000
    shown = subprocess.run([*browser, "--dump-dom", page], check=True, capture_output=True, text=True, timeout=90)  # noqa: S603
    for name in ["campaigns", "campaign_assets", *(t.slug for t in METRIC_ASSET_TYPES)]:
        assert f">{name}<" in shown.stdout, f"{name} is not in the graph"
