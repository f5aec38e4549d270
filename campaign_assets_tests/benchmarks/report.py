"""The figures as tables, and each target beside what was measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from campaign_assets_tests.benchmarks.measuring import Measurement

_COLUMNS = (
    "requests",
    "per campaign-day",
    "429s",
    "others' 429s",
    "seconds",
    "rows/s",
    "of the rate",
    "CPU ms/request",
    "peak MB",
)


@dataclass(frozen=True, slots=True)
class Target:
    """What should be, and what is.

    Attributes:
        text: What should be.
        measured: What is, in words.
        is_met: Whether it is good enough.
    """

    text: str
    measured: str
    is_met: bool


def print_measurements(console: Console, title: str, measurements: Iterable[Measurement], rate: int | None) -> None:
    """Prints a row for each contender.

    Args:
        console: Where to.
        title: What was measured.
        measurements: The rows.
        rate: Requests that the account allows in ten seconds, another program's included; None without a limit.
    """
    table = Table("", box=SIMPLE_HEAD, title=title, title_justify="left")
    for column in _COLUMNS:
        table.add_column(column, justify="right")
    for one in measurements:
        usage, count = one.usage, one.count
        table.add_row(
            one.name,
            f"{count.requests:,}",
            f"{count.requests / one.campaign_days:.3f}",
            f"{count.refused}",
            f"{count.others_refused}" if one.others_rate else "–",
            f"{usage.seconds:,.1f}",
            f"{usage.rows / usage.seconds:,.0f}",
            f"{one.rate / (rate - one.others_rate):.1%}" if rate else "–",
            f"{one.cpu_milliseconds:.1f}",
            f"{usage.peak_megabytes:,.0f}",
        )
    console.print(table)


def print_targets(console: Console, targets: Sequence[Target]) -> None:
    """Prints each target and whether it is met."""
    table = Table("target", "measured", "", box=SIMPLE_HEAD)
    for target in targets:
        table.add_row(target.text, target.measured, "met" if target.is_met else "[bold]missed[/bold]")
    console.print(table)
