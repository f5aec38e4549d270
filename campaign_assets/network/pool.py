"""A pool of connections to one host, each of which is one thread's from when it is taken until it is given back.

httpcore's own pool takes a connection for idle that a thread is about to use, and closes it meanwhile; what a
connection does is httpcore's business all the same. What is said over one is in `connections`.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpcore


class Pool:
    """Connections that are opened when needed and kept while they are fit. Safe to use from several threads."""

    def __init__(self, make: Callable[[], httpcore.ConnectionInterface], most: int) -> None:
        """Opens none yet.

        Args:
            make: Makes a connection, which opens with its first request.
            most: Connections in use at once at most.
        """
        self._make = make
        self._places = threading.Semaphore(most)
        self._lock = threading.Lock()
        self._idle: list[httpcore.ConnectionInterface] = []
        self._is_closed = False

    @contextmanager
    def take(self, timeout: float) -> Iterator[httpcore.ConnectionInterface]:
        """A connection for one request and its response. What is left unfit for another one is closed.

        Args:
            timeout: Seconds to wait for one at most.

        Raises:
            httpcore.PoolTimeout: All were in use for so long.
            RuntimeError: The pool is closed.
        """
        if not self._places.acquire(timeout=timeout):
            raise httpcore.PoolTimeout
        try:
            connection = self._find() or self._make()
            try:
                yield connection
            finally:
                self._give_back(connection)
        finally:
            self._places.release()

    def close(self) -> None:
        """Closes all; those in use as soon as they are given back."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        _close(idle)

    def _find(self) -> httpcore.ConnectionInterface | None:
        """The connection that was given back last; those that have expired are closed."""
        with self._lock:
            if self._is_closed:
                raise RuntimeError("The connections are closed: nothing can be asked any more.")
            expired = [connection for connection in self._idle if connection.has_expired()]
            self._idle = [connection for connection in self._idle if connection not in expired]
            found = self._idle.pop() if self._idle else None
        _close(expired)
        return found

    def _give_back(self, connection: httpcore.ConnectionInterface) -> None:
        fit = connection.is_idle() and not connection.has_expired()
        with self._lock:
            if fit and not self._is_closed:
                self._idle.append(connection)
                return
        connection.close()


def _close(connections: list[httpcore.ConnectionInterface]) -> None:
    for connection in connections:
        connection.close()
