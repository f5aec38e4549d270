"""The two ends: a small account whose first wish is a year of history, and a very large one."""

import tempfile
from pathlib import Path

from rich.console import Console

from campaign_assets_tests.benchmarks.emulated import emulate
from campaign_assets_tests.benchmarks.measuring import WITHOUT_LIMIT, run_contender
from campaign_assets_tests.benchmarks.report import Target, print_measurements

LARGE_ASSETS = 45
"""Assets in each campaign of a large account: 20,000 campaigns have 900,000."""
YEAR = 365
DATABASE_OF_A_YEAR = 157.0
"""Megabytes of Dagster's database after a year of 13 types with Dagster's own SQLite storage."""


def measure_megabytes(folder: Path, pattern: str = "*") -> float:
    """Megabytes of all files below a folder whose names match."""
    return sum(file.stat().st_size for file in folder.rglob(pattern) if file.is_file()) / 1e6


def measure_small(console: Console, campaigns: int, days: int, rate: int, latency_ms: int) -> list[Target]:
    """A small account and a long history, through Dagster: few requests a day, as many cells as of any account."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmark") as folder,
        emulate(campaigns=campaigns, rate_limit=rate, daily_limit=0, latency_ms=latency_ms) as account,
    ):
        storage = Path(folder)
        run_contender("snapshots", account, storage)
        name = f"through Dagster, {campaigns} campaigns, {days} days"
        one = run_contender("dagster", account, storage, name=name, days=days, campaigns=campaigns)
        database = measure_megabytes(storage / "dagster_home", "*.db*")
    print_measurements(console, f"A small account: {rate} requests in 10 seconds, {latency_ms} ms latency", [one], rate)
    least = 10 * one.usage.planned / rate
    allowed = DATABASE_OF_A_YEAR / 2 * days / YEAR
    return [
        Target(
            "A small account's history takes at most 1.5 × what the rate limit alone asks for",
            f"{one.usage.seconds:.0f} seconds, {one.usage.seconds / least:.2f} × {least:.0f}",
            one.usage.seconds <= 1.5 * least,
        ),
        Target(
            "Dagster's database is at most half of what its own storage writes",
            f"{database:.0f} MB for {days} days, {1000 * database / days / 13:.0f} kB a cell",
            database <= allowed,
        ),
    ]


def measure_large(console: Console, campaigns: int) -> list[Target]:
    """Snapshots of a very large account, with an earlier one to compare with, and a day; without a rate limit."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmark") as folder,
        emulate(campaigns=campaigns, assets_per_campaign=LARGE_ASSETS, rate_limit=0, daily_limit=0) as account,
    ):
        run = [
            run_contender(contender, account, Path(folder), name=name, campaigns=campaigns, settings=WITHOUT_LIMIT)
            for contender, name in (
                ("snapshots", "snapshots"),
                ("snapshots", "snapshots again, compared with those before"),
                ("load", "a day"),
            )
        ]
    first, again, day = run
    rows = f"{campaigns:,} campaigns with {first.usage.rows:,} associations"
    print_measurements(console, f"A very large account: {rows}", run, None)
    return [
        Target(
            "Requests are the least possible",
            ", ".join(f"{one.count.requests:,} of {one.usage.planned:,}" for one in run),
            all(one.count.requests == one.usage.planned for one in run),
        ),
        Target(
            f"Peak memory of the snapshots of {rows} at most 700 MB",
            f"{first.usage.peak_megabytes:.0f} MB, compared with those before {again.usage.peak_megabytes:.0f} MB",
            max(first.usage.peak_megabytes, again.usage.peak_megabytes) <= 700,
        ),
        Target(
            "Peak memory of a day of them at most 500 MB",
            f"{day.usage.peak_megabytes:.0f} MB",
            day.usage.peak_megabytes <= 500,
        ),
    ]
