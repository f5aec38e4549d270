"""All campaigns of an account, as the rows of `hubspot/campaigns`.

One search request for every hundred campaigns. Campaigns that were there before and are not found any more are
asked for once more by id before they count as deleted; their rows stay.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.extract.by_id import KnownCampaigns, find_campaign, read_by_id
from campaign_assets.extract.campaign_rows import UnreadableValue, list_unreadable, to_campaign_row
from campaign_assets.extract.copies import join_campaigns
from campaign_assets.extract.property_names import PropertyNames
from campaign_assets.hubspot import (
    Campaign,
    ForbiddenProperties,
    HubSpotClient,
    HubSpotError,
    InvalidResponse,
    normalize_campaign_id,
    split_batches,
)
from campaign_assets.tables import CAMPAIGNS

logger = logging.getLogger(__name__)

SCANS = 3
"""How often the search is read at most where campaigns come and go meanwhile."""


@dataclass(frozen=True, slots=True)
class CampaignsExtract:
    """All campaigns as they were read.

    Attributes:
        table: One row per campaign, the deleted ones included, sorted by id.
        total: How many campaigns HubSpot's search says there are.
        repeated: Rows that the search returned more than once, collapsed into one.
        deleted: Rows that are kept of campaigns that do not exist any more.
        unreadable: Values that are not of their column's type; they are in `extra_properties`.
        sunset: Standard properties that HubSpot does not have any more; their columns are null.
        unanswered: Properties of the settings that no campaign has a value of.
        refused: Campaigns that HubSpot refuses to answer, and why; their rows are as they were.
    """

    table: pa.Table
    total: int
    repeated: int
    deleted: int
    unreadable: Sequence[UnreadableValue] = ()
    sunset: Sequence[str] = ()
    unanswered: Sequence[str] = ()
    refused: Mapping[str, HubSpotError] = field(default_factory=dict)


def read_campaigns(
    client: HubSpotClient, properties: Sequence[str], before: pa.Table | None, now: datetime
) -> CampaignsExtract:
    """Reads every campaign.

    Args:
        client: The account.
        properties: Custom properties to read besides the standard ones.
        before: The table as the last run left it, or None where there was none.
        now: When the reading began, with its time zone.

    Raises:
        ConfigurationError: HubSpot has none of a custom property.
        HubSpotError: A request failed for good.
    """
    names = PropertyNames(properties)
    known = {} if before is None else _index(before)
    while True:
        try:
            scan, campaigns, refused = _read_all(client, names.list_parts(), known)
            break
        except ForbiddenProperties as error:
            names.leave_out(error)
            logger.warning("HubSpot has no property %s any more: it is null from now on.", names.sunset[-1])
    rows = [to_campaign_row(campaign, now) for i, campaign in campaigns.items() if i not in refused or i not in known]
    unread = [{**known[i], "deleted_at": None} for i in refused if i in known]
    deleted = [
        {**row, "deleted_at": row.get("deleted_at") or now}
        for campaign_id, row in known.items()
        if campaign_id not in campaigns and campaign_id not in refused
    ]
    table = pa.Table.from_pylist([*rows, *unread, *deleted], schema=CAMPAIGNS.columns)
    answered = {name for campaign in campaigns.values() for name in campaign.properties}
    return CampaignsExtract(
        table=table.sort_by([(name, "ascending") for name in CAMPAIGNS.key]),
        total=scan.total,
        repeated=scan.repeated,
        deleted=len(deleted),
        unreadable=list_unreadable(rows),
        sunset=names.sunset,
        unanswered=[name for name in names.custom if campaigns and name not in answered],
        refused=refused,
    )


def _index(before: pa.Table) -> dict[str, dict[str, Any]]:
    """Rows by their id in its normal form; where two are the same campaign, the one that exists."""
    rows = before.to_pylist()
    rows.sort(key=lambda row: row.get("deleted_at") is None)
    normal = [{**row, "campaign_id": normalize_campaign_id(row["campaign_id"])} for row in rows]
    return {row["campaign_id"]: row for row in normal}


def _read_all(
    client: HubSpotClient, parts: Sequence[Sequence[str]], known: Mapping[str, Mapping[str, Any]]
) -> tuple["_Scan", dict[str, Campaign], dict[str, HubSpotError]]:
    """What the search says, every campaign that exists with all of its properties, and those that are refused."""
    scan = _scan(client, parts[0])
    suspects = [i for i, row in known.items() if i not in scan.campaigns and row.get("deleted_at") is None]
    found, refused = _read_by_id(client, suspects, parts[0])
    campaigns = scan.campaigns | found
    for part in parts[1:]:
        more, refused_now = _read_by_id(client, sorted(campaigns), part)
        refused |= refused_now
        campaigns = {  # one that is not found was deleted meanwhile
            i: replace(campaign, properties={**campaign.properties, **(more[i].properties if i in more else {})})
            for i, campaign in campaigns.items()
            if i in more or i in refused
        }
    return scan, campaigns, refused


def _read_by_id(
    client: HubSpotClient, suspects: Sequence[str], properties: Sequence[str]
) -> tuple[dict[str, Campaign], dict[str, HubSpotError]]:
    """Those campaigns that exist after all: a search over moving rows can miss some, a question by id cannot."""
    known = KnownCampaigns()
    found: dict[str, Campaign] = {}
    refused: dict[str, HubSpotError] = {}
    for ids in split_batches(suspects):
        answered = read_by_id(client, ids, properties=properties, known=known)
        for campaign in answered.campaigns:
            found[campaign.id] = join_campaigns(found.get(campaign.id), campaign)
        refused |= answered.refused
    return found, refused


def list_deleted(campaigns: pa.Table) -> frozenset[str]:
    """Ids of the campaigns that do not exist any more."""
    deleted = campaigns.filter(pc.is_valid(campaigns["deleted_at"]))
    return frozenset(deleted["campaign_id"].to_pylist())


def list_existing(campaigns: pa.Table) -> list[str]:
    """Ids of the campaigns that exist, in order."""
    existing = campaigns.filter(pc.is_null(campaigns["deleted_at"]))
    return sorted(existing["campaign_id"].to_pylist())


@dataclass(frozen=True, slots=True)
class _Scan:
    campaigns: dict[str, Campaign]
    total: int
    repeated: int


def _scan(client: HubSpotClient, properties: Sequence[str]) -> _Scan:
    """Every page of the search, read again where campaigns moved between the pages meanwhile.

    Raises:
        InvalidResponse: However often it is read, it returns fewer campaigns than it says there are.
    """
    campaigns: dict[str, Campaign] = {}
    largest = repeated = 0
    for number in range(1, SCANS + 1):
        seen, totals, again = _read_search(client, properties)
        campaigns |= seen
        largest, repeated = max(largest, *totals), repeated + again
        total = totals[-1]
        if len(set(totals)) == 1 and len(seen) == total:
            return _Scan(seen, total, repeated)
        logger.warning(
            "HubSpot's search says %d campaigns and returned %d: campaigns came or went while it was read%s.",
            total,
            len(seen),
            ", reading it again" if number < SCANS else "",
        )
    if len(campaigns) < largest:
        raise InvalidResponse(
            f"HubSpot's search says {largest} campaigns and returned {len(campaigns)}, however often it is read: "
            "nothing is written, since some would be missing. Run again."
        )
    unsure = [campaign_id for campaign_id in campaigns if campaign_id not in seen]
    deleted = {i for i in unsure if find_campaign(client, i, properties=properties) is None}
    return _Scan({i: c for i, c in campaigns.items() if i not in deleted}, total, repeated)


def _read_search(client: HubSpotClient, properties: Sequence[str]) -> tuple[dict[str, Campaign], list[int], int]:
    """Every page once: the campaigns, the total that each page says, and how many rows came more than once."""
    seen: dict[str, Campaign] = {}
    totals, rows = [], 0
    # Oldest first: a campaign that is created meanwhile joins at the end and moves no other.
    for page in client.campaigns.list_pages(sort="createdAt", properties=properties):
        totals.append(page.total)
        rows += len(page.results)
        for campaign in page.results:
            seen[campaign.id] = join_campaigns(seen.get(campaign.id), campaign)
    return seen, totals, rows - len(seen)
