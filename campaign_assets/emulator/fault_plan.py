"""A plan of faults: which kinds strike which endpoints, how often, and what is odd in the portal itself.

Belongs here: reading and checking a plan. Not here: what each kind is (`fault_kinds`, `oddities`).

As a file it is TOML::

    seed = 7                              # which requests are struck; the portal's own seed where absent
    oddities = ["long_names"]             # what is odd in the portal, and so in its truth

    [[fault]]
    kind = "503"
    share = 0.1                           # of the requests that it is meant for; 1 where absent
    endpoint = ["search", "batch_read"]   # where it makes sense, where absent
    times = 5                             # at most; without end where absent
    skip = 2                              # requests that pass first
    seconds = 0.5                         # how long, for a fault that takes time
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from campaign_assets.emulator.fault_kinds import KNOWN_FAULTS
from campaign_assets.emulator.faults import Fault, Faults
from campaign_assets.emulator.oddities import ODDITIES

ENDPOINTS = (
    "search", "batch_read", "list_assets", "get", "create", "update", "delete", "batch_create", "batch_update",
    "batch_archive", "add_asset", "remove_asset", "budget_totals", "create_budget_item", "get_budget_item",
    "update_budget_item", "delete_budget_item", "create_spend_item", "get_spend_item", "update_spend_item",
    "delete_spend_item", "report_metrics", "report_revenue", "report_contacts", "asset_types", "clone",
    "cloneable_asset_types", "clone_status", "account_details", "daily_usage", "oauth_token",
)  # fmt: skip


class FaultPlanError(ValueError):
    """A plan holds something that it may not hold; the message is one sentence."""


@dataclass(frozen=True)
class PlannedFault:
    """One entry of a plan.

    Attributes:
        kind: A name of `KNOWN_FAULTS`.
        share: Which share of the requests it strikes, from 0 to 1.
        endpoints: Which endpoints; None where the kind makes sense.
        times: How often at most; None without end.
        skip: How many requests pass first.
        seconds: How long, for a fault that takes time; the kind's own where None.
    """

    kind: str
    share: float = 1.0
    endpoints: tuple[str, ...] | None = None
    times: int | None = None
    skip: int = 0
    seconds: float | None = None

    def to_fault(self) -> Fault:
        """Give the fault that the entry describes."""
        known = KNOWN_FAULTS[self.kind]
        details = {**known.details, **({} if self.seconds is None else {"seconds": self.seconds})}
        return Fault(
            name=self.kind,
            endpoint=self.endpoints or known.endpoints,
            probability=self.share,
            times=self.times,
            skip=self.skip,
            **details,
        )


@dataclass(frozen=True)
class FaultPlan:
    """Faults to come, the first that matches a request strikes, and oddities of the portal's data.

    Attributes:
        seed: Decides which requests are struck; the portal's seed where None.
    """

    faults: tuple[PlannedFault, ...] = ()
    oddities: tuple[str, ...] = ()
    seed: int | None = None

    @classmethod
    def of(cls, kinds: Iterable[str], share: float, seed: int | None = None) -> "FaultPlan":
        """Plan that a share of all requests meets a fault, each of these kinds as often as the others."""
        entries, left = [], 1.0
        chosen = tuple(kinds)
        for kind in chosen:
            each = share / len(chosen)
            entries.append(PlannedFault(kind, each / left))  # of the requests that the ones before let pass
            left -= each
        return cls(tuple(entries), seed=seed)

    @classmethod
    def read(cls, file: Path) -> "FaultPlan":
        """Read a plan.

        Raises:
            FaultPlanError: The file cannot be read, or holds something that it may not hold.
        """
        try:
            return cls.parse(file.read_text("utf-8"), str(file))
        except (OSError, UnicodeDecodeError) as error:
            raise FaultPlanError(f"{file} cannot be read: {error}.") from None

    @classmethod
    def parse(cls, text: str, source: str = "the plan") -> "FaultPlan":
        """Read a plan from TOML.

        Args:
            text: The plan.
            source: What an error calls it.

        Raises:
            FaultPlanError: It is no TOML, or holds something that it may not hold.
        """
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise FaultPlanError(f"{source} is no TOML: {error}.") from None
        plan = _Entry(source, content)
        plan.check_names(("seed", "oddities", "fault"))
        entries = plan.take("fault", [], _is_tables, "tables that each begin with [[fault]]")
        lines = [
            number for number, line in enumerate(text.splitlines(), 1) if line.replace(" ", "").startswith("[[fault]]")
        ]
        return cls(
            tuple(
                _to_fault(_Entry(f"{source}, fault {place}{_line(lines, place)}", entry))
                for place, entry in enumerate(entries, 1)
            ),
            tuple(plan.take("oddities", [], _some_of(ODDITIES), f"a list of {', '.join(ODDITIES)}")),
            plan.take("seed", None, _is_whole, "a whole number"),
        )

    def arm(self, faults: Faults) -> None:
        """Add every fault of the plan to a portal's."""
        if self.seed is not None:
            faults.seed = self.seed
        for entry in self.faults:
            faults.arm(entry.to_fault())


@dataclass(frozen=True)
class _Entry:
    """A table of the file, and what an error calls it."""

    source: str
    content: Mapping[str, Any]

    def check_names(self, known: tuple[str, ...]) -> None:
        for name in self.content:
            if name not in known:
                near = get_close_matches(name, known, 1)
                hint = f" (did you mean {near[0]}?)" if near else ""
                raise FaultPlanError(f"{self.source}: there is no {name!r}{hint}; there may be {', '.join(known)}.")

    def take(self, name: str, default: Any, allowed: Callable[[Any], bool], words: str) -> Any:
        if name not in self.content:
            return default
        value = self.content[name]
        if not allowed(value):
            raise FaultPlanError(f"{self.source}: {name} is {value!r:.80}, but may be {words}.")
        return value


def _to_fault(entry: _Entry) -> PlannedFault:
    entry.check_names(("kind", "share", "endpoint", "times", "skip", "seconds"))
    if "kind" not in entry.content:
        raise FaultPlanError(f"{entry.source}: kind is missing; it may be {', '.join(KNOWN_FAULTS)}.")
    endpoint = entry.take("endpoint", None, _is_endpoint, f"one or a list of {', '.join(ENDPOINTS)}")
    return PlannedFault(
        entry.take("kind", "", lambda kind: kind in tuple(KNOWN_FAULTS), ", ".join(KNOWN_FAULTS)),
        float(entry.take("share", 1.0, lambda share: _is_number(share) and share <= 1, "a number from 0 to 1")),
        (endpoint,) if isinstance(endpoint, str) else tuple(endpoint) if endpoint else None,
        entry.take("times", None, _is_count, "a whole number from 0"),
        entry.take("skip", 0, _is_count, "a whole number from 0"),
        entry.take("seconds", None, _is_number, "a number from 0"),
    )


def _line(lines: list[int], place: int) -> str:
    return f" (line {lines[place - 1]})" if place <= len(lines) else ""


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_whole(value) and value >= 0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _some_of(known: Iterable[str]) -> Callable[[Any], bool]:
    names = tuple(known)
    return lambda value: isinstance(value, list) and all(entry in names for entry in value)


def _is_endpoint(value: Any) -> bool:
    return value in ENDPOINTS or (_some_of(ENDPOINTS)(value) and bool(value))
