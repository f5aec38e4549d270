"""Run keys that name an event. Dagster runs a key once for ever, and a state comes back: an event does not.

A sensor keeps in its cursor how often it has asked for runs, and when it did last. A tick that is evaluated twice with
the same cursor finds the same keys, so that its runs start once. Whatever a later tick asks for has another one, also
where all is as it was before, where the clock stands still or goes back, and where the sensor was reset.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from campaign_assets.hubspot import parse_timestamp


@dataclass(frozen=True, slots=True)
class Asked:
    """How often a sensor has asked for runs.

    Attributes:
        times: The ticks that did.
        last: When the last of them did; None for never.
    """

    times: int = 0
    last: datetime | None = None

    @classmethod
    def parse(cls, value: object) -> "Asked":
        """What a cursor holds of it.

        Raises:
            ValueError: It is something else.
        """
        if not isinstance(value, dict) or value.keys() != {"times", "last"}:
            raise ValueError("no count of requests")
        times, last = value["times"], parse_timestamp(value["last"])
        if not isinstance(times, int) or isinstance(times, bool) or times < 0:
            raise ValueError("no count of requests")
        if (last is None) != (times == 0) or (last is None) != (value["last"] is None):
            raise ValueError("no count of requests")
        return cls(times, last)

    def to_json(self) -> dict[str, object]:
        """The same as JSON."""
        return {"times": self.times, "last": self.last.isoformat() if self.last else None}

    def to_run_key(self, what: str, now: datetime) -> str:
        """The key of a run that the next tick to ask asks for.

        Args:
            what: What is asked for, in words that hold all that led to it.
            now: The present time, with its time zone. Only the hour counts, and only for the first request of all: a
                sensor without a cursor has nothing else to tell one beginning from another by.
        """
        since = self.last.isoformat() if self.last else f"a beginning in {now.astimezone(UTC):%Y-%m-%dT%H}"
        return f"{what} #{self.times + 1} after {since}"

    def add(self, now: datetime) -> "Asked":
        """The count after a tick that asked."""
        return Asked(self.times + 1, now)
