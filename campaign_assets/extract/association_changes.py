"""What joined and left campaigns between two readings of the associations, and which past days that makes wrong."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.days import DayRange
from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, CAMPAIGN_ASSETS

_CAMPAIGNS_AT_ONCE = 1_000
_WITH_METRICS = frozenset(asset_type.name for asset_type in METRIC_ASSET_TYPES)


def find_changes(before: pa.Table, after: pa.Table, timestamp: datetime) -> pa.Table:
    """The rows of `hubspot/campaign_asset_changes` between two states of `hubspot/campaign_assets`.

    Args:
        before: The earlier state.
        after: The later one.
        timestamp: When the change was noticed, with its time zone.
    """
    rows = []
    for low, high in _list_ranges(before, after):
        old, new = _select(before, low, high), _select(after, low, high)
        if all(old[name].equals(new[name]) for name in CAMPAIGN_ASSETS.key):
            continue
        rows += [("added", *row) for row in _list_absent(new, old)]
        rows += [("removed", *row) for row in _list_absent(old, new)]
    rows.sort(key=lambda row: (row[1:4], row[0]))
    columns = list(zip(*rows, strict=True)) or [()] * 5
    return pa.table([[timestamp] * len(rows), *map(list, columns)], schema=CAMPAIGN_ASSET_CHANGES.columns)


def _list_ranges(before: pa.Table, after: pa.Table) -> Iterator[tuple[str, str]]:
    """The first and the last id of each thousand campaigns: comparing all at once takes several times the memory."""
    ids = sorted({*before["campaign_id"].unique().to_pylist(), *after["campaign_id"].unique().to_pylist()})
    for start in range(0, len(ids), _CAMPAIGNS_AT_ONCE):
        of_range = ids[start : start + _CAMPAIGNS_AT_ONCE]
        yield of_range[0], of_range[-1]


def _select(associations: pa.Table, low: str, high: str) -> pa.Table:
    ids = associations["campaign_id"]
    return associations.filter(pc.and_(pc.greater_equal(ids, low), pc.less_equal(ids, high)))


def _list_absent(rows: pa.Table, others: pa.Table) -> Iterable[tuple[str, ...]]:
    """Key and name of the rows whose key others lack."""
    key = list(CAMPAIGN_ASSETS.key)
    absent = rows.join(others.select(key), key, join_type="left anti", use_threads=False)
    named = {row[:3]: row for row in zip(*(absent[name].to_pylist() for name in (*key, "asset_name")), strict=True)}
    return named.values()


@dataclass(frozen=True, slots=True)
class HistoryGap:
    """Past days that lack what joined later.

    Attributes:
        campaign_ids: Campaigns that something with metrics joined, sorted.
        asset_types: The types that joined, in HubSpot's spelling, sorted.
        days: The days to read again.
    """

    campaign_ids: tuple[str, ...]
    asset_types: tuple[str, ...]
    days: DayRange


def find_history_gap(
    changes: pa.Table,
    start_dates: Mapping[str, date | None],
    *,
    earliest: date,
    last: date,
    history_days: int,
    asset_types: Collection[str] = _WITH_METRICS,
) -> HistoryGap | None:
    """The past days that additions make wrong: metrics of a past day follow today's associations.

    Args:
        changes: Rows of `hubspot/campaign_asset_changes`, all combined into one gap.
        start_dates: First day of each campaign; None where it is not known. A campaign that is absent is gone.
        earliest: The first day of the tables.
        last: The day that closed last.
        history_days: Days at most, counted back from the last.
        asset_types: The types whose metrics are read, in HubSpot's spelling.
    """
    added = [
        row
        for row in changes.to_pylist()
        if row["change"] == "added" and row["asset_type"] in asset_types and row["campaign_id"] in start_dates
    ]
    bound = max(earliest, last - timedelta(days=history_days - 1))
    starts = {row["campaign_id"]: max(start_dates[row["campaign_id"]] or bound, bound) for row in added}
    concerned = {campaign_id: start for campaign_id, start in starts.items() if start <= last}
    if not concerned:
        return None
    return HistoryGap(
        campaign_ids=tuple(sorted(concerned)),
        asset_types=tuple(sorted({row["asset_type"] for row in added if row["campaign_id"] in concerned})),
        days=DayRange(min(concerned.values()), last),
    )
