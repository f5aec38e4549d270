"""`python -m campaign_assets_tests.benchmarks.backfill`: HubSpot's SDK, this product's load, and it through Dagster.

Everything is measured in one go, one contender after the other, against an emulator that is a process of its own and
shares the machine's cores with them.
"""

import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import click
from rich.console import Console

from campaign_assets_tests.benchmarks.accounts import YEAR, measure_large, measure_small
from campaign_assets_tests.benchmarks.contenders import SAMPLE
from campaign_assets_tests.benchmarks.emulated import emulate
from campaign_assets_tests.benchmarks.measuring import WITHOUT_LIMIT, Measurement, run_contender
from campaign_assets_tests.benchmarks.report import Target, print_measurements, print_targets
from campaign_assets_tests.benchmarks.sharing import measure_sharing

RATE = 190
LATENCY_MS = 300
TYPES = 13
SMALL_CAMPAIGNS = 50
LARGE_CAMPAIGNS = 20_000
PARTS = ["limited", "sharing", "cpu", "unlimited", "small", "large"]


@click.command()
@click.option("--campaigns", default=1000, show_default=True, type=click.IntRange(60))
@click.option("--days", default=24, show_default=True, type=click.IntRange(1), help="Days read under the rate limit.")
@click.option("--short", default=7, show_default=True, type=click.IntRange(1), help="Days of the short range.")
@click.option("--long", "long_", default=90, show_default=True, type=click.IntRange(1), help="Days of the long range.")
@click.option("--only", type=click.Choice(PARTS), help="One part instead of all.")
def main(campaigns: int, days: int, short: int, long_: int, only: str | None) -> None:
    """Prints what a backfill takes, beside the targets. Takes twenty minutes; smaller numbers make it shorter."""
    console = Console(width=None if sys.stdout.isatty() else 132, highlight=False)
    targets: list[Target] = []
    if only in (None, "limited"):
        targets += measure_with_limit(console, campaigns, days)
    if only in (None, "sharing"):
        targets += measure_sharing(console, RATE)
    if only in (None, "cpu"):
        targets += measure_processor(console)
    if only in (None, "unlimited"):
        targets += measure_memory(console, campaigns, short, long_)
    if only in (None, "small"):
        targets += measure_small(console, SMALL_CAMPAIGNS, YEAR, RATE, LATENCY_MS)
    if only in (None, "large"):
        targets += measure_large(console, LARGE_CAMPAIGNS)
    print_targets(console, targets)


