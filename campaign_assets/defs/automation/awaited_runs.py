"""Runs that a sensor has asked for about files of a log: a file is done with only when a run about it has succeeded.

A run that failed is asked for again, with another key and after a wait that grows, by the files that it was about: what
they tell is read anew, as the tables are then.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign_assets.defs.automation.attempts import to_wait
from campaign_assets.defs.instance.run_outcomes import Outcome
from campaign_assets.hubspot import parse_timestamp
from campaign_assets.tables import is_file_name

_MOST_FILES = 1_000
"""So many files are remembered, the newest: a cursor has to stay small."""


@dataclass(frozen=True, slots=True)
class AwaitedRun:
    """A run that was asked for and is not known to have succeeded.

    Attributes:
        run_key: Its key; empty where no run could be asked for, since a file could not be read.
        files: The names of the files that it is about.
        times: How often a run about them was asked for.
        last: When it was asked for last.
    """

    run_key: str
    files: tuple[str, ...]
    times: int
    last: datetime

    @classmethod
    def parse(cls, value: object) -> "AwaitedRun":
        """What a cursor holds of it.

        Raises:
            ValueError: It is something else.
        """
        if not isinstance(value, dict) or value.keys() != {"run_key", "files", "times", "last"}:
            raise ValueError("no awaited run")
        run_key, files, times, last = value["run_key"], value["files"], value["times"], parse_timestamp(value["last"])
        is_ours = isinstance(files, list) and all(isinstance(name, str) and is_file_name(name) for name in files)
        if not (is_ours and isinstance(run_key, str) and isinstance(times, int) and times >= 1 and last):
            raise ValueError("no awaited run")
        return cls(run_key, tuple(files), times, last)

    def to_json(self) -> dict[str, object]:
        """The same as JSON."""
        return {"run_key": self.run_key, "files": self.files, "times": self.times, "last": self.last.isoformat()}

    def is_due(self, now: datetime) -> bool:
        """Whether the wait after a failure is over; a time in the future is one of a clock that went back."""
        return not self.last <= now < self.last + to_wait(self.times)


@dataclass(frozen=True, slots=True)
class Awaited:
    """What became of the runs that a sensor has asked for.

    Attributes:
        waiting: Those that are in progress, or whose wait after a failure is not over.
        failed: Those that are to be asked for again now.
    """

    waiting: tuple[AwaitedRun, ...]
    failed: tuple[AwaitedRun, ...]

    @classmethod
    def sort(cls, runs: Sequence[AwaitedRun], find_outcome: Callable[[str], Outcome], now: datetime) -> "Awaited":
        """Looks at each run; those that have succeeded are forgotten.

        Args:
            runs: The runs.
            find_outcome: What became of a run, by its key.
            now: The present time, with its time zone.
        """
        waiting, failed = [], []
        for run in runs:
            outcome = find_outcome(run.run_key)
            if outcome in (Outcome.FAILED, Outcome.UNKNOWN) and run.is_due(now):
                failed.append(run)
            elif outcome is not Outcome.SUCCEEDED:
                waiting.append(run)
        return cls(tuple(waiting), tuple(failed))

    @property
    def files(self) -> list[str]:
        """The files of the runs that are to be asked for again."""
        return sorted({name for run in self.failed for name in run.files})

    def add(self, run_key: str, files: Sequence[str], now: datetime) -> "Awaited":
        """The same with a run that is asked for now, also for what failed before.

        Args:
            run_key: Its key; empty where none is asked for, but some files are to be tried again.
            files: The files that it is about.
            now: The present time, with its time zone.
        """
        if not files:
            return self
        times = 1 + max((run.times for run in self.failed), default=0)
        return Awaited((*self.waiting, AwaitedRun(run_key, tuple(files), times, now)), self.failed)

    def list_newest(self) -> tuple[AwaitedRun, ...]:
        """The runs to remember: as many of the newest as a cursor may hold."""
        remembered, files = list[AwaitedRun](), 0
        for run in sorted(self.waiting, key=lambda run: run.last, reverse=True):
            files += len(run.files)
            if files > _MOST_FILES:
                break
            remembered.insert(0, run)
        return tuple(remembered)
