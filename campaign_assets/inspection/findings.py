"""What a check of one thing found, in words: is it ready, and what is to be done if not."""

from collections.abc import Iterable
from dataclasses import dataclass

MARKS = {True: "✓", False: "✗", None: "–"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one thing is like.

    Attributes:
        subject: The thing.
        passed: Whether it is ready; None where that cannot be said, or does not matter under these settings.
        text: What it is like, and where it is not ready, what to do. Without any secret.
    """

    subject: str
    passed: bool | None
    text: str

    def __str__(self) -> str:
        return f"{MARKS[self.passed]} {self.subject}: {self.text}"


def is_ready(findings: Iterable[Finding]) -> bool:
    """Whether nothing was found that is not ready."""
    return all(finding.passed is not False for finding in findings)
