"""`python -m campaign_assets_tests.benchmarks.growth`: what four and sixteen times the campaigns or the days cost.

Everything goes through Dagster and without a rate limit, so that what is measured is the product's own cost; beside it
stands the time that HubSpot's limit asks for.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from campaign_assets_tests.benchmarks.accounts import measure_megabytes
from campaign_assets_tests.benchmarks.emulated import emulate
from campaign_assets_tests.benchmarks.measuring import WITHOUT_LIMIT, Measurement, run_contender

RATE = 190
FACTORS = (1, 4, 16)


@dataclass(frozen=True, slots=True)
class Size:
    """What one size of account and range costs.

    Attributes:
        factor: How many times the first size, in campaigns or in days.
        campaigns: Campaigns of the account.
        days: Days of the range.
        snapshots: Reading campaigns and associations, without Dagster.
        metrics: Reading the days, through Dagster.
        tables: Megabytes of all tables.
        database: Megabytes of Dagster's database.
    """

    factor: int
    campaigns: int
    days: int
    snapshots: Measurement
    metrics: Measurement
    tables: float
    database: float


def measure_size(factor: int, campaigns: int, days: int) -> Size:
    """Reads an account and a range into a folder that is new."""
    with (
        tempfile.TemporaryDirectory(prefix="growth") as folder,
        emulate(campaigns=campaigns, rate_limit=0, daily_limit=0) as account,
    ):
        storage = Path(folder)
        snapshots = run_contender("snapshots", account, storage, campaigns=campaigns, settings=WITHOUT_LIMIT)
        metrics = run_contender("dagster", account, storage, days=days, campaigns=campaigns, settings=WITHOUT_LIMIT)
        tables = measure_megabytes(storage, "*.parquet")
        database = measure_megabytes(storage / "dagster_home", "*.db*")
    return Size(factor, campaigns, days, snapshots, metrics, tables, database)


def to_rows(sizes: list[Size]) -> Iterator[list[str]]:
    """The cells of the table, and in brackets how many times the first size's."""
    first = sizes[0]
    for size in sizes:
        metrics, base = size.metrics, first.metrics

        def compare(value: float, of_first: float, digits: int = 0, *, plain: bool = size is first) -> str:
            return f"{value:,.{digits}f}" + ("" if plain or not of_first else f" (×{value / of_first:.1f})")

        yield [
            f"×{size.factor}",
            f"{size.campaigns:,} × {size.days:,}",
            compare(size.snapshots.count.requests, first.snapshots.count.requests),
            compare(metrics.count.requests, base.count.requests),
            f"{10 * metrics.count.requests / RATE:,.0f}",
            compare(metrics.usage.seconds, base.usage.seconds, 1),
            compare(metrics.usage.cpu_seconds, base.usage.cpu_seconds, 1),
            compare(metrics.usage.peak_megabytes, base.usage.peak_megabytes),
            compare(size.tables, first.tables, 1),
            compare(size.database, first.database, 1),
        ]


def print_growth(console: Console, title: str, sizes: list[Size]) -> None:
    """Prints a row for each size."""
    table = Table("", "campaigns × days", box=SIMPLE_HEAD, title=title, title_justify="left")
    for column in (
        *("requests of snapshots", "of days", "seconds at the limit", "seconds without one", "CPU seconds"),
        *("peak MB", "tables MB", "Dagster MB"),
    ):
        table.add_column(column, justify="right")
    for row in to_rows(sizes):
        table.add_row(*row)
    console.print(table)


@click.command()
@click.option("--campaigns", default=50, show_default=True, type=click.IntRange(1), help="Campaigns of the first size.")
@click.option("--days", default=8, show_default=True, type=click.IntRange(1), help="Days of the first size.")
def main(campaigns: int, days: int) -> None:
    """Prints what campaigns and days cost as they grow. Takes about three minutes."""
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    first = measure_size(1, campaigns, days)
    more = FACTORS[1:]
    print_growth(console, "More campaigns", [first, *(measure_size(n, n * campaigns, days) for n in more)])
    print_growth(console, "More days", [first, *(measure_size(n, campaigns, n * days) for n in more)])


if __name__ == "__main__":
    main()
