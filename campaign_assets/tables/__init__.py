"""The tables: their schemas, made from the catalog, and the store where their files lie.

No HubSpot and no Dagster here: what fills a table is in `extract`.
"""

from campaign_assets.tables.schemas import (
    CAMPAIGN_ASSET_CHANGES,
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    METRICS_TABLES,
    TableSchema,
)
from campaign_assets.tables.store import DamagedFile, MissingTable, TableError, TableStore, WrittenFile

__all__ = [
    "CAMPAIGNS",
    "CAMPAIGN_ASSETS",
    "CAMPAIGN_ASSET_CHANGES",
    "METRICS_TABLES",
    "DamagedFile",
    "MissingTable",
    "TableError",
    "TableSchema",
    "TableStore",
    "WrittenFile",
]
