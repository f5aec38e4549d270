"""When a refusal is the account's and not the request's: the same odd status to several different requests in a row.

A status that the API documents says itself whose fault it is. Of any other nobody knows; but if whatever is asked is
refused so, everything else will be, and a run that goes on only adds to it.
"""

import threading

from campaign_assets.hubspot.errors import AccountRefused, ApiError, is_undocumented_refusal

REFUSALS_IN_A_ROW = 3


class Refusals:
    """Counts different requests that were refused alike, with no other response between, over all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._status = 0
        self._requests: set[int] = set()

    def succeeded(self) -> None:
        """Notes that a request was answered."""
        with self._lock:
            self._requests.clear()

    def judge(self, error: ApiError, request: int) -> ApiError:
        """Notes a failure, and what it means: the error itself, or that the account is refused.

        Args:
            error: How the request failed.
            request: The same number for the same request.
        """
        if not is_undocumented_refusal(error):
            self.succeeded()
            return error
        with self._lock:
            if error.status != self._status:
                self._status, self._requests = error.status, set()
            self._requests.add(request)
            return error if len(self._requests) < REFUSALS_IN_A_ROW else AccountRefused(error.response)
