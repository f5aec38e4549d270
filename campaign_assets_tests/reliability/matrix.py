"""Every fault alone, at several shares, and all of them together: the main job under each, compared with the truth."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.emulator.fault_kinds import KNOWN_FAULTS
from campaign_assets.emulator.fault_plan import FaultPlan, PlannedFault
from campaign_assets.emulator.oddities import ODDITIES
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.tables import METRICS_TABLES, TableError, TableStore
from campaign_assets_tests.reliability.account import list_days, open_client, serve
from campaign_assets_tests.reliability.causes import is_named
from campaign_assets_tests.reliability.cells import CAMPAIGN_ASSETS_CELL, CAMPAIGNS_CELL, Cell, Fate, Figures, all_cells
from campaign_assets_tests.reliability.run import Run, run_all
from campaign_assets_tests.reliability.truth import Truth, find_difference, read_rows

ALL = tuple(name for name, known in KNOWN_FAULTS.items() if known.partly)
PASSING = tuple(name for name, known in KNOWN_FAULTS.items() if known.passes)
_GOOD_START = 40
_AT_MOST = {"deleted_campaign": 3}
"""Faults that leave less of the account each time."""


@dataclass(frozen=True)
class Case:
    """Some kinds of faults that hit a share of all requests.

    Attributes:
        name: What the figures call it.
        kinds: Which faults.
        share: Share of requests that meets one.
        oddities: What is odd in the account itself.
        campaigns: How large the account is.
        days: How many days are read.
        oauth: Whether the client's tokens run out and are bought anew.
        skip: Requests that each fault lets pass first.
    """

    name: str
    kinds: tuple[str, ...] = ()
    share: float = 0.0
    oddities: tuple[str, ...] = ()
    campaigns: int = 170
    days: int = 4
    skip: int = 0
    oauth: bool = False

    def plan(self, seed: int) -> FaultPlan:
        """The faults as the account takes them."""
        plan = FaultPlan.of(self.kinds, self.share, seed)
        faults = [PlannedFault(f.kind, f.share, times=_AT_MOST.get(f.kind), skip=self.skip) for f in plan.faults]
        return FaultPlan(tuple(faults), self.oddities, seed)


def list_cases(shares: Sequence[float] = (0.1, 0.3, 1.0), kinds: Sequence[str] = tuple(KNOWN_FAULTS)) -> Iterator[Case]:
    """All cases: nothing at all, what is odd, each fault alone, and all together."""
    yield Case("no fault")
    for oddity in ODDITIES:
        yield Case(f"account with {oddity}", oddities=(oddity,))
    for kind in kinds:
        yield from (Case(kind, (kind,), share) for share in (shares if KNOWN_FAULTS[kind].partly else (1.0,)))
    for kind in ("401_expired", "401_unnamed"):
        yield from (Case(f"{kind}, with OAuth", (kind,), share, oauth=True) for share in shares)
    for kind in ("503", "reset", "cut_json", "429"):
        yield Case(f"{kind} from request {_GOOD_START + 1} on,", (kind,), 1.0, days=20, skip=_GOOD_START)
    yield from list_mixed_cases()


def list_mixed_cases(campaigns: int = 400, days: int = 6) -> Iterator[Case]:
    """All faults together, first those that pass, then also those that stand, on an account full of oddities."""
    for name, kinds in (("all that pass", PASSING), ("all", ALL)):
        for share in (0.01, 0.1, 0.3):
            yield Case(name, kinds, share, tuple(ODDITIES), campaigns, days)


def run_case(case: Case, folder: Path, seed: int) -> Figures:
    """Runs the job under a case's faults, then once more without: the second run must mend what the first left."""
    share = f" {case.share:.0%}" if case.kinds else ""
    figures, began = Figures(f"{case.name}{share}"), time.monotonic()
    plan = case.plan(seed)
    with serve(case.campaigns, seed=seed, faults=plan) as server:
        store, asked = TableStore(str(folder)), list_days(case.days)
        before = Truth.of(server.portal, asked)
        run = _run(server, case, store, asked)
        figures.requests, figures.faults = server.stats.requests, server.stats.faults.total()
        after = Truth.of(server.portal, asked)
        deleted = before.campaign_ids - after.campaign_ids
        judge(case, figures, run, store, before, deleted, server.portal)
        server.portal.faults.clear()
        for places in (server.portal.faults.unsaid, server.portal.faults.garbled):
            # Rows of a deleted campaign stay as they were last read.
            places.intersection_update([place for place in places if place[0] in deleted])
        mended = Figures("mended")
        again = _run(server, case, store, asked)
        judge(Case("mended"), mended, again, store, _without_deletion(before, deleted), deleted, server.portal)
    for note in mended.notes:
        figures.blame(f"after a second run without faults: {note}")
    figures.seconds = time.monotonic() - began
    return figures


