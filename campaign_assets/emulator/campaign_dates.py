"""The dates of campaigns: kept as times, told as days in the account's time zone.

So an account that moves to another time zone tells other days. Source: recorded responses.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo

from campaign_assets.emulator.properties import DATES, is_date
from campaign_assets.emulator.state import Campaign


def note_dates(campaign: Campaign, zone: tzinfo, names: Iterable[str] = DATES) -> None:
    """Keep the times at which the days begin that some properties were given."""
    for name in DATES.intersection(names):
        day = campaign.properties.get(name, "")
        campaign.dates.pop(name, None)
        if is_date(day):
            campaign.dates[name] = _to_time(date.fromisoformat(day), zone)


def tell_dates(campaign: Campaign, zone: tzinfo) -> None:
    """Let a campaign's properties tell its dates in a time zone."""
    for name, timestamp in campaign.dates.items():
        campaign.properties[name] = _to_day(timestamp, zone).isoformat()


def _to_time(day: date, zone: tzinfo) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    try:
        return midnight.astimezone(UTC)
    except OverflowError:  # in the first year or the last one there may be no such time
        return midnight.replace(tzinfo=UTC)


def _to_day(timestamp: datetime, zone: tzinfo) -> date:
    try:
        return timestamp.astimezone(zone).date()
    except OverflowError:
        return timestamp.date()
