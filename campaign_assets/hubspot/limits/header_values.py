"""Numbers in headers, which may hold anything."""


def to_count(text: str | None) -> int | None:
    """A header's whole number, zero or above; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
