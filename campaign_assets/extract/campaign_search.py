"""The search for all campaigns, read again where campaigns come and go meanwhile, so that none is missed in silence."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from campaign_assets.extract.by_id import find_campaign
from campaign_assets.extract.copies import join_campaigns
from campaign_assets.hubspot import Campaign, HubSpotClient, InvalidResponse

logger = logging.getLogger(__name__)

SCANS = 3
"""How often the search is read at most where campaigns come and go meanwhile."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What the search says.

    Attributes:
        campaigns: The campaigns that could be read.
        total: How many there are.
        repeated: Rows that came more than once, collapsed into one.
        unreadable: Campaigns of which no more than the id could be read.
    """

    campaigns: dict[str, Campaign]
    total: int
    repeated: int
    unreadable: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Search:
    """Every page of the search once.

    Attributes:
        seen: The campaigns.
        totals: How many campaigns each page says that there are.
        rows: Rows that came.
        unreadable: Campaigns that cannot be read, by their id.
        nameless: Rows of which not even the id can be read.
    """

    seen: dict[str, Campaign] = field(default_factory=dict)
    totals: list[int] = field(default_factory=list)
    rows: int = 0
    unreadable: set[str] = field(default_factory=set)
    nameless: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether all pages say the same number of campaigns, and as many came."""
        ids = len(self.seen.keys() | self.unreadable)
        return len(set(self.totals)) == 1 and ids + self.nameless == self.totals[-1]


def scan_campaigns(client: HubSpotClient, properties: Sequence[str]) -> Scan:
    """Every page of the search, read again where campaigns moved between the pages meanwhile.

    Raises:
        InvalidResponse: However often it is read, it returns fewer campaigns than it says there are.
    """
    campaigns: dict[str, Campaign] = {}
    unreadable: set[str] = set()
    largest = repeated = nameless = 0
    for number in range(1, SCANS + 1):
        search = _read_search(client, properties)
        for campaign_id, campaign in search.seen.items():
            campaigns[campaign_id] = join_campaigns(campaigns.get(campaign_id), campaign)
        unreadable |= search.unreadable
        nameless = max(nameless, search.nameless)
        largest, repeated = max(largest, *search.totals), repeated + search.rows - len(search.seen)
        total = search.totals[-1]
        if search.is_whole:
            return Scan(search.seen, total, repeated, frozenset(search.unreadable - search.seen.keys()))
        logger.warning(
            "HubSpot's search says %d campaigns and returned %d: campaigns came or went while it was read%s.",
            total,
            len(search.seen),
            ", reading it again" if number < SCANS else "",
        )
    if len(campaigns.keys() | unreadable) + nameless < largest:
        raise InvalidResponse(
            f"HubSpot's search says {largest} campaigns and returned {len(campaigns)}, however often it is read: "
            "nothing is written, since some would be missing. Run again."
        )
    unsure = [campaign_id for campaign_id in campaigns if campaign_id not in search.seen]
    deleted = {i for i in unsure if find_campaign(client, i, properties=properties) is None}
    existing = {i: c for i, c in campaigns.items() if i not in deleted}
    return Scan(existing, total, repeated, frozenset(unreadable - existing.keys()))


def _read_search(client: HubSpotClient, properties: Sequence[str]) -> _Search:
    """Every page once, oldest first: a campaign that is created meanwhile joins at the end and moves no other."""
    search = _Search()
    for page in client.campaigns.list_pages(sort="createdAt", properties=properties):
        search.totals.append(page.total)
        search.rows += len(page.results)
        search.unreadable.update(i for i in page.unreadable if i is not None)
        search.nameless += page.unreadable.count(None)
        for campaign in page.results:
            search.seen[campaign.id] = join_campaigns(search.seen.get(campaign.id), campaign)
    return search
