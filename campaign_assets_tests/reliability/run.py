"""The main job without Dagster, by the writer that ships: what each run says of its cells.

What Dagster adds of its own is tested where it runs (`dagster_runs`).
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.days import Calendar
from campaign_assets.extract.campaigns import list_existing
from campaign_assets.extract.plan import plan_day
from campaign_assets.hubspot import HubSpotClient, HubSpotError
from campaign_assets.load.associations import refresh_associations
from campaign_assets.load.campaigns import refresh_campaigns
from campaign_assets.load.cells import FailedCell, WrittenCell
from campaign_assets.load.metrics import MetricsWork, refresh_metrics
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES, TableError, TableStore
from campaign_assets_tests.reliability.account import NOW
from campaign_assets_tests.reliability.cells import CAMPAIGN_ASSETS_CELL, CAMPAIGNS_CELL, Cell, all_cells


@dataclass
class Run:
    """What a run says of its cells.

    Attributes:
        days: The days that were asked for.
        finished: Cells whose file is in place.
        errors: Why the others are not finished.
        left_out: How many rows a cell lacks since HubSpot left them out, as the run itself says.
        refused: Asset types that HubSpot refused to list, or told only in part, as the run itself says.
        nameless: Campaigns that HubSpot's search counts and has no id of that can be read, as the run itself says.
        foreign: An exception that is none of the product's own; nothing may end so.
    """

    days: list[date]
    finished: set[Cell] = field(default_factory=set)
    errors: dict[Cell, str] = field(default_factory=dict)
    left_out: dict[Cell, int] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    nameless: int = 0
    foreign: BaseException | None = None

    def fail_rest(self, error: str) -> None:
        """Every cell that has not ended yet fails for one reason."""
        for cell in all_cells(self.days):
            if cell not in self.finished:
                self.errors.setdefault(cell, error)


def run_all(client: HubSpotClient, store: TableStore, days: list[date], now: datetime = NOW) -> Run:
    """Refreshes everything, as one run does at a time."""
    run, calendar = Run(days), Calendar(now=lambda: now)
    try:
        campaigns = refresh_campaigns(client, store, (), now).extract
        run.nameless = campaigns.total - (campaigns.table.num_rows - campaigns.deleted)
        run.finished.add(CAMPAIGNS_CELL)
        extract = refresh_associations(client, store, calendar).extract
        run.refused.update(extract.failed, (asset_type for _, asset_type in extract.unreadable))
        run.finished.add(CAMPAIGN_ASSETS_CELL)
        _refresh_metrics(client, store, run, calendar)
    except (HubSpotError, TableError) as error:
        run.fail_rest(str(error))
    except Exception as error:  # noqa: BLE001 - that there is none is what is being proved
        run.foreign = error
    return run


def _refresh_metrics(client: HubSpotClient, store: TableStore, run: Run, calendar: Calendar) -> None:
    plan = plan_day(store.read(CAMPAIGN_ASSETS.path), METRIC_ASSET_TYPES)
    work = MetricsWork(run.days, existing=frozenset(list_existing(store.read(CAMPAIGNS.path))))
    for outcome in refresh_metrics(client, store, plan, work, calendar.now):
        if isinstance(outcome, WrittenCell):
            run.finished.add(_to_cell(outcome))
            run.left_out[_to_cell(outcome)] = outcome.left_out.count if outcome.left_out else 0
        elif isinstance(outcome, FailedCell):
            run.errors[_to_cell(outcome)] = str(outcome.error)


def _to_cell(outcome: WrittenCell | FailedCell) -> Cell:
    return Cell(METRICS_TABLES[outcome.asset_type.name].name, outcome.day.isoformat())
