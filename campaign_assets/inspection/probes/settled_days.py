"""How long days are restated: the tables hold what HubSpot said of settled days, the account what it says now."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from campaign_assets.catalog import METRIC_ASSET_TYPES, Aggregation, AssetType
from campaign_assets.days import Calendar
from campaign_assets.freshness import is_settled
from campaign_assets.hubspot import HubSpotClient
from campaign_assets.inspection.probes.answers import Answer, Unknown
from campaign_assets.inspection.probes.counts import AssetKey, Number, Reading, compare_sums, read_window
from campaign_assets.inspection.probes.sample import Sample
from campaign_assets.tables import METRICS_TABLES, TableError, TableStore, get_extracted_at

SETTLED = Unknown(
    "How long days are restated",
    "0, 1, 3 and 7 days after their close they are read again (CAMPAIGN_ASSETS_SETTLE_DAYS).",
)
_DAYS = 3
REQUESTS = _DAYS
_LATER = timedelta(days=1)
"""What was read within this time of now has had no time to change."""
_LOOKED_AT = 60
"""So many of the newest days are looked at for settled ones."""


def probe_settled(
    client: HubSpotClient, sample: Sample, store: TableStore, calendar: Calendar, *, inclusive: bool
) -> Answer:
    """Compares days that were read after their last settling time with what they count now.

    Args:
        client: The account.
        sample: What is looked at.
        store: Where the tables lie.
        calendar: The days of the account.
        inclusive: Whether endDate counts.

    Raises:
        HubSpotError: A request failed.
    """
    if not inclusive:
        return Answer(
            SETTLED, None, "the days of the tables are not those that are asked for, since endDate counts not"
        )
    found = _find_settled(store, calendar)
    if not found:
        return Answer(SETTLED, None, "the tables hold no day that was read a day ago, after its last settling time")
    values = differ = 0
    for day, asset_types in found.items():
        stored = _read_stored(store, sample.active, day, asset_types)
        of_day = compare_sums([stored], [read_window(client, sample.active, day, day)])
        values, differ = values + of_day[0], differ + of_day[1]
    if not values:
        return Answer(SETTLED, None, "the campaigns that were changed last count nothing on the settled days")
    what = f"{values:,} counts of {len(found)} days that were read after their last settling time"
    if differ:
        return Answer(SETTLED, False, f"longer: {differ:,} of {what} are others now.")
    return Answer(SETTLED, True, f"no longer: {what} are the same now.")


def _find_settled(store: TableStore, calendar: Calendar) -> dict[date, list[AssetType]]:
    """The newest days, and the types of which a table holds them as they were after their last settling time."""
    days = {day for asset_type in METRIC_ASSET_TYPES for day in store.list_days(METRICS_TABLES[asset_type.name].path)}
    found: dict[date, list[AssetType]] = {}
    for day in sorted(days, reverse=True)[:_LOOKED_AT]:
        if asset_types := [t for t in METRIC_ASSET_TYPES if _is_settled(store, calendar, t, day)]:
            found[day] = asset_types
        if len(found) == _DAYS:
            break
    return found


def _is_settled(store: TableStore, calendar: Calendar, asset_type: AssetType, day: date) -> bool:
    if is_settled(calendar, day, calendar.now()) is False:
        return False
    try:
        read_at = get_extracted_at(store.read_footer(METRICS_TABLES[asset_type.name].path, day=day).columns)
    except TableError:
        return False
    return read_at is not None and is_settled(calendar, day, read_at) and _is_old(calendar.now(), read_at)


def _is_old(now: datetime, read_at: datetime) -> bool:
    return now - read_at >= _LATER


def _read_stored(
    store: TableStore, campaign_ids: Collection[str], day: date, asset_types: Collection[AssetType]
) -> Reading:
    counts: dict[AssetKey, dict[str, Number]] = {}
    for asset_type in asset_types:
        additive = [metric for metric in asset_type.metrics if metric.aggregation is Aggregation.ADDITIVE]
        try:
            rows = store.read_table(METRICS_TABLES[asset_type.name], day=day).to_pylist()
        except TableError:
            continue
        for row in rows:
            if row["campaign_id"] in campaign_ids:
                values = {metric.name: row[metric.column] for metric in additive if row[metric.column]}
                counts[row["campaign_id"], asset_type.name, row["asset_id"]] = values
    return Reading(counts)
