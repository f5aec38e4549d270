"""Refreshes the table of what is tied to which campaign, and logs what has changed since it was read last."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from campaign_assets.days import Calendar
from campaign_assets.extract.association_changes import find_changes
from campaign_assets.extract.campaign_assets import AssociationsExtract, read_campaign_assets
from campaign_assets.extract.campaigns import list_existing
from campaign_assets.hubspot import HubSpotClient, RequestCounter
from campaign_assets.load.before import Before, read_before
from campaign_assets.load.retained_rows import normalize_ids, retain_associations
from campaign_assets.plain_text import to_line
from campaign_assets.tables import (
    CAMPAIGN_ASSET_CHANGES,
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    ChangeLog,
    TableStore,
    WrittenFile,
    get_extracted_at,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WrittenChanges:
    """What joined and left campaigns, as a file of the log.

    Attributes:
        location: Where the file lies.
        table: Its rows.
    """

    location: str
    table: pa.Table

    @property
    def counts(self) -> Mapping[str, int]:
        """How many associations were added and removed."""
        changes = self.table["change"].to_pylist()
        return {change: changes.count(change) for change in ("added", "removed")}


@dataclass(frozen=True, slots=True)
class WrittenAssociations:
    """The table of associations, in place.

    Attributes:
        file: Its file.
        table: Its rows.
        extract: What was read.
        campaigns: The campaigns' table, which said whom to ask about.
        changes: What has changed; None where nothing has.
        extracted_at: When the reading began, with its time zone.
        requests: Requests that it took.
        lost: What is not known any more of the time before, a sentence each.
        before: The table as it was; None where there was none.
    """

    file: WrittenFile
    table: pa.Table
    extract: AssociationsExtract
    campaigns: pa.Table
    changes: WrittenChanges | None
    extracted_at: datetime
    requests: int
    lost: Sequence[str] = ()
    before: pa.Table | None = None


def refresh_associations(
    client: HubSpotClient, store: TableStore, calendar: Calendar, log: logging.Logger = logger
) -> WrittenAssociations:
    """Reads what is tied to every campaign that exists, logs what has changed, and replaces the table.

    What is tied to a campaign that was deleted since the campaigns were read stays until they are read again: a reading
    of metrics that took it for a campaign without assets would drop rows that nobody can read again.

    Args:
        client: The account.
        store: Where the tables lie.
        calendar: The days of the account, and the present time.
        log: Is told what is strange.

    Raises:
        HubSpotError: A request failed for good; the table is as it was.
        MissingTable: The campaigns were never read.
        StorageError: A table cannot be read or written; the one of associations is as it was.
    """
    store.try_out()
    counter, began = RequestCounter(), calendar.now()
    campaigns = store.read_table(CAMPAIGNS)
    campaign_ids = list_existing(campaigns)
    extract = read_campaign_assets(client.counted(counter), campaign_ids, began)
    state, table = read_before(store, CAMPAIGN_ASSETS), extract.table
    before = None if state.rows is None else normalize_ids(state.rows)
    _tell_unread(extract, log)
    if before is not None:
        table = retain_associations(table, extract.select_retained(before), campaign_ids)
    lost = _mend(store, state, log)
    changes = None if before is None else _log_changes(store, calendar, before, table, began)
    file = store.write(CAMPAIGN_ASSETS.path, table, extracted_at=began)
    log.info(f"{file.rows:,} assets of {len(campaign_ids):,} campaigns with {counter.requests} requests.")
    return WrittenAssociations(file, table, extract, campaigns, changes, began, counter.requests, lost, before)


def _mend(store: TableStore, before: Before, log: logging.Logger) -> list[str]:
    """Takes files that cannot be read out of the log of changes; what was lost with them, or with the table itself."""
    changes = ChangeLog(store, CAMPAIGN_ASSET_CHANGES.path)
    lost = changes.mend()
    if before.damage or (before.rows is None and changes.list_files()):
        damage = before.damage or f"{CAMPAIGN_ASSETS.name} was not there, though its changes were."
        lost.append(f"{damage} What has joined or left campaigns since it was read last is not known.")
    for sentence in lost:
        log.warning(sentence)
    return lost


def _tell_unread(extract: AssociationsExtract, log: logging.Logger) -> None:
    for asset_type, error in extract.failed.items():
        log.warning(f"The assets of type {to_line(asset_type)} cannot be listed; those known before stay. {error}")
    for campaign_id, error in extract.refused.items():
        log.warning(f"The campaign {to_line(campaign_id)} is not answered; its assets known before stay. {error}")


def _log_changes(
    store: TableStore, calendar: Calendar, before: pa.Table, after: pa.Table, noticed_at: datetime
) -> WrittenChanges | None:
    """Appends what joined and left campaigns since the table was read last."""
    changes = find_changes(before, after, noticed_at)
    log = ChangeLog(store, CAMPAIGN_ASSET_CHANGES.path)
    if not changes.num_rows and log.list_files():
        return None
    read_at = get_extracted_at(before.schema)
    location = log.append(
        changes,
        timestamp=noticed_at,
        day=calendar.to_day(noticed_at),
        before=read_at.isoformat() if read_at else "",
    )
    return WrittenChanges(location, changes)
