"""Failures on demand: which request shall fail, and how.

Belongs here: describing faults and choosing the one that strikes. Not here: the catalogue of usual ones
(`fault_kinds`), a file that asks for them (`fault_plan`), what a damaged response looks like (`damage`), and carrying
one out on the wire (`failing`).
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from campaign_assets.emulator.damage import Damage, Unsaid
from campaign_assets.emulator.hashing import stable_int
from campaign_assets.emulator.requests import ApiRequest

FaultKind = Literal[
    "status", "html", "cut_json", "short_body", "reset", "reset_midway", "refuse", "delay", "hang", "slow", "drip",
    "header_drip", "huge", "bomb", "double_bomb", "repeat", "body", "damage", "lose_campaign",
]  # fmt: skip


@dataclass
class Fault:
    """One failure waiting for its requests.

    Attributes:
        kind: `status` answers an error envelope; `html` a web page with 200; `cut_json` the first half of the real
            response with a matching Content-Length; `short_body` the same but announcing the whole; `reset` breaks the
            connection before the response, `reset_midway` in the middle of it; `refuse` breaks it and accepts no other
            for `seconds`; `delay` answers after `seconds`; `hang` never answers; `slow` sends a byte or a tenth of the
            response every `seconds`, `drip` a space every `seconds` for ever, `header_drip` a letter of a header;
            `huge` sends 100 MB, `bomb` the same as 100 kB of gzip, `double_bomb` that packed again; `repeat` sends the
            real response twice on one connection; `body` answers `body` with `status` (200 unless given); `damage`
            answers what `damage` makes of the real response; `lose_campaign` deletes one of the campaigns asked for,
            then answers.
        name: What the statistics call it; its kind where empty.
        endpoint: Only requests to this endpoint, or these; None for all.
        times: How many requests it strikes; None for all.
        skip: How many matching requests it lets pass first.
        where: Only requests for which this is true.
        probability: Share of the matching requests it strikes. Which ones depends on the portal's seed, the request
            and how often it came before, not on the order in which different requests arrive.
        after_effect: Whether the request takes effect although its response fails (`status`, `html`, `reset`, `hang`).
        envelope: Fields that replace or extend those of the error envelope; None takes a field out.
    """

    kind: FaultKind = "status"
    name: str = ""
    endpoint: str | tuple[str, ...] | None = None
    times: int | None = 1
    skip: int = 0
    where: Callable[[ApiRequest], bool] | None = None
    probability: float = 1.0
    status: int = 200
    message: str = "internal error"
    category: str | None = None
    envelope: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    after_effect: bool = False
    damage: Damage | None = None
    struck: int = field(default=0, init=False)

    @property
    def label(self) -> str:
        """What the statistics call it."""
        return self.name or self.kind

    def matches(self, request: ApiRequest) -> bool:
        """Tell whether the fault is meant for this request."""
        if self.times is not None and self.struck >= self.times:
            return False
        if self.endpoint is not None and request.endpoint not in _several(self.endpoint):
            return False
        return self.where is None or self.where(request)


@dataclass(frozen=True)
class FaultHit:
    """A fault that meets a request, with the chance that decides the fault's details."""

    fault: Fault
    random: Random


class Faults:
    """The faults of one portal, in the order they were added; the first that matches strikes.

    Args:
        seed: Decides which requests a fault with a probability strikes.

    Attributes:
        seed: May be changed before the first request.
        unsaid: Every number that a damaged response kept from the client without a sign of it.
        garbled: Every number that a damaged response said in a way that is no number.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.unsaid: set[Unsaid] = set()
        self.garbled: set[Unsaid] = set()
        self._faults: list[Fault] = []
        self._received: Counter[int] = Counter()
        self._lock = threading.Lock()

    def add(self, endpoint: str | None = None, status: int | None = None, **details: Any) -> Fault:
        """Add a fault; a status alone makes it a `status` fault.

        Args:
            endpoint: The endpoint it strikes, None for all.
            status: The status it answers.
            details: Further attributes of `Fault`.
        """
        details.setdefault("kind", "status")
        if status is not None:
            details["status"] = status
        elif details["kind"] == "status":
            details["status"] = 500
        if isinstance(details.get("body"), str):
            details["body"] = details["body"].encode()
        return self.arm(Fault(endpoint=endpoint, **details))

    def arm(self, fault: Fault) -> Fault:
        """Add a fault that is already described."""
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Remove every fault."""
        with self._lock:
            self._faults.clear()

    def find_hit(self, request: ApiRequest) -> FaultHit | None:
        """Give the fault this request meets, and count it as used."""
        with self._lock:
            if not self._faults:
                return None
            identity = stable_int(request.method, request.path, request.query_string, request.body)
            self._received[identity] += 1
            for number, fault in enumerate(self._faults):
                if not fault.matches(request):
                    continue
                chance = Random(stable_int(self.seed, number, identity, self._received[identity]))  # noqa: S311
                if fault.skip > 0:
                    fault.skip -= 1
                elif fault.probability >= 1.0 or chance.random() < fault.probability:
                    fault.struck += 1
                    return FaultHit(fault, chance)
        return None


def _several(endpoint: str | tuple[str, ...]) -> tuple[str, ...]:
    return (endpoint,) if isinstance(endpoint, str) else endpoint
