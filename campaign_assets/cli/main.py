"""The command line: `campaign-assets …`.

A command is imported when it is called: Dagster, DuckDB and Arrow take seconds, which nobody should wait for who asks
what commands there are.
"""

import os
from collections.abc import Mapping
from importlib import import_module

import click

COMMANDS: Mapping[str, tuple[str, str]] = {
    "adopt": ("campaign_assets.cli.adopt", "Tells the Dagster instance of tables that it does not know."),
    "backfill": (
        "campaign_assets.cli.backfill",
        "Reads the metrics of a range through Dagster, and shows how far it is.",
    ),
    "check": (
        "campaign_assets.cli.check",
        "Says whether account, storage and Dagster instance are ready, and what to do where one is not.",
    ),
    "demo": (
        "campaign_assets.cli.demo",
        "Reads an emulated HubSpot account into Parquet tables through Dagster, and shows what came of it.",
    ),
    "discover": (
        "campaign_assets.cli.discover",
        "Says what the account has beside what the catalog knows: asset types, metrics, custom properties.",
    ),
    "emulator": (
        "campaign_assets.emulator.command",
        "Run a HubSpot portal on this machine, with made-up campaigns, until Ctrl-C.",
    ),
    "estimate": (
        "campaign_assets.cli.estimate",
        "Says how many requests the metrics of a range would take, how long, and how much of the day's quota.",
    ),
    "query": (
        "campaign_assets.cli.query",
        "Answers a question in DuckDB's SQL over all tables and marts, such as hubspot.campaigns.",
    ),
    "report": ("campaign_assets.cli.report", "Prints the path of the report, one HTML file, and opens it."),
    "status": (
        "campaign_assets.cli.status",
        "Says what there is of each table: days present, missing, due and settled, last reading, rows and bytes.",
    ),
}
"""Each command's module, and the first sentence of its help."""


class LazyGroup(click.Group):
    """A group whose commands are imported one by one, when they are called."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The names of all commands, in order."""
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """A command; None where there is none of this name."""
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[name][0]), name)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(context)])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 118},
    epilog="Example: campaign-assets check. Each command has one of its own: campaign-assets COMMAND --help",
)
@click.pass_context
def main(context: click.Context) -> None:
    """HubSpot campaigns, campaign assets and their daily metrics as Parquet tables, in Dagster."""
    context.obj = os.environ
