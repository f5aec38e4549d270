"""Refreshes the table of campaigns: all of them, as of now; rows of deleted ones stay."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign_assets.extract.campaigns import CampaignsExtract, list_deleted, list_existing, read_campaigns
from campaign_assets.hubspot import AccountDetails, HubSpotClient, HubSpotError, RequestCounter
from campaign_assets.load.before import list_stored_campaigns, read_before, to_campaigns
from campaign_assets.tables import CAMPAIGNS, StorageUnavailable, TableStore, WrittenFile, get_note

logger = logging.getLogger(__name__)
_ACCOUNT = "hubspot_account"
"""In the file's metadata: HubSpot's id of the account that its rows are of, and so the rows of all tables beside it."""


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
        StorageError: The table cannot be read or written, or is of another account; it is as it was.
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
    account = _read_account(client.counted(counter), log)
    owner = _check_owner(store, "" if before.rows is None else get_note(before.rows.schema, _ACCOUNT), account)
    file = store.write(CAMPAIGNS.path, extract.table, extracted_at=now, notes={_ACCOUNT: owner} if owner else {})
    log.info(f"{file.rows:,} campaigns with {counter.requests} requests.")
    time_zone = account.time_zone if account else None
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


def _read_account(client: HubSpotClient, log: logging.Logger) -> AccountDetails | None:
    """Which account it is, and its time zone; None where HubSpot does not say, which keeps nothing from being read."""
    try:
        return client.account.get_details()
    except HubSpotError as error:
        log.warning(f"The account did not say its time zone. {error}")
        return None


def _check_owner(store: TableStore, owner: str, account: AccountDetails | None) -> str:
    """The account whose the tables are from now on; empty where neither they nor HubSpot say.

    Args:
        store: Where the tables lie.
        owner: The account whose they are, as they say.
        account: The account that is about to be read.

    Raises:
        StorageUnavailable: They are another's: all of its campaigns would count as deleted, beside its numbers.
    """
    if account and owner and account.portal_id != owner:
        raise StorageUnavailable(
            f"{store.root} holds the tables of the HubSpot account {owner}, and the token is one of the account "
            f"{account.portal_id}: correct the token, or give each account its own CAMPAIGN_ASSETS_STORAGE."
        )
    return account.portal_id if account else owner
