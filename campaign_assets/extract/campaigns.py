"""All campaigns of an account, as the rows of `hubspot/campaigns`.

One search request for every hundred campaigns. Campaigns that were there before and are not found any more are
asked for once more by id before they count as deleted; their rows stay.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.catalog import CAMPAIGN_PROPERTIES, CampaignProperty, PropertyKind
from campaign_assets.days import parse_day
from campaign_assets.extract.batches import confirm_missing
from campaign_assets.hubspot import Campaign, HubSpotClient, InvalidResponse, split_batches
from campaign_assets.tables import CAMPAIGNS, MONEY

logger = logging.getLogger(__name__)

SCANS = 3
"""How often the search is read at most where campaigns come and go meanwhile."""


@dataclass(frozen=True, slots=True)
class CampaignsExtract:
    """All campaigns as they were read.

    Attributes:
        table: One row per campaign, the deleted ones included, sorted by id.
        total: How many campaigns HubSpot's search says there are.
        found: How many the search returned.
        repeated: Rows that the search returned more than once, collapsed into one.
        deleted: Rows that are kept of campaigns that do not exist any more.
        unreadable: Values that are not of their column's type, by property; they are in `extra_properties`.
    """

    table: pa.Table
    total: int
    found: int
    repeated: int
    deleted: int
    unreadable: Mapping[str, int]


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
    names = [*(p.name for p in CAMPAIGN_PROPERTIES), *properties]
    scan = _scan(client, names)
    campaigns = scan.campaigns
    known = {} if before is None else {row["campaign_id"]: row for row in before.to_pylist()}
    missing = [campaign_id for campaign_id, row in known.items() if campaign_id not in campaigns]
    suspects = [campaign_id for campaign_id in missing if known[campaign_id].get("deleted_at") is None]
    # A search over moving rows can miss some: only a question by id tells a deleted campaign from a missed one.
    for batch in split_batches(suspects):
        found = client.campaigns.batch_read(batch, properties=names)
        for campaign in (*found.results, *confirm_missing(client, found.missing, properties=names)):
            campaigns[campaign.id] = campaign

    rows = [_to_row(campaign, now) for campaign in campaigns.values()]
    deleted = [
        {**known[campaign_id], "deleted_at": known[campaign_id].get("deleted_at") or now}
        for campaign_id in missing
        if campaign_id not in campaigns
    ]
    table = pa.Table.from_pylist([*rows, *deleted], schema=CAMPAIGNS.columns)
    return CampaignsExtract(
        table=table.sort_by([(name, "ascending") for name in CAMPAIGNS.key]),
        total=scan.total,
        found=len(scan.campaigns),
        repeated=scan.repeated,
        deleted=len(deleted),
        unreadable=_count_unreadable(rows),
    )


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
    repeated = total = 0
    for scan in range(1, SCANS + 1):
        seen: set[str] = set()
        totals: set[int] = set()
        # Oldest first: a campaign that is created meanwhile joins at the end and moves no other.
        for page in client.campaigns.list_pages(sort="createdAt", properties=properties):
            total = page.total
            totals.add(total)
            repeated += sum(campaign.id in seen for campaign in page.results)
            seen.update(campaign.id for campaign in page.results)
            campaigns.update((campaign.id, campaign) for campaign in page.results)
        if len(totals) == 1 and len(seen) == total:
            return _Scan({i: c for i, c in campaigns.items() if i in seen}, total, repeated)
        logger.warning(
            "HubSpot's search says %d campaigns and returned %d: campaigns came or went while it was read%s.",
            total,
            len(seen),
            ", reading it again" if scan < SCANS else "",
        )
    if len(campaigns) < max(totals):
        raise InvalidResponse(
            f"HubSpot's search says {max(totals)} campaigns and returned {len(campaigns)}, however often it is read: "
            "nothing is written, since some would be missing. Run again."
        )
    unsure = [campaign_id for campaign_id in campaigns if campaign_id not in seen]
    deleted = set(unsure) - {c.id for c in confirm_missing(client, unsure, properties=properties)}
    return _Scan({i: c for i, c in campaigns.items() if i not in deleted}, total, repeated)


def _to_row(campaign: Campaign, now: datetime) -> dict[str, Any]:
    extra = dict(_list_extra_properties(campaign))
    row: dict[str, Any] = {
        "campaign_id": campaign.id,
        "business_unit_ids": list(campaign.business_unit_ids),
        "created_at": campaign.created_at,
        "updated_at": campaign.updated_at,
        "deleted_at": None,
        "extracted_at": now,
    }
    for known in CAMPAIGN_PROPERTIES:
        text = campaign.properties.get(known.name)
        row[known.column] = value = None if text is None else _parse(known, text)
        if text is not None and value is None:
            extra[known.name] = text
    row["extra_properties"] = sorted(extra.items())
    return row


_STANDARD = frozenset({p.name for p in CAMPAIGN_PROPERTIES})
_TIMESTAMPS = ("createdAt", "updatedAt")
_SUNSET = frozenset({"hs_goal"})
"""Source: HubSpot's changelog; sunset on 2025-07-09, ignored if it still comes."""


def _list_extra_properties(campaign: Campaign) -> Iterator[tuple[str, str]]:
    for name, text in campaign.properties.items():
        if name not in _STANDARD | _SUNSET:
            yield name, text
    for name in _TIMESTAMPS:
        if name in campaign.extra:  # a moment that the client could not read
            value = campaign.extra[name]
            yield name, value if isinstance(value, str) else json.dumps(value)


def _parse(known: CampaignProperty, text: str) -> str | date | Decimal | None:
    """A property's text as its column's type, or None where it is of another."""
    if known.kind is PropertyKind.DATE:
        return _parse_date(text)
    if known.kind is PropertyKind.MONEY:
        return _parse_money(text)
    return text


def _parse_date(text: str) -> date | None:
    try:
        return parse_day(text)
    except ValueError:
        return None


def _parse_money(text: str) -> Decimal | None:
    """An amount, if the column holds it exactly: rounding money would be losing it."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    fits = amount.is_finite() and abs(amount) < Decimal(10) ** (MONEY.precision - MONEY.scale)
    return amount if fits and amount == round(amount, MONEY.scale) else None


def _count_unreadable(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    names = [name for row in rows for name, _ in row["extra_properties"] if name in _STANDARD.union(_TIMESTAMPS)]
    return {name: names.count(name) for name in sorted(set(names))}
