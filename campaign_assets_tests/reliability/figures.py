"""The figures as a table for a person."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from campaign_assets_tests.reliability.cells import Fate, Figures

_NOTES = 20


def make_table(title: str = "Reliability") -> Table:
    """An empty table of figures."""
    table = Table(title=title, title_justify="left")
    table.add_column("case")
    for name in ("requests", "faults", *(str(fate) for fate in Fate), "files read", "seconds"):
        table.add_column(name, justify="right")
    return table


def print_figures(console: Console, cases: Sequence[Figures]) -> None:
    """Prints every case, their sum, and what was wrong."""
    table = make_table()
    for figures in cases:
        table.add_row(*_cells(figures), style="red" if figures.wrong else None)
    table.add_section()
    table.add_row(*_cells(sum_up(cases)), style="bold")
    console.print(table)
    notes = [f"{figures.case}: {note}" for figures in cases for note in figures.notes]
    for note in notes[:_NOTES]:
        console.print(note, style="red", markup=False)
    if len(notes) > _NOTES:
        console.print(f"and {len(notes) - _NOTES} more.", style="red")


def sum_up(cases: Sequence[Figures]) -> Figures:
    """All cases as one."""
    total = Figures(f"{len(cases)} cases")
    for figures in cases:
        total.requests += figures.requests
        total.faults += figures.faults
        total.files_read += figures.files_read
        total.seconds += figures.seconds
        for fate, count in figures.fates.items():
            total.add(fate, count)
    return total


def _cells(figures: Figures) -> list[str]:
    counts = (figures.requests, figures.faults, *figures.fates.values(), figures.files_read)
    return [figures.case, *(f"{count:,}" for count in counts), f"{figures.seconds:.1f}"]
