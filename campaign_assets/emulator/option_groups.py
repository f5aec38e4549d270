"""A command whose `--help` lists its options under headings.

Belongs here: the help's layout. Not here: any option (`command`).
"""

from collections.abc import Callable
from typing import Any

import click


class GroupedOption(click.Option):
    """An option that belongs under a heading of its command's help."""

    def __init__(self, *names: Any, heading: str = "Other", **details: Any) -> None:
        super().__init__(*names, **details)
        self.heading = heading


class GroupedCommand(click.Command):
    """A command that lists its options under their headings, in the order they were declared."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options into the help."""
        rows: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                rows.setdefault(getattr(parameter, "heading", "Other"), []).append(record)
        for heading, records in rows.items():
            with formatter.section(heading):
                formatter.write_dl(records)


def under(heading: str) -> Callable[..., Callable[[Any], Any]]:
    """Give a decorator like `click.option` for options under this heading."""

    def option(*names: str, **details: Any) -> Callable[[Any], Any]:
        return click.option(*names, cls=GroupedOption, heading=heading, **details)

    return option
