"""The main job without Dagster: the same readings, written to the same files, cell by cell.

What Dagster adds of its own is tested where it runs (`dagster_runs`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.extract.asset_metrics import DayExtract, DayFailure, read_days
from campaign_assets.extract.campaign_assets import read_campaign_assets
from campaign_assets.extract.campaigns import list_deleted, list_existing, read_campaigns
from campaign_assets.extract.metric_rows import retain_rows
from campaign_assets.extract.plan import plan_day
from campaign_assets.hubspot import HubSpotClient, HubSpotError
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES, TableError, TableStore
from campaign_assets_tests.reliability.account import NOW
from campaign_assets_tests.reliability.cells import (
    CAMPAIGN_ASSETS_CELL,
    CAMPAIGNS_CELL,
    Cell,
    all_cells,
    metrics_cells,
)


@dataclass
class Run:
    """What a run says of its cells.

    Attributes:
        days: The days that were asked for.
        finished: Cells whose file is in place.
        errors: Why the others are not finished.
        foreign: An exception that is none of the product's own; nothing may end so.
    """

    days: list[date]
    finished: set[Cell] = field(default_factory=set)
    errors: dict[Cell, str] = field(default_factory=dict)
    foreign: BaseException | None = None

    def fail_rest(self, error: str) -> None:
        """Every cell that has not ended yet fails for one reason."""
        for cell in all_cells(self.days):
            if cell not in self.finished:
                self.errors.setdefault(cell, error)


def run_all(client: HubSpotClient, store: TableStore, days: list[date]) -> Run:
    """Reads and writes everything, as one run does."""
    run = Run(days)
    try:
        read_snapshots(client, store, run)
        read_metrics(client, store, run)
    except (HubSpotError, TableError) as error:
        run.fail_rest(str(error))
    except Exception as error:  # noqa: BLE001 - that there is none is what is being proved
        run.foreign = error
    return run


def read_snapshots(client: HubSpotClient, store: TableStore, run: Run) -> None:
    """The two tables without days."""
    before = store.read(CAMPAIGNS.path) if store.exists(CAMPAIGNS.path) else None
    campaigns = read_campaigns(client, (), before, NOW)
    store.write(CAMPAIGNS.path, campaigns.table, extracted_at=NOW)
    run.finished.add(CAMPAIGNS_CELL)
    associations = read_campaign_assets(client, list_existing(store.read(CAMPAIGNS.path)), NOW)
    store.write(CAMPAIGN_ASSETS.path, associations.table, extracted_at=NOW)
    run.finished.add(CAMPAIGN_ASSETS_CELL)


def read_metrics(client: HubSpotClient, store: TableStore, run: Run) -> None:
    """The days."""
    plan = plan_day(store.read(CAMPAIGN_ASSETS.path), METRIC_ASSET_TYPES)
    deleted = list_deleted(store.read(CAMPAIGNS.path))
    for extract in read_days(client, run.days, plan, METRIC_ASSET_TYPES, lambda: NOW):
        if isinstance(extract, DayFailure):
            run.errors.update((cell, str(extract.error)) for cell in metrics_cells(extract.day))
        else:
            run.errors.update(_write_day(store, extract, deleted, run.finished))


def _write_day(
    store: TableStore, extract: DayExtract, deleted: frozenset[str], finished: set[Cell]
) -> Mapping[Cell, str]:
    errors: dict[Cell, str] = {}
    for asset_type in METRIC_ASSET_TYPES:
        table = METRICS_TABLES[asset_type.name]
        cell = Cell(table.name, extract.day.isoformat())
        rows, deleted = extract.rows[asset_type.name], deleted | extract.missing
        try:
            if deleted and store.exists(table.path, extract.day):
                rows = retain_rows(rows, store.read(table.path, day=extract.day), deleted)
            store.write(table.path, rows.table, day=extract.day, extracted_at=extract.extracted_at)
        except TableError as error:
            errors[cell] = str(error)
        else:
            finished.add(cell)
    return errors
