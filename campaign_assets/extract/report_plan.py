"""Which campaign reports there are, and which questions each asks, known before the first request is sent."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import product
from typing import Any

import pyarrow as pa

from campaign_assets.days import DayRange
from campaign_assets.extract.campaign_reports import Key, Question, ReportRows, Window, list_keys
from campaign_assets.extract.campaigns import list_existing
from campaign_assets.extract.plan import describe_cost
from campaign_assets.extract.report_rows import read_attribution, read_budget, read_contacts, read_revenue
from campaign_assets.hubspot import ROWS_PER_PAGE, HubSpotClient
from campaign_assets.setting_values import find_first_day
from campaign_assets.settings import Settings
from campaign_assets.tables import (
    CAMPAIGN_ATTRIBUTION,
    CAMPAIGN_BUDGET_ITEMS,
    CAMPAIGN_BUDGETS,
    CAMPAIGN_CONTACTS,
    CAMPAIGN_REVENUE,
    CAMPAIGN_SPEND_ITEMS,
    EXTRACTED_AT,
    TableSchema,
)

CLOCKS_DIFFER = timedelta(hours=1)
"""So much the clocks of HubSpot and of this machine may differ when it is said what was changed since a reading."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_MODEL = "attribution_model"
_CONTACT_TYPE = "contact_type"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """The questions of one reading.

    Attributes:
        questions: The questions, those whose answers are oldest first: where the day's requests run short, each has
            its turn.
        requests: Requests that they take when nothing fails and nothing changes.
    """

    questions: Sequence[Question]
    requests: int

    @property
    def campaigns(self) -> int:
        """Campaigns that are asked about."""
        return len({question.campaign_id for question in self.questions})

    def describe(self, requests_per_second: float, daily_limit: int | None) -> str:
        """The plan in a sentence.

        Args:
            requests_per_second: What the rate limit allows.
            daily_limit: Requests that the account has a day; None for a typical account's.
        """
        return describe_cost(self.requests, self.campaigns, requests_per_second, daily_limit)


@dataclass(frozen=True, slots=True)
class Report:
    """A report on every campaign, as of the last run.

    Attributes:
        tables: The tables that each answer fills. The last one is the main one, which says what was read when.
        description: What the tables hold and what it costs, in a sentence or two.
        read: Asks one question.
        plan: The questions, from the campaigns, the main table as it is (None where there is none), and the day that
            closed last.
        variant_column: The column of the questions' variants; empty where there is none.
        wanted: Windows and variants that are asked for; rows of other ones, of campaigns that exist, are dropped.
    """

    tables: tuple[TableSchema, ...]
    description: str
    read: Callable[[datetime, HubSpotClient, Question], ReportRows]
    plan: Callable[[pa.Table, pa.Table | None, date], ReportPlan]
    variant_column: str = ""
    wanted: frozenset[tuple[str, str]] = frozenset({("", "")})

    @property
    def table(self) -> TableSchema:
        """The main table."""
        return self.tables[-1]


def list_reports(settings: Settings) -> list[Report]:
    """The reports that are read, in the order in which they are."""
    reports = [build_budgets_report()]
    if settings.report_windows:
        reports.append(build_attribution_report(settings.report_windows))
        if settings.revenue_models:
            reports.append(build_revenue_report(settings.report_windows, settings.revenue_models))
    if settings.contact_types:
        reports.append(build_contacts_report(settings.contact_types))
    return reports


def build_budgets_report() -> Report:
    """What each campaign plans to spend and has spent."""
    return Report(
        (CAMPAIGN_BUDGET_ITEMS, CAMPAIGN_SPEND_ITEMS, CAMPAIGN_BUDGETS),
        "Read with one request for all of a campaign's money, of campaigns with money and of those that have changed "
        "since they were read.",
        read_budget,
        _plan_budgets,
    )


def build_attribution_report(windows: Sequence[str]) -> Report:
    """The sessions and contacts that each campaign brought.

    Args:
        windows: Names of windows.
    """
    return Report(
        (CAMPAIGN_ATTRIBUTION,),
        "Read with one request for each campaign and window; each window ends with the day that closed last.",
        partial(read_attribution, CAMPAIGN_ATTRIBUTION),
        partial(_plan_windows, windows, ("",), ""),
        wanted=frozenset(product(windows, ("",))),
    )