def measure_with_limit(console: Console, campaigns: int, days: int) -> list[Target]:
    """All three under HubSpot's limit and a real latency."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmark") as folder,
        emulate(campaigns=campaigns, rate_limit=RATE, daily_limit=0, latency_ms=LATENCY_MS) as account,
    ):
        storage, sdk = Path(folder), None
        run_contender("snapshots", account, storage)
        if find_spec("hubspot_sdk"):
            name = f"HubSpot's SDK, {SAMPLE} campaigns, 1 day"
            sdk = run_contender("sdk", account, storage, name=name, campaigns=SAMPLE)
        else:
            console.print("HubSpot's SDK is left out: pip install hubspot-sdk==0.1.0a9")
        name = f"this product, {campaigns:,} campaigns, {days} days"
        let_the_window_pass()
        plain = run_contender("load", account, storage, name=name, days=days, campaigns=campaigns)
        name = "the same through Dagster"
        let_the_window_pass()
        dagster = run_contender("dagster", account, storage, name=name, days=days, campaigns=campaigns)
    title = f"{RATE} requests in 10 seconds, {LATENCY_MS} ms latency"
    print_measurements(console, title, [one for one in (sdk, plain, dagster) if one], RATE)
    per_day = plain.count.requests / days
    longer = dagster.usage.seconds / plain.usage.seconds - 1
    return [
        _compare_plan(plain, dagster),
        Target(
            "At least 100 times fewer requests than one call per campaign and type",
            f"{campaigns * TYPES / per_day:.0f} times fewer ({per_day:.0f} a day)",
            campaigns * TYPES / per_day >= 100,
        ),
        *(_judge_rate(one, words) for one, words in ((plain, "without Dagster"), (dagster, "through Dagster"))),
        Target("Through Dagster at most 10% longer under the limit", f"{longer:+.1%}", longer <= 0.1),
    ]


def let_the_window_pass() -> None:
    """Waits until what the contender before has asked counts no more: each shall have the limit for itself."""
    time.sleep(11)


def _compare_plan(*measurements: Measurement) -> Target:
    words = ", ".join(f"{one.count.requests:,} of {one.usage.planned:,}" for one in measurements)
    return Target(
        "Requests are the plan's number, exactly",
        words,
        all(one.count.requests == one.usage.planned for one in measurements),
    )


def _judge_rate(one: Measurement, words: str) -> Target:
    share, refused, seconds = one.rate / RATE, one.count.refused, one.usage.seconds
    return Target(
        f"At least 97% of the rate over 60 seconds or more, no 429, {words}",
        f"{share:.1%} over {seconds:.0f} seconds, {refused} answers 429",
        share >= 0.97 and refused == 0 and seconds >= 60,
    )


def measure_processor(console: Console) -> list[Target]:
    """What a batch request of about 2,000 rows costs: campaigns with many assets."""
    campaigns, days = 400, 10
    with (
        tempfile.TemporaryDirectory(prefix="benchmark") as folder,
        emulate(campaigns=campaigns, assets_per_campaign=42, rate_limit=0, daily_limit=0) as account,
    ):
        run_contender("snapshots", account, Path(folder), settings=WITHOUT_LIMIT)
        name = f"this product, {campaigns} campaigns, {days} days"
        one = run_contender(
            "load", account, Path(folder), name=name, days=days, campaigns=campaigns, settings=WITHOUT_LIMIT
        )
    print_measurements(console, "No rate limit, many assets in each campaign", [one], None)
    rows = one.usage.rows / one.count.batches
    cpu = 1000 * one.usage.cpu_seconds / one.usage.rows * 2000
    per_batch = 1000 * one.usage.cpu_seconds / one.count.batches
    return [
        Target(
            "At most 30 ms of CPU for a batch request of about 2,000 rows, parsing to written Parquet",
            f"{cpu:.0f} ms for 2,000 rows ({per_batch:.0f} ms for a batch of {rows:,.0f} with its "
            f"{one.count.requests / one.count.batches - 1:.1f} further pages)",
            cpu <= 30,
        )
    ]


def measure_memory(console: Console, campaigns: int, short: int, long_: int) -> list[Target]:
    """A short and a long range, through Dagster and without it."""
    found: dict[tuple[str, int], Measurement] = {}
    with emulate(campaigns=campaigns, rate_limit=0, daily_limit=0) as account:
        for contender, words in (("load", "this product"), ("dagster", "through Dagster")):
            for days in (short, long_):
                with tempfile.TemporaryDirectory(prefix="benchmark") as folder:
                    run_contender("snapshots", account, Path(folder), settings=WITHOUT_LIMIT)
                    found[contender, days] = run_contender(
                        contender,
                        account,
                        Path(folder),
                        name=f"{words}, {days} days",
                        days=days,
                        campaigns=campaigns,
                        settings=WITHOUT_LIMIT,
                    )
    print_measurements(console, f"No rate limit, {campaigns:,} campaigns", found.values(), None)
    return [
        _judge_memory(found[contender, short], found[contender, long_], words)
        for contender, words in (("load", "without Dagster"), ("dagster", "through Dagster"))
    ]


def _judge_memory(short: Measurement, long_: Measurement, words: str) -> Target:
    low, high = short.usage.peak_megabytes, long_.usage.peak_megabytes
    return Target(
        f"Peak memory of the long range at most 1.15 × the short one's and 400 MB, {words}",
        f"{high:.0f} MB, {high / low:.2f} × {low:.0f} MB",
        high <= 1.15 * low and high <= 400,
    )


if __name__ == "__main__":
    main()
