"""What a piece of work costs its process: time, processor and memory. One process measures one piece of work."""

import json
import resource
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a contender took.

    Attributes:
        rows: Rows that it read.
        planned: Requests that the plan named for it; 0 where there is no plan.
        seconds: From the first request to the last row written; the start of Python is not in it.
        cpu_seconds: Of all threads, over the same time.
        peak_megabytes: The most memory that the process held at once, Python and libraries included.
        base_megabytes: The memory that it held before the work began.
    """

    rows: int
    planned: int
    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    base_megabytes: float


def measure(work: Callable[[], tuple[int, int]]) -> Usage:
    """Does a piece of work and measures it.

    Args:
        work: Returns rows, and the plan's requests.
    """
    base = _read_peak()
    began, cpu = time.monotonic(), time.process_time()
    rows, planned = work()
    return Usage(rows, planned, time.monotonic() - began, time.process_time() - cpu, _read_peak(), base)


def to_text(usage: Usage) -> str:
    """A line that `from_text` reads."""
    return json.dumps(asdict(usage))


def from_text(text: str) -> Usage:
    """What `to_text` wrote, from the last line of a process' output."""
    return Usage(**json.loads(text.strip().splitlines()[-1]))


def _read_peak() -> float:
    """Peak memory in megabytes.

    On Linux `getrusage` starts from the peak of the process that started this one, so the kernel's own count for this
    program is asked where there is one.
    """
    if _STATUS.exists():
        line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
