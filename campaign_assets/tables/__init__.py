"""The tables: their schemas, made from the catalog, and the store where their files lie.

No HubSpot and no Dagster here: what fills a table is in `extract` and `load`. Others import from here only.
"""

from campaign_assets.tables.change_log import COMPARED_WITH, ChangeLog, is_file_name, parse_file_name
from campaign_assets.tables.columns import fill_columns, find_wrong_columns
from campaign_assets.tables.errors import DamagedFile, MissingTable, StorageError, StorageUnavailable, TableError
from campaign_assets.tables.file_pattern import get_day_columns, to_pattern
from campaign_assets.tables.inventory import FoundFile, list_targets, take_inventory
from campaign_assets.tables.month_files import METRIC_MONTH, MonthFiles
from campaign_assets.tables.objects import Patience
from campaign_assets.tables.parquet_file import Footer, get_extracted_at, get_note
from campaign_assets.tables.report_schemas import (
    CAMPAIGN_ATTRIBUTION,
    CAMPAIGN_ATTRIBUTION_DAILY,
    CAMPAIGN_BUDGET_ITEMS,
    CAMPAIGN_BUDGETS,
    CAMPAIGN_CONTACTS,
    CAMPAIGN_REVENUE,
    CAMPAIGN_REVENUE_DAILY,
    CAMPAIGN_SPEND_ITEMS,
    REPORT_TABLES,
    TABLES,
)
from campaign_assets.tables.schemas import (
    CAMPAIGN_ASSET_CHANGES,
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    EXTRACTED_AT,
    METRIC_DATE,
    METRIC_DATE_FIELD,
    METRIC_RESTATEMENTS,
    METRICS_TABLES,
    MONEY,
    OTHER_METRICS,
    OTHER_METRICS_TEXT,
    TIMESTAMP,
    TableSchema,
    get_documentation,
    make_field,
)
from campaign_assets.tables.store import TableStore, WrittenFile
from campaign_assets.tables.strays import list_strays
from campaign_assets.tables.unification import describe_days

__all__ = [
    "CAMPAIGNS",
    "CAMPAIGN_ASSETS",
    "CAMPAIGN_ASSET_CHANGES",
    "CAMPAIGN_ATTRIBUTION",
    "CAMPAIGN_ATTRIBUTION_DAILY",
    "CAMPAIGN_BUDGETS",
    "CAMPAIGN_BUDGET_ITEMS",
    "CAMPAIGN_CONTACTS",
    "CAMPAIGN_REVENUE",
    "CAMPAIGN_REVENUE_DAILY",
    "CAMPAIGN_SPEND_ITEMS",
    "COMPARED_WITH",
    "EXTRACTED_AT",
    "METRICS_TABLES",
    "METRIC_DATE",
    "METRIC_DATE_FIELD",
    "METRIC_RESTATEMENTS",
    "METRIC_MONTH",
    "MONEY",
    "OTHER_METRICS",
    "OTHER_METRICS_TEXT",
    "REPORT_TABLES",
    "TABLES",
    "TIMESTAMP",
    "ChangeLog",
    "DamagedFile",
    "Footer",
    "FoundFile",
    "MissingTable",
    "MonthFiles",
    "Patience",
    "StorageError",
    "StorageUnavailable",
    "TableError",
    "TableSchema",
    "TableStore",
    "WrittenFile",
    "describe_days",
    "fill_columns",
    "find_wrong_columns",
    "get_day_columns",
    "get_documentation",
    "get_extracted_at",
    "get_note",
    "is_file_name",
    "list_strays",
    "list_targets",
    "make_field",
    "parse_file_name",
    "take_inventory",
    "to_pattern",
]
