"""One time by which all of an exchange must be over, whatever arrives meanwhile."""

from collections.abc import Callable


class DeadlinePassed(Exception):
    """The time is over."""


class Deadline:
    """A time that is so many seconds from now."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        """Begins now.

        Args:
            seconds: How long there is.
            monotonic: Tells the time.
        """
        self._monotonic = monotonic
        self._end = monotonic() + seconds

    def limit(self, timeout: float | None) -> float:
        """Seconds that a single wait may take: so many at most, and no more than are left.

        Raises:
            DeadlinePassed: None are left.
        """
        left = self._end - self._monotonic()
        if left <= 0:
            raise DeadlinePassed
        return left if timeout is None else min(timeout, left)
