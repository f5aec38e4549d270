"""`campaign-assets demo`: the whole product once, against an emulated HubSpot account on this machine.

Everything it makes lies in one folder of its own, so that it never mixes with a real account's tables.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.compute as pc
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.cli.dagster_home import check_home, opened_instance
from campaign_assets.days import Calendar, DayRange
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.reports.building import REPORT
from campaign_assets.settings import VARIABLES
from campaign_assets.storage_root import anchor_storage
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES, TableStore

DAYS = 56
BEST_CAMPAIGNS = 5
MODULE = "campaign_assets.definitions"
_SETTINGS = frozenset(variable.name for variable in VARIABLES)
"""What the caller has set for a real account, which is none of the demo's business."""


@click.command(epilog="Example: campaign-assets demo --campaigns 200 --ui")
@click.option("--ui", is_flag=True, help="Leave the Dagster UI open afterwards, until Ctrl-C.")
@click.option("--port", default=3000, show_default=True, type=click.IntRange(1, 65535), help="Port of the UI.")
@click.option(
    "--campaigns", default=40, show_default=True, type=click.IntRange(1, 10_000), help="Campaigns in the account."
)
@click.option(
    "--folder",
    default=".demo",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the tables and the Dagster instance of the demo lie.",
)
def demo(ui: bool, port: int, campaigns: int, folder: Path) -> None:
    """Reads an emulated HubSpot account into Parquet tables through Dagster, and shows what came of it."""
    console = Console(highlight=False)
    if ui:
        _check_port(port)
    home = _prepare_instance(folder)
    folder = home.parent
    last = Calendar().find_last_closed()
    days = list(DayRange(last - timedelta(days=DAYS - 1), last))
    with EmulatorServer(Portal(campaigns=campaigns)) as server:
        environ = {
            **{name: value for name, value in os.environ.items() if name not in _SETTINGS},
            "DAGSTER_HOME": str(home),
            "HUBSPOT_BASE_URL": server.url,
            "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
            "CAMPAIGN_ASSETS_STORAGE": str(folder / "data"),
            "CAMPAIGN_ASSETS_TIMEZONE": "UTC",
            "CAMPAIGN_ASSETS_START_DATE": days[0].isoformat(),
        }
        console.print(f"An emulated HubSpot account with {campaigns} campaigns answers at {server.url}.")
        began = time.monotonic()
        with console.status(f"Dagster reads campaigns, campaign assets and the metrics of {DAYS} days ..."):
            _materialize(environ, folder / "materialize.log", days)
        seconds = time.monotonic() - began
        requests = server.stats.requests
        _show(console, TableStore(str(folder / "data")), days, requests, seconds)
        console.print(f"The report, for any browser: {folder / 'data' / REPORT}", soft_wrap=True)
        if ui:
            _serve_ui(console, environ, port)


def _check_port(port: int) -> None:
    """Says before anything is read that the UI could not start afterwards."""
    try:
        with socket.create_server(("127.0.0.1", port)):
            pass
    except OSError as error:
        raise click.ClickException(
            f"The UI cannot listen on 127.0.0.1 port {port}: {os.strerror(error.errno or 0)}. Choose another: --port."
        ) from None


def _prepare_instance(folder: Path) -> Path:
    """A Dagster instance of the demo's own, with the pool's limit set explicitly."""
    if folder == Path():
        raise click.UsageError("--folder is empty, or the folder in which you are: give the demo one of its own.")
    try:
        home = folder.resolve() / "dagster_home"
        check_home(home, "--folder")
        anchor_storage(str(home.with_name("data")), "")
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(__file__).parents[2] / "dagster.yaml", home)
    except OSError as error:
        raise click.ClickException(f"--folder {str(folder)!r:.200} cannot be used: {error.strerror}.") from None
    except ValueError as error:  # no place for tables
        raise click.ClickException(f"--folder {str(folder)!r:.200} cannot be used: {error}.") from None
    from campaign_assets.defs.keys import POOL  # it imports Dagster

    with opened_instance(home, "--folder") as instance:
        instance.event_log_storage.set_concurrency_slots(POOL, 1)
    return home


