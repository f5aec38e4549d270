"""Dagster as the commands take it: what it says itself of a folder is a traceback, and of its beta features much.

It is imported when it is needed: that takes seconds.
"""

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign_assets.load.progress import Listener
from campaign_assets.plain_text import to_line
from campaign_assets.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

HOME = "DAGSTER_HOME"
_LONGEST_REASON = 300


def find_home(environ: Mapping[str, str]) -> Path:
    """The folder that DAGSTER_HOME names.

    Args:
        environ: The variables of the shell.

    Raises:
        ClickException: It names none.
    """
    home = environ.get(HOME, "").strip()
    if not home:
        raise click.ClickException(
            f"{HOME} is not set: set it to the folder in which Dagster remembers runs and what they have done."
        )
    if not Path(home).is_dir():
        raise click.ClickException(
            f"{HOME} is {home!r:.200}, but there is no such folder: make it, with dagster.yaml in it, or set another."
        )
    return Path(home).absolute()


def describe_reason(error: Exception) -> str:
    """What an error of Dagster's or of its databases says, in half a sentence without its SQL."""
    return to_line((str(error).strip() or type(error).__name__).splitlines()[0], _LONGEST_REASON).rstrip(".")


def check_home(home: Path, said: str) -> None:
    """Refuses a folder in which Dagster's databases cannot lie.

    Args:
        home: The folder, whether it is there or not.
        said: What names it, in the words of the command.

    Raises:
        ClickException: It is such a one.
    """
    # Dagster makes an address of the path, of which these characters are another part.
    if set("?%") & set(str(home)) or not str(home).isprintable():
        raise click.ClickException(
            f"{said} is {str(home)!r:.200}, but Dagster's databases cannot lie below a folder with ?, % or what cannot "
            "be printed in its name: choose another."
        )


@contextmanager
def opened_instance(home: Path, said: str) -> "Iterator[dg.DagsterInstance]":
    """The instance of a folder.

    Args:
        home: The folder.
        said: What names it, in the words of the command.

    Raises:
        ClickException: No instance opens there.
    """
    import dagster as dg

    check_home(home, said)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger("dagster").addFilter(_is_no_advice)
        try:
            opened = dg.DagsterInstance.from_config(str(home))
            opened.get_runs_count()  # a database that cannot be opened says so now
        except Exception as error:  # whatever dagster.yaml holds, and whatever lies there
            raise click.ClickException(
                f"{said} is {home}, but no instance opens there ({describe_reason(error)}): look at its dagster.yaml, "
                "rights and space, or choose another."
            ) from None
        with opened as instance:
            yield instance


def _is_no_advice(record: logging.LogRecord) -> bool:
    """Whether a line is something else than Dagster's advice about a folder without dagster.yaml, which is not ours."""
    return "No dagster instance configuration file" not in record.getMessage()


def build_quietly(settings: Settings, listener: Listener | None = None) -> "dg.Definitions":
    """The code location, without what Dagster says of its own features that are in beta.

    Args:
        settings: What the environment says.
        listener: Is told after each day of metrics how far a run is.
    """
    import dagster as dg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        from campaign_assets.defs.building import build_definitions  # which takes a second

        return build_definitions(settings, listener=listener)
