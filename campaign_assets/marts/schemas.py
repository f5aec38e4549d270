"""The marts: their columns, keys and grain, and which columns of which tables each column is made of.

A contract with every reader outside, as the tables' schemas are: columns may be added, none changes type or meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES, Aggregation
from campaign_assets.tables import (
    EXTRACTED_AT,
    METRIC_DATE,
    METRIC_DATE_FIELD,
    METRICS_TABLES,
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
