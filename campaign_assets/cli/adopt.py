"""`campaign-assets adopt`: tells an instance of tables that it does not know. How, is in `defs.assets.adoption`."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from campaign_assets.cli.console import open_console, show_waiting
from campaign_assets.cli.dagster_home import HOME, describe_reason, find_home, opened_instance
from campaign_assets.settings import Settings, SettingsError
from campaign_assets.tables import StorageError, TableStore

if TYPE_CHECKING:
    import dagster as dg

    from campaign_assets.defs.assets.adoption import Adoption

logger = logging.getLogger(__name__)


@click.command(epilog="Example: campaign-assets adopt --dry-run")
@click.option("--dry-run", is_flag=True, help="Say what would be told, and tell nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for a program.")
@click.pass_obj
def adopt(environ: Mapping[str, str], dry_run: bool, as_json: bool) -> None:
    """Tells the Dagster instance of tables that it does not know.

    For a new instance, a folder that was moved, or an instance that was lost: what lies in the storage counts as read
    when its files say, so that HubSpot is not asked for it again. Asks HubSpot nothing, and changes no file. A file
    that is damaged, or that the product did not write there, is named and not told of; the exit status is 1 then.
    """
    try:
        settings = Settings.from_environ(environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    home = find_home(environ)
    status = show_waiting("The files are read, and compared with their seals ...")
    if dry_run and not any(home.iterdir()):
        with status:
            adoption = _find(settings, None)  # and no instance is made for the question
    else:
        with opened_instance(home, HOME) as instance:
            with status:
                adoption = _find(settings, instance)
            if not dry_run:
                _tell(instance, adoption, shown=not as_json)
    if as_json:
        click.echo(json.dumps(_to_json(settings, adoption, dry_run), indent=2))
    else:
        _show(environ, adoption, dry_run)
    if adoption.faults:
        raise click.ClickException("\n".join(adoption.faults))


def _find(settings: Settings, instance: "dg.DagsterInstance | None") -> "Adoption":
    from campaign_assets.defs.assets.adoption import find_adoption  # it imports Dagster
    from campaign_assets.defs.portal import Portal

    try:
        portal, calendar = Portal.from_settings(settings), settings.build_calendar()
        return find_adoption(settings, portal, TableStore(settings.storage), calendar, instance, logger)
    except StorageError as error:
        raise click.ClickException(str(error)) from None


def _tell(instance: "dg.DagsterInstance", adoption: "Adoption", *, shown: bool) -> None:
    from campaign_assets.defs.assets.adoption import adopt as tell

    logging.getLogger("dagster").setLevel(logging.CRITICAL)  # a line for each event
    with Progress(console=Console(highlight=False), transient=True, disable=not shown) as bar:
        task = bar.add_task("Files", total=len(adoption.events))
        try:
            tell(instance, adoption.events, lambda: bar.advance(task))
        except Exception as error:  # whatever its database says, such as that the disk is full
            raise click.ClickException(
                f"The instance of {HOME} cannot be told ({describe_reason(error)}): look at the folder's rights and "
                "space, and call this again; what it was told of stays told."
            ) from None


def _to_json(settings: Settings, adoption: "Adoption", dry_run: bool) -> dict[str, object]:
    until = adoption.followed_until
    return {
        "storage": settings.storage,
        "dry_run": dry_run,
        "adopted": len(adoption.events),
        "tables": [asdict(table) for table in adoption.tables.values()],
        "changes_followed_until": until.isoformat() if until else None,
        "faults": adoption.faults,
    }


def _show(environ: Mapping[str, str], adoption: "Adoption", dry_run: bool) -> None:
    console = open_console(environ)
    shown = Table(box=SIMPLE_HEAD)
    shown.add_column("table", overflow="fold")
    counts = ("adopted", "known", "refused", "outside", "outdated")
    for name in ("would be told" if dry_run else "told", "known already", "refused", "other days", "outdated"):
        shown.add_column(name, justify="right")
    for table in adoption.tables.values():
        shown.add_row(table.table, *(f"{getattr(table, name):,}" for name in counts))
    if adoption.tables:
        console.print(shown)
    if not adoption.events:
        console.print("There is nothing to tell.")
        return
    told = "would be told" if dry_run else "was told"
    console.print(f"The instance {told} of {len(adoption.events):,} files and days of marts.")
    if adoption.followed_until:
        console.print(
            f"Associations that were noticed to change until {adoption.followed_until:%Y-%m-%d %H:%M} UTC count as "
            "followed: past days are not read again for them.",
            soft_wrap=True,
        )
