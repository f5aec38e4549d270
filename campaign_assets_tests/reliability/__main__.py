"""`python -m campaign_assets_tests.reliability`: every fault, crash and full disk, counted."""

import logging
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console

from campaign_assets_tests.reliability.figures import print_figures
from campaign_assets_tests.reliability.proof import prove_all, prove_small


@click.command()
@click.option("--small", is_flag=True, help="Only a part that the seed chooses, under a minute.")
@click.option("--seed", default=1, show_default=True, help="Decides which requests fail and when a run is killed.")
def main(small: bool, seed: int) -> None:
    """Runs the product under every failure, prints what came of each cell, and fails if any is wrong."""
    logging.getLogger("campaign_assets").setLevel(logging.ERROR)  # warnings are what is expected here
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    done = []
    with tempfile.TemporaryDirectory(prefix="reliability") as folder:
        for figures in (prove_small if small else prove_all)(Path(folder), seed):
            done.append(figures)
            click.echo(f"{len(done)}. {figures.case}: {figures.wrong} wrong, {figures.seconds:.1f} s", err=True)
    print_figures(Console(width=None if sys.stdout.isatty() else 118), done)
    sys.exit(1 if any(figures.wrong for figures in done) else 0)


if __name__ == "__main__":
    main()
