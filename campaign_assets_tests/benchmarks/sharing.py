"""The whole limit and no more: on a quiet line, where requests arrive late, and beside another program.

Campaigns with few assets, so that it is the line that is measured and not the processor.
"""

import tempfile
from pathlib import Path

from rich.console import Console

from campaign_assets_tests.benchmarks.emulated import emulate
from campaign_assets_tests.benchmarks.measuring import WITHOUT_LIMIT, Measurement, run_contender
from campaign_assets_tests.benchmarks.other_program import BURST, OtherProgram
from campaign_assets_tests.benchmarks.report import Target, print_measurements

LATENCY_MS = 300
LATE_MS = 400
CAMPAIGNS = 2_000
ASSETS = 4
DAYS = 12


def measure_sharing(console: Console, rate: int) -> list[Target]:
    """The same work on three lines, each for a minute at least."""
    quiet = _measure("quiet line", rate, latency_ms=LATENCY_MS)
    late = _measure(f"requests arrive 0–{LATE_MS} ms late", rate, arrival_delay_ms=LATE_MS)
    shared = _measure(f"another takes {BURST} in bursts", rate, is_shared=True, latency_ms=LATENCY_MS)
    print_measurements(console, f"{rate} requests in 10 seconds, late and shared", [quiet, late, shared], rate)
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


def _measure(name: str, rate: int, *, is_shared: bool = False, **line: object) -> Measurement:
    portal = {"campaigns": CAMPAIGNS, "assets_per_campaign": ASSETS, "daily_limit": 0}
    with tempfile.TemporaryDirectory(prefix="benchmark") as folder:
        with emulate(**portal, rate_limit=0) as account:
            run_contender("snapshots", account, Path(folder), settings=WITHOUT_LIMIT)
        with emulate(**portal, rate_limit=rate, **line) as account:
            other = OtherProgram(account.url) if is_shared else None
            return run_contender("load", account, Path(folder), name=name, days=DAYS, campaigns=CAMPAIGNS, beside=other)


def _judge(text: str, one: Measurement, rate: int, share: float, refusals: float) -> Target:
    count, left = one.count, rate - one.others_rate
    words = f"{one.rate / left:.1%} over {one.usage.seconds:.0f} seconds, {count.refused} answers 429"
    if one.others_rate:
        words += f", {count.others_refused} to the other"
    is_met = one.rate / left >= share and count.refused <= refusals and not count.others_refused
    return Target(text, words, is_met and one.usage.seconds >= 60)
