"""Every fault alone against the campaign reports: what is answered is right, what is not names its cause."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from campaign_assets.days import Calendar
from campaign_assets.emulator.damage import Damaged
from campaign_assets.emulator.fault_kinds import KNOWN_FAULTS
from campaign_assets.emulator.fault_plan import FaultPlan
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.requests import ApiRequest
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.extract.daily_reports import DailyReport, list_daily_reports
from campaign_assets.extract.report_plan import Report, list_reports
from campaign_assets.hubspot import HubSpotClient, HubSpotError
from campaign_assets.load.campaign_reports import WrittenReport, refresh_report
from campaign_assets.load.campaigns import refresh_campaigns
from campaign_assets.load.daily_reports import DailyWork, FailedDay, refresh_daily_report
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGNS, TableSchema, TableStore
from campaign_assets_tests.reliability.account import NOW, list_days, open_client, serve
from campaign_assets_tests.reliability.causes import is_named
from campaign_assets_tests.reliability.cells import Cell, Fate, Figures
from campaign_assets_tests.served import (
    Row,
    is_live,
    list_ids,
    serve_attribution,
    serve_budgets,
    serve_contacts,
    serve_revenue,
)

SETTINGS = Settings(
    daily_reports=("attribution", "revenue"),
    contact_types=("influencedContacts",),
    revenue_models=("LINEAR", "U_SHAPED"),
)
CAMPAIGNS_READ = 14
DAYS = list_days(2)
Truth = Mapping[Cell, list[Row]]
Errors = dict[str, str]
"""Why campaigns failed, by id; under the empty id why a whole table did."""


@dataclass(frozen=True)
class ReportCase:
    """What is done to the account while the reports are read.

    Attributes:
        name: What the figures call it.
        kinds: Which faults.
        share: Share of requests that meets one.
        endpoint: Whose responses are changed.
        change: How; None where no response is.
    """

    name: str
    kinds: tuple[str, ...] = ()
    share: float = 0.0
    endpoint: str = ""
    change: Callable[[dict[str, Any]], object] | None = None

    def arm(self, portal: Portal, seed: int) -> None:
        """Lets it begin."""
        FaultPlan.of(self.kinds, self.share, seed).arm(portal.faults)
        change = self.change
        if change is not None:

            def changed(_: ApiRequest, content: dict[str, Any], __: Random) -> Damaged:
                change(content)
                return Damaged(content)

            portal.faults.add(self.endpoint, kind="damage", damage=changed, times=None, where=_is_of_some)


def _is_of_some(request: ApiRequest) -> bool:
    """Whether a request asks about one of some campaigns, a third of all, wherever they stand among the others."""
    return request.path.split("/")[4][-1] in "01234"


KINDS = tuple(name for name, known in KNOWN_FAULTS.items() if known.endpoints is None)
"""Faults that any request may meet."""


def list_report_cases(kinds: Iterable[str] = KINDS, shares: Iterable[float] = (0.3,)) -> Iterator[ReportCase]:
    """No fault, each fault alone, and what can be wrong with the numbers of a report."""
    yield ReportCase("reports, no fault")
    for kind in kinds:
        yield from (ReportCase(f"reports, {kind}", (kind,), share) for share in shares)
    yield ReportCase("reports, a count below zero", (), 0, "report_metrics", lambda c: c.update(sessions=-1))
    yield ReportCase("reports, an endless amount", (), 0, "report_revenue", lambda c: c.update(dealAmount=10**400))
    yield ReportCase("reports, words for an amount", (), 0, "report_revenue", lambda c: c.update(revenueAmount="n/a"))
    yield ReportCase("reports, no items", (), 0, "budget_totals", lambda c: c.pop("budgetItems"))
    yield ReportCase("reports, a list", (), 0, "report_contacts", lambda c: c.update(results={}))
    yield ReportCase("reports, amounts as text", (), 0, "budget_totals", _spell_amounts)
    yield ReportCase("reports, fields never heard of", (), 0, "report_metrics", lambda c: c.update(mood="fine"))


def _spell_amounts(content: dict[str, Any]) -> None:
    for item in content["budgetItems"]:
        item["amount"] = str(item["amount"])


def run_report_case(case: ReportCase, folder: Path, seed: int) -> Figures:
    """Reads the reports under a case's faults, then once more without: the second reading must mend what failed.

    Args:
        case: The case.
        folder: Where the tables lie.
        seed: Decides which requests meet a fault; the account is the same for every case.
    """
    figures, began = Figures(f"{case.name}{f' {case.share:.0%}' if case.kinds else ''}"), time.monotonic()
    truth, store = serve_all(), TableStore(str(folder))
    with serve(CAMPAIGNS_READ) as server:
        with open_client(server.url) as client:
            refresh_campaigns(client, store, (), NOW)
        server.stats.reset()
        case.arm(server.portal, seed)
        _judge(case, figures, store, truth, _read(server, store))
        figures.requests, figures.faults = server.stats.requests, server.stats.faults.total()
        server.portal.faults.clear()
        mended = Figures("mended")
        errors = _read(server, store)
        _judge(ReportCase("mended"), mended, store, truth, errors)
    for note in mended.notes:
        figures.blame(f"after a second reading without faults: {note}")
    figures.seconds = time.monotonic() - began
    return figures


def _read(server: EmulatorServer, store: TableStore) -> dict[Cell, Errors]:
    """What failed of each cell; nothing of one that is whole."""
    errors: dict[Cell, Errors] = {}
    with open_client(server.url) as client:
        for report in list_reports(SETTINGS):
            found = _refresh(client, store, report)
            errors |= {_to_cell(table): found for table in report.tables}
        for daily in list_daily_reports(SETTINGS):
            errors |= _refresh_days(client, store, daily)
    return errors


def _refresh(client: HubSpotClient, store: TableStore, report: Report) -> Errors:
    try:
        return _list_errors(refresh_report(client, store, report, _CALENDAR))
    except HubSpotError as error:
        return {"": str(error)}


def _refresh_days(client: HubSpotClient, store: TableStore, report: DailyReport) -> dict[Cell, Errors]:
    errors: dict[Cell, Errors] = {}
    work = DailyWork(report, store.read_table(CAMPAIGNS), DAYS, SETTINGS.live_margin_days)
    try:
        for outcome in refresh_daily_report(client, store, work, _CALENDAR):
            failed = {"": str(outcome.error)} if isinstance(outcome, FailedDay) else _list_errors(outcome.report)
            errors[_to_cell(report.table, outcome.day)] = failed
    except HubSpotError as error:
        for day in DAYS:
            errors.setdefault(_to_cell(report.table, day), {"": str(error)})
    return errors


_CALENDAR = Calendar(now=lambda: NOW)


def _list_errors(written: WrittenReport) -> Errors:
    return {campaign_id: str(error) for campaign_id, error in written.answers.failed.items()}


def _to_cell(table: TableSchema, day: date | None = None) -> Cell:
    return Cell(table.name, day.isoformat() if day else "")


def _judge(case: ReportCase, figures: Figures, store: TableStore, truth: Truth, errors: Mapping[Cell, Errors]) -> None:
    for cell, failed in errors.items():
        unnamed = [error for error in failed.values() if not is_named(error, case.kinds or ("wrong_shape",))]
        if unnamed:
            figures.blame(f"{cell} fails, and its error does not say why: {unnamed[0]!r:.200}")
            continue
        rows = _read_rows(store, cell)
        wrong = [row for row in rows if row not in truth[cell]]
        missing = [row for row in truth[cell] if row not in rows and not {"", row["campaign_id"]} & failed.keys()]
        if wrong or missing:
            figures.blame(f"{cell}: {len(wrong)} rows are wrong, {len(missing)} missing: {(wrong + missing)[0]!r:.200}")
        else:
            figures.add(Fate.FAILED if failed else Fate.SURVIVED)


def _read_rows(store: TableStore, cell: Cell) -> list[Row]:
    if not store.exists(cell.path, cell.date):
        return []
    table = store.read(cell.path, day=cell.date)
    names = [name for name in ("extracted_at", "metric_date") if name in table.column_names]
    rows: list[Row] = table.drop_columns(names).to_pylist()
    return rows


@cache
def serve_all() -> Truth:
    """What the account serves of every cell, asked one by one."""
    with serve(CAMPAIGNS_READ) as server:
        return _serve_all(server)


def _serve_all(server: EmulatorServer) -> Truth:
    last = NOW.date() - timedelta(days=1)
    windows = {"lifetime": date(2006, 1, 1), "last_28_days": last - timedelta(days=27)}
    truth: dict[Cell, list[Row]] = {Cell(f"hubspot/{name}"): rows for name, rows in serve_budgets(server).items()}
    ids = list_ids(server)
    covered = [
        ({"campaign_id": i, "window": name, "first_day": first, "last_day": last}, i, first)
        for i in ids
        for name, first in windows.items()
    ]
    truth[Cell("hubspot/campaign_attribution")] = [
        {**row, **serve_attribution(server, i, first, last)} for row, i, first in covered
    ]
    truth[Cell("hubspot/campaign_revenue")] = [
        {**row, "attribution_model": model, **serve_revenue(server, i, first, last, model)}
        for row, i, first in covered
        for model in SETTINGS.revenue_models
    ]
    truth[Cell("hubspot/campaign_contacts")] = [
        {"campaign_id": i, "contact_type": kind, "contact_id": contact_id}
        for i in ids
        for kind in SETTINGS.contact_types
        for contact_id in serve_contacts(server, i, kind)
    ]
    for day in DAYS:
        live = [c.id for c in server.portal.store if is_live(c, day, SETTINGS.live_margin_days)]
        truth[Cell("hubspot/campaign_attribution_daily", str(day))] = [
            {"campaign_id": i, **serve_attribution(server, i, day, day)} for i in live
        ]
        truth[Cell("hubspot/campaign_revenue_daily", str(day))] = [
            {"campaign_id": i, "attribution_model": model, **serve_revenue(server, i, day, day, model)}
            for i in live
            for model in SETTINGS.revenue_models
        ]
    return truth
