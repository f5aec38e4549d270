"""Which cases make up the proof: all of them, or a small seeded part for every change."""

import random
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

from campaign_assets_tests.reliability.cells import Figures
from campaign_assets_tests.reliability.crashes import kill_runs, write_at_once
from campaign_assets_tests.reliability.dagster_crashes import kill_dagster
from campaign_assets_tests.reliability.dagster_runs import CASES, list_dagster_cases
from campaign_assets_tests.reliability.disk import delete_folders, list_disk_cases
from campaign_assets_tests.reliability.matrix import Case, list_cases, list_mixed_cases, run_case
from campaign_assets_tests.reliability.reports import ReportCase, list_report_cases, run_report_case
from campaign_assets_tests.reliability.restatements import kill_rereads

_SMALL_PART = 6
_TAKE_LONG = frozenset({"hang", "drip", "header_drip"})


def prove_all(folder: Path, seed: int) -> Iterator[Figures]:
    """Everything: some minutes."""
    yield from _run_matrix(list_cases(), folder / "matrix", seed)
    yield from _run_reports(list_report_cases(), folder / "reports", seed)
    yield from list_dagster_cases(folder / "dagster", seed)
    yield kill_runs(folder / "kills", seed, kills=50)
    yield kill_rereads(folder / "rereads", seed, kills=30)
    yield kill_dagster(folder / "dagster_kills", seed)
    yield write_at_once(folder / "at_once", seed, rounds=5)
    yield from list_disk_cases(folder / "disk", seed)


def prove_small(folder: Path, seed: int) -> Iterator[Figures]:
    """A part that the seed chooses: well under a minute."""
    choice = random.Random(seed)  # noqa: S311 - a choice of tests
    alone = [case for case in list_cases(shares=(0.3,)) if case.kinds and not _TAKE_LONG.intersection(case.kinds)]
    mixed = [case for case in list_mixed_cases(120, 3) if case.share > 0.01]
    cases = [*choice.sample(alone, _SMALL_PART), *mixed]
    yield from _run_matrix(cases, folder / "matrix", seed)
    reports = [case for case in list_report_cases() if not _TAKE_LONG.intersection(case.kinds)]
    yield from _run_reports(choice.sample(reports, 1), folder / "reports", seed)
    yield from list_dagster_cases(folder / "dagster", seed, CASES[4:5])
    yield kill_runs(folder / "kills", seed, kills=4, days=6)
    yield kill_rereads(folder / "rereads", seed, kills=2, days=2)
    yield write_at_once(folder / "at_once", seed, rounds=1)
    yield delete_folders(folder / "deleted", seed)


def prove_least(folder: Path, seed: int) -> Iterator[Figures]:
    """What every change can afford: some seconds. All faults together on a small account, a kill, two at once."""
    mixed = [case for case in list_mixed_cases(60, 3) if case.share > 0.1]
    yield from _run_matrix(mixed, folder / "matrix", seed)
    yield kill_runs(folder / "kills", seed, kills=2, days=4)
    yield write_at_once(folder / "at_once", seed, rounds=1)


def _run_reports(cases: Iterable[ReportCase], folder: Path, seed: int) -> Iterator[Figures]:
    for number, case in enumerate(cases):
        yield run_report_case(case, folder / str(number), seed + number)


def _run_matrix(cases: Iterator[Case] | list[Case], folder: Path, seed: int) -> Iterator[Figures]:
    for number, case in zip(count(), cases):
        yield run_case(case, folder / str(number), seed + number)
