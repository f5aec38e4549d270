"""What every step over a range of days has in common: which days it takes, and how it ends where it cannot go on."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

import dagster as dg

from campaign_assets.days import Calendar, DayRange, RangeError
from campaign_assets.hubspot import DailyLimitReached, DailyReserveReached, HubSpotError


def check_days(tags: Mapping[str, str], calendar: Calendar) -> None:
    """Refuses days that no table has: not everything that launches a run asks Dagster whether there is such a day.

    Raises:
        Failure: A day is none, comes before the first, or is not over yet; or the run names none.
    """
    try:
        days = DayRange.from_tags(tags)
        if days is None:
            raise RangeError("The run names no day to read: choose a partition, or a range of them.")
        calendar.check(days)
    except RangeError as error:
        raise dg.Failure(str(error), allow_retries=False) from error


@contextmanager
def explained(count_open_days: Callable[[], int], days: int, calendar: Calendar) -> Iterator[None]:
    """Says of an error that stops the run how far it came, and how to go on."""
    try:
        yield
    except HubSpotError as error:
        hint = f"{days - count_open_days()} of {days} days are in place: re-execute from failure."
        if isinstance(error, DailyReserveReached | DailyLimitReached):
            hint += f" The day's count begins anew at {calendar.find_next_midnight().isoformat(timespec='minutes')}."
        raise dg.Failure(f"{error} {hint}", allow_retries=False) from error


def has_downstream_in_run(context: dg.AssetExecutionContext, own: Collection[dg.AssetKey]) -> bool:
    """Whether something stands downstream of a step in the same run.

    Dagster skips it, silently, unless each output was yielded as a result: an event made by hand for a day of a range
    is none, and neither is a cell that an earlier attempt has done.

    Args:
        context: That of the step.
        own: The assets of the step.
    """
    layer = context.job_def.asset_layer
    downstream = {child for key in context.selected_asset_keys for child in layer.get(key).child_keys}
    return bool((downstream & layer.selected_asset_keys) - set(own))
