"""The tables: their columns, keys and grain, made from the catalog.

The contract with every reader outside. Columns may be added here; none ever changes its type or meaning.
How a table's rows are read from HubSpot is in `extract`, where its files lie in `store`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from campaign_assets.catalog import (
    CAMPAIGN_PROPERTIES,
    METRIC_ASSET_TYPES,
    Aggregation,
    AssetType,
    Metric,
    PropertyKind,
)

TIMESTAMP = pa.timestamp("us", tz="UTC")
MONEY = pa.decimal128(28, 6)
EXTRACTED_AT = "extracted_at"
METRIC_DATE = "metric_date"
"""The column of a daily table that is in the path of its file, not in the file."""
OTHER_METRICS = "other_metrics"
OTHER_METRICS_TEXT = "other_metrics_text"
EXTRA_PROPERTIES = "extra_properties"

_PROPERTY_TYPES: Mapping[PropertyKind, pa.DataType] = {
    PropertyKind.TEXT: pa.string(),
    PropertyKind.DATE: pa.date32(),
    PropertyKind.MONEY: MONEY,
}
_AGGREGATIONS: Mapping[Aggregation, str] = {
    Aggregation.ADDITIVE: "Adds up over days.",
    Aggregation.LEVEL: "A level: do not add it up over days.",
    Aggregation.RATIO: "A ratio: do not add it up or average it.",
}


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table.

    Attributes:
        path: Folders below the root, the same as its Dagster asset's key.
        grain: What one row is.
        columns: The columns in the file, in order; `metric_date` of a daily table is not among them.
        key: The columns that tell rows apart (within a day, for a daily table), in the order of sorting.
        daily: Whether there is a file for each day.
        monthly: Whether there is a file for each month; the day is a column then.
    """

    path: tuple[str, ...]
    grain: str
    columns: pa.Schema
    key: tuple[str, ...]
    daily: bool = False
    monthly: bool = False

    @property
    def name(self) -> str:
        """The path as one word, such as `hubspot/campaigns`."""
        return "/".join(self.path)


def make_field(name: str, kind: pa.DataType, description: str, unit: str = "", nullable: bool = True) -> pa.Field:
    """A column with its documentation, which is kept in the Parquet file."""
    documentation = {"description": description} | ({"unit": unit} if unit else {})
    return pa.field(name, kind, nullable=nullable, metadata=documentation)


def get_documentation(column: pa.Field, item: str = "description") -> str:
    """What a column's documentation says; empty where it says nothing."""
    text: str = (column.metadata or {}).get(item.encode(), b"").decode()
    return text


def _id_field(name: str, description: str) -> pa.Field:
    return make_field(name, pa.string(), description, nullable=False)


EXTRACTED_AT_FIELD = make_field(EXTRACTED_AT, TIMESTAMP, "When the pipeline read the row.", nullable=False)

CAMPAIGNS = TableSchema(
    path=("hubspot", "campaigns"),
    grain="One row per campaign, as of the last run.",
    columns=pa.schema(
        [
            _id_field("campaign_id", "HubSpot's GUID of the campaign."),
            *(make_field(p.column, _PROPERTY_TYPES[p.kind], p.description) for p in CAMPAIGN_PROPERTIES),
            make_field("business_unit_ids", pa.list_(pa.int64()), "Business units that the campaign belongs to."),
            make_field("created_at", TIMESTAMP, "When the campaign was created."),
            make_field("updated_at", TIMESTAMP, "When the campaign was last changed."),
            make_field(
                EXTRA_PROPERTIES,
                pa.map_(pa.string(), pa.string()),
                "Custom properties by name, and the text of standard ones that could not be read as their type.",
            ),
            make_field(
                "deleted_at", TIMESTAMP, "When the campaign was first found to be deleted; null while it exists."
            ),
            EXTRACTED_AT_FIELD,
        ]
    ),
    key=("campaign_id",),
)

CAMPAIGN_ASSETS = TableSchema(
    path=("hubspot", "campaign_assets"),
    grain="One row per campaign × asset type × asset, as of the last run.",
    columns=pa.schema(
        [
            _id_field("campaign_id", "HubSpot's GUID of the campaign."),
            _id_field("asset_type", "Type of the asset in HubSpot's spelling, such as BLOG_POST."),
            _id_field("asset_id", "HubSpot's id of the asset, unique within its type."),
            make_field("asset_name", pa.string(), "Name of the asset."),
            EXTRACTED_AT_FIELD,
        ]
    ),
    key=("campaign_id", "asset_type", "asset_id"),
)

