"""`campaign-assets status`: what there is of each table, as its files and the instance tell it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign_assets.cli.main import main
from campaign_assets.days import Calendar
from campaign_assets.inspection.table_status import ReadTimes, TableStatus, inspect_tables
from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, CAMPAIGNS, METRICS_TABLES, ChangeLog, TableStore
from campaign_assets_tests.conftest import MakeFilled
from campaign_assets_tests.workplace import DAYS, NOW, Workplace

START = DAYS[0] - timedelta(days=2)
BLOG_POSTS = METRICS_TABLES["BLOG_POST"]


@pytest.fixture
def filled(make_filled: MakeFilled) -> Workplace:
    return make_filled(DAYS)


def inspect(
    workplace: Workplace, days_later: int = 0, settle_days: tuple[int, ...] = (0, 1, 3), told: ReadTimes | None = None
) -> dict[str, TableStatus]:
    calendar = Calendar(START, settle_days=settle_days, now=lambda: NOW + timedelta(days=days_later))
    return {table.table: table for table in inspect_tables(workplace.settings, workplace.store, calendar, told)}


def run(workplace: Workplace, *words: str, **environ: str) -> Result:
    settings = {"CAMPAIGN_ASSETS_STORAGE": workplace.settings.storage, "CAMPAIGN_ASSETS_START_DATE": str(START)}
    return CliRunner(env={**settings, "COLUMNS": "200", **environ}).invoke(main, ["status", *words])


def test_days_are_counted_by_what_the_files_say(filled: Workplace) -> None:
    table = inspect(filled)[BLOG_POSTS.name]
    assert (table.files, table.first_day, table.last_day) == (len(DAYS), DAYS[0], DAYS[-1])
    assert table.rows == filled.store.read_days(BLOG_POSTS.path, DAYS).num_rows
    assert table.bytes == sum(Path(str(filled.store.locate(BLOG_POSTS.path, day))).stat().st_size for day in DAYS)
    assert table.days is not None and (table.days.present, table.days.missing) == (3, 2)
    # The days were read after each of their settling times that had passed: only those never read are due.
    assert table.days.due == 2


def test_a_day_is_due_again_when_its_next_settling_time_has_passed(filled: Workplace) -> None:
    days = inspect(filled, days_later=1)[BLOG_POSTS.name].days
    # Three days without a file; and of those with one, the first and the last have settled further since.
    assert days is not None and (days.missing, days.due, days.settled) == (3, 3 + 2, 0)


def test_a_day_that_was_read_after_its_last_settling_time_is_settled(filled: Workplace) -> None:
    days = inspect(filled, settle_days=(0,))[BLOG_POSTS.name].days
    assert days is not None and (days.due, days.settled) == (2, 3)


def test_what_the_instance_never_read_is_due_and_told(filled: Workplace) -> None:
    days = inspect(filled, told={})[BLOG_POSTS.name].days
    assert days is not None and (days.due, days.unknown, days.settled) == (5, 3, 0)


def test_every_kind_of_table_is_counted_and_none_that_is_off_and_empty(filled: Workplace) -> None:
    found = inspect(filled)
    assert found[CAMPAIGNS.name].rows == filled.store.read(CAMPAIGNS.path).num_rows
    assert found[CAMPAIGNS.name].days is None and found[CAMPAIGNS.name].last_read is not None
    assert found["hubspot/campaign_budgets"].files == 0
    assert "hubspot/campaign_contacts" not in found


def test_the_command_says_the_same_as_json_and_on_the_screen(filled: Workplace) -> None:
    told = json.loads(run(filled, "--json", DAGSTER_HOME="").output)
    assert told["due_by"] == "files" and told["start_date"] == str(START)
    (table,) = [table for table in told["tables"] if table["table"] == BLOG_POSTS.name]
    assert table["days"]["present"] == 3 and table["last_read"].endswith("+00:00")
    shown = run(filled, DAGSTER_HOME="").output
    (line,) = [line for line in shown.splitlines() if BLOG_POSTS.name in line]
    assert f"{table['rows']:,}" in line and f"{table['bytes']:,}" in line


def test_the_instance_is_asked_where_there_is_one_and_none_is_made(filled: Workplace, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert json.loads(run(filled, "--json", DAGSTER_HOME=str(home)).output)["due_by"] == "files"
    assert not list(home.iterdir())
    told = json.loads(run(filled, "--json", DAGSTER_HOME=filled.instance.root_directory).output)
    assert told["due_by"] == "instance" and all(
        not table["days"]["unknown"] for table in told["tables"] if table["days"]
    )


def test_a_file_that_cannot_be_read_is_named_and_shows_in_the_exit_status(filled: Workplace) -> None:
    damaged = Path(str(filled.store.locate(BLOG_POSTS.path, DAYS[0])))
    damaged.write_bytes(b"nothing")
    result = run(filled, DAGSTER_HOME="")
    assert result.exit_code == 1 and str(damaged) in result.output


def test_an_empty_place_has_every_day_missing(filled: Workplace, tmp_path: Path) -> None:
    empty = inspect_tables(filled.settings, TableStore(str(tmp_path / "none")), Calendar(START, now=lambda: NOW))
    days = [table.days for table in empty if table.days]
    assert days and all(of_table.missing == of_table.due == 5 for of_table in days)
    assert not (tmp_path / "none").exists()


def test_the_log_of_changes_says_when_it_was_told_of_last(filled: Workplace) -> None:
    log = ChangeLog(filled.store, CAMPAIGN_ASSET_CHANGES.path)
    for hours in (1, 2):
        log.append(
            CAMPAIGN_ASSET_CHANGES.columns.empty_table(),
            timestamp=NOW + timedelta(hours=hours),
            day=NOW.date(),
            before="",
        )
    assert inspect(filled)[CAMPAIGN_ASSET_CHANGES.name].last_read == NOW + timedelta(hours=2)


def test_no_name_is_cut_on_a_narrow_screen(filled: Workplace) -> None:
    shown = run(filled, COLUMNS="60").output
    assert all(table.name in shown for table in (CAMPAIGNS, *METRICS_TABLES.values()))
