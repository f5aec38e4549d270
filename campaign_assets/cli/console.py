"""Where commands show tables: as wide as the terminal, or wide enough where there is none, as in a pipe or a log."""

import sys
from collections.abc import Mapping

from rich.console import Console
from rich.status import Status

_WIDTH_OF_A_PIPE = 160


def open_console(environ: Mapping[str, str]) -> Console:
    """The console of a command; it takes nothing that is shown for markup.

    Args:
        environ: The variables of the shell; COLUMNS says how wide a pipe is.
    """
    is_as_wide_as_said = sys.stdout.isatty() or environ.get("COLUMNS")
    return Console(highlight=False, markup=False, width=None if is_as_wide_as_said else _WIDTH_OF_A_PIPE)


def show_waiting(text: str) -> Status:
    """Shows, while it is entered, what a person at a terminal waits for; a pipe or a log gets nothing of it.

    Args:
        text: What is being done.
    """
    return Console(stderr=True, quiet=not sys.stderr.isatty()).status(text)
