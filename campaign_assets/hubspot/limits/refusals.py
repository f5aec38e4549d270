"""When a refusal is the account's and not the request's: the same odd status to several different requests in a row.

A status that the API documents says itself whose fault it is. Of any other nobody knows; but if whatever is asked is
refused so, everything else will be, and a run that goes on only adds to it.
"""

import re
import threading

from campaign_assets.hubspot.errors import AccountRefused, ApiError, is_anybodys_refusal

REFUSALS_IN_A_ROW = 3
_LIST = re.compile(r"/[^/]+/assets/.*")


class Refusals:
    """Counts different questions that were refused alike, with no other response between, over all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._status = 0
        self._questions: set[str] = set()

    def succeeded(self) -> None:
        """Notes that a request was answered."""
        with self._lock:
            self._questions.clear()

    def judge(self, error: ApiError, target: str) -> ApiError:
        """Notes a failure, and what it means: the error itself, or that the account is refused.

        Args:
            error: How the request failed.
            target: Path and query of the request.
        """
        if not is_anybodys_refusal(error):
            self.succeeded()
            return error
        with self._lock:
            if error.status != self._status:
                self._status, self._questions = error.status, set()
            self._questions.add(_to_question(target))
            return error if len(self._questions) < REFUSALS_IN_A_ROW else AccountRefused(error.response)


def _to_question(target: str) -> str:
    """What is asked, so that one thing which is refused counts once, however many requests are about it.

    All batches are one question, since one campaign spoils each that it is in; so are all lists of assets, since
    several types may be refused at once, and whatever is asked of a day, since a plan may not include old ones. A
    single campaign is a question of its own.
    """
    return "metrics of days" if "startDate=" in target else _LIST.sub("/assets", target.partition("?")[0])
