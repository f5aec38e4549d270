"""All campaigns of an account, as the rows of `hubspot/campaigns`.

One search request for every hundred campaigns. Campaigns that were there before and are not found any more are
asked for once more by id before they count as deleted; their rows stay.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.catalog import CAMPAIGN_PROPERTIES
from campaign_assets.extract.by_id import KnownCampaigns, is_too_long, read_by_id
from campaign_assets.extract.campaign_rows import UnreadableValue, list_unreadable, to_campaign_row
from campaign_assets.extract.campaign_search import Scan, scan_campaigns
from campaign_assets.extract.copies import join_campaigns
from campaign_assets.extract.property_names import PropertyNames
from campaign_assets.hubspot import (
    BadRequest,
    Campaign,
    ForbiddenProperties,
    HubSpotClient,
    HubSpotError,
    normalize_campaign_id,
    split_batches,
)
from campaign_assets.plain_text import to_enumeration
from campaign_assets.tables import CAMPAIGNS

logger = logging.getLogger(__name__)

_NAME = "hs_name"
"""Source: HubSpot's guide; the one property that every campaign has."""
_FIELDS = {"createdAt": "created_at", "updatedAt": "updated_at", "businessUnits": "business_unit_ids"}
"""What HubSpot says of each campaign without being asked."""
_SEVERAL = 5


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
        unknown: Properties of the settings that HubSpot does not have, each with the name that comes nearest.
        unnamed: Campaigns that came without their name; their rows are as they were.
        emptied: Standard properties and fields that several campaigns had a value of at the reading before, now none.
    """

    table: pa.Table
    total: int
    repeated: int
    deleted: int
    unreadable: Sequence[UnreadableValue] = ()
    sunset: Sequence[str] = ()
    unanswered: Sequence[str] = ()
    refused: Mapping[str, HubSpotError] = field(default_factory=dict)
    unknown: Mapping[str, str | None] = field(default_factory=dict)
    unnamed: Sequence[str] = ()
    emptied: Sequence[str] = ()


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
        HubSpotError: A request failed for good.
    """
    names = PropertyNames(properties)
    known = {} if before is None else _index(before)
    found = _read_all_parts(client, names, known)
    # The rows of campaigns that were not answered, or only in part, stay as they were.
    partly = {*found.refused, *found.unnamed}
    as_before = {i: {**known[i], "deleted_at": None} for i in partly if i in known}
    rows = [to_campaign_row(campaign, now) for i, campaign in found.campaigns.items() if i not in as_before]
    deleted = [
        {**row, "deleted_at": row.get("deleted_at") or now}
        for campaign_id, row in known.items()
        if campaign_id not in found.campaigns and campaign_id not in partly
    ]
    table = pa.Table.from_pylist([*rows, *as_before.values(), *deleted], schema=CAMPAIGNS.columns)
    answered = {name for campaign in found.campaigns.values() for name in campaign.properties}
    return CampaignsExtract(
        table=table.sort_by([(name, "ascending") for name in CAMPAIGNS.key]),
        total=found.scan.total,
        repeated=found.scan.repeated,
        deleted=len(deleted),
        unreadable=list_unreadable(rows),
        sunset=names.sunset,
        unknown=names.unknown,
        unanswered=[
            name for name in names.custom if found.campaigns and name not in answered and name not in names.unknown
        ],
        refused=found.refused,
        unnamed=found.unnamed,
        emptied=_find_emptied(known, [*rows, *as_before.values()], names),
    )


def _find_emptied(
    known: Mapping[str, Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], names: PropertyNames
) -> list[str]:
    """Properties and fields that several campaigns had a value of, and none has any more."""
    asked = {p.name: p.column for p in CAMPAIGN_PROPERTIES if p.name not in names.sunset} | _FIELDS
    before = [row for row in known.values() if row.get("deleted_at") is None]
    return [
        name
        for name, column in asked.items()
        if sum(row.get(column) is not None for row in before) >= _SEVERAL
        and rows
        and all(row.get(column) is None for row in rows)
    ]


def _index(before: pa.Table) -> dict[str, dict[str, Any]]:
    """Rows by their id in its normal form; where two are the same campaign, the one that exists."""
    rows = before.to_pylist()
    rows.sort(key=lambda row: row.get("deleted_at") is None)
    normal = [{**row, "campaign_id": normalize_campaign_id(row["campaign_id"])} for row in rows]
    return {row["campaign_id"]: row for row in normal}


@dataclass(slots=True)
class _Found:
    """What the search and questions by id have found.

    Attributes:
        scan: What the search says.
        campaigns: Every campaign that exists, with its properties.
        refused: Campaigns that HubSpot refuses to answer, and why.
        unnamed: Campaigns that came without their name, which each has: their properties are not answered.
    """

    scan: Scan
    campaigns: dict[str, Campaign]
    refused: dict[str, HubSpotError] = field(default_factory=dict)
    unnamed: list[str] = field(default_factory=list)

    def ask(self, client: HubSpotClient, campaign_ids: Sequence[str], properties: Sequence[str]) -> set[str]:
        """Asks for campaigns by id, joins what they answer, and gives those that are missing."""
        more, refused = _read_by_id(client, campaign_ids, properties)
        self.refused |= refused
        for campaign_id, campaign in more.items():
            self.campaigns[campaign_id] = join_campaigns(self.campaigns.get(campaign_id), campaign)
        return {i for i in campaign_ids if i not in more and i not in refused}


def _read_all_parts(client: HubSpotClient, names: PropertyNames, known: Mapping[str, Mapping[str, Any]]) -> _Found:
    """Every campaign, without the properties that there are not, and in as many parts as addresses need."""
    while True:
        try:
            return _read_all(client, names.list_parts(), known)
        except ForbiddenProperties as error:
            left_out = names.leave_out(error)
            logger.warning("HubSpot has no property %s: it is null from now on.", to_enumeration(left_out))
        except BadRequest as error:
            if not (is_too_long(error) and names.shorten()):
                raise


def _read_all(client: HubSpotClient, parts: Sequence[Sequence[str]], known: Mapping[str, Mapping[str, Any]]) -> _Found:
    scan = scan_campaigns(client, parts[0])
    found = _Found(scan, dict(scan.campaigns))
    is_named = _NAME in parts[0]
    suspects = {i for i, row in known.items() if row.get("deleted_at") is None and i not in scan.campaigns}
    unnamed = {i for i, campaign in scan.campaigns.items() if is_named and campaign.name is None}
    found.ask(client, sorted(suspects | unnamed | scan.unreadable), parts[0])
    for part in parts[1:]:
        for campaign_id in found.ask(client, sorted(found.campaigns), part):  # deleted meanwhile
            del found.campaigns[campaign_id]
    found.unnamed = sorted(i for i, campaign in found.campaigns.items() if is_named and campaign.name is None)
    return found


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