def build_revenue_report(windows: Sequence[str], models: Sequence[str]) -> Report:
    """The revenue that each attribution model credits to each campaign.

    Args:
        windows: Names of windows.
        models: The models, in HubSpot's spelling.
    """
    return Report(
        (CAMPAIGN_REVENUE,),
        "Read with one request for each campaign, window and model; each window ends with the day that closed last. "
        "Takes a scope for revenue, such as marketing.campaigns.revenue.read.",
        partial(read_revenue, CAMPAIGN_REVENUE),
        partial(_plan_windows, windows, models, _MODEL),
        _MODEL,
        frozenset(product(windows, models)),
    )


def build_contacts_report(contact_types: Sequence[str]) -> Report:
    """The contacts that each campaign brought.

    Args:
        contact_types: The types, in HubSpot's spelling.
    """
    return Report(
        (CAMPAIGN_CONTACTS,),
        "Ids alone: the bridge to a table of contacts. Read with one request for each campaign and type, and one more "
        "for each hundred contacts.",
        read_contacts,
        partial(_plan_contacts, contact_types),
        _CONTACT_TYPE,
        frozenset(product(("",), contact_types)),
    )


def _plan_contacts(
    contact_types: Sequence[str], campaigns: pa.Table, before: pa.Table | None, last_day: date
) -> ReportPlan:
    """Every campaign with each type; the pages are as many as they were."""
    questions = [Question(c, variant=variant) for c, variant in product(list_existing(campaigns), contact_types)]
    counts = Counter(() if before is None else list_keys(before, _CONTACT_TYPE))
    pages = sum(max(1, -(-counts[question.key] // ROWS_PER_PAGE)) for question in questions)
    return ReportPlan(_sort(questions, _find_times(before, _CONTACT_TYPE)), pages)


def _plan_windows(
    windows: Sequence[str],
    variants: Sequence[str],
    variant_column: str,
    campaigns: pa.Table,
    before: pa.Table | None,
    last_day: date,
) -> ReportPlan:
    """Every campaign, with each window and variant."""
    days = [Window(name, DayRange(find_first_day(name, last_day), last_day)) for name in windows]
    questions = [Question(*asked) for asked in product(list_existing(campaigns), days, variants)]
    return ReportPlan(_sort(questions, _find_times(before, variant_column)), len(questions))


def _plan_budgets(campaigns: pa.Table, before: pa.Table | None, last_day: date) -> ReportPlan:
    """Campaigns with money, and those that were never read or have changed since."""
    known: dict[str, Row] = {} if before is None else {row["campaign_id"]: row for row in before.to_pylist()}
    asked = [row["campaign_id"] for row in _list_rows(campaigns) if _needs_budget(row, known.get(row["campaign_id"]))]
    questions = _sort([Question(campaign_id) for campaign_id in asked], _find_times(before))
    return ReportPlan(questions, len(questions))


def _needs_budget(campaign: Row, known: Row | None) -> bool:
    if known is None or any((campaign["budget_amount"], campaign["spend_amount"])):
        return True
    if any((known["budget_total"], known["spend_total"])):  # it had money, and seems to have none now
        return True
    updated_at = campaign["updated_at"]
    return updated_at is None or updated_at > known[EXTRACTED_AT] - CLOCKS_DIFFER


def _list_rows(campaigns: pa.Table) -> Iterator[Row]:
    existing = set(list_existing(campaigns))
    return (row for row in campaigns.to_pylist() if row["campaign_id"] in existing)


def _find_times(before: pa.Table | None, variant_column: str = "") -> dict[Key, datetime]:
    """When each question was answered last."""
    if before is None:
        return {}
    return dict(zip(list_keys(before, variant_column), before[EXTRACTED_AT].to_pylist(), strict=True))


def _sort(questions: Iterable[Question], answered_at: Mapping[Key, datetime]) -> list[Question]:
    """What was never answered first, then what was answered longest ago."""
    return sorted(questions, key=lambda question: answered_at.get(question.key, _NEVER))
