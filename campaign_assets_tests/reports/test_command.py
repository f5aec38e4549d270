"""`campaign-assets report`: where the report is, and what to do where there is none."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign_assets.cli.main import main
from campaign_assets.reports.building import REPORT


def run(storage: Path | str, *words: str, **environ: str) -> Result:
    return CliRunner(env={"CAMPAIGN_ASSETS_STORAGE": str(storage), **environ}).invoke(main, ["report", *words])


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / REPORT
    file.parent.mkdir()
    file.write_text("<!doctype html>")
    return file


def test_the_path_is_printed_and_nothing_else(page: Path, tmp_path: Path) -> None:
    assert run(tmp_path).output == f"{page}\n"
    told = json.loads(run(tmp_path, "--json").output)
    assert told["path"] == str(page) and told["bytes"] == page.stat().st_size and told["made_at"].endswith("+00:00")


def test_a_browser_opens_it(page: Path, tmp_path: Path) -> None:
    # The browser is a program that the environment names; this one notes what it was given.
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > "{opened}"\n')
    browser.chmod(0o755)
    assert run(tmp_path, "--open", BROWSER=str(browser)).exit_code == 0
    assert opened.read_text() == page.as_uri()


def test_without_a_report_there_is_a_sentence(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 1 and len(result.output.splitlines()) == 1
    assert str(tmp_path / REPORT) in result.output and "materialize reports/campaign_report" in result.output
