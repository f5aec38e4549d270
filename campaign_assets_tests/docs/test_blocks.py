"""Every block of README and docs runs as it stands, or says why it cannot; those of a shell in `test_shell_blocks`."""

import configparser
import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import duckdb
import pytest
import yaml

from campaign_assets.catalog import AssetType, metrics
from campaign_assets.marts.database import DATABASE
from campaign_assets.tables import CAMPAIGNS, METRICS_TABLES
from campaign_assets.tables.schemas import _make_metrics_table
from campaign_assets_tests.docs.account import read_account
from campaign_assets_tests.docs.blocks import ASK_FOR_MORE, BLOCKS, CANNOT_RUN, list_running
from campaign_assets_tests.docs.markdown import Block
from campaign_assets_tests.workplace import DAYS, METRICS, Workplace

LANGUAGES = {"sh", "python", "sql", "yaml", "ini", "toml", "text", "dockerfile", "json"}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory, empty_home: str) -> Iterator[Workplace]:
    with read_account(tmp_path_factory.mktemp("account"), empty_home) as workplace:
        yield workplace


def find_block(name: str) -> Block:
    (block,) = [block for block in BLOCKS if block.name == name]
    return block


def test_every_exception_names_a_block_that_is_there() -> None:
    assert {*CANNOT_RUN, *ASK_FOR_MORE} <= {block.name for block in BLOCKS}
    assert not CANNOT_RUN.keys() & set(ASK_FOR_MORE)


def test_a_block_says_its_language_and_runs_unless_it_only_shows_something() -> None:
    assert not [block.name for block in BLOCKS if block.language not in LANGUAGES]


def test_what_is_no_program_can_be_read() -> None:
    for block in BLOCKS:
        if block.language == "yaml":
            assert yaml.safe_load(block.text), block.name
        elif block.language == "json":
            assert json.loads(block.text), block.name
        elif block.language == "toml":
            assert tomllib.loads(block.text), block.name
        elif block.language == "ini":
            configparser.ConfigParser(strict=False).read_string(block.text, block.name)
        elif block.language == "python":
            compile(block.text, block.name, "exec")


@pytest.mark.long
def test_every_block_of_python_and_sql_runs(
    account: Workplace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(Path(account.settings.storage).parent)
    for block in list_running("python"):
        exec(compile(block.text, block.name, "exec"), {})  # noqa: S102 - the page's own words
    asked = list_running("sql")
    assert len(asked) > len(METRICS_TABLES)
    for block in asked:
        assert ask(account, block.text), f"{block.name} finds no row:\n{block.text}"
    assert capsys.readouterr().out
    for name, run in zip(
        ASK_FOR_MORE, (make_a_new_types_table, make_an_asset_downstream, read_chosen_campaigns), strict=True
    ):
        run(account, find_block(name).text)


def ask(account: Workplace, sql: str) -> list[Any]:
    """The rows of the last statement, in a copy of the database that may be changed."""
    copy = Path(shutil.copy(Path(account.settings.storage) / DATABASE, Path(account.settings.storage).parent))
    with duckdb.connect(copy) as connection:
        return connection.execute(sql).fetchall()


def make_a_new_types_table(_: Workplace, text: str) -> None:
    first, second = text.strip().split("\n\n")
    names: dict[str, Any] = {**vars(metrics), "AssetType": AssetType}
    exec(first, names)  # noqa: S102 - the page's own words
    made = eval(second, {**names, "m": SimpleNamespace(**names)})  # noqa: S307 - as above
    assert {"plays", "views"} <= set(_make_metrics_table(made).columns.names)


def make_an_asset_downstream(account: Workplace, text: str) -> None:
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102 - the page's own words
    mine: dg.AssetsDefinition = names["posts_by_views"]
    assert mine.key in names["defs"].resolve_asset_graph().get_all_asset_keys()
    account.extra_assets = [mine]
    assert account.run([mine.key]).success
    assert account.store.read(mine.key.path).column_names == ["asset_name", "views"]


def read_chosen_campaigns(account: Workplace, text: str) -> None:
    some = account.store.read(CAMPAIGNS.path)["campaign_id"][0].as_py()
    job = account.definitions.resolve_implicit_global_asset_job_def()
    run = job.execute_in_process(
        asset_selection=METRICS[:1],
        tags={"dagster/partition": DAYS[-1].isoformat()},
        run_config=yaml.safe_load(re.sub(r"\[.*\]", f"[{some}]", text)),
        instance=account.instance,
    )
    assert run.success
