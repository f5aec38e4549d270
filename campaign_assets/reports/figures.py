"""Every figure that the report shows, from the marts: sums over days and campaigns, and nothing about how they look."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.catalog import METRIC_ASSET_TYPES, AssetType
from campaign_assets.marts.schemas import ASSET_PERFORMANCE_DAILY, CAMPAIGN_PERFORMANCE_DAILY, CAMPAIGN_SUMMARY, Mart
from campaign_assets.tables import METRICS_TABLES, MissingTable, MonthFiles, TableStore

HEADLINES: Mapping[str, str] = {
    "views": "Views",
    "clicks": "Clicks",
    "submissions": "Form submissions",
    "contacts_first_touch": "New contacts",
}
"""What the page begins with: columns of the marts, and what the page calls them."""
MIXED = ("views", "clicks", "submissions")
PERIOD = 28
"""Days that the headlines cover, and of the period before them."""
QUIET = 14
"""Days without anything after which a campaign that has not ended is quiet."""
_WIDE = pa.decimal128(38)
_LABELS = {t.name: t.label for t in METRIC_ASSET_TYPES}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure of the last 28 days, over all campaigns.

    Attributes:
        metric: Its column in the marts.
        label: What the page calls it.
        now: Of the last 28 days.
        before: Of the 28 days before; None where the tables do not reach back so far.
    """

    metric: str
    label: str
    now: int
    before: int | None


