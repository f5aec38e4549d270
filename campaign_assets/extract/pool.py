"""Work in threads, its results in order, and no more of it under way than is needed.

The threads wait for HubSpot; how many requests may be sent is the client's business.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")


def map_in_threads(function: Callable[[Work], Result], work: Iterable[Work], threads: int) -> Iterator[Result]:
    """The result of each piece of work, in order.

    At most twice as many pieces as threads are under way or waiting to be fetched, so memory does not grow with the
    amount of work. What is not begun when the caller stops, or a piece fails, is dropped.

    Raises:
        Exception: What a piece of work raised, in its turn.
    """
    under_way: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="hubspot") as pool:
        try:
            for piece in work:
                under_way.append(pool.submit(function, piece))
                if len(under_way) >= 2 * threads:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for future in under_way:
                future.cancel()
