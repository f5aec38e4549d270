"""When each cell was last read whole, as the instance's events tell: fast enough for a sensor with years of days.

A reading of some campaigns only is an event too, but no reading of its cell: its data version carries the time of
the last whole one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.instance.whole_read import DATA_VERSION_TAG, parse_whole_read
from campaign_assets.defs.keys import METRICS_KEYS
from campaign_assets.freshness import CellState, is_settled

_SLUGS = {key: key.path[-1] for key in METRICS_KEYS.values()}

Ids = Mapping[date, Mapping[dg.AssetKey, int]]
"""The storage id of the last event of each cell."""


def find_cell_states(instance: dg.DagsterInstance, days: Sequence[date], calendar: Calendar) -> list[CellState]:
    """What is known of every cell of some days.

    The times of settled days are not exact, only late enough: one event tells for all tables of a day.

    Args:
        instance: Whose events.
        days: The days.
        calendar: Says which days are settled.
    """
    ids, timestamps = _find_last_events(instance, days)
    # One event a day, the oldest: events come in the order of their readings, so the others are no older.
    oldest = {day: min(of_day.items(), key=lambda item: item[1]) for day, of_day in ids.items() if of_day}
    found = _fetch_timestamps(instance, oldest.values())
    settled = {day: found[event] for day, (_, event) in oldest.items() if is_settled(calendar, day, found.get(event))}
    found |= _fetch_timestamps(instance, [cell for day in days if day not in settled for cell in ids[day].items()])

    def find_timestamp(key: dg.AssetKey, day: date) -> datetime | None:
        if (key, day) in timestamps:
            return timestamps[key, day]
        return settled.get(day) or found.get(ids[day][key]) if key in ids[day] else None

    return [CellState(slug, day, find_timestamp(key, day)) for day in days for key, slug in _SLUGS.items()]


def _find_last_events(
    instance: dg.DagsterInstance, days: Sequence[date]
) -> tuple[Ids, Mapping[tuple[dg.AssetKey, date], datetime]]:
    """The last event of each cell; of cells that were read in part since, the time of the last whole reading."""
    partitions = {day.isoformat(): day for day in days}
    storage = instance.event_log_storage
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    ids: dict[date, dict[dg.AssetKey, int]] = defaultdict(dict)
    timestamps: dict[tuple[dg.AssetKey, date], datetime] = {}
    for key in _SLUGS:
        latest = storage.get_latest_storage_id_by_partition(key, kind, set(partitions))
        versions = storage.get_latest_tags_by_partition(key, kind, [DATA_VERSION_TAG], list(partitions))
        for partition, event in latest.items():
            day = partitions[partition]
            whole = parse_whole_read(versions.get(partition, {}).get(DATA_VERSION_TAG, ""))
            if whole:
                timestamps[key, day] = whole
            else:
                ids[day][key] = event
    return ids, timestamps


def _fetch_timestamps(instance: dg.DagsterInstance, cells: Iterable[tuple[dg.AssetKey, int]]) -> dict[int, datetime]:
    """When the readings of events began, by storage id."""
    by_key: dict[dg.AssetKey, list[int]] = defaultdict(list)
    for key, event in cells:
        by_key[key].append(event)
    timestamps = {}
    for key, events in by_key.items():
        records = instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=key, storage_ids=events), limit=len(events)
        ).records
        for record in records:
            noted = record.asset_materialization.metadata.get("extracted_at") if record.asset_materialization else None
            seconds = noted.value if isinstance(noted, dg.TimestampMetadataValue) else record.timestamp
            timestamps[record.storage_id] = datetime.fromtimestamp(seconds, UTC)
    return timestamps