@dataclass(frozen=True, slots=True)
class Money:
    """Amounts of one currency, over all campaigns and their whole lives.

    Attributes:
        currency: ISO 4217; empty where a campaign's amounts have none.
        budget: What was budgeted.
        spend: What was spent.
        left: Budget less spend, of the campaigns that have a budget.
        revenue: What deals brought; None where no revenue was read.
    """

    currency: str
    budget: Decimal
    spend: Decimal
    left: Decimal
    revenue: Decimal | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What the report shows.

    Attributes:
        as_of: The last day that the tables hold; None where they hold none.
        first_day: The first day that is shown, at most 56 days in all.
        read_at: When the newest figure was read from HubSpot.
        headlines: Over all campaigns.
        days: One row per day, with the metrics' sums over all campaigns.
        campaigns: The rows of `marts/campaign_summary` that still exist, by rank.
        trends: Views of each day by campaign, in the order of `days`.
        mix: For each metric, its sums over the last 28 days by asset type, the largest first.
        money: Of each currency.
        gaps: For each asset type with metrics, the days shown that were never read.
    """

    as_of: date | None = None
    first_day: date | None = None
    read_at: datetime | None = None
    headlines: Sequence[Headline] = ()
    days: Sequence[Row] = ()
    campaigns: Sequence[Row] = ()
    trends: Mapping[str, Sequence[int]] = field(default_factory=dict)
    mix: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    money: Sequence[Money] = ()
    gaps: Mapping[str, Sequence[date]] = field(default_factory=dict)

    @property
    def compares(self) -> bool:
        """Whether the tables reach back to the begin of the period before."""
        return len(self.days) == 2 * PERIOD

    @property
    def quiet(self) -> list[Row]:
        """Campaigns that have not ended, had some activity, and none for a fortnight; the latest first."""
        rows = [row for row in self.campaigns if _is_quiet(row)]
        return sorted(rows, key=lambda row: (row["days_since_last_activity"], row["rank"]))

    @property
    def funded(self) -> list[Row]:
        """Campaigns with a budget, a spend or revenue."""
        amounts = ("budget_amount", "spend_amount", "revenue_amount")
        return [row for row in self.campaigns if any(row[name] for name in amounts)]

    def find_before(self, row: Row, metric: str) -> int | None:
        """A campaign's metric of the period before; None where there is nothing to compare with.

        Where the tables hold the period, a campaign without a figure had none of it.
        """
        return (row[f"{metric}_previous_28_days"] or 0) if self.compares else None


def gather_figures(store: TableStore, asset_types: Sequence[AssetType] = METRIC_ASSET_TYPES) -> Figures:
    """Reads the marts.

    Args:
        store: Where the tables lie.
        asset_types: The types whose daily metrics are read.

    Raises:
        MissingTable: `marts/campaign_summary` was never made.
        TableError: A mart cannot be read.
    """
    summary = store.read_table(CAMPAIGN_SUMMARY.table)
    rows = sorted(summary.to_pylist(), key=lambda row: row["rank"])
    campaigns = [row for row in rows if row["deleted_at"] is None]
    as_of = next((row["as_of"] for row in rows), None)
    if as_of is None:
        return Figures(campaigns=campaigns)
    wanted = as_of - timedelta(days=2 * PERIOD - 1)
    daily = _read_days(store, CAMPAIGN_PERFORMANCE_DAILY, wanted, as_of)
    first_day = max(wanted, pc.min(daily["metric_date"]).as_py() or as_of)
    days = [first_day + timedelta(days=number) for number in range((as_of - first_day).days + 1)]
    return Figures(
        as_of=as_of,
        first_day=first_day,
        read_at=pc.max(summary["extracted_at"]).as_py(),
        headlines=[_to_headline(metric, rows, compares=len(days) == 2 * PERIOD) for metric in HEADLINES],
        days=_sum_days(daily, days),
        campaigns=campaigns,
        trends=_to_trends(daily, days),
        mix=_mix(_read_days(store, ASSET_PERFORMANCE_DAILY, as_of - timedelta(days=PERIOD - 1), as_of)),
        money=_add_up(rows),
        gaps=_find_gaps(store, asset_types, days),
    )


def _is_quiet(row: Row) -> bool:
    if (row["days_since_last_activity"] or 0) < QUIET:  # none at all where the tables hold no day
        return False
    return row["end_date"] is None or row["end_date"] >= row["as_of"]


def _read_days(store: TableStore, mart: Mart, first: date, last: date) -> pa.Table:
    """The rows of a mart from one day to another."""
    files = MonthFiles(store, mart.table)
    months = [files.read(month) for month in files.list_months() if first.replace(day=1) <= month <= last]
    rows = pa.concat_tables([mart.table.columns.empty_table(), *months], promote_options="default")
    day = rows["metric_date"]
    return rows.filter(pc.and_(pc.greater_equal(day, pa.scalar(first)), pc.less_equal(day, pa.scalar(last))))


def _to_headline(metric: str, rows: Sequence[Row], *, compares: bool) -> Headline:
    now = sum(row[f"{metric}_last_28_days"] or 0 for row in rows)
    before = sum(row[f"{metric}_previous_28_days"] or 0 for row in rows)
    return Headline(metric, HEADLINES[metric], now, before if compares else None)


def _sum_days(daily: pa.Table, days: Sequence[date]) -> list[Row]:
    # Sums of whole numbers begin again below zero where they do not fit, silently; those of decimals have room.
    wide = pa.schema([("metric_date", pa.date32()), *((metric, _WIDE) for metric in HEADLINES)])
    added = daily.select(wide.names).cast(wide)
    sums = added.group_by("metric_date").aggregate([(metric, "sum") for metric in HEADLINES]).to_pylist()
    found = {row["metric_date"]: row for row in sums}
    return [{"day": day, **{m: _to_whole(found.get(day, {}).get(f"{m}_sum")) for m in HEADLINES}} for day in days]


def _to_whole(sum_of_day: Decimal | None) -> int | None:
    return None if sum_of_day is None else int(sum_of_day)


def _to_trends(daily: pa.Table, days: Sequence[date]) -> dict[str, list[int]]:
    place = {day: number for number, day in enumerate(days)}
    trends: dict[str, list[int]] = defaultdict(lambda: [0] * len(days))
    for row in daily.select(["campaign_id", "metric_date", "views"]).to_pylist():
        trends[row["campaign_id"]][place[row["metric_date"]]] = row["views"] or 0
    return dict(trends)


def _mix(figures: pa.Table) -> dict[str, list[tuple[str, int]]]:
    additive = figures.filter(pc.equal(figures["kind"], "additive"))
    sums = additive.group_by(["asset_type", "unit"]).aggregate([("value", "sum")]).to_pylist()
    mix: dict[str, list[tuple[str, int]]] = {metric: [] for metric in MIXED}
    for row in sums:
        if row["unit"] in mix and row["value_sum"]:
            mix[row["unit"]].append((_LABELS.get(row["asset_type"], row["asset_type"]), round(row["value_sum"])))
    return {metric: sorted(parts, key=lambda part: (-part[1], part[0])) for metric, parts in mix.items()}


def _add_up(rows: Sequence[Row]) -> list[Money]:
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows:
        own, of_revenue = row["currency_code"] or "", row["revenue_currency_code"] or ""
        for name, column in (("budget", "budget_amount"), ("spend", "spend_amount"), ("left", "remaining_budget")):
            sums[own][name] += row[column] or 0
        if row["revenue_amount"] is not None:
            sums[of_revenue]["revenue"] += row["revenue_amount"]
    return [
        Money(currency, amounts["budget"], amounts["spend"], amounts["left"], amounts.get("revenue"))
        for currency, amounts in sorted(sums.items(), key=lambda pair: (-pair[1]["spend"], pair[0]))
        if any(amounts.values())
    ]


def _find_gaps(store: TableStore, asset_types: Sequence[AssetType], days: Sequence[date]) -> dict[str, list[date]]:
    gaps = {}
    for asset_type in asset_types:
        try:
            there = set(store.list_days(METRICS_TABLES[asset_type.name].path))
        except MissingTable:
            there = set()
        if missing := [day for day in days if day not in there]:
            gaps[asset_type.label] = missing
    return gaps
