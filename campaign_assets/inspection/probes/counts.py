"""What responses count: each metric that adds up over days, of each asset of each campaign."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from campaign_assets.catalog import Aggregation, find_asset_type
from campaign_assets.hubspot import Asset, Campaign, HubSpotClient

AssetKey = tuple[str, str, str]
"""Campaign, asset type and asset."""
Number = int | float


@dataclass(frozen=True, slots=True)
class Reading:
    """What some campaigns count over a window.

    Attributes:
        counts: Numbers above zero of each asset that came, by metric; an asset that counts nothing has none.
    """

    counts: Mapping[AssetKey, Mapping[str, Number]]

    @property
    def total(self) -> Number:
        """All numbers together."""
        return sum(sum(of_asset.values()) for of_asset in self.counts.values())


def read_window(client: HubSpotClient, campaign_ids: Collection[str], first: date, last: date) -> Reading:
    """What some campaigns count over a window; one request.

    Args:
        client: The account.
        campaign_ids: Fifty campaigns at most.
        first: The window's startDate.
        last: Its endDate.

    Raises:
        HubSpotError: The request failed.
    """
    return to_reading(client.campaigns.batch_read(campaign_ids, start_date=first, end_date=last).results)


def to_reading(campaigns: Iterable[Campaign]) -> Reading:
    """What campaigns that were read over a window count."""
    assets = list_assets(campaigns)
    return Reading({(c.id, name, asset.id): dict(_list_additive(name, asset)) for c, name, asset in assets})


def list_assets(campaigns: Iterable[Campaign]) -> Iterator[tuple[Campaign, str, Asset]]:
    """Every asset that came, with its campaign and its type."""
    for campaign in campaigns:
        for asset_type, page in (campaign.assets or {}).items():
            for asset in page.results:
                yield campaign, asset_type, asset


def compare_sums(one: Collection[Reading], other: Collection[Reading]) -> tuple[int, int]:
    """How many counts two sets of readings have together, and of how many of them their sums differ.

    Only assets that came in all of them are compared: a response holds fifty of a type, and may leave one out.
    """
    every = [reading.counts for reading in (*one, *other)]
    values = differ = 0
    for asset in set(every[0]).intersection(*every[1:]):
        sums = [_add_up(reading.counts[asset] for reading in readings) for readings in (one, other)]
        names = sums[0].keys() | sums[1].keys()
        values += len(names)
        differ += sum(sums[0].get(name, 0) != sums[1].get(name, 0) for name in names)
    return values, differ


def _add_up(counts: Iterable[Mapping[str, Number]]) -> dict[str, Number]:
    sums: dict[str, Number] = {}
    for of_one in counts:
        for name, value in of_one.items():
            sums[name] = sums.get(name, 0) + value
    return sums


def _list_additive(asset_type: str, asset: Asset) -> Iterator[tuple[str, Number]]:
    known = find_asset_type(asset_type)
    for metric in known.metrics if known else ():
        value = (asset.metrics or {}).get(metric.name, 0)
        if metric.aggregation is Aggregation.ADDITIVE and value > 0:
            yield metric.name, value
