"""Text from outside as people meet it in logs, errors, checks and messages: one line, printable, and not endless."""

from collections.abc import Iterable

LONGEST = 120


def to_line(text: object, longest: int = LONGEST) -> str:
    """A text in one line: what cannot be printed is a space, and what is too long ends with an ellipsis."""
    shown = str(text)[: longest + 1]
    line = " ".join("".join(c if c.isprintable() else " " for c in shown).split())
    return line if len(shown) <= longest else line[: longest - 1] + "…"


def to_enumeration(texts: Iterable[object], shown: int = 10) -> str:
    """Several texts in one line, the first few of them."""
    known = [to_line(text, 60) for text in texts]
    more = len(known) - shown
    return ", ".join(known[:shown]) + (f" and {more:,} more" if more > 0 else "")


def quoted(text: str, longest: int = 60) -> str:
    """A text in quotes, with what cannot be shown spelled out, cut after so many characters."""
    return repr(text) if len(text) <= longest else f"{text[:longest]!r}…"
