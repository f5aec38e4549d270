"""When the same request is sent again, and after how long.

Whether a failure is worth another try is data in `errors.RULES`; here it becomes a wait or an end.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from campaign_assets.hubspot.errors import (
    ApiError,
    ConnectionFailed,
    HubSpotError,
    InvalidResponse,
    Locked,
    RateLimited,
    ResponseTooLarge,
    get_rule,
)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff with full jitter.

    Attributes:
        attempts: How often a request is sent at most.
        first_seconds: The longest wait after the first failure; it doubles with each one.
        longest_seconds: No backoff is longer.
        longest_retry_after: A `Retry-After` beyond this ends the request instead of sitting in a run.
        total_seconds: All tries and the waits between them take no longer together; the wait for the rate limit, in
            which other requests are sent, does not count.
        random: A number from 0 to 1, for the jitter.
    """

    attempts: int = 7
    first_seconds: float = 1.0
    longest_seconds: float = 30.0
    longest_retry_after: float = 120.0
    total_seconds: float = 300.0
    random: Callable[[], float] = random.random

    def find_wait(self, error: HubSpotError, attempt: int, idempotent: bool) -> float | None:
        """Seconds to wait before the request is sent again, or None where it is not.

        Args:
            error: How the attempt failed.
            attempt: Which attempt it was, from 1.
            idempotent: Whether sending the request twice is the same as sending it once.
        """
        if attempt >= self.attempts or not _may_retry(error, idempotent):
            return None
        # Half of the wait is certain: "pause a few seconds" is HubSpot's advice, and zero is no pause.
        ceiling = min(self.longest_seconds, self.first_seconds * 2.0 ** (attempt - 1))
        wait = ceiling * (0.5 + 0.5 * self.random())
        if isinstance(error, Locked):
            wait = max(wait, 2.0)
        if isinstance(error, ApiError) and error.retry_after is not None:
            if error.retry_after > self.longest_retry_after:
                return None
            # A limit knows best when it ends, but a wait of zero would only use up the attempts.
            wait = max(wait if not isinstance(error, RateLimited) else min(wait, 1.0), error.retry_after)
        return wait


def may_be_done(error: HubSpotError) -> bool:
    """Whether HubSpot may have acted on the request although it failed: repeating it may do it twice."""
    if isinstance(error, ApiError):
        rule = get_rule(error.response)
        return rule.retry and not rule.safe
    if isinstance(error, ConnectionFailed):
        return error.sent
    return isinstance(error, InvalidResponse)


def _may_retry(error: HubSpotError, idempotent: bool) -> bool:
    if isinstance(error, ApiError):
        worth_it = get_rule(error.response).retry
    else:
        worth_it = isinstance(error, ConnectionFailed | InvalidResponse) and not isinstance(error, ResponseTooLarge)
    return worth_it and (idempotent or not may_be_done(error))
