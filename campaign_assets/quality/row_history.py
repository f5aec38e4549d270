"""How many rows a daily table had on the days before one: read from the files, and kept while days go by in order."""

from collections.abc import Callable
from datetime import date, timedelta

from campaign_assets.threads import map_in_threads

DAYS = 28
_THREADS = 14


class RowHistory:
    """The row counts of the last four weeks before a day."""

    def __init__(self, count_rows: Callable[[date], int | None]) -> None:
        """Reads nothing yet.

        Args:
            count_rows: The rows of a day that is in place; None where it was never read.
        """
        self._count_rows = count_rows
        self._counts: dict[date, int | None] = {}

    def list_before(self, day: date, rows: int) -> list[int]:
        """The counts of the days before one that are known, and takes the day's own for the days after it.

        Args:
            day: The day; days come in order.
            rows: Its rows.
        """
        window = [day - timedelta(days=before) for before in range(1, DAYS + 1)]
        unknown = [earlier for earlier in window if earlier not in self._counts]
        if unknown:  # in threads, since where the tables lie far away each count is a round trip
            self._counts.update(zip(unknown, map_in_threads(self._count_rows, unknown, _THREADS), strict=True))
        self._counts = {earlier: self._counts[earlier] for earlier in window} | {day: rows}
        return [count for earlier in window if (count := self._counts[earlier]) is not None]
