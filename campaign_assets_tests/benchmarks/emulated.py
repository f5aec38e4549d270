"""The emulated account of a measurement: a process of its own, and its count of what it was asked."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from campaign_assets_tests.benchmarks.other_program import OtherProgram

TODAY = "2025-06-01"
"""The account stands still at noon of this day, so that every measurement reads the same rows."""
WINDOW_SECONDS = 10.0
_BETWEEN_TICKS = 0.1


@dataclass
class Curve:
    """Requests so far, by seconds since the contender's first.

    Attributes:
        points: The seconds, and how many requests there were by then.
    """

    points: list[tuple[float, int]] = field(default_factory=list)

    def find_sustained_rate(self) -> float | None:
        """Requests in ten seconds over whole windows, the first left out: its allowance was free.

        None where fewer than two whole windows follow the first.
        """
        if not self.points:
            return None
        windows = int((self.points[-1][0] - WINDOW_SECONDS) // WINDOW_SECONDS)
        if windows < 2:
            return None
        return (self._count_at((windows + 1) * WINDOW_SECONDS) - self._count_at(WINDOW_SECONDS)) / windows

    def _count_at(self, seconds: float) -> int:
        return max((count for timestamp, count in self.points if timestamp <= seconds), default=0)


@dataclass
class Count:
    """What the account was asked by one contender, in its own count.

    Attributes:
        requests: Requests in all.
        batches: Batch reads among them.
        refused: Answers 429.
        peak_in_flight: The most requests that were in progress at once, another program's too.
        curve: Requests so far.
        others_refused: Answers 429 to another program.
        others_curve: Its requests so far.
    """

    requests: int = 0
    batches: int = 0
    refused: int = 0
    peak_in_flight: int = 0
    curve: Curve = field(default_factory=Curve)
    others_refused: int = 0
    others_curve: Curve = field(default_factory=Curve)


class EmulatedAccount:
    """An emulator that runs as a process of its own.

    Attributes:
        url: Where it answers.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    @contextmanager
    def counted(self, other: OtherProgram | None = None) -> Iterator[Count]:
        """Counts what is asked within.

        Args:
            other: Another program, which begins within: what it asks is counted apart.
        """
        httpx.post(f"{self.url}/emulator/stats/reset")
        count, ended = Count(), threading.Event()
        watch = threading.Thread(target=self._watch, args=(count, other, ended))
        watch.start()
        try:
            yield count
        finally:
            ended.set()
            watch.join()
        stats = self._read_stats()
        count.requests, count.refused = stats["requests"], stats["rate_limited"]
        if other:
            count.requests -= other.requests
            count.refused -= other.refused
            count.others_refused = other.refused
        count.batches, count.peak_in_flight = stats["by_endpoint"].get("batch_read", 0), stats["peak_in_flight"]

    def _watch(self, count: Count, other: OtherProgram | None, ended: threading.Event) -> None:
        began = None
        with httpx.Client() as http:
            while not ended.wait(_BETWEEN_TICKS):
                others = other.requests - other.refused if other else 0
                stats = http.get(f"{self.url}/emulator/stats").json()
                requests = stats["requests"] - stats["rate_limited"] - others
                if requests and began is None:
                    began = time.monotonic()
                if began is not None:
                    count.curve.points.append((time.monotonic() - began, requests))
                    count.others_curve.points.append((time.monotonic() - began, others))

    def _read_stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = httpx.get(f"{self.url}/emulator/stats").json()
        return stats


@contextmanager
def emulate(**options: object) -> Iterator[EmulatedAccount]:
    """Starts an account, with options of `campaign-assets emulator`; stops it in the end."""
    words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    command = [
        *(sys.executable, "-c", "from campaign_assets.cli.main import main; main()", "emulator", "--port", "0"),
        *("--stop-with-parent", "--today", TODAY, *words),
    ]
    process = subprocess.Popen(  # noqa: S603 - words of our own
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin and process.stdout
    try:
        greeting = process.stdout.readline()
        yield EmulatedAccount(greeting.split(" at ")[1].split()[0].rstrip("."))
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        process.stdout.close()
