"""When each cell was last read whole, as the instance's events tell: fast enough for a sensor with years of days.

A reading of some campaigns only is an event too, but no reading of its cell: its data version carries the time of
the last whole one.

Anybody can report an event. A time that cannot be read, or that lies in the future, tells of no reading: such a cell
counts as never read, so that it is read once more rather than never again.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.instance.extraction_times import find_extracted_at
from campaign_assets.defs.instance.whole_read import DATA_VERSION_TAG, parse_whole_read
from campaign_assets.defs.portal import Portal
from campaign_assets.freshness import CellState, is_settled
from campaign_assets.plain_text import to_enumeration

AHEAD = timedelta(days=1)
"""So far in the future a time may lie that a clock wrote which was wrong."""

Ids = Mapping[date, Mapping[dg.AssetKey, int]]
"""The storage id of the last event of each cell."""


def find_cell_states(
    instance: dg.DagsterInstance,
    portal: Portal,
    days: Sequence[date],
    calendar: Calendar,
    log: logging.Logger,
    keys: Collection[dg.AssetKey],
) -> list[CellState]:
    """What is known of every cell of some days.

    The times of settled days are not exact, only late enough: one event tells for all tables of a day.

    Args:
        instance: Whose events.
        portal: Whose cells.
        days: The days.
        calendar: Says which days are settled, and the present time.
        log: Is told of the cells whose events do not tell when they were read.
        keys: The assets.
    """
    events = _Events(instance, calendar.now() + AHEAD)
    ids, timestamps = _find_last_events(events, days, keys)
    # One event a day, the oldest: events come in the order of their readings, so the others are no older.
    oldest = {day: min(of_day.items(), key=lambda item: item[1]) for day, of_day in ids.items() if of_day}
    found = events.fetch_timestamps(oldest.values())
    settled = {day: found[event] for day, (_, event) in oldest.items() if is_settled(calendar, day, found.get(event))}
    found |= events.fetch_timestamps([cell for day in days if day not in settled for cell in ids[day].items()])
    if events.nonsense:
        log.warning(f"Count as never read, for no run of ours wrote this: {to_enumeration(sorted(events.nonsense))}.")

    def find_timestamp(key: dg.AssetKey, day: date) -> datetime | None:
        if (key, day) in timestamps:
            return timestamps[key, day]
        return settled.get(day) or found.get(ids[day][key]) if key in ids[day] else None

    return [CellState(portal.to_table(key), day, find_timestamp(key, day)) for day in days for key in keys]


class _Events:
    """The instance's events of cells.

    Attributes:
        nonsense: What was found in them that no run of ours writes, in words.
    """

    def __init__(self, instance: dg.DagsterInstance, latest: datetime) -> None:
        self.instance = instance
        self.nonsense: set[str] = set()
        self._latest = latest

    def parse_whole_read(self, name: str, version: str) -> datetime | None:
        """Of a data version: when its cell was last read whole, where it was read in part since.

        Raises:
            ValueError: It says that it was read in part, and not when it was read whole.
        """
        try:
            whole = parse_whole_read(version)
            if whole is None or whole <= self._latest:
                return whole
        except ValueError:
            pass
        self.nonsense.add(f"{name}: data version {version}")
        raise ValueError(name)

    def fetch_timestamps(self, cells: Iterable[tuple[dg.AssetKey, int]]) -> dict[int, datetime]:
        """When the readings of events began, by storage id; those that do not tell are left out."""
        by_key: dict[dg.AssetKey, list[int]] = defaultdict(list)
        for key, event in cells:
            by_key[key].append(event)
        timestamps = {}
        for key, events in by_key.items():
            records = self.instance.fetch_materializations(
                dg.AssetRecordsFilter(asset_key=key, storage_ids=events), limit=len(events)
            ).records
            for record in records:
                extracted_at = find_extracted_at(record.asset_materialization)
                timestamp = extracted_at or datetime.fromtimestamp(record.timestamp, UTC)
                if timestamp <= self._latest:
                    timestamps[record.storage_id] = timestamp
                else:
                    self.nonsense.add(f"{key.path[-1]} of {record.partition_key}: read at {timestamp:%Y-%m-%d %H:%M}")
        return timestamps


def _find_last_events(
    events: _Events, days: Sequence[date], keys: Collection[dg.AssetKey]
) -> tuple[Ids, Mapping[tuple[dg.AssetKey, date], datetime]]:
    """The last event of each cell; of cells that were read in part since, the time of the last whole reading."""
    partitions = {day.isoformat(): day for day in days}
    storage = events.instance.event_log_storage
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    ids: dict[date, dict[dg.AssetKey, int]] = defaultdict(dict)
    timestamps: dict[tuple[dg.AssetKey, date], datetime] = {}
    for key in keys:
        latest = storage.get_latest_storage_id_by_partition(key, kind, set(partitions))
        versions = storage.get_latest_tags_by_partition(key, kind, [DATA_VERSION_TAG], list(partitions))
        for partition, event in latest.items():
            day, version = partitions[partition], versions.get(partition, {}).get(DATA_VERSION_TAG, "")
            try:
                whole = events.parse_whole_read(f"{key.path[-1]} of {day}", version)
            except ValueError:
                continue
            if whole:
                timestamps[key, day] = whole
            else:
                ids[day][key] = event
    return ids, timestamps
