"""The marts: their columns, keys and grain, and which columns of which tables each column is made of.

A contract with every reader outside, as the tables' schemas are: columns may be added, none changes type or meaning.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES, Aggregation
from campaign_assets.tables import (
    CAMPAIGN_ATTRIBUTION,
    CAMPAIGN_BUDGETS,
    CAMPAIGN_REVENUE,
    CAMPAIGNS,
    EXTRACTED_AT,
    METRIC_DATE,
    METRIC_DATE_FIELD,
    METRICS_TABLES,
    MONEY,
    OTHER_METRICS,
    TIMESTAMP,
    TableSchema,
    make_field,
)

Sources = tuple[tuple[TableSchema, str], ...]
"""Columns, each with its table."""


@dataclass(frozen=True, slots=True)
class Mart:
    """A table that is made of other tables.

    Attributes:
        table: Its columns, key and grain.
        description: What it is for, in a sentence or two.
        lineage: The columns that each of its columns is made of.
    """

    table: TableSchema
    description: str
    lineage: Mapping[str, Sources] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The name of its query's file."""
        return self.table.path[-1]


def _from_metrics(column: str) -> Sources:
    """A column of every metrics table."""
    return tuple((METRICS_TABLES[t.name], column) for t in METRIC_ASSET_TYPES)


_METRIC_COLUMNS: Sources = tuple(
    (METRICS_TABLES[t.name], column)
    for t in METRIC_ASSET_TYPES
    for column in (*(metric.column for metric in t.metrics), OTHER_METRICS)
)
_NEWEST = make_field(EXTRACTED_AT, TIMESTAMP, "When the pipeline read the newest figure of the row.")

ASSET_PERFORMANCE_DAILY = Mart(
    table=TableSchema(
        path=("marts", "asset_performance_daily"),
        grain="One row per metric_date × campaign × asset type × asset × metric.",
        columns=pa.schema(
            [
                METRIC_DATE_FIELD,
                make_field("campaign_id", pa.string(), "HubSpot's GUID of the campaign.", nullable=False),
                make_field("asset_type", pa.string(), "Type of the asset in HubSpot's spelling.", nullable=False),
                make_field("asset_id", pa.string(), "HubSpot's id of the asset, unique in its type.", nullable=False),
                make_field("asset_name", pa.string(), "Name of the asset."),
                make_field("metric", pa.string(), "Name of the metric in HubSpot's spelling.", nullable=False),
                make_field(
                    "value",
                    pa.float64(),
                    "The figure of the day, in `unit`; whole numbers are exact up to 2^53.",
                    nullable=False,
                ),
                make_field(
                    "kind",
                    pa.string(),
                    "How values combine over days. additive: sum them. level: take the last. ratio: compute it anew "
                    "from its parts. unknown: the catalog does not know the metric.",
                    nullable=False,
                ),
                make_field("unit", pa.string(), "What the value counts; null where the kind is unknown."),
                make_field(EXTRACTED_AT, TIMESTAMP, "When the pipeline read the figure.", nullable=False),
            ]
        ),
        key=(METRIC_DATE, "campaign_id", "asset_type", "asset_id", "metric"),
        monthly=True,
    ),
    description="Every figure of every type in one table, each with its kind, so that nobody sums a ratio. What "
    "HubSpot did not say has no row.",
    lineage={
        METRIC_DATE: _from_metrics(METRIC_DATE),
        "campaign_id": _from_metrics("campaign_id"),
        "asset_id": _from_metrics("asset_id"),
        "asset_name": _from_metrics("asset_name"),
        "metric": _METRIC_COLUMNS,
        "value": _METRIC_COLUMNS,
        EXTRACTED_AT: _from_metrics(EXTRACTED_AT),
    },
)

CAMPAIGN_METRICS: Mapping[str, tuple[str, str]] = {
    "views": ("views", "Views of the campaign's assets."),
    "clicks": ("clicks", "Clicks on its emails, CTAs, messages and posts."),
    "submissions": ("submissions", "Form submissions through its assets."),
    "sends": ("messages", "Emails and messages sent."),
    "opens": ("opens", "Opens of its emails."),
    "deliveries": ("messages", "Messages (SMS) delivered."),
    "contacts_first_touch": ("contacts", "New contacts whose first interaction was with one of its pages."),
    "contacts_last_touch": (
        "contacts",
        "New contacts whose last interaction before creation was with one of its pages.",
    ),
    "customers": ("contacts", "Contacts who became customers after seeing one of its pages."),
    "registrations": ("contacts", "Contacts who registered for its events."),
    "attendees": ("contacts", "Contacts who attended its events."),
}
"""What is counted for a campaign, each with its unit and meaning: flows only, which add up over days."""


