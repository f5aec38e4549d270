"""Text from outside as it may stand in a sentence of ours: on one line, without control characters, and not endless."""


def to_printable(text: str, limit: int) -> str:
    """A text that can be shown anywhere, cut after so many characters."""
    printable = "".join(c if c.isprintable() else " " for c in text[: limit + 1])
    return printable if len(printable) <= limit else printable[:limit] + "…"


def quoted(text: str, limit: int = 60) -> str:
    """A text in quotes, with what cannot be shown spelled out, cut after so many characters."""
    return repr(text) if len(text) <= limit else f"{text[:limit]!r}…"
