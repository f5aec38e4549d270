"""`docs/commands.md` lists every command and option, as the commands themselves describe them."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from campaign_assets.cli.main import COMMANDS, main

PAGE = (Path(__file__).parents[1] / "docs" / "commands.md").read_text()


def get(name: str) -> click.Command:
    with click.Context(main) as context:
        command = main.get_command(context, name)
    assert command
    return command


def to_rows(command: click.Command) -> list[str]:
    """The rows of a command's table, which a changed option is copied from."""
    with click.Context(command) as context:
        options = [option for option in command.get_params(context) if isinstance(option, click.Option)]
        records = [option.get_help_record(context) for option in options if "--help" not in option.opts]
    cells = [(name.replace("|", r"\|"), text.replace("|", r"\|")) for name, text in filter(None, records)]
    return [f"| `{name}` | {text} |" for name, text in cells]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_of_a_command_is_documented(name: str) -> None:
    heading = f"\n## campaign-assets {name}\n"
    assert heading in PAGE
    section = PAGE.split(heading)[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert rows == to_rows(get(name))
    assert f"campaign-assets {name}" in section.replace(heading.strip(), "", 1).replace("`", ""), "no example"


def test_no_command_is_documented_that_there_is_not() -> None:
    headings = [line.split()[2] for line in PAGE.splitlines() if line.startswith("## campaign-assets ")]
    assert headings == sorted(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_list_of_commands_says_what_the_command_says_of_itself(name: str) -> None:
    command = get(name)
    assert (command.help or "").splitlines()[0] == COMMANDS[name][1]
    assert (command.epilog or "").startswith(f"Example: campaign-assets {name}"), "no example in its help"


def test_the_list_of_commands_imports_none_of_them() -> None:
    # Dagster alone takes seconds, which nobody should wait for who asks what there is.
    script = (
        "import sys; from campaign_assets.cli.main import main; main(['--help'], standalone_mode=False); "
        "print(sorted({'dagster', 'duckdb', 'pyarrow', 'rich', 'httpx'} & sys.modules.keys()))"
    )
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    assert finished.stdout.splitlines()[-1] == "[]"


def test_the_commands_begin_without_dagster() -> None:
    modules = sorted(module for module, _ in COMMANDS.values())
    script = f"import sys, importlib; [importlib.import_module(m) for m in {modules}]; print('dagster' in sys.modules)"
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    assert finished.stdout.splitlines()[-1] == "False"