CAMPAIGN_ASSET_CHANGES = TableSchema(
    path=("hubspot", "campaign_asset_changes"),
    grain="One row per change of an association: an asset that was added to a campaign, or removed from it.",
    columns=pa.schema(
        [
            make_field("changed_at", TIMESTAMP, "When the change was noticed.", nullable=False),
            make_field("change", pa.string(), "added or removed.", nullable=False),
            _id_field("campaign_id", "HubSpot's GUID of the campaign."),
            _id_field("asset_type", "Type of the asset in HubSpot's spelling, such as BLOG_POST."),
            _id_field("asset_id", "HubSpot's id of the asset, unique within its type."),
            make_field("asset_name", pa.string(), "Name of the asset."),
        ]
    ),
    key=("changed_at", "campaign_id", "asset_type", "asset_id"),
)
"""A log: a file for each run that noticed something, below a folder for each day, never rewritten."""


def _make_metric_field(metric: Metric) -> pa.Field:
    kind = pa.float64() if metric.aggregation is Aggregation.RATIO else pa.int64()
    return make_field(metric.column, kind, f"{metric.description} {_AGGREGATIONS[metric.aggregation]}", metric.unit)


def _make_metrics_table(asset_type: AssetType) -> TableSchema:
    return TableSchema(
        path=("hubspot", "asset_metrics", asset_type.slug),
        grain="One row per metric_date × campaign × asset.",
        columns=pa.schema(
            [
                _id_field("campaign_id", "HubSpot's GUID of the campaign."),
                _id_field("asset_id", "HubSpot's id of the asset, unique within its type."),
                make_field("asset_name", pa.string(), "Name of the asset."),
                *(_make_metric_field(metric) for metric in asset_type.metrics),
                make_field(
                    OTHER_METRICS,
                    pa.map_(pa.string(), pa.float64()),
                    "Metrics that the catalog does not know, and numbers that do not fit their column, "
                    "by HubSpot's name.",
                ),
                make_field(
                    OTHER_METRICS_TEXT,
                    pa.map_(pa.string(), pa.string()),
                    "Metrics whose value is no number, or a number that neither its column nor other_metrics holds "
                    "exactly, as the text that HubSpot sent, by HubSpot's name.",
                ),
                EXTRACTED_AT_FIELD,
            ]
        ),
        key=("campaign_id", "asset_id"),
        daily=True,
    )


METRICS_TABLES: Mapping[str, TableSchema] = {t.name: _make_metrics_table(t) for t in METRIC_ASSET_TYPES}
"""The daily metrics table of each asset type that has metrics, by the type's name in HubSpot's spelling."""

METRIC_RESTATEMENTS = TableSchema(
    path=("hubspot", "metric_restatements"),
    grain="One row per metric_date × campaign × asset type × asset × metric × noticed_at: a number that a later "
    "reading of the day changed.",
    columns=pa.schema(
        [
            _id_field("campaign_id", "HubSpot's GUID of the campaign."),
            _id_field("asset_type", "Type of the asset in HubSpot's spelling, such as BLOG_POST."),
            _id_field("asset_id", "HubSpot's id of the asset, unique within its type."),
            _id_field("metric", "The metric in HubSpot's spelling, such as VIEWS."),
            make_field("noticed_at", TIMESTAMP, "When the reading began that found it.", nullable=False),
            make_field(
                "before",
                pa.float64(),
                "What the table said until then; null where it said nothing, or did not have the asset.",
                "that of the metric",
            ),
            make_field(
                "after",
                pa.float64(),
                "What it says since then; null where HubSpot does not say, or the campaign has the asset no more.",
                "that of the metric",
            ),
            make_field(
                "before_read_at", TIMESTAMP, "When `before` was read; null where the table did not have the asset."
            ),
        ]
    ),
    key=("campaign_id", "asset_type", "asset_id", "metric", "noticed_at"),
    daily=True,
)
"""Of all types together: a file for each day that was read more than once."""

METRIC_DATE_FIELD = make_field(METRIC_DATE, pa.date32(), "The day, in the account's time zone.", nullable=False)
