"""At most one message per cause in a while: which causes were told of and when, kept in the instance.

It survives a restart of Dagster's daemon, which the cursor of a sensor does not where the sensor is reset.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import dagster as dg

from campaign_assets.defs.portal import Portal
from campaign_assets.hubspot import parse_timestamp

_PREFIX = "campaign_assets/alerts/"
_LONGEST = timedelta(days=7)


class AlertCooldown:
    """The causes that one sensor told of."""

    def __init__(
        self,
        instance: dg.DagsterInstance,
        portal: Portal,
        name: str,
        now: Callable[[], datetime],
        log: logging.Logger,
    ) -> None:
        """Reads nothing yet.

        Args:
            instance: Where the times are kept.
            portal: Whose causes.
            name: Which of them: each sensor has its own.
            now: The present time, with its time zone.
            log: Is told where what is kept is not what was written.
        """
        self._storage = instance.run_storage
        self._name = _PREFIX + portal.to_name(name)
        self._now = now
        self._log = log

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
        """The causes that can be read: of any other nobody was told, so that an alert is sent rather than lost."""
        text = self._storage.get_cursor_values({self._name}).get(self._name) or "{}"
        try:
            kept = json.loads(text)
        except (ValueError, RecursionError):
            kept = None
        if not isinstance(kept, dict):
            self._log.warning(f"The cursor value {self._name} holds no times of alerts: it begins anew.")
            return {}
        times = {cause: parse_timestamp(text) for cause, text in kept.items()}
        told = {cause: timestamp for cause, timestamp in times.items() if timestamp}
        if len(told) < len(times):
            self._log.warning(f"{len(times) - len(told)} times in the cursor value {self._name} are none: passed over.")
        return told
