"""The whole limit and no more: on a quiet line, where requests arrive late, and beside another program."""

import tempfile
from pathlib import Path

from rich.console import Console

from campaign_assets_tests.benchmarks.emulated import emulate
from campaign_assets_tests.benchmarks.measuring import Measurement, run_contender
from campaign_assets_tests.benchmarks.other_program import BURST, OtherProgram
from campaign_assets_tests.benchmarks.report import Target, print_measurements

LATENCY_MS = 300
LATE_MS = 400


def measure_sharing(console: Console, campaigns: int, days: int, rate: int) -> list[Target]:
    """The same work on three lines, each for a minute at least."""
    with tempfile.TemporaryDirectory(prefix="benchmark") as folder:
        quiet = _measure("quiet line", campaigns, days, rate, Path(folder) / "quiet", latency_ms=LATENCY_MS)
        late = _measure(
            f"requests arrive 0–{LATE_MS} ms late",
            campaigns,
            days,
            rate,
            Path(folder) / "late",
            arrival_delay_ms=LATE_MS,
        )
        shared = _measure(
            f"another takes {BURST} in bursts",
            campaigns,
            days,
            rate,
            Path(folder) / "shared",
            is_shared=True,
            latency_ms=LATENCY_MS,
        )
    print_measurements(console, f"{rate} requests in 10 seconds, shared and late", [quiet, late, shared], rate)
    return [
        _judge("At least 97% of the rate on a quiet line, no 429", quiet, rate, 0.97, 0),
        _judge(f"At least 95% where requests arrive 0–{LATE_MS} ms late, no 429", late, rate, 0.95, 0),
        _judge(
            "At least 95% of what another program leaves, at most one 429 a minute, none of the other's",
            shared,
            rate,
            0.95,
            shared.usage.seconds / 60,
        ),
    ]


def _measure(
    name: str, campaigns: int, days: int, rate: int, storage: Path, *, is_shared: bool = False, **options: object
) -> Measurement:
    with emulate(campaigns=campaigns, rate_limit=0, daily_limit=0) as account:
        run_contender("snapshots", account, storage)
    with emulate(campaigns=campaigns, rate_limit=rate, daily_limit=0, **options) as account:
        other = OtherProgram(account.url) if is_shared else None
        return run_contender("load", account, storage, name=name, days=days, campaigns=campaigns, beside=other)


def _judge(text: str, one: Measurement, rate: int, share: float, refusals: float) -> Target:
    count, left = one.count, rate - one.others_rate
    words = f"{one.rate / left:.1%} over {one.usage.seconds:.0f} seconds, {count.refused} answers 429"
    if one.others_rate:
        words += f", {count.others_refused} to the other"
    is_met = one.rate / left >= share and count.refused <= refusals and not count.others_refused
    return Target(text, words, is_met and one.usage.seconds >= 60)