def _run(server: EmulatorServer, case: Case, store: TableStore, days: list[date]) -> Run:
    with open_client(server.url, case.oauth) as client:
        return run_all(client, store, days)


def judge(
    case: Case, figures: Figures, run: Run, store: TableStore, truth: Truth, deleted: set[str], portal: Portal
) -> None:
    if run.foreign is not None:
        figures.blame(f"a foreign exception ended the run: {type(run.foreign).__name__}: {run.foreign!s:.200}")
    for cell in all_cells(run.days):
        if cell in run.finished:
            _compare(figures, store, cell, truth, deleted, portal, run)
        elif is_named(run.errors.get(cell, ""), case.kinds):
            figures.add(Fate.FAILED)
        else:
            figures.blame(f"{cell} is not finished, and its error does not say why: {run.errors.get(cell)!r:.200}")


def _compare(
    figures: Figures, store: TableStore, cell: Cell, truth: Truth, deleted: set[str], portal: Portal, run: Run
) -> None:
    try:
        rows = read_rows(store, cell)
    except TableError as error:
        figures.blame(f"{cell} is finished, but {error}")
        return
    faults = portal.faults
    difference = find_difference(
        rows,
        truth.cells[cell],
        cell=cell,
        deleted=deleted | _find_nameless(store, truth, run),
        unsaid=faults.unsaid,
        garbled=faults.garbled,
        left_out=max(run.left_out.get(cell, 0), _count_unlisted(store, truth, cell, run)),
        refused=run.refused,
    )
    if difference is None:
        figures.add(Fate.SURVIVED)
    else:
        figures.blame(f"{cell}: {difference}")


def _find_nameless(store: TableStore, truth: Truth, run: Run) -> set[str]:
    """Campaigns that the run itself says it could not name; none where more are missing than it says."""
    found = {str(row["campaign_id"]) for row in read_rows(store, CAMPAIGNS_CELL)} if run.nameless > 0 else set()
    missing = truth.campaign_ids - found
    return missing if len(missing) <= run.nameless else set()


def _count_unlisted(store: TableStore, truth: Truth, cell: Cell, run: Run) -> int:
    """Rows of assets of which nobody could know: HubSpot told of their type in part, as the run itself says."""
    asset_type = next((t.name for t in METRIC_ASSET_TYPES if METRICS_TABLES[t.name].name == cell.table), None)
    if asset_type not in run.refused:
        return 0
    listed = read_rows(store, CAMPAIGN_ASSETS_CELL)
    known = {(row["campaign_id"], row["asset_id"]) for row in listed if row["asset_type"] == asset_type}
    return sum(key not in known for key in truth.cells[cell])


def _without_deletion(truth: Truth, deleted: set[str]) -> Truth:
    """The truth after a deletion was noticed: rows of deleted campaigns stay, with the time of it."""
    return Truth(
        {
            cell: {
                key: ({**row, "deleted_at": _ANY} if key[0] in deleted and "deleted_at" in row else row)
                for key, row in rows.items()
            }
            for cell, rows in truth.cells.items()
        }
    )


class _Anything:
    """Equal to everything: a moment that only the run knows."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


_ANY = _Anything()
