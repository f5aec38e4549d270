"""`campaign-assets report`: where the report is, and what is in it as of when. How it is made is in `reports`."""

import json
import webbrowser
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from campaign_assets.reports.building import REPORT
from campaign_assets.settings import Settings, SettingsError
from campaign_assets.tables import StorageError, TableStore


@click.command(epilog="Example: campaign-assets report --open")
@click.option("--open", "opens", is_flag=True, help="Open it in the browser as well.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for a program.")
@click.pass_obj
def report(environ: Mapping[str, str], opens: bool, as_json: bool) -> None:
    """Prints the path of the report, one HTML file, and opens it.

    Asks HubSpot nothing, and makes nothing: the asset reports/campaign_report is made anew after each run.
    """
    try:
        store = TableStore(Settings.from_environ(environ).storage)
    except (SettingsError, StorageError) as error:
        raise click.ClickException(str(error)) from None
    place = store.root / REPORT
    try:
        size = store.measure_other(REPORT)
    except StorageError as error:
        raise click.ClickException(str(error)) from None
    if size is None:
        raise click.ClickException(
            f"{place} is not there: materialize reports/campaign_report, for which the extra has to be installed: "
            "pip install 'campaign_assets[report]'."
        )
    if opens and store.local_root is None:
        raise click.ClickException(f"{place} is on no disk of this machine: no browser can open it. Download it first.")
    if as_json:
        made_at = datetime.fromtimestamp(Path(str(place)).stat().st_mtime, UTC) if store.local_root else None
        told = {"path": str(place), "bytes": size, "made_at": made_at.isoformat() if made_at else None}
        click.echo(json.dumps(told))
    else:
        click.echo(str(place))
    if opens and not webbrowser.open(Path(str(place)).as_uri()):
        raise click.ClickException(f"No browser opened {place}.")
