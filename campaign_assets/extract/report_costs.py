"""What the campaign reports would take, before they are read: each night, and by day over a range."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from campaign_assets.days import Calendar, DayRange
from campaign_assets.extract.daily_reports import DaysPlan, LiveCampaigns, list_daily_reports
from campaign_assets.extract.report_plan import Report, list_reports
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGNS, TableError, TableStore


@dataclass(frozen=True, slots=True)
class ReportCosts:
    """Requests when nothing fails and nothing changes.

    Attributes:
        nightly: Those of a night, by the report's table.
        by_day: Those of a range of days, likewise; empty where no report is read by day.
    """

    nightly: Mapping[str, int] = field(default_factory=dict)
    by_day: Mapping[str, int] = field(default_factory=dict)


def count_report_requests(settings: Settings, store: TableStore, calendar: Calendar, days: DayRange) -> ReportCosts:
    """The requests of the reports that the settings turn on; none where the campaigns were never read.

    Args:
        settings: What the environment says.
        store: Where the tables lie.
        calendar: The days of the account.
        days: The range.
    """
    campaigns = _read(store, CAMPAIGNS.path)
    if campaigns is None:
        return ReportCosts()
    last, live = calendar.find_last_closed(), LiveCampaigns(campaigns, settings.live_margin_days)
    nightly = {r.table.path[-1]: r.plan(campaigns, _read_main(store, r), last).requests for r in list_reports(settings)}
    plans = [DaysPlan(report, live, list(days)) for report in list_daily_reports(settings)]
    return ReportCosts(nightly, {plan.report.table.path[-1]: sum(plan.count_by_day()) for plan in plans})


def _read_main(store: TableStore, report: Report) -> pa.Table | None:
    """The main table, where all tables of the report are there: else every campaign is asked about."""
    tables = [_read(store, table.path) for table in report.tables]
    return None if any(table is None for table in tables) else tables[-1]


def _read(store: TableStore, path: tuple[str, ...]) -> pa.Table | None:
    try:
        return store.read(path)
    except TableError:
        return None
