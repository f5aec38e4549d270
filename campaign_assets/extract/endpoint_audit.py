"""Whether HubSpot's two ways to the same metrics agree: the batch that the tables are read with, and the list.

A sample of campaigns, one day, both read now. How the stored table differs from either is a question of its own, since
HubSpot restates days.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.catalog import Aggregation, AssetType
from campaign_assets.extract.batches import BatchExtract, read_batch, read_listing
from campaign_assets.extract.metric_rows import to_metric_rows
from campaign_assets.hubspot import HubSpotClient, split_batches
from campaign_assets.tables import EXTRACTED_AT, METRIC_DATE
from campaign_assets.threads import map_in_threads

_DAY = timedelta(days=1)
Cells = dict[tuple[str, str], dict[str, Any]]
"""Values by column, of each campaign and asset."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One type of the sample.

    Attributes:
        campaigns: The campaigns that were compared.
        batch: What the batch says now.
        differences: Where the list says something else, or two days together something else than one by one, in
            words; empty where all agree.
    """

    campaigns: Sequence[str]
    batch: Cells
    differences: Sequence[str]


def choose_campaigns(campaign_assets: pa.Table, asset_type: AssetType, day: date, number: int) -> list[str]:
    """Some campaigns that have assets of a type: the same ones for the same day, others for another."""
    of_type = campaign_assets.filter(pc.equal(campaign_assets["asset_type"], asset_type.name))
    campaigns = pc.unique(of_type["campaign_id"]).to_pylist()
    return sorted(campaigns, key=lambda c: hashlib.sha256(f"{day} {asset_type.name} {c}".encode()).digest())[:number]


def compare_endpoints(
    client: HubSpotClient, sample: Mapping[AssetType, Sequence[str]], day: date
) -> dict[AssetType, Comparison]:
    """Reads a day of each type's campaigns through both endpoints, and compares asset by asset, value by value.

    Also reads the day with the one before it in one window: counts must be those of both days added up, or HubSpot
    means something else by a first and a last day than the tables do.

    What differs is read once more before it counts: HubSpot may have restated it between the two.

    Args:
        client: The account.
        sample: The campaigns of each type.
        day: The day, in the account's time zone.

    Raises:
        HubSpotError: A request failed for good.
    """
    first = _compare(client, sample, day)
    again = {t: sample[t] for t, comparison in first.items() if comparison.differences}
    return first | (_compare(client, again, day) if again else {})


def to_cells(table: pa.Table, campaigns: Collection[str] | None = None) -> Cells:
    """A table's rows by their key, without their day and the time of their reading.

    Args:
        table: Rows of a metrics table.
        campaigns: Only those of these campaigns; None for all.
    """
    rows = table.drop_columns([name for name in (METRIC_DATE, EXTRACTED_AT) if name in table.column_names])
    if campaigns is not None:
        rows = rows.filter(pc.is_in(rows["campaign_id"], pa.array(list(campaigns), pa.string())))
    return {(row.pop("campaign_id"), row.pop("asset_id")): row for row in rows.to_pylist()}


def describe_differences(one: Cells, other: Cells, names: tuple[str, str]) -> list[str]:
    """Each asset that only one side has, and each value that is not the same, in words."""
    lines = []
    for key in sorted(one.keys() | other.keys()):
        asset = f"campaign {key[0]} asset {key[1]}"
        if key not in one or key not in other:
            lines.append(f"{asset}: only {names[0] if key in one else names[1]} has it")
            continue
        mine, theirs = one[key], other[key]
        lines += [
            f"{asset}: {column} is {mine.get(column)} in {names[0]} and {theirs.get(column)} in {names[1]}"
            for column in sorted(mine.keys() | theirs.keys())
            if mine.get(column) != theirs.get(column)
        ]
    return lines


def _compare(
    client: HubSpotClient, sample: Mapping[AssetType, Sequence[str]], day: date
) -> dict[AssetType, Comparison]:
    campaigns = sorted({c for of_type in sample.values() for c in of_type})
    names = [asset_type.name for asset_type in sample]
    batches = [read_batch(client, batch, day=day, asset_types=names) for batch in split_batches(campaigns)]
    pairs = [(t, campaign) for t, of_type in sample.items() for campaign in of_type]
    listings = map_in_threads(
        lambda pair: read_listing(client, pair[1], [pair[0].name], day=day), pairs, client.max_in_flight
    )
    listed = list(listings)
    read = partial(read_batch, client, first_day=day - _DAY, asset_types=names)
    before, both = ([read(batch, day=last) for batch in split_batches(campaigns)] for last in (day - _DAY, day))
    return {
        t: _to_comparison(t, of_type, batches, listed, _describe_sums(t, of_type, (before, batches), both))
        for t, of_type in sample.items()
    }


def _describe_sums(
    asset_type: AssetType,
    campaigns: Sequence[str],
    days: Sequence[Sequence[BatchExtract]],
    window: Sequence[BatchExtract],
) -> list[str]:
    """Each count of a window that is not the sum of its days, in words."""
    single, together = (
        [_collect(asset_type, extracts, campaigns) for extracts in days],
        _collect(asset_type, window, campaigns),
    )
    columns = [metric.column for metric in asset_type.metrics if metric.aggregation is Aggregation.ADDITIVE]
    lines = []
    for key, row in sorted(together.items()):
        for column in columns:
            parts = [of_day.get(key, {}).get(column) or 0 for of_day in single]
            if sum(parts) != (row.get(column) or 0):
                said = f"{row.get(column)} over two days, and {' + '.join(map(str, parts))} day by day"
                lines.append(f"campaign {key[0]} asset {key[1]}: {column} is {said}")
    return lines


def _to_comparison(
    asset_type: AssetType,
    campaigns: Sequence[str],
    batches: Sequence[BatchExtract],
    listings: Sequence[BatchExtract],
    sums: Sequence[str],
) -> Comparison:
    batch, listing = (_collect(asset_type, extracts, campaigns) for extracts in (batches, listings))
    differences = describe_differences(batch, listing, ("the batch", "the list"))
    return Comparison(campaigns, batch, [*differences, *sums])


def _collect(asset_type: AssetType, extracts: Sequence[BatchExtract], campaigns: Sequence[str]) -> Cells:
    assets = [pair for extract in extracts for pair in extract.assets.get(asset_type.name, ())]
    return to_cells(to_metric_rows(asset_type, assets, datetime.now(UTC)).table, campaigns)
