"""The root of the tables is one place, wherever a process was started."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign_assets.settings import Settings, SettingsError

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


def to_root(text: str | None, home: str | None) -> str:
    environ = {"CAMPAIGN_ASSETS_STORAGE": text, "DAGSTER_HOME": home}
    return Settings.from_environ({name: value for name, value in environ.items() if value is not None}, NOW).storage


@pytest.mark.parametrize(
    ("text", "home", "root"),
    [
        (None, "/srv/dagster", "/srv/dagster/data"),
        ("tables", "/srv/dagster", "/srv/dagster/tables"),
        ("./tables", "/srv/dagster/", "/srv/dagster/tables"),
        ("/srv/tables", "/srv/dagster", "/srv/tables"),
        ("file:///srv/tables", "/srv/dagster", "/srv/tables"),
        ("tables", "~/dagster", str(Path.home() / "dagster/tables")),
        ("~/tables", "/srv/dagster", str(Path.home() / "tables")),
        ("a:b", "/srv/dagster", "/srv/dagster/a:b"),
    ],
)
def test_a_folder_is_an_absolute_path_below_dagster_home(text: str | None, home: str, root: str) -> None:
    assert to_root(text, home) == root


def test_without_dagster_home_it_lies_where_the_process_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert to_root(None, None) == to_root("data", " ") == str(tmp_path / "data")


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("/srv/metric_date=2026-03-01/tables", "/srv/dagster"),
        ("env=prod", "/srv/dagster"),
        ("tables", "/srv/views=3"),
        ("file:///srv/env=prod", ""),
        ("memory_is_no=place", ""),
        ("hdfs://namenode:8020/lake/campaign_id=7", ""),
    ],
)
def test_a_folder_that_readers_take_for_a_column_is_refused(text: str, home: str) -> None:
    with pytest.raises(SettingsError, match=r"would take the folder \w+=\S+ for a column"):
        to_root(text, home)


def test_an_address_stays_as_it_is() -> None:
    assert to_root("hdfs://namenode:8020/tables@home", "/srv/dagster") == "hdfs://namenode:8020/tables@home"


@pytest.mark.long
def test_processes_that_were_started_in_different_folders_mean_the_same_tables(tmp_path: Path) -> None:
    home = tmp_path / "home"
    program = "from campaign_assets.definitions import defs; print(defs.resources['tables'].root)"
    environ = {**os.environ, "DAGSTER_HOME": str(home), "CAMPAIGN_ASSETS_STORAGE": "tables"}
    environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    roots = set()
    for folder in (home, tmp_path / "elsewhere"):
        folder.mkdir()
        command = [sys.executable, "-W", "ignore", "-c", program]
        done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=True)  # noqa: S603
        roots.add(done.stdout.strip())
    assert roots == {str(home / "tables")}
