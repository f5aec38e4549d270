"""What an association that was seen to come or go has changed: the log of changes knows some, where it was written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from upath import UPath

from campaign_assets.days import Calendar
from campaign_assets.hubspot import CAMPAIGNS_PER_BATCH, HubSpotClient, parse_timestamp
from campaign_assets.inspection.probes.answers import Answer, Unknown
from campaign_assets.inspection.probes.counts import read_window
from campaign_assets.tables import (
    CAMPAIGN_ASSET_CHANGES,
    COMPARED_WITH,
    ChangeLog,
    TableError,
    TableStore,
    get_note,
    parse_file_name,
)

MOVES = Unknown("Whether adding an asset moves updatedAt", "It need not: the nightly run reads all associations.")
TODAYS = Unknown(
    "Whether metrics of a past day follow today's associations",
    "They do: past days are read again for campaigns that something joined.",
)
REQUESTS_OF_EACH = 1
_FILES = 50
_DAYS = 28
_NO_LOG = "the log hubspot/campaign_asset_changes tells of no asset that came or went"


@dataclass(frozen=True, slots=True)
class SeenChange:
    """An association that was seen to come or go.

    Attributes:
        campaign_id: The campaign.
        asset_type: The asset's type.
        asset_id: The asset.
        is_added: Whether it came.
        after: When the associations were read that did not know of it.
        noticed_at: When those were read that did.
    """

    campaign_id: str
    asset_type: str
    asset_id: str
    is_added: bool
    after: datetime
    noticed_at: datetime


def list_seen_changes(store: TableStore) -> list[SeenChange]:
    """The newest changes of the log, the newest first; of files that cannot be read, none."""
    log = ChangeLog(store, CAMPAIGN_ASSET_CHANGES.path)
    files = reversed(log.list_files()[-_FILES:])
    return [change for name, file in files for change in _list_changes(log, name, file)]


def _list_changes(log: ChangeLog, name: str, file: UPath) -> Iterator[SeenChange]:
    try:
        rows = log.read(file)
    except TableError:
        return
    after, noticed_at = parse_timestamp(get_note(rows.schema, COMPARED_WITH)), parse_file_name(name)
    if after is None or noticed_at is None:
        return
    for row in rows.to_pylist():
        yield SeenChange(
            row["campaign_id"], row["asset_type"], row["asset_id"], row["change"] == "added", after, noticed_at
        )


def probe_moves(client: HubSpotClient, changes: Sequence[SeenChange]) -> Answer:
    """Looks whether campaigns that an asset joined or left were changed by that.

    Args:
        client: The account.
        changes: What was seen to come and go, the newest first.

    Raises:
        HubSpotError: The request failed.
    """
    newest: dict[str, SeenChange] = {}
    for change in changes:
        newest.setdefault(change.campaign_id, change)
    ids = list(newest)[:CAMPAIGNS_PER_BATCH]
    if not ids:
        return Answer(MOVES, None, _NO_LOG)
    updated = {c.id: c.updated_at for c in client.campaigns.batch_read(ids).results if c.updated_at}
    still = sum(at < newest[i].after for i, at in updated.items() if i in newest)
    moved = sum(newest[i].after <= at <= newest[i].noticed_at for i, at in updated.items() if i in newest)
    if still:
        return Answer(MOVES, True, f"it does not: {still:,} campaigns that it happened to were not changed by it.")
    if moved:
        return Answer(MOVES, True, f"it does: {moved:,} campaigns that it happened to were changed at that time.")
    return Answer(MOVES, None, "every campaign that it happened to was changed once more since then")


def probe_todays(client: HubSpotClient, changes: Sequence[SeenChange], calendar: Calendar) -> Answer:
    """Looks whether assets that joined a campaign count something in it on days before that.

    Args:
        client: The account.
        changes: What was seen to come and go, the newest first.
        calendar: The days of the account.

    Raises:
        HubSpotError: The request failed.
    """
    joined = [change for change in changes if change.is_added]
    if not joined:
        return Answer(TODAYS, None, "the log hubspot/campaign_asset_changes tells of no asset that joined a campaign")
    # The days before the first reading of the newest change lie before all that is asked about.
    newest = [change for change in joined if change.noticed_at == joined[0].noticed_at]
    last = calendar.to_day(newest[0].after) - timedelta(days=1)
    ids = list(dict.fromkeys(change.campaign_id for change in newest))[:CAMPAIGNS_PER_BATCH]
    counts = read_window(client, ids, last - timedelta(days=_DAYS - 1), last).counts
    keys = {(change.campaign_id, change.asset_type, change.asset_id) for change in newest}
    before = sum(bool(counts.get(key)) for key in keys)
    if before:
        return Answer(
            TODAYS, True, f"they do: {before:,} of {len(keys):,} assets count something on days before they joined."
        )
    return Answer(TODAYS, None, f"none of {len(keys):,} assets that joined last counts anything on days before")
