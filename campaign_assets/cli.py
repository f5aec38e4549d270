"""The command line: `campaign-assets …`."""

import click

from campaign_assets.demo import demo
from campaign_assets.emulator.command import emulator


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """HubSpot campaigns, campaign assets and their daily metrics as Parquet tables, in Dagster."""


main.add_command(demo)
main.add_command(emulator)
