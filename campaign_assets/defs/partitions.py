"""The days of the daily tables, in the account's time zone."""

from collections.abc import Iterable
from datetime import date

import dagster as dg

from campaign_assets.days import Calendar, RangeError, parse_day


def build_partitions(calendar: Calendar) -> dg.DailyPartitionsDefinition:
    """One partition a day, from the start date to yesterday: today is not closed yet."""
    return dg.DailyPartitionsDefinition(start_date=calendar.start_date.isoformat(), timezone=calendar.time_zone)


def to_days(partition_keys: Iterable[str]) -> list[date]:
    """Partition keys as days, in order."""
    return sorted(parse_day(key) for key in partition_keys)


def split_days(partition_keys: Iterable[str]) -> tuple[list[date], list[str]]:
    """Partition keys that somebody else may have made: the days among them, and those that are none, both in order."""
    days, others = [], []
    for key in sorted(partition_keys):
        try:
            days.append(parse_day(key))
        except RangeError:
            others.append(key)
    return days, others
