"""`campaign-assets query`: what is asked of the tables is answered from the tables, and nothing else is done."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from upath import UPath

from campaign_assets.cli.main import main
from campaign_assets.marts.asking import NAMES, QuestionError, ask
from campaign_assets.tables import CAMPAIGNS, METRICS_TABLES, TableError, TableStore
from campaign_assets_tests.conftest import MakeFilled
from campaign_assets_tests.workplace import DAYS, Workplace

VIEWS = "SELECT metric_date, sum(views)::BIGINT AS views FROM hubspot.asset_metrics_blog_post GROUP BY ALL ORDER BY ALL"


@pytest.fixture
def filled(make_filled: MakeFilled) -> Workplace:
    return make_filled(DAYS)


def run(workplace: Workplace, *words: str) -> Result:
    return CliRunner(env={"CAMPAIGN_ASSETS_STORAGE": workplace.settings.storage}).invoke(main, ["query", *words])


def sum_views(workplace: Workplace) -> list[tuple[str, int]]:
    table = workplace.store.read_days(METRICS_TABLES["BLOG_POST"].path, DAYS).to_pandas()
    return [(str(day), int(of_day["views"].sum())) for day, of_day in table.groupby("metric_date")]


def test_each_format_gives_the_rows_of_the_tables(filled: Workplace, tmp_path: Path) -> None:
    expected = sum_views(filled)
    assert expected
    rows = json.loads(run(filled, VIEWS, "--format", "json").output)
    assert [(row["metric_date"], row["views"]) for row in rows] == expected
    lines = run(filled, VIEWS, "--format", "csv").output.splitlines()
    assert lines == ["metric_date,views", *(f"{day},{views}" for day, views in expected)]
    file = tmp_path / "it's.parquet"
    assert run(filled, VIEWS, "--format", "parquet", "--out", str(file)).exit_code == 0
    read = pd.read_parquet(file)
    assert [(str(row.metric_date), row.views) for row in read.itertuples()] == expected
    shown = run(filled, VIEWS).output
    assert all(day in shown and str(views) in shown for day, views in expected)


def test_every_table_can_be_asked_about_before_it_was_ever_written(filled: Workplace) -> None:
    sql = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS n FROM {name}" for name in NAMES)  # noqa: S608 - ours
    rows = run(filled, sql, "--format", "csv").stdout.splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == list(NAMES)
    assert run(filled, "--tables").output.split() == list(NAMES)


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        ("SELECT * FROM hubspot.campaign", "did you mean hubspot.campaigns? campaign-assets query --tables names all."),
        ("SELEC 1", "syntax error"),
        ("SELECT 1; SELECT 2", "not one SELECT"),
        ("DROP TABLE hubspot.campaigns", "not one SELECT"),
        ("CREATE TABLE x (n INT)", "not one SELECT"),
        ("SELECT nothing_like_it FROM hubspot.campaigns", "nothing_like_it"),
    ],
)
def test_a_question_that_cannot_be_answered_gets_a_sentence(filled: Workplace, sql: str, hint: str) -> None:
    result = run(filled, sql)
    assert result.exit_code == 1 and hint in result.output
    assert result.output.startswith("Error: ") and len(result.output.splitlines()) == 1


def test_a_table_that_was_never_read_is_not_taken_for_an_empty_one(filled: Workplace) -> None:
    result = run(filled, "SELECT count(*) AS n FROM hubspot.metric_restatements, hubspot.campaigns", "--format", "csv")
    assert result.stdout.split() == ["n", "0"]
    assert "hubspot.metric_restatements has no rows, since nothing of it was ever read" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_row_that_is_too_wide_for_the_screen_is_a_list_of_its_columns(
    filled: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (name,) = filled.store.read(CAMPAIGNS.path).slice(0, 1).column("campaign_id").to_pylist()
    shown = run(filled, "SELECT * FROM hubspot.campaigns")
    assert all(column in shown.output for column in CAMPAIGNS.columns.names) and name in shown.output
    none = run(filled, "SELECT * FROM hubspot.campaigns WHERE false")
    assert "No rows. Columns: " in none.output


def test_a_damaged_table_costs_the_questions_about_it(filled: Workplace) -> None:
    Path(str(filled.store.locate(CAMPAIGNS.path))).write_bytes(b"nothing")
    assert run(filled, "SELECT * FROM hubspot.campaigns").exit_code == 1
    assert run(filled, VIEWS).exit_code == 0


@pytest.fixture
def elsewhere(filled: Workplace) -> Iterator[TableStore]:
    """The same tables on a storage that is no folder of this machine."""
    root = UPath("memory://tables")
    source = Path(filled.settings.storage)
    for file in source.rglob("*.parquet"):
        target = root / str(file.relative_to(source))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    yield TableStore(str(root))
    root.fs.rm(root.path, recursive=True)


def test_tables_on_another_storage_are_read_there(filled: Workplace, elsewhere: TableStore) -> None:
    with ask(elsewhere, VIEWS) as rows:
        assert [(str(day), views) for day, views in rows.fetchall()] == sum_views(filled)
    with pytest.raises(QuestionError), ask(elsewhere, "SELECT 1/"):
        pass


def test_a_file_of_another_table_costs_the_questions_about_the_place_where_it_lies(elsewhere: TableStore) -> None:
    posts, forms = (elsewhere.locate(METRICS_TABLES[name].path, DAYS[0]) for name in ("BLOG_POST", "FORM"))
    posts.write_bytes(forms.read_bytes())
    with pytest.raises(TableError, match=r"is another file, which was written to .*/form/"), ask(elsewhere, VIEWS):
        pass


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, who may read everything."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_what_may_not_be_read_is_not_taken_for_empty(filled: Workplace) -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        shutil.copytree(filled.settings.storage, f"{folder}/tables")
        store = TableStore(f"{folder}/tables")
        Path(str(store.locate(METRICS_TABLES["BLOG_POST"].path, DAYS[0]))).parent.chmod(0)
        with as_nobody(), pytest.raises(TableError, match="cannot be read: Permission denied"), ask(store, VIEWS):
            pass
        with as_nobody(), ask(store, "SELECT count(*) FROM hubspot.campaigns") as rows:
            assert rows.fetchall() == [(12,)]
