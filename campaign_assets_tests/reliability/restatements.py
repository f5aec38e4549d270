"""Days that are read again and again by runs that are killed: each difference is told once, and none is lost.

Each run is killed while it writes a day's cells: what differs has been told then, and only some of it is true yet.

What should stand there is worked out from what the account itself says at each time, by plain dictionaries.
"""

import multiprocessing
import random
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.emulator.portal import Portal
from campaign_assets.tables import METRIC_RESTATEMENTS, MissingTable, TableStore
from campaign_assets_tests.reliability.account import NOW, list_days, open_client, serve
from campaign_assets_tests.reliability.cells import Cell, Fate, Figures
from campaign_assets_tests.reliability.run import run_all

_CAMPAIGNS = 30
_LONGEST_RUN = 60.0
_WRITING = 0.03
"""So long the cells of a day are written, in seconds: the time in which a kill leaves some as they were."""
_PROCESSES = multiprocessing.get_context("forkserver")
Key = tuple[str, str, str, str]
Numbers = Mapping[Key, float]
"""Every number of a day, by campaign, asset type, asset and metric."""


def get_numbers(portal: Portal, day: date) -> Numbers:
    """What the account says of a day now."""
    return {
        (row["campaign_id"], asset_type.name, row["asset_id"], metric): float(value)
        for asset_type in METRIC_ASSET_TYPES
        for row in portal.truth.metrics(day, asset_type.name)
        for metric, value in row["metrics"].items()
    }


def read_again(url: str, folder: str, days: list[date], now: datetime) -> None:
    """What a killed process does: everything, as one run at one time."""
    with open_client(url) as client:
        run = run_all(client, TableStore(folder), days, now)
    if run.errors or run.foreign:
        raise SystemExit(1)


def kill_rereads(folder: Path, seed: int, kills: int, days: int = 5) -> Figures:
    """Lets time pass, kills the run that reads the days again, and lets another one read them to the end."""
    figures, began = Figures(f"kill -9 of {kills} runs that read days again"), time.monotonic()
    chance = random.Random(seed)  # noqa: S311 - times of a test
    asked, now, store = list_days(days), NOW, TableStore(str(folder))
    with serve(_CAMPAIGNS, seed=seed) as server:
        said = {now: {day: get_numbers(server.portal, day) for day in asked}}
        read_again(server.url, str(folder), asked, now)
        for _ in range(kills):
            now += timedelta(hours=chance.choice((7, 24, 48)))
            server.portal.clock.set(now)
            _change_associations(server.portal, chance)
            numbers = {day: get_numbers(server.portal, day) for day in asked}
            said |= {now: numbers, now + timedelta(minutes=1): numbers}
            process = _PROCESSES.Process(target=read_again, args=(server.url, str(folder), asked, now), daemon=True)
            process.start()
            _wait_for_change(process, store, chance.choice(asked))
            time.sleep(chance.uniform(0.0, _WRITING))
            process.kill()
            process.join(_LONGEST_RUN)
            figures.faults += process.exitcode != 0
            read_again(server.url, str(folder), asked, now + timedelta(minutes=1))
        for day in asked:
            note = find_fault(store, day, {at: of_days[day] for at, of_days in said.items()})
            cell = Cell(METRIC_RESTATEMENTS.name, day.isoformat())
            if note:
                figures.blame(f"{cell}: {note}")
            else:
                figures.add(Fate.SURVIVED)
        figures.requests = server.stats.requests
    figures.seconds = time.monotonic() - began
    return figures


def _wait_for_change(process: BaseProcess, store: TableStore, day: date) -> None:
    """Waits until a run has told what differs on a day, and goes on to write its cells."""
    place = Path(str(store.locate(METRIC_RESTATEMENTS.path, day)))
    before = place.stat().st_ino if place.exists() else None
    end = time.monotonic() + _LONGEST_RUN
    while process.is_alive() and time.monotonic() < end:
        if place.exists() and place.stat().st_ino != before:
            return
        time.sleep(0.001)


def _change_associations(portal: Portal, chance: random.Random) -> None:
    """Lets an asset leave one campaign and join another, so that rows vanish and appear."""
    posts = portal.truth.associations("LANDING_PAGE")
    post, campaign = chance.choice(posts), chance.choice(portal.truth.campaigns())
    portal.remove_association(str(post["campaign_id"]), "LANDING_PAGE", str(post["asset_id"]))
    portal.add_association(campaign["id"], "LANDING_PAGE", str(post["asset_id"]))


def find_fault(store: TableStore, day: date, said: Mapping[datetime, Numbers]) -> str | None:
    """The first thing about the restatements of a day that is not true, or None.

    The rows of each number must lead from what the account said at the first reading to what it says now without a gap,
    and each must have been said at its time.

    Args:
        store: Where the tables lie.
        day: The day.
        said: What the account said at each time at which a run began, from the first on.
    """
    try:
        rows = store.read_table(METRIC_RESTATEMENTS, day=day).to_pylist()
    except MissingTable:
        return "it is not there"
    steps: dict[Key, list[tuple[datetime, float | None, float | None]]] = defaultdict(list)
    for row in rows:
        key = (row["campaign_id"], row["asset_type"], row["asset_id"], row["metric"])
        steps[key].append((row["noticed_at"], row["before"], row["after"]))
    first, last = said[min(said)], said[max(said)]
    for key in steps.keys() | first.keys() | last.keys():
        value = first.get(key)
        for noticed_at, before, after in sorted(steps[key]):
            if before == after or before != value:
                return f"{key} goes from {value} to {before} and {after} at {noticed_at}"
            if noticed_at not in said or after != said[noticed_at].get(key):
                return f"{key} is said to be {after} at {noticed_at}, which nobody said"
            value = after
        if value != last.get(key):
            return f"{key} ends with {value} and not {last.get(key)}"
    return None
