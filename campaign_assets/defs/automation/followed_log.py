"""How far a sensor has followed a log of files named by their times, so that no file is told of twice or never.

The name of a file is the time at which its run began, so one may appear after another that is named later, and a clock
that was wrong may have named one in the future. Files of the last hours are therefore remembered one by one, and only
older ones by the last of their names.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from campaign_assets.defs.automation.awaited_runs import AwaitedRun
from campaign_assets.defs.automation.run_keys import Asked
from campaign_assets.tables import is_file_name

OVERTAKEN = timedelta(hours=6)
"""So long a run may take that others overtake."""
MOST_REMEMBERED = 1_000
"""A file that cannot be read for now is given up once so many later ones are done with."""
_NAME = "%Y%m%dT%H%M%S.%fZ.parquet"
_LAST = "~"


@dataclass(frozen=True, slots=True)
class FollowedLog:
    """What a sensor remembers of a log.

    Attributes:
        after: Every file with this name or an earlier one is done with; empty for none.
        done: Files with a later name that are done with too.
        asked: How often the sensor has asked for runs.
        awaited: The runs that it asked for and that are not known to have succeeded.
    """

    after: str = ""
    done: frozenset[str] = frozenset()
    asked: Asked = field(default_factory=Asked)
    awaited: tuple[AwaitedRun, ...] = ()

    @classmethod
    def parse(cls, text: str, now: datetime) -> "FollowedLog":
        """What a cursor holds.

        Args:
            text: The cursor's text.
            now: The present time: a cursor that is ahead of it would pass over what is written until then.

        Raises:
            ValueError: It is something else.
        """
        try:
            value = json.loads(text)
            awaited = tuple(AwaitedRun.parse(run) for run in value["awaited"])
            found = cls(value["after"], frozenset(value["done"]), Asked.parse(value["asked"]), awaited)
            is_ours = (not found.after or is_file_name(found.after)) and all(map(is_file_name, found.done))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise ValueError("no cursor of this sensor") from error
        if not is_ours or found.after > _to_name(now):
            raise ValueError("no cursor of this sensor")
        return found

    def to_text(self) -> str:
        """The same as text."""
        value = {"after": self.after, "done": sorted(self.done), "asked": self.asked.to_json()}
        return json.dumps({**value, "awaited": [run.to_json() for run in self.awaited]})

    def list_new(self, names: Iterable[str]) -> list[str]:
        """The files that are not done with, in the order of their times.

        Args:
            names: All files.
        """
        return sorted(name for name in names if name > self.after and name not in self.done)

    def add(self, names: Sequence[str], now: datetime, left: str | None = None) -> "FollowedLog":
        """The same once some files more are done with.

        Args:
            names: The files.
            now: The present time, with its time zone.
            left: The first file that is left to a later tick; None where none is.
        """
        done = sorted(self.done.union(names))
        last = min(_to_name(now - OVERTAKEN), left or _LAST)
        passed = [name for name in done if name < last] + done[:-MOST_REMEMBERED]
        after = max([self.after, *passed])
        return FollowedLog(after, frozenset(name for name in done if name > after), self.asked, self.awaited)


def _to_name(timestamp: datetime) -> str:
    return timestamp.astimezone(UTC).strftime(_NAME)