def _from_asset_performance(*columns: str) -> Sources:
    return tuple((ASSET_PERFORMANCE_DAILY.table, column) for column in columns)


CAMPAIGN_PERFORMANCE_DAILY = Mart(
    table=TableSchema(
        path=("marts", "campaign_performance_daily"),
        grain="One row per metric_date × campaign.",
        columns=pa.schema(
            [
                METRIC_DATE_FIELD,
                make_field("campaign_id", pa.string(), "HubSpot's GUID of the campaign.", nullable=False),
                *(
                    make_field(name, pa.int64(), f"{meaning} {Aggregation.ADDITIVE.capitalize()}.", unit)
                    for name, (unit, meaning) in CAMPAIGN_METRICS.items()
                ),
                _NEWEST,
            ]
        ),
        key=(METRIC_DATE, "campaign_id"),
        monthly=True,
    ),
    description="Only metrics that add up, each the sum over all assets of the campaign. What HubSpot counts for two "
    "of them, a submission for a form and for its page, counts for both.",
    lineage={
        METRIC_DATE: _from_asset_performance(METRIC_DATE),
        "campaign_id": _from_asset_performance("campaign_id"),
        **{name: _from_asset_performance("value", "metric", "kind") for name in CAMPAIGN_METRICS},
        EXTRACTED_AT: _from_asset_performance(EXTRACTED_AT),
    },
)

PERIODS: Mapping[str, str] = {
    "last_7_days": "Of the 7 days that end with as_of.",
    "previous_7_days": "Of the 7 days before these; null where the tables do not reach back so far.",
    "last_28_days": "Of the 28 days that end with as_of.",
    "previous_28_days": "Of the 28 days before these; null where the tables do not reach back so far.",
}
"""Parts of a campaign's life, by the ending of the columns that cover them; without an ending, all days there are."""

_OF_CAMPAIGN = ("name", "status", "start_date", "end_date", "utm", "owner_id", "deleted_at")
_OF_ATTRIBUTION = ("sessions", "new_contacts_first_touch", "new_contacts_last_touch", "influenced_contacts")


def _from_campaign_performance(*columns: str) -> Sources:
    return tuple((CAMPAIGN_PERFORMANCE_DAILY.table, column) for column in columns)


def _make_sums() -> list[pa.Field]:
    endings = {"": "Of all days that the tables hold.", **{f"_{name}": text for name, text in PERIODS.items()}}
    return [
        make_field(f"{name}{ending}", pa.int64(), f"{meaning} {text}", unit)
        for name, (unit, meaning) in CAMPAIGN_METRICS.items()
        for ending, text in endings.items()
    ]


def _repeat(table: TableSchema, *names: str) -> list[pa.Field]:
    return [table.columns.field(name) for name in names]


_SPEND: Sources = ((CAMPAIGNS, "spend_amount"), (CAMPAIGN_BUDGETS, "spend_total"))
_SUMS = [*CAMPAIGN_METRICS, *(f"{name}_{period}" for name in CAMPAIGN_METRICS for period in PERIODS)]

