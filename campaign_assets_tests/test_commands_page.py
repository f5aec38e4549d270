"""`docs/commands.md` lists every command and option, as the commands themselves describe them."""

from pathlib import Path

import click
import pytest

from campaign_assets.cli.main import main

PAGE = (Path(__file__).parents[1] / "docs" / "commands.md").read_text()


def to_rows(command: click.Command) -> list[str]:
    """The rows of a command's table, which a changed option is copied from."""
    with click.Context(command) as context:
        options = [option for option in command.get_params(context) if isinstance(option, click.Option)]
        records = [option.get_help_record(context) for option in options if "--help" not in option.opts]
    cells = [(name.replace("|", r"\|"), text.replace("|", r"\|")) for name, text in filter(None, records)]
    return [f"| `{name}` | {text} |" for name, text in cells]


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_option_of_a_command_is_documented(name: str) -> None:
    heading = f"\n## campaign-assets {name}\n"
    assert heading in PAGE
    section = PAGE.split(heading)[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert rows == to_rows(main.commands[name])


def test_no_command_is_documented_that_there_is_not() -> None:
    headings = [line.split()[2] for line in PAGE.splitlines() if line.startswith("## campaign-assets ")]
    assert headings == sorted(main.commands)
