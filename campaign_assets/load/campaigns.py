"""Refreshes the table of campaigns: all of them, as of now; rows of deleted ones stay."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign_assets.extract.campaigns import CampaignsExtract, list_deleted, list_existing, read_campaigns
from campaign_assets.hubspot import HubSpotClient, HubSpotError, RequestCounter
from campaign_assets.load.before import list_stored_campaigns, read_before, to_campaigns
from campaign_assets.tables import CAMPAIGNS, TableStore, WrittenFile

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
        existing_before: Campaigns that existed at the reading before; 0 where there was none.
        lost: What the table knew before and does not any more, a sentence each.
    """

    file: WrittenFile
    extract: CampaignsExtract
    extracted_at: datetime
    requests: int
    time_zone: str | None = None
    lost: Sequence[str] = ()
    existing_before: int = 0


def refresh_campaigns(
    client: HubSpotClient,
    store: TableStore,
    properties: Sequence[str],
    now: datetime,
    log: logging.Logger = logger,
) -> WrittenCampaigns:
    """Reads every campaign, and replaces the table.

    Where the table was lost, deleted campaigns are found again by the rows that other tables have of them.

    Args:
        client: The account.
        store: Where the tables lie.
        properties: Custom properties to read besides the standard ones.
        now: The present time, with its time zone.
        log: Is told what is strange.

    Raises:
        HubSpotError: A request failed for good; the table is as it was.
        StorageError: The table cannot be read or written; it is as it was.
    """
    store.try_out()
    counter = RequestCounter()
    before = read_before(store, CAMPAIGNS)
    known = before.rows
    if known is None:
        known = to_campaigns(list_stored_campaigns(store, log), now)
    extract = read_campaigns(client.counted(counter), properties, known, now)
    lost = [] if before.rows is not None else _describe_loss(extract, before.damage)
    for sentence in lost:
        log.warning(sentence)
    existing = 0 if before.rows is None else len(list_existing(before.rows))
    file = store.write(CAMPAIGNS.path, extract.table, extracted_at=now)
    time_zone = _read_time_zone(client.counted(counter), log)
    log.info(f"{file.rows:,} campaigns with {counter.requests} requests.")
    return WrittenCampaigns(file, extract, now, counter.requests, time_zone, lost, existing)


def _describe_loss(extract: CampaignsExtract, damage: str) -> list[str]:
    """What is lost with a table that cannot be read any more; nothing where it was never there."""
    deleted = len(list_deleted(extract.table))
    if not (damage or deleted):
        return []
    damage = damage or f"{CAMPAIGNS.name} was not there, though other tables were."
    return [
        f"{damage} Of {deleted:,} campaigns that do not "
        "exist any more nothing but the id is known now, and of deleted ones that no other table has rows of, nothing."
    ]


def _read_time_zone(client: HubSpotClient, log: logging.Logger) -> str | None:
    """The account's time zone. The campaigns are in place by now: a failure here costs nothing but the answer."""
    try:
        return client.account.get_details().time_zone
    except HubSpotError as error:
        log.warning(f"The account did not say its time zone. {error}")
        return None
