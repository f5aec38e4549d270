"""The campaign reports by day: which there are, and which campaigns a day asks about.

HubSpot has no batch form of them, so a day asks only about campaigns that were live on it.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import product

import pyarrow as pa

from campaign_assets.days import DayRange, RangeError
from campaign_assets.extract.campaign_reports import Question, ReportRows, Window
from campaign_assets.extract.campaigns import list_existing
from campaign_assets.extract.plan import describe_cost
from campaign_assets.extract.report_rows import read_attribution, read_revenue
from campaign_assets.hubspot import HubSpotClient
from campaign_assets.setting_values import DAILY_REPORTS
from campaign_assets.settings import Settings, find_variable
from campaign_assets.tables import CAMPAIGN_ATTRIBUTION_DAILY, CAMPAIGN_REVENUE_DAILY, TableSchema

ATTRIBUTION = "attribution"
REVENUE = "revenue"
_DATES = ("start_date", "end_date")


@dataclass(frozen=True, slots=True)
class DailyReport:
    """A report on every campaign that was live on a day.

    Attributes:
        table: The table that it fills, a file for each day.
        description: What it costs, in a sentence or two.
        read: Asks one question.
        variants: The attribution models that are asked for; a single empty one where the report has none.
        variant_column: Their column; empty where there is none.
    """

    table: TableSchema
    description: str
    read: Callable[[datetime, HubSpotClient, Question], ReportRows]
    variants: Sequence[str] = ("",)
    variant_column: str = ""


def list_daily_reports(settings: Settings) -> list[DailyReport]:
    """The reports by day that the settings turn on."""
    return list(_build_daily_reports(settings).values())


def to_daily_reports(settings: Settings, names: Iterable[str]) -> list[DailyReport]:
    """Reports by day by their names, in capitals or not.

    Args:
        settings: What the environment says.
        names: The names.

    Raises:
        RangeError: There is no such report, or the settings turn it off.
    """
    on = _build_daily_reports(settings)
    wanted = list(dict.fromkeys(name.strip().lower() for name in names))
    for name in wanted:
        if name not in DAILY_REPORTS:
            near = difflib.get_close_matches(name, DAILY_REPORTS, n=1, cutoff=0.0)[0]
            raise RangeError(
                f"There is no report by day {name!r:.80}: did you mean {near}? All: {', '.join(DAILY_REPORTS)}."
            )
        if name not in on:
            setting = "revenue_models" if name in settings.daily_reports else "daily_reports"
            variable, value = find_variable(setting).name, name if setting == "daily_reports" else "a model"
            raise RangeError(f"The report by day {name} is off: add {value} to {variable}, and run again.")
    return [on[name] for name in wanted]


def _build_daily_reports(settings: Settings) -> dict[str, DailyReport]:
    """Those that the settings turn on, by name."""
    reports = {
        ATTRIBUTION: DailyReport(
            CAMPAIGN_ATTRIBUTION_DAILY,
            "Read with one request for each campaign that was live on the day.",
            partial(read_attribution, CAMPAIGN_ATTRIBUTION_DAILY),
        ),
        REVENUE: DailyReport(
            CAMPAIGN_REVENUE_DAILY,
            "Read with one request for each campaign that was live on the day, and each model. Takes a scope for "
            "revenue, such as marketing.campaigns.revenue.read.",
            partial(read_revenue, CAMPAIGN_REVENUE_DAILY),
            settings.revenue_models,
            "attribution_model",
        ),
    }
    return {name: report for name, report in reports.items() if name in settings.daily_reports and report.variants}


class LiveCampaigns:
    """When each campaign was live: from its start to its end, with a margin on both sides.

    A campaign without a date is live on that side for ever.
    """

    def __init__(self, campaigns: pa.Table, margin: int) -> None:
        """Takes the campaigns that exist.

        Args:
            campaigns: Rows of `hubspot/campaigns`.
            margin: Days before the start and after the end that count as live too.
        """
        self.existing = list_existing(campaigns)
        self._margin = margin
        columns = [campaigns["campaign_id"].to_pylist(), *(campaigns[name].to_pylist() for name in _DATES)]
        spans = {i: (_to_number(start), _to_number(end)) for i, start, end in zip(*columns, strict=True)}
        self._spans = [(campaign_id, *spans[campaign_id]) for campaign_id in self.existing]

    def list_on(self, day: date) -> list[str]:
        """The campaigns that were live on a day, in order."""
        number = day.toordinal()
        return [
            campaign_id
            for campaign_id, start, end in self._spans
            if (start is None or start - self._margin <= number) and (end is None or number <= end + self._margin)
        ]


def _to_number(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


@dataclass(frozen=True, slots=True)
class DaysPlan:
    """The questions of a range of days.

    Attributes:
        report: The report.
        live: When each campaign was live.
        days: The days, in the account's time zone.
    """

    report: DailyReport
    live: LiveCampaigns
    days: Sequence[date]

    def list_questions(self, day: date) -> list[Question]:
        """The questions of a day; each takes one request."""
        window = Window("", DayRange(day, day))
        return [Question(*asked) for asked in product(self.live.list_on(day), (window,), self.report.variants)]

    def count_by_day(self) -> Iterator[int]:
        """The requests of each day when nothing fails."""
        return (len(self.live.list_on(day)) * len(self.report.variants) for day in self.days)

    def describe(self, requests_per_second: float, daily_limit: int | None) -> str:
        """The plan of the range in a sentence.

        Args:
            requests_per_second: What the rate limit allows.
            daily_limit: Requests that the account has a day; None for a typical account's.
        """
        requests = sum(self.count_by_day())
        cost = describe_cost(requests, len(self.live.existing), requests_per_second, daily_limit)
        return f"{len(self.days):,} days, each of the campaigns live on it: {cost}"
