"""What the portal was asked: counts for tests, benchmarks and demonstrations.

Belongs here: counting every API request that arrived. Not here: refusing any (`rate_limit`).
"""

from collections import Counter, deque
from collections.abc import Callable
from typing import Any

WINDOW_SECONDS = 10.0


class Statistics:
    """Counts requests and responses since the start or the last reset.

    Args:
        monotonic: The clock of the ten-second peak, in seconds.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._recent: deque[float] = deque()
        self._concurrency = 0
        self.reset()

    def reset(self) -> None:
        """Start counting anew."""
        self.requests = 0
        self.by_endpoint: Counter[str] = Counter()
        self.by_status: Counter[int] = Counter()
        self.rate_limited = 0
        self.bytes_sent = 0
        self.faults: Counter[str] = Counter()
        self.peak_in_10_seconds = 0
        self.peak_in_flight = self._concurrency
        self._recent.clear()

    def arrived(self, endpoint: str) -> None:
        """Count a request as it arrives."""
        now = self._monotonic()
        self.requests += 1
        self.by_endpoint[endpoint] += 1
        self._concurrency += 1
        self.peak_in_flight = max(self.peak_in_flight, self._concurrency)
        while self._recent and self._recent[0] <= now - WINDOW_SECONDS:
            self._recent.popleft()
        self._recent.append(now)
        self.peak_in_10_seconds = max(self.peak_in_10_seconds, len(self._recent))

    def answered(self, status: int, size: int) -> None:
        """Count a response as it leaves; status 0 for a connection that broke instead."""
        self.by_status[status] += 1
        self.bytes_sent += size
        self.rate_limited += status == 429

    def failed(self, fault: str) -> None:
        """Count a fault as carried out."""
        self.faults[fault] += 1

    def finished(self) -> None:
        """Count a request as no longer in flight."""
        self._concurrency -= 1

    def as_dict(self) -> dict[str, Any]:
        """Give all counts as plain data."""
        return {
            "requests": self.requests,
            "by_endpoint": dict(sorted(self.by_endpoint.items())),
            "by_status": {str(status): count for status, count in sorted(self.by_status.items())},
            "rate_limited": self.rate_limited,
            "faults": dict(sorted(self.faults.items())),
            "bytes_sent": self.bytes_sent,
            "peak_in_10_seconds": self.peak_in_10_seconds,
            "peak_in_flight": self.peak_in_flight,
        }
