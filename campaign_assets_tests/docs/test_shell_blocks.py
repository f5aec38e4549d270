"""Every shell block of README and docs: its syntax and options here, and a run of each against an emulated account."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

from campaign_assets.cli.main import main
from campaign_assets.days import Calendar
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets_tests.docs.blocks import BLOCKS, list_running
from campaign_assets_tests.docs.markdown import ROOT, Block

SHELL = [block for block in BLOCKS if block.language == "sh"]
REPORTERS = ("campaign-assets check", "campaign-assets status")
"""Commands whose exit status says what they found."""
OUT_OF_REACH = re.compile(
    r"--ui|campaign-assets emulator|dagster dev|dagster-(daemon|webserver)|docker |helm |kubectl |git pull|pip install"
)
"""Commands that stay open, or take what the tests do not have."""
SECONDS = 300
"""How long a block may take on a busy machine."""
BIN = Path(sys.executable).parent
DAY = "2025-03-31"


def list_commands(block: Block) -> Iterator[list[str]]:
    """The calls of `campaign-assets`, each as what follows that word."""
    for line in block.text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(re.sub(r'"\$\((.*?)\)"', r"; \1 ;", line), posix=True, punctuation_chars="|;&()<>")
        lexer.whitespace_split = True
        words: list[str] = []
        for token in [*lexer, ";"]:
            if not set(token) <= set("|;&()<>"):
                words.append(token)
                continue
            if words[:1] == ["campaign-assets"]:
                yield words[1:]
            words = []


def test_the_syntax_of_every_block_is_a_shells() -> None:
    for block in SHELL:
        done = subprocess.run(["bash", "-n"], input=block.text, text=True, capture_output=True, check=False)  # noqa: S607
        assert not done.stderr, f"{block.name}: {done.stderr}"


def test_every_option_that_a_block_gives_exists() -> None:
    seen = 0
    for block in SHELL:
        for name, *words in list_commands(block):
            command = main.get_command(click.Context(main), name)
            assert command, f"{block.name}: there is no command {name}"
            command.make_context(name, words)
            seen += 1
    assert seen > len(main.list_commands(click.Context(main)))


def test_no_block_is_run_that_would_not_end() -> None:
    assert not [block.name for block in list_running("sh") if OUT_OF_REACH.search(block.text)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """A folder like a checkout, with an environment like a user's: an account that was read once, by the real clock."""
    folder = tmp_path_factory.mktemp("checkout")
    for file in ("dagster.yaml", "workspace.yaml"):
        shutil.copy(ROOT / file, folder)
    (folder / ".venv").symlink_to(BIN.parent)
    with EmulatorServer(Portal(campaigns=5, rate_limit=0)) as server:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("CAMPAIGN_", "HUBSPOT_"))}
        environ |= {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "DAGSTER_HOME": str(folder),
            "HUBSPOT_BASE_URL": server.url,
            "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
            "CAMPAIGN_ASSETS_START_DATE": "2025-01-01",
            "BROWSER": "true",  # what opens the report
        }
        command = ["dagster", "asset", "materialize", "-m", "campaign_assets.definitions", "--select", "*"]
        command += ["--partition", DAY]
        done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
        assert not done.returncode, done.stderr[-3000:]
        yield folder, environ


@pytest.mark.long
@pytest.mark.parametrize("block", list_running("sh"), ids=lambda block: block.name)
def test_a_block_runs(block: Block, place: tuple[Path, Mapping[str, str]]) -> None:
    folder, environ = place
    if "jq " in block.text and not shutil.which("jq"):
        pytest.skip("needs jq: apt-get install jq")
    text = block.text.replace("http://127.0.0.1:8765", environ["HUBSPOT_BASE_URL"]).replace("/somewhere", str(folder))
    (folder / "shared").mkdir(exist_ok=True)
    noted = folder / "failed"
    noted.write_text("")
    script = f"set -u; trap 'echo \"$BASH_COMMAND\" >> {noted}' ERR\n{text}"
    done = subprocess.run(
        ["bash"],  # noqa: S607
        input=script,
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    failed = [line for line in noted.read_text().splitlines() if not line.startswith(REPORTERS)]
    assert not failed, f"{failed}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
    assert "Traceback" not in done.stderr


def test_the_days_of_the_blocks_are_closed_ones() -> None:
    named = {day for block in SHELL for day in re.findall(r"\b\d{4}-\d{2}-\d{2}\b", block.text)}
    assert named and max(named) <= str(Calendar().find_last_closed())
