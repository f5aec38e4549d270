"""Refreshes the table of campaigns: all of them, as of now; rows of deleted ones stay."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from campaign_assets.extract.campaigns import CampaignsExtract, read_campaigns
from campaign_assets.hubspot import HubSpotClient, HubSpotError, RequestCounter
from campaign_assets.tables import CAMPAIGNS, DamagedFile, MissingTable, TableSchema, TableStore, WrittenFile

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WrittenCampaigns:
    """The table of campaigns, in place.

    Attributes:
        file: Its file.
        extract: What was read.
        extracted_at: When the reading began, with its time zone.
        requests: Requests that it took.
        time_zone: The account's time zone, as HubSpot says; None where it does not.
    """

    file: WrittenFile
    extract: CampaignsExtract
    extracted_at: datetime
    requests: int
    time_zone: str | None = None


def refresh_campaigns(
    client: HubSpotClient,
    store: TableStore,
    properties: Sequence[str],
    now: datetime,
    log: logging.Logger = logger,
) -> WrittenCampaigns:
    """Reads every campaign, and replaces the table.

    Args:
        client: The account.
        store: Where the tables lie.
        properties: Custom properties to read besides the standard ones.
        now: The present time, with its time zone.
        log: Is told what is strange.

    Raises:
        HubSpotError: A request failed for good; the table is as it was.
        TableError: The table cannot be read or written; it is as it was.
    """
    counter = RequestCounter()
    before = read_before(store, CAMPAIGNS, log)
    extract = read_campaigns(client.counted(counter), properties, before, now)
    file = store.write(CAMPAIGNS.path, extract.table, extracted_at=now)
    time_zone = _read_time_zone(client.counted(counter), log)
    log.info(f"{file.rows:,} campaigns with {counter.requests} requests.")
    return WrittenCampaigns(file, extract, now, counter.requests, time_zone)


def _read_time_zone(client: HubSpotClient, log: logging.Logger) -> str | None:
    """The account's time zone. The campaigns are in place by now: a failure here costs nothing but the answer."""
    try:
        return client.account.get_details().time_zone
    except HubSpotError as error:
        log.warning(f"The account did not say its time zone. {error}")
        return None


def read_before(store: TableStore, table: TableSchema, log: logging.Logger) -> pa.Table | None:
    """A table as the last run left it; None where there is none, or none that can be read.

    Raises:
        TableError: The disk does not let it be read.
    """
    try:
        return store.read_table(table)
    except MissingTable:
        return None
    except DamagedFile as error:
        log.warning(f"{error} It is replaced now; what only it knew of the past is lost.")
        return None
