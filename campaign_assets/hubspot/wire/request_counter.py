"""How many requests were sent and how many attempts failed. Counting only: whether to go on is decided elsewhere."""

import threading
from collections import Counter

from campaign_assets.hubspot.errors import HubSpotError


class RequestCounter:
    """Counts requests, over all threads: every one that was sent, the repeated ones too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_endpoint: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()

    def add(self, endpoint: str) -> None:
        """Counts a request as sent."""
        with self._lock:
            self._by_endpoint[endpoint] += 1

    def add_failure(self, error: HubSpotError) -> None:
        """Counts an attempt as failed."""
        with self._lock:
            self._failures[type(error).__name__] += 1

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        with self._lock:
            return self._by_endpoint.total()

    @property
    def by_endpoint(self) -> dict[str, int]:
        """How many requests were sent to each endpoint."""
        with self._lock:
            return dict(self._by_endpoint)

    @property
    def failures(self) -> dict[str, int]:
        """How many attempts failed with each kind of error, those that succeeded later included."""
        with self._lock:
            return dict(self._failures)
