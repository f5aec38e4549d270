"""At most one message per cause in a while: which causes were told of and when, kept in the instance.

It survives a restart of Dagster's daemon, which the cursor of a sensor does not where the sensor is reset.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import dagster as dg

_PREFIX = "campaign_assets/alerts/"
_LONGEST = timedelta(days=7)


class AlertCooldown:
    """The causes that one sensor told of."""

    def __init__(self, instance: dg.DagsterInstance, name: str, now: Callable[[], datetime]) -> None:
        """Reads nothing yet.

        Args:
            instance: Where the times are kept.
            name: Whose causes: each sensor has its own.
            now: The present time, with its time zone.
        """
        self._storage = instance.run_storage
        self._name = _PREFIX + name
        self._now = now

    def is_over(self, cause: str, cooldown: timedelta) -> bool:
        """Whether nobody was told of a cause for some time."""
        told = self._read().get(cause)
        # A time in the future is one of a clock that went back.
        return told is None or not timedelta(0) <= self._now() - told < cooldown

    def begin(self, cause: str) -> None:
        """Notes that somebody was told just now."""
        now = self._now()
        told = {c: timestamp for c, timestamp in self._read().items() if now - timestamp < _LONGEST} | {cause: now}
        text = json.dumps({c: timestamp.isoformat() for c, timestamp in told.items()})
        self._storage.set_cursor_values({self._name: text})

    def _read(self) -> dict[str, datetime]:
        text = self._storage.get_cursor_values({self._name}).get(self._name) or "{}"
        return {cause: datetime.fromisoformat(timestamp) for cause, timestamp in json.loads(text).items()}
