"""What joined and left campaigns between two readings of the associations, and which past days that makes wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.days import DayRange
from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, CAMPAIGN_ASSETS

_WITH_METRICS = frozenset(asset_type.name for asset_type in METRIC_ASSET_TYPES)


def find_changes(before: pa.Table, after: pa.Table, timestamp: datetime) -> pa.Table:
    """The rows of `hubspot/campaign_asset_changes` between two states of `hubspot/campaign_assets`.

    Args:
        before: The earlier state.
        after: The later one.
        timestamp: When the change was noticed, with its time zone.
    """
    old, new = _index(before), _index(after)
    added = [("added", key, new[key]) for key in new.keys() - old.keys()]
    removed = [("removed", key, old[key]) for key in old.keys() - new.keys()]
    rows = [
        {
            "changed_at": timestamp,
            "change": change,
            **dict(zip(CAMPAIGN_ASSETS.key, key, strict=True)),
            "asset_name": name,
        }
        for change, key, name in sorted([*added, *removed], key=lambda row: (row[1], row[0]))
    ]
    return pa.Table.from_pylist(rows, schema=CAMPAIGN_ASSET_CHANGES.columns)


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
    changes: pa.Table, start_dates: Mapping[str, date | None], *, earliest: date, last: date, history_days: int
) -> HistoryGap | None:
    """The past days that additions make wrong: metrics of a past day follow today's associations.

    Args:
        changes: Rows of `hubspot/campaign_asset_changes`, all combined into one gap.
        start_dates: First day of each campaign; None where it is not known. A campaign that is absent is gone.
        earliest: The first day of the tables.
        last: The day that closed last.
        history_days: Days at most, counted back from the last.
    """
    added = [
        row
        for row in changes.to_pylist()
        if row["change"] == "added" and row["asset_type"] in _WITH_METRICS and row["campaign_id"] in start_dates
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


def _index(table: pa.Table) -> dict[tuple[str, ...], str | None]:
    columns = [table[name].to_pylist() for name in CAMPAIGN_ASSETS.key]
    return dict(zip(zip(*columns, strict=True), table["asset_name"].to_pylist(), strict=True))
