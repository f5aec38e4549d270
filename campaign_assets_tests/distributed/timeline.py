"""What happened when, a line each."""

import time

import click


class Timeline:
    """Prints lines with the seconds since it began."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._began

    def note(self, text: str) -> None:
        """Prints a line."""
        click.echo(f"{self.seconds:6.1f} s  {text}")
