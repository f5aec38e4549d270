"""One contender against one emulated account, each in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets_tests.benchmarks.emulated import Count, EmulatedAccount
from campaign_assets_tests.benchmarks.other_program import OtherProgram
from campaign_assets_tests.benchmarks.usage import Usage, from_text

WITHOUT_LIMIT = {"HUBSPOT_RATE_LIMIT": "10000", "HUBSPOT_MAX_IN_FLIGHT": "8"}
"""Where the account has no limit: as fast as two cores go, which more requests at once would only slow down."""


@dataclass(frozen=True)
class Measurement:
    """What a contender took, in its own count and in the account's.

    Attributes:
        name: What the table calls it.
        campaign_days: Campaigns × days that it read.
        usage: Its own count.
        count: The account's.
    """

    name: str
    campaign_days: int
    usage: Usage
    count: Count

    @property
    def rate(self) -> float:
        """Requests in ten seconds: over whole windows where there are enough, over all of the time elsewhere."""
        sustained = self.count.curve.find_sustained_rate()
        return 10 * self.count.requests / self.usage.seconds if sustained is None else sustained

    @property
    def others_rate(self) -> float:
        """Another program's requests in ten seconds, over the same time."""
        return self.count.others_curve.find_sustained_rate() or 0.0

    @property
    def cpu_milliseconds(self) -> float:
        """CPU milliseconds per request."""
        return 1000 * self.usage.cpu_seconds / max(1, self.count.requests)


def run_contender(
    contender: str,
    account: EmulatedAccount,
    storage: Path,
    *,
    name: str = "",
    days: int = 1,
    campaigns: int = 0,
    settings: Mapping[str, str] | None = None,
    beside: OtherProgram | None = None,
) -> Measurement:
    """Starts a contender and waits for it.

    Args:
        contender: Its name.
        account: The account that it reads.
        storage: Where its tables lie.
        name: What tables call it.
        days: How many days it reads.
        campaigns: How many campaigns the account has.
        settings: Variables of its environment.
        beside: Another program under the same token.

    Raises:
        RuntimeError: It failed.
    """
    module = "campaign_assets_tests.benchmarks.contenders"
    command = [sys.executable, "-W", "ignore", "-m", module, contender, "--url", account.url, "--days", str(days)]
    environ = {**os.environ, "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN, **(settings or {})}
    with beside or nullcontext(), account.counted(beside) as count:
        finished = subprocess.run(  # noqa: S603 - words of our own
            [*command, "--storage", str(storage)], env=environ, capture_output=True, text=True, check=False
        )
    if finished.returncode:
        raise RuntimeError(f"{contender} failed:\n{finished.stderr[-3000:]}")
    return Measurement(name or contender, campaigns * days, from_text(finished.stdout), count)
