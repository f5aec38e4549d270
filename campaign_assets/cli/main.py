"""The command line: `campaign-assets …`."""

import os

import click

from campaign_assets.cli.backfill import backfill
from campaign_assets.cli.check import check
from campaign_assets.cli.demo import demo
from campaign_assets.cli.discover import discover
from campaign_assets.cli.estimate import estimate
from campaign_assets.cli.query import query
from campaign_assets.cli.report import report
from campaign_assets.cli.status import status
from campaign_assets.emulator.command import emulator


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """HubSpot campaigns, campaign assets and their daily metrics as Parquet tables, in Dagster."""
    context.obj = os.environ


main.add_command(backfill)
main.add_command(check)
main.add_command(demo)
main.add_command(discover)
main.add_command(emulator)
main.add_command(estimate)
main.add_command(query)
main.add_command(report)
main.add_command(status)
