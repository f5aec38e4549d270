"""How long a range takes: the requests at the rate limit, and the cells, which a small account has as many of as any.

Measured on two cores with Dagster's events in SQLite (`docs/benchmark.md`); on another machine it is more or less.
"""

from dataclasses import dataclass

SECONDS_PER_CELL = 0.012
"""What a cell takes besides its requests, and while they go on: its rows, its file, and Dagster's event."""
SECONDS_TO_PLAN_A_CELL = 0.002
"""What Dagster takes to note a cell as planned, before the run begins."""


@dataclass(frozen=True, slots=True)
class Duration:
    """How long a range takes when nothing fails.

    Attributes:
        requests: Requests of the range.
        cells: Days of the range × tables.
        requests_per_second: What the rate limit allows.
    """

    requests: int
    cells: int
    requests_per_second: float

    @property
    def at_limit(self) -> float:
        """Seconds that the rate limit alone asks for."""
        return self.requests / self.requests_per_second

    @property
    def of_cells(self) -> float:
        """Seconds that the cells alone ask for."""
        return self.cells * SECONDS_PER_CELL

    @property
    def of_planning(self) -> float:
        """Seconds before the run begins."""
        return self.cells * SECONDS_TO_PLAN_A_CELL

    @property
    def of_run(self) -> float:
        """Seconds of the run: requests and cells go on at the same time."""
        return max(self.at_limit, self.of_cells)
