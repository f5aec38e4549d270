"""Work in threads, its results in order, and no more of it in progress than is needed.

The threads wait for HubSpot; how many requests may be sent is the client's business.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")

AHEAD = 3
"""Results that wait for an earlier one, per piece in progress: one slow piece must not leave the others idle."""


def map_in_threads(
    function: Callable[[Work], Result], work: Iterable[Work], threads: int, width: Callable[[], int] | None = None
) -> Iterator[Result]:
    """The result of each piece of work, in order.

    Memory does not grow with the amount of work: what is in progress, and what waits to be fetched, is bounded. What is
    not begun when the caller stops, or a piece fails, is dropped.

    Args:
        function: Does a piece of work.
        work: The pieces; each is taken when it is about to begin.
        threads: Pieces in progress at once at most.
        width: How many are worth having in progress at present; as many as there are threads where None.

    Raises:
        Exception: What a piece of work raised, in its turn.
    """
    pieces = iter(work)
    in_progress: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="hubspot") as pool:
        try:
            while True:
                most = min(threads, width()) if width else threads
                for piece in _take(pieces, in_progress, most):
                    in_progress.append(pool.submit(function, piece))
                if not in_progress:
                    return
                if in_progress[0].done():
                    yield in_progress.popleft().result()
                else:
                    wait([future for future in in_progress if not future.done()], return_when=FIRST_COMPLETED)
        finally:
            for future in in_progress:
                future.cancel()


def _take(pieces: Iterator[Work], in_progress: deque[Future[Result]], most: int) -> Iterator[Work]:
    """As many pieces as may begin now."""
    while len(in_progress) < AHEAD * most and sum(not future.done() for future in in_progress) < most:
        try:
            yield next(pieces)
        except StopIteration:
            return
