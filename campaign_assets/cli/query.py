"""`campaign-assets query`: a question in SQL over all tables and marts. How it is answered is in `marts.asking`."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import duckdb
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from campaign_assets.marts.asking import NAMES, QuestionError, ask
from campaign_assets.settings import Settings, SettingsError
from campaign_assets.tables import StorageError, TableStore

_SHOWN = 200
"""Rows that a table on the screen shows; the other formats have all."""
_NARROWEST = 8
"""Characters that a column takes at least, with what is around it: where they do not fit, each row is a list."""
_OPTIONS = {"csv": "FORMAT csv, HEADER", "json": "FORMAT json, ARRAY", "parquet": "FORMAT parquet, COMPRESSION zstd"}
_NAME = "campaign_assets_answer"


@click.command(epilog='Example: campaign-assets query "SELECT name, status FROM hubspot.campaigns" --format csv')
@click.argument("words", metavar="SELECT", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", *_OPTIONS]),
    default="table",
    show_default=True,
    help="How the rows are written.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write them into this file.")
@click.option("--tables", is_flag=True, help="Instead of an answer: the names of all tables.")
@click.pass_obj
def query(environ: Mapping[str, str], words: tuple[str, ...], form: str, out: Path | None, tables: bool) -> None:
    """Answers a question in DuckDB's SQL over all tables and marts, such as hubspot.campaigns.

    Asks HubSpot nothing. The tables are read where CAMPAIGN_ASSETS_STORAGE says.
    """
    if tables:
        click.echo("\n".join(NAMES))
        return
    if not words:
        raise click.UsageError("What is the question? Give a SELECT, or --tables for what there is.")
    if len(words) > 1:
        raise click.UsageError("Put the whole SELECT in quotes: the shell has taken it apart.")
    if form == "parquet" and out is None and sys.stdout.isatty():
        raise click.UsageError("Parquet is nothing for a screen: give a file with --out.")
    if form == "table" and out is not None:
        raise click.UsageError("A table is for the screen: choose --format csv, json or parquet for a file.")
    try:
        store = TableStore(Settings.from_environ(environ).storage)
        with ask(store, words[0], lambda said: click.echo(said, err=True)) as rows:
            if form == "table":
                _show(rows)
            else:
                _write(rows, _OPTIONS[form], out)
    except (QuestionError, SettingsError, StorageError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{out or 'The output'} cannot be written: {error.strerror}.") from None


def _show(rows: duckdb.DuckDBPyRelation) -> None:
    console, values = Console(highlight=False), rows.limit(_SHOWN + 1).fetchall()
    if _NARROWEST * len(rows.columns) > console.width:
        _list(console, rows.columns, values[:_SHOWN])
    else:
        table = Table(box=SIMPLE_HEAD)
        for name in rows.columns:
            table.add_column(Text(name))
        for row in values[:_SHOWN]:
            table.add_row(*map(_to_cell, row))
        console.print(table)
    if len(values) > _SHOWN:
        console.print(f"The first {_SHOWN} rows: --format csv, json or parquet gives all.")


def _list(console: Console, names: Sequence[str], values: Sequence[Sequence[object]]) -> None:
    """Shows each row as lines of a name and a value."""
    for number, row in enumerate(values, 1):
        table = Table(f"row {number}", "", box=SIMPLE_HEAD)
        for name, value in zip(names, row, strict=True):
            table.add_row(Text(name), _to_cell(value))
        console.print(table)
    if not values:
        console.print(f"No rows. Columns: {', '.join(names)}.")


def _to_cell(value: object) -> Text:
    return Text("" if value is None else str(value))


def _write(rows: duckdb.DuckDBPyRelation, options: str, out: Path | None) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "answer"
        rows.query(_NAME, f"COPY {_NAME} TO '{str(file).replace(chr(39), 2 * chr(39))}' ({options})")
        if out:
            shutil.move(file, out)
        else:
            with file.open("rb") as answer:
                while piece := answer.read(1 << 20):
                    click.echo(piece, nl=False)
