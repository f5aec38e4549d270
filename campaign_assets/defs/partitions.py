"""The days of the daily tables, in the account's time zone, and the months of the marts that are made of them."""

from collections.abc import Iterable
from datetime import date

import dagster as dg

from campaign_assets.days import Calendar, RangeError, parse_day


def build_partitions(calendar: Calendar) -> dg.DailyPartitionsDefinition:
    """One partition a day, from the start date to yesterday: today is not closed yet."""
    return dg.DailyPartitionsDefinition(start_date=calendar.start_date.isoformat(), timezone=calendar.time_zone)


def build_months(calendar: Calendar) -> dg.MonthlyPartitionsDefinition:
    """One partition a month, from that of the start date to the present one, which is not over yet."""
    first = calendar.start_date.replace(day=1)
    return dg.MonthlyPartitionsDefinition(start_date=first.isoformat(), timezone=calendar.time_zone, end_offset=1)


def depends_on_days(key: dg.AssetKey) -> dg.AssetDep:
    """A daily table as the input of a month: all days of it that there are, which at first and at last are fewer."""
    return dg.AssetDep(key, partition_mapping=dg.TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True))


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