def _materialize(environ: Mapping[str, str], log: Path, days: list[date]) -> None:
    command = [
        *(sys.executable, "-W", "ignore", "-m", "dagster", "asset", "materialize", "-m", MODULE, "--select", "*"),
        *("--partition-range", f"{days[0]}...{days[-1]}"),
    ]
    try:
        opened = log.open("wb")
    except OSError as error:
        raise click.ClickException(f"{log} cannot be written: {error.strerror}.") from None
    with opened as file:
        finished = subprocess.run(command, env=dict(environ), stdout=file, stderr=subprocess.STDOUT, check=False)  # noqa: S603
    if finished.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise click.ClickException(f"Dagster did not succeed. The whole log is {log}; its end:\n{tail}")


def _show(console: Console, store: TableStore, days: list[date], requests: int, seconds: float) -> None:
    overview = Table("table", box=SIMPLE_HEAD, title=f"Tables below {store.root}", title_justify="left")
    for column in ("files", "rows", "kB"):
        overview.add_column(column, justify="right")
    metrics = list(METRICS_TABLES.values())
    for table in (CAMPAIGNS, CAMPAIGN_ASSETS, *metrics):
        read = store.read_days(table.path, days) if table.daily else store.read(table.path)
        files = [store.locate(table.path, day) for day in (days if table.daily else [None])]
        size = sum(file.stat().st_size for file in files)
        overview.add_row(table.name, f"{len(files)}", f"{read.num_rows:,}", f"{size / 1000:,.0f}")
    console.print(overview)

    best = Table("campaign", box=SIMPLE_HEAD, title="Best campaigns by views", title_justify="left")
    best.add_column(f"views in {len(days)} days", justify="right")
    for name, views in _find_best(store, days):
        best.add_row(name, f"{views:,}")
    console.print(best)
    console.print(f"{requests} requests to HubSpot, {seconds:.1f} seconds, start of Dagster included.")


def _find_best(store: TableStore, days: list[date]) -> list[tuple[str, int]]:
    """The campaigns whose assets were viewed most, over all types that count views."""
    views: Counter[str] = Counter()
    for asset_type in METRIC_ASSET_TYPES:
        if asset_type.find_metric("VIEWS"):
            table = store.read_days(METRICS_TABLES[asset_type.name].path, days)
            sums = table.group_by("campaign_id").aggregate([("views", "sum")])
            views.update({row["campaign_id"]: row["views_sum"] or 0 for row in sums.to_pylist()})
    campaigns = store.read(CAMPAIGNS.path)
    best = dict(views.most_common(BEST_CAMPAIGNS))
    rows = campaigns.filter(pc.is_in(campaigns["campaign_id"], pa.array(list(best), pa.string())))
    names = {row["campaign_id"]: row["name"] for row in rows.select(["campaign_id", "name"]).to_pylist()}
    return [(names.get(campaign_id) or campaign_id, count) for campaign_id, count in best.items()]


def _serve_ui(console: Console, environ: Mapping[str, str], port: int) -> None:
    console.print(f"The Dagster UI opens at http://127.0.0.1:{port} in some seconds. Ctrl-C stops it.")
    address = ("-h", "127.0.0.1", "-p", str(port))
    command = [sys.executable, "-W", "ignore", "-m", "dagster", "dev", "-m", MODULE, *address]
    process = subprocess.Popen(command, env={**environ, "DAGSTER_NO_BROWSER": "1"})  # noqa: S603
    try:
        if process.wait():
            raise click.ClickException(f"The UI did not start; is port {port} in use? Choose another with --port.")
    except KeyboardInterrupt:
        console.print("Stopping ...")
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that we started, by asking first."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
