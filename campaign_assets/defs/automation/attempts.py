"""What a sensor has asked for and what is not done yet: it asks again, and waits longer each time."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import dagster as dg

from campaign_assets.defs.automation.run_keys import Asked

FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=6)


def to_wait(times: int) -> timedelta:
    """How long to wait after so many attempts: twice as long after each."""
    doublings = min(times - 1, 10)  # the longest wait is reached long before a float overflows
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0**doublings)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was asked for and not done yet.

    Attributes:
        last_settling_time: The settling time that it was asked for, as ISO 8601.
        times: How often it was asked for.
        last: When it was asked for last, as ISO 8601.
    """

    last_settling_time: str
    times: int
    last: str

    def find_next(self) -> datetime:
        """When it may be asked for again: later each time."""
        return datetime.fromisoformat(self.last) + to_wait(self.times)


class Attempts:
    """What was asked for, by name; survives in a sensor's cursor.

    Attributes:
        asked: How often runs were asked for: never forgotten, where the attempts are once something is done.
    """

    def __init__(self, by_name: Mapping[str, Attempt] | None = None, asked: Asked | None = None) -> None:
        """Takes what is known; nothing where None."""
        self._by_name = dict(by_name or {})
        self.asked = asked or Asked()

    @classmethod
    def read(cls, context: dg.SensorEvaluationContext) -> "Attempts":
        """What a sensor's cursor holds; none, and a warning, where something else wrote it."""
        attempts = cls.parse(context.cursor)
        if attempts is None:
            context.log.warning("The cursor holds nothing that this sensor wrote: it begins anew, with no waits.")
        return cls() if attempts is None else attempts

    @classmethod
    def parse(cls, cursor: str | None) -> "Attempts | None":
        """The attempts that a cursor holds, none where there is no cursor yet; None where it is not one of ours."""
        if not cursor:
            return cls()
        try:
            value = json.loads(cursor)
            found = {name: Attempt(**attempt) for name, attempt in value["attempts"].items()}
            is_ours = all(a.times >= 1 and a.find_next().tzinfo for a in found.values())
            asked = Asked.parse(value["asked"])
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            return None
        return cls(found, asked) if is_ours else None

    def to_cursor(self) -> str:
        """All of it as text."""
        attempts = {name: asdict(attempt) for name, attempt in sorted(self._by_name.items())}
        return json.dumps({"asked": self.asked.to_json(), "attempts": attempts})

    def may_ask(self, name: str, last_settling_time: datetime, now: datetime) -> bool:
        """Whether something may be asked for: for the first time, or after its wait."""
        attempt = self._by_name.get(name)
        return (
            attempt is None
            or attempt.last_settling_time != last_settling_time.isoformat()
            or attempt.find_next() <= now
        )

    def add(self, name: str, last_settling_time: datetime, now: datetime) -> int:
        """Notes that something is asked for now; returns how often it was, this time included."""
        before = self._by_name.get(name)
        times = before.times + 1 if before and before.last_settling_time == last_settling_time.isoformat() else 1
        self._by_name[name] = Attempt(last_settling_time.isoformat(), times, now.isoformat())
        return times

    def forget_others(self, names: set[str]) -> None:
        """Drops what is not due any more.

        Args:
            names: What still is.
        """
        self._by_name = {name: attempt for name, attempt in self._by_name.items() if name in names}

    def describe(self, name: str) -> str:
        """For the log: how often something was asked for, and when it will be again."""
        attempt = self._by_name[name]
        return (
            f"{name} asked for {attempt.times} times, again after {attempt.find_next().isoformat(timespec='minutes')}"
        )
