"""What the last run left: the table as it was, or what is lost where it cannot be read any more.

HubSpot does not tell of the past. What only a lost table knew is looked for in the other tables, and what cannot be
found there is said, so that the run which replaces the table is not taken for one that lost nothing.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import pyarrow as pa

from campaign_assets.hubspot import normalize_campaign_id
from campaign_assets.tables import (
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    METRICS_TABLES,
    REPORT_TABLES,
    DamagedFile,
    MissingTable,
    TableError,
    TableSchema,
    TableStore,
)
from campaign_assets.threads import map_in_threads

_THREADS = 16
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Before:
    """A table as the last run left it.

    Attributes:
        rows: Its rows; None where it was never read, or cannot be any more.
        damage: Why it cannot be read, in a sentence; empty where it can be, or is not there.
    """

    rows: pa.Table | None
    damage: str = ""


def read_before(store: TableStore, table: TableSchema, *, day: date | None = None) -> Before:
    """A table, or a day of it, as the last run left it.

    Raises:
        TableError: The disk does not let it be read.
    """
    try:
        return Before(store.read_table(table, day=day))
    except MissingTable:
        return Before(None)
    except DamagedFile as error:
        return Before(None, str(error))


def list_stored_campaigns(store: TableStore, log: logging.Logger) -> list[str]:
    """Ids of the campaigns that any other table has rows of, in order: reads every file once.

    Args:
        store: Where the tables lie.
        log: Is told of files that cannot be read.

    Raises:
        TableError: The disk does not let the tables be listed.
    """
    files: Iterator[tuple[TableSchema, date | None]] = (
        (table, day)
        for table in (CAMPAIGN_ASSETS, *METRICS_TABLES.values(), *REPORT_TABLES)
        for day in (store.list_days(table.path) if table.daily else [None])
    )
    ids: set[str] = set()
    for found in map_in_threads(partial(_list_ids, store, log), files, _THREADS):
        ids |= found
    return sorted(ids)


def _list_ids(store: TableStore, log: logging.Logger, file: tuple[TableSchema, date | None]) -> set[str]:
    table, day = file
    try:
        rows = store.read_table(table, day=day)
    except MissingTable:
        return set()
    except TableError as error:
        log.warning(f"{error} The campaigns in it are passed over.")
        return set()
    ids = {normalize_campaign_id(campaign_id) for campaign_id in rows["campaign_id"].unique().to_pylist()}
    return {campaign_id for campaign_id in ids if _GUID.fullmatch(campaign_id)}  # a row may be somebody else's


def to_campaigns(campaign_ids: list[str], now: datetime) -> pa.Table:
    """Campaigns of which nothing but the id is known, as rows of `hubspot/campaigns`.

    Args:
        campaign_ids: The campaigns.
        now: The present time, with its time zone.
    """
    rows = [{"campaign_id": campaign_id, "extracted_at": now} for campaign_id in campaign_ids]
    return pa.Table.from_pylist(rows, schema=CAMPAIGNS.columns)
