"""`campaign-assets status`: what there is of each table. How it is found is in `inspection.table_status`."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from campaign_assets.cli.console import open_console
from campaign_assets.cli.dagster_home import HOME, find_home, opened_instance
from campaign_assets.days import Calendar
from campaign_assets.inspection.table_status import ReadTimes, TableStatus, inspect_tables, list_tables_by_day
from campaign_assets.settings import Settings, SettingsError
from campaign_assets.tables import StorageError, TableStore

logger = logging.getLogger(__name__)
_NARROWEST = 120
"""Letters of a line at least: a pipe counts as 80, and a narrow screen wraps a line where a table would cut names."""


@click.command(epilog="Example: campaign-assets status --json | jq '.tables[] | select(.days.due > 0)'")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for a program.")
@click.pass_obj
def status(environ: Mapping[str, str], as_json: bool) -> None:
    """Says what there is of each table: days present, missing, due and settled, last reading, rows and bytes.

    Asks HubSpot nothing. What is due is what the instance of DAGSTER_HOME would request; without one, what the files
    say of themselves.
    """
    try:
        settings = Settings.from_environ(environ)
        calendar = settings.build_calendar()
        told = _ask_instance(environ, settings, calendar)
        found = inspect_tables(settings, TableStore(settings.storage), calendar, told)
    except (SettingsError, StorageError) as error:
        raise click.ClickException(str(error)) from None
    asked = "files" if told is None else "instance"
    if as_json:
        click.echo(json.dumps(_to_json(settings, calendar, found, asked), indent=2, default=_to_text))
    else:
        _show(environ, settings, calendar, found)
    faults = [fault for table in found for fault in table.faults]
    if faults:
        raise click.ClickException("\n".join(faults))


def _ask_instance(environ: Mapping[str, str], settings: Settings, calendar: Calendar) -> ReadTimes | None:
    """When the instance's cells were read; None where there is no instance yet, and none is made for the question."""
    if _find_no_instance(environ) is not None:
        return None
    from campaign_assets.defs.instance.last_reads import find_cell_states
    from campaign_assets.defs.portal import Portal

    portal = Portal.from_settings(settings)
    keys = list(map(portal.key, list_tables_by_day(settings)))
    with opened_instance(find_home(environ), HOME) as instance:
        states = find_cell_states(instance, portal, list(calendar.list_closed_days()), calendar, logger, keys)
    return {(state.table, state.day): state.read_at for state in states}


def _find_no_instance(environ: Mapping[str, str]) -> str | None:
    """Why there is no instance, in half a sentence; None where there is one."""
    home = environ.get(HOME, "").strip()
    if not home:
        return f"{HOME} is not set"
    try:
        if not Path(home).is_dir():
            return f"{HOME} is {home!r:.200}, and there is no such folder"
        if not any(Path(home).iterdir()):
            return f"{HOME} is {home!r:.200}, where none is yet (campaign-assets adopt tells a new one of these tables)"
    except OSError as error:
        return f"{HOME} is {home!r:.200}, which cannot be looked at ({error.strerror or error})"
    return None


def _to_json(settings: Settings, calendar: Calendar, found: Sequence[TableStatus], asked: str) -> dict[str, Any]:
    closed = calendar.list_closed_days()
    return {
        "storage": settings.storage,
        "time_zone": settings.time_zone,
        "start_date": closed.first,
        "last_closed_day": closed.last,
        "due_by": asked,
        "tables": [asdict(table) for table in found],
    }


def _to_text(value: date) -> str:
    return value.isoformat()


def _show(environ: Mapping[str, str], settings: Settings, calendar: Calendar, found: Sequence[TableStatus]) -> None:
    closed = calendar.list_closed_days()
    title = Text(f"Tables below {settings.storage}; days from {closed.first} to {closed.last} in {settings.time_zone}")
    shown = Table(box=SIMPLE_HEAD, title=title, title_justify="left")
    shown.add_column("table", no_wrap=True)
    for name in ("days", "missing", "due", "settled", "last read (UTC)", "rows", "bytes"):
        shown.add_column(name, justify="right", no_wrap=True)
    for table in found:
        days = table.days
        counts = (days.present, days.missing, days.due, days.settled) if days else ("", "", "", "")
        read = f"{table.last_read:%Y-%m-%d %H:%M}" if table.last_read else "" if table.files else "never"
        shown.add_row(table.table, *map(_to_cell, (*counts, read, table.rows, table.bytes)))
    console = open_console(environ)
    console.width = max(console.width, _NARROWEST)
    console.print(shown)
    unknown = sum(table.days.unknown for table in found if table.days)
    if unknown:
        console.print(
            f"{unknown:,} files of days the instance of {HOME} has not read: campaign-assets adopt tells it of them, "
            "else it reads those that are due."
        )
    if (reason := _find_no_instance(environ)) is not None:
        console.print(f"No instance was asked, since {reason}: what is due is told by the files.")


def _to_cell(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value
