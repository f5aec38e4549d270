"""The days of the daily tables, in the account's time zone."""

from collections.abc import Iterable
from datetime import date

import dagster as dg

from campaign_assets.settings import Settings


def build_partitions(settings: Settings) -> dg.DailyPartitionsDefinition:
    """One partition a day, from the start date to yesterday: today is not closed yet."""
    return dg.DailyPartitionsDefinition(start_date=settings.start_date.isoformat(), timezone=settings.time_zone)


def to_days(partition_keys: Iterable[str]) -> list[date]:
    """Partition keys as days, in order."""
    return sorted(date.fromisoformat(key) for key in partition_keys)
