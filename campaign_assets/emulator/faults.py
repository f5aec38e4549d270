"""Failures on demand: which request shall fail, and how.

Belongs here: describing faults and choosing the one that strikes. Not here: carrying one out on the wire
(`application`, `connections`).
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from campaign_assets.emulator.requests import ApiRequest

FaultKind = Literal["status", "html", "cut_json", "short_body", "reset", "delay", "hang", "body"]


@dataclass
class Fault:
    """One failure waiting for its requests.

    Attributes:
        kind: `status` answers an error envelope; `html` a web page with 200; `cut_json` the first half of the real
            answer with a matching Content-Length; `short_body` the same but announcing the whole; `reset` breaks the
            connection before the answer; `delay` answers after `seconds`; `hang` never answers; `body` answers
            `body` with `status` (200 unless given).
        endpoint: Only requests to this endpoint; None for all.
        times: How many requests it strikes; None for all.
        skip: How many matching requests it lets pass first.
        where: Only requests for which this is true.
        probability: Share of the matching requests it strikes, by the portal's seed.
        after_effect: Whether the request takes effect although its answer fails (`status`, `html`, `reset`, `hang`).
        envelope: Fields that replace or extend those of the error envelope; None takes a field out.
    """

    kind: FaultKind = "status"
    endpoint: str | None = None
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
    struck: int = field(default=0, init=False)

    def matches(self, request: ApiRequest) -> bool:
        """Tell whether the fault is meant for this request."""
        if self.times is not None and self.struck >= self.times:
            return False
        if self.endpoint is not None and request.endpoint != self.endpoint:
            return False
        return self.where is None or self.where(request)


class Faults:
    """The faults of one portal, in the order they were added; the first that matches strikes.

    Args:
        seed: Decides which requests a fault with a probability strikes.
    """

    def __init__(self, seed: int) -> None:
        self._faults: list[Fault] = []
        self._random = Random(seed)  # noqa: S311 - made-up failures
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
        fault = Fault(endpoint=endpoint, **details)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Remove every fault."""
        with self._lock:
            self._faults.clear()

    def strike(self, request: ApiRequest) -> Fault | None:
        """Give the fault this request meets, and count it as used."""
        with self._lock:
            for fault in self._faults:
                if not fault.matches(request):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                elif fault.probability >= 1.0 or self._random.random() < fault.probability:
                    fault.struck += 1
                    return fault
        return None
