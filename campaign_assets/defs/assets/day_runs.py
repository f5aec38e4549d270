"""What every step over a range of days has in common: which days it takes, and how it ends where it cannot go on."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import dagster as dg

from campaign_assets.days import Calendar, DayRange, RangeError
from campaign_assets.defs.portal import Portal
from campaign_assets.hubspot import DailyLimitReached, DailyReserveReached, HubSpotError
from campaign_assets.tables import StorageUnavailable

Event = TypeVar("Event")
_SAID_AGAIN = 1_200
"""So many of a run's last cells: Dagster looks all days of the run up for each, which takes long for years of them."""


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
def explained(portal: Portal, count_open_days: Callable[[], int], days: int, calendar: Calendar) -> Iterator[None]:
    """Says of an error that stops the run how far it came, and how to go on."""
    try:
        yield
    except (HubSpotError, StorageUnavailable) as error:
        hint = f"{days - count_open_days()} of {days} days are in place: re-execute from failure."
        if isinstance(error, DailyReserveReached | DailyLimitReached):
            hint += f" The day's count begins anew at {calendar.find_next_midnight().isoformat(timespec='minutes')}."
        raise dg.Failure(portal.name_variables(f"{error} {hint}"), allow_retries=False) from error


class Downstream:
    """What a step over days says at its end to what stands downstream of it in the same run.

    Dagster skips that, silently, unless each output was yielded as a result: an event made by hand for a day of a range
    is none, and neither is a cell that an earlier attempt has done. A result makes one more event of each day, which is
    then the one that the UI shows, so it says again what the day's own event said.
    """

    def __init__(self, context: dg.AssetExecutionContext, own: Collection[dg.AssetKey]) -> None:
        """Looks who stands there.

        Args:
            context: That of the step.
            own: The assets of the step.
        """
        self._context = context
        layer = context.job_def.asset_layer
        below = {child for key in context.selected_asset_keys for child in layer.get(key).child_keys}
        self._is_there = bool((below & layer.selected_asset_keys) - set(own))
        self._told: deque[dg.AssetMaterialization] = deque(maxlen=_SAID_AGAIN if self._is_there else 0)

    def note(self, event: Event) -> Event:
        """The same event, to be told again at the end."""
        if isinstance(event, dg.AssetMaterialization):
            self._told.append(event)
        return event

    def tell(self, keys: Iterable[dg.AssetKey]) -> Iterator[dg.MaterializeResult[None]]:
        """The results of some assets; none where nothing stands downstream."""
        if not self._is_there:
            return
        for event in self._told:
            self._context.add_asset_metadata(event.metadata, event.asset_key, event.partition)
        for key in keys:
            yield dg.MaterializeResult(asset_key=key)
