"""Which requests a day of metrics takes, known before the first is sent.

Batches of fifty campaigns read everything at once, but cap each type of a campaign at fifty assets. A campaign whose
every type overflows anyway costs no more when its types are listed instead, and leaves its place in a batch to others.
Source: recorded responses (the cap), HubSpot's API reference (fifty inputs in a batch, a hundred assets in a page).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.catalog import AssetType
from campaign_assets.extract.duration import Duration
from campaign_assets.hubspot import ASSETS_IN_BATCH, ROWS_PER_PAGE, split_batches

_ASSET = ["campaign_id", "asset_id"]
TYPICAL_DAILY_LIMIT = 625_000
"""Requests of an account on HubSpot's Professional plan. Source: HubSpot's usage guidelines."""


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The requests of one day; every day of a range takes the same.

    Attributes:
        batches: Campaigns that are read together, each batch with one request and what overflows.
        listings: Types to list one by one, by campaign.
        overflow_requests: Pages that do not fit into the batches.
        listing_requests: Pages of the listings.
        asked: The assets that the responses should hold, by type: `campaign_id`, as a dictionary, and `asset_id`.
    """

    batches: tuple[Sequence[str], ...]
    listings: Mapping[str, Sequence[str]]
    overflow_requests: int
    listing_requests: int
    asked: Mapping[str, pa.Table] = field(default_factory=dict)

    @property
    def campaign_ids(self) -> frozenset[str]:
        """Campaigns that are asked about."""
        return frozenset(self.listings).union(*self.batches)

    @property
    def requests(self) -> int:
        """Requests that the day takes when nothing fails and no association changes."""
        return len(self.batches) + self.overflow_requests + self.listing_requests

    def describe(self, days: int, requests_per_second: float, daily_limit: int | None) -> str:
        """The plan of a range in a sentence.

        Args:
            days: Days of the range.
            requests_per_second: What the rate limit allows.
            daily_limit: Requests that the account has a day; None for a typical account's.
        """
        duration = Duration(days * self.requests, days * len(self.asked), requests_per_second)
        return (
            f"{days:,} days × {self.requests:,} requests ({len(self.batches):,} batches, "
            f"{self.overflow_requests:,} pages that do not fit, {self.listing_requests:,} listed) = "
            f"{describe_cost(duration.requests, len(self.campaign_ids), requests_per_second, daily_limit)}"
            + (f" {_describe_cells(duration)}" if duration.of_cells > duration.at_limit else "")
        )


def plan_day(
    campaign_assets: pa.Table, asset_types: Collection[AssetType], campaign_ids: Collection[str] | None = None
) -> DayPlan:
    """The requests that a day of some types takes: only campaigns that have such assets are asked about.

    Args:
        campaign_assets: The table of associations.
        asset_types: The types whose metrics are wanted.
        campaign_ids: Only these campaigns; None for all.
    """
    associations = _select(campaign_assets, asset_types, campaign_ids)
    counts = _count_assets(associations)
    overflow = {c: sum(map(_overflow_pages, by_type.values())) for c, by_type in counts.items()}
    listed = {c: sum(map(_pages, by_type.values())) for c, by_type in counts.items()}
    cheaper = {c for c in counts if listed[c] <= overflow[c]}
    return DayPlan(
        batches=tuple(split_batches([c for c in counts if c not in cheaper])),
        listings={c: sorted(counts[c]) for c in sorted(cheaper)},
        overflow_requests=sum(pages for c, pages in overflow.items() if c not in cheaper),
        listing_requests=sum(pages for c, pages in listed.items() if c in cheaper),
        asked=_split_by_type(associations, asset_types),
    )


def _describe_cells(duration: Duration) -> str:
    return f"Writing {duration.cells:,} cells takes longer: about {describe_seconds(duration.of_cells)}."


def describe_cost(requests: int, campaigns: int, requests_per_second: float, daily_limit: int | None) -> str:
    """Requests, how long they take, and their share of a day's.

    Args:
        requests: How many.
        campaigns: Campaigns that they ask about.
        requests_per_second: What the rate limit allows.
        daily_limit: Requests that the account has a day; None for a typical account's.
    """
    share = requests / (daily_limit or TYPICAL_DAILY_LIMIT)
    of = f"the account's {daily_limit:,}" if daily_limit else f"a typical account's {TYPICAL_DAILY_LIMIT:,}"
    return (
        f"{requests:,} requests about {campaigns:,} campaigns: {describe_seconds(requests / requests_per_second)} at "
        f"{requests_per_second * 10:,.0f} requests in 10 seconds, {share:.2%} of {of} a day."
    )


def describe_seconds(seconds: float) -> str:
    """A time in words, as exact as it is useful."""
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"


def _select(
    campaign_assets: pa.Table, asset_types: Collection[AssetType], campaign_ids: Collection[str] | None
) -> pa.Table:
    """The associations that are asked about, each campaign and type as a number: they repeat from row to row."""
    rows = campaign_assets.select(["campaign_id", "asset_type", "asset_id"])
    for place, name in enumerate(("campaign_id", "asset_type")):
        rows = rows.set_column(place, name, rows[name].dictionary_encode().combine_chunks())
    rows = rows.filter(_is_in(rows["asset_type"], {asset_type.name for asset_type in asset_types}))
    return rows if campaign_ids is None else rows.filter(_is_in(rows["campaign_id"], campaign_ids))


def _is_in(column: pa.ChunkedArray, values: Collection[str]) -> pa.Array:
    encoded = column.combine_chunks()
    codes = [code for code, value in enumerate(encoded.dictionary.to_pylist()) if value in values]
    return pc.is_in(encoded.indices, pa.array(codes, encoded.indices.type))


def _count_assets(rows: pa.Table) -> dict[str, dict[str, int]]:
    """How many assets of each type each campaign has, both in order."""
    campaigns, types = (rows[name].combine_chunks() for name in ("campaign_id", "asset_type"))
    codes = pa.table({"campaign": campaigns.indices, "type": types.indices})
    grouped = codes.group_by(["campaign", "type"], use_threads=False).aggregate([([], "count_all")]).to_pydict()
    campaign_ids, names = campaigns.dictionary.to_pylist(), types.dictionary.to_pylist()
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for campaign, name, count in zip(grouped["campaign"], grouped["type"], grouped["count_all"], strict=True):
        counts[campaign_ids[campaign]][names[name]] = count
    return {campaign_id: dict(sorted(counts[campaign_id].items())) for campaign_id in sorted(counts)}


def _split_by_type(rows: pa.Table, asset_types: Collection[AssetType]) -> dict[str, pa.Table]:
    types = rows["asset_type"].combine_chunks()
    codes = {name: code for code, name in enumerate(types.dictionary.to_pylist())}
    return {
        asset_type.name: rows.filter(pc.equal(types.indices, codes.get(asset_type.name, -1))).select(_ASSET)
        for asset_type in asset_types
    }


def _overflow_pages(assets: int) -> int:
    """Pages besides a batch; of as many assets as it holds only the list says whether they are all."""
    return 1 if assets == ASSETS_IN_BATCH else _pages(assets - ASSETS_IN_BATCH)


def _pages(assets: int) -> int:
    return max(0, -(-assets // ROWS_PER_PAGE))