CAMPAIGN_SUMMARY = Mart(
    table=TableSchema(
        path=("marts", "campaign_summary"),
        grain="One row per campaign, as of the last day that the tables hold.",
        columns=pa.schema(
            [
                make_field("campaign_id", pa.string(), "HubSpot's GUID of the campaign.", nullable=False),
                *_repeat(CAMPAIGNS, *_OF_CAMPAIGN),
                make_field("as_of", pa.date32(), "The last day that any campaign has a figure for."),
                make_field(
                    "rank",
                    pa.int64(),
                    "Place among all campaigns by the submissions of the last 28 days, the clicks, the views.",
                    nullable=False,
                ),
                make_field("last_activity_date", pa.date32(), "The last day with any figure above zero."),
                make_field("days_since_last_activity", pa.int64(), "From then to as_of.", "days"),
                *_make_sums(),
                *_repeat(CAMPAIGN_ATTRIBUTION, *_OF_ATTRIBUTION),
                make_field("budget_amount", MONEY, "Sum of the budget items, in currency_code."),
                make_field("spend_amount", MONEY, "Sum of the spend items, in currency_code."),
                make_field("remaining_budget", MONEY, "Budget less spend, in currency_code; null without a budget."),
                *_repeat(CAMPAIGNS, "currency_code"),
                *_repeat(CAMPAIGN_REVENUE, "deals"),
                make_field("deal_amount", MONEY, "What these deals are worth, in revenue_currency_code."),
                make_field("revenue_amount", MONEY, "How much of it is credited, in revenue_currency_code."),
                make_field("revenue_currency_code", pa.string(), "Currency of deals and revenue (ISO 4217)."),
                make_field("attribution_model", pa.string(), "By which deals are credited: LINEAR where it was read."),
                make_field("cost_per_click", pa.float64(), "spend_amount / clicks, in currency_code."),
                make_field("cost_per_submission", pa.float64(), "spend_amount / submissions, in currency_code."),
                make_field(
                    "cost_per_new_contact",
                    pa.float64(),
                    "spend_amount / new_contacts_first_touch, or contacts_first_touch where that was not read; in "
                    "currency_code.",
                ),
                make_field(
                    "return_on_spend",
                    pa.float64(),
                    "revenue_amount / spend_amount; null where they are of different currencies.",
                    "ratio",
                ),
                _NEWEST,
            ]
        ),
        key=("campaign_id",),
    ),
    description="Its whole life, the last 7 and 28 days beside the period before, what it cost and what it brought. "
    "Ratios are made of sums; amounts of different currencies are neither added nor divided.",
    lineage={
        "campaign_id": ((CAMPAIGNS, "campaign_id"), *_from_campaign_performance("campaign_id")),
        **{name: ((CAMPAIGNS, name),) for name in _OF_CAMPAIGN},
        "as_of": _from_campaign_performance(METRIC_DATE),
        "rank": _from_campaign_performance("submissions", "clicks", "views"),
        "last_activity_date": _from_campaign_performance(METRIC_DATE, *CAMPAIGN_METRICS),
        "days_since_last_activity": _from_campaign_performance(METRIC_DATE, *CAMPAIGN_METRICS),
        **{name: _from_campaign_performance(re.sub("_(last|previous)_[0-9]+_days$", "", name)) for name in _SUMS},
        **{name: ((CAMPAIGN_ATTRIBUTION, name),) for name in _OF_ATTRIBUTION},
        "budget_amount": ((CAMPAIGNS, "budget_amount"), (CAMPAIGN_BUDGETS, "budget_total")),
        "spend_amount": _SPEND,
        "remaining_budget": ((CAMPAIGN_BUDGETS, "remaining_budget"), (CAMPAIGNS, "budget_amount"), *_SPEND[:1]),
        "currency_code": ((CAMPAIGNS, "currency_code"), (CAMPAIGN_BUDGETS, "currency_code")),
        **{name: ((CAMPAIGN_REVENUE, name),) for name in ("deals", "deal_amount", "revenue_amount")},
        "revenue_currency_code": ((CAMPAIGN_REVENUE, "currency_code"),),
        "attribution_model": ((CAMPAIGN_REVENUE, "attribution_model"),),
        "cost_per_click": (*_SPEND, *_from_campaign_performance("clicks")),
        "cost_per_submission": (*_SPEND, *_from_campaign_performance("submissions")),
        "cost_per_new_contact": (
            *_SPEND,
            (CAMPAIGN_ATTRIBUTION, "new_contacts_first_touch"),
            *_from_campaign_performance("contacts_first_touch"),
        ),
        "return_on_spend": (*_SPEND, (CAMPAIGN_REVENUE, "revenue_amount")),
        EXTRACTED_AT: ((CAMPAIGNS, EXTRACTED_AT), *_from_campaign_performance(EXTRACTED_AT)),
    },
)

SUMMARIZED = (CAMPAIGNS, CAMPAIGN_BUDGETS, CAMPAIGN_ATTRIBUTION, CAMPAIGN_REVENUE)
"""The tables that the summary reads, beside `marts/campaign_performance_daily`; each may be missing."""

MARTS = (ASSET_PERFORMANCE_DAILY, CAMPAIGN_PERFORMANCE_DAILY, CAMPAIGN_SUMMARY)
"""Every mart, each after those that it is made of."""
