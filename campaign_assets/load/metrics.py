"""Refreshes the daily metrics: each cell is written and told of as soon as its day is read.

A range shows its progress and keeps what it has; a day or a cell that fails leaves the others in place.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES, AssetType
from campaign_assets.extract.asset_metrics import DayExtract, DayFailure, read_days
from campaign_assets.extract.metric_rows import MetricRows
from campaign_assets.extract.plan import DayPlan
from campaign_assets.hubspot import HubSpotClient
from campaign_assets.load.before import read_before
from campaign_assets.load.cells import (
    Cell,
    CellOutcome,
    FailedCell,
    LeftCell,
    Summary,
    SurprisingTypes,
    WrittenCell,
)
from campaign_assets.load.left_out import LeftOut, find_forgotten, find_left_out, find_silent
from campaign_assets.load.progress import Listener, ProgressLog
from campaign_assets.load.restatements import DayRestatements, WrittenRestatements
from campaign_assets.load.retained_rows import list_retained, normalize_ids, retain_numbers, retain_rows
from campaign_assets.plain_text import to_line
from campaign_assets.quality.rules import Problem
from campaign_assets.tables import (
    METRICS_TABLES,
    DamagedFile,
    TableError,
    TableStore,
    get_extracted_at,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MetricsWork:
    """Which cells a run reads.

    Attributes:
        days: The days, in the account's time zone.
        types: The types whose tables are written.
        existing: Campaigns that are known to exist. Their rows are replaced, and those of campaigns that are asked for
            and answered; rows of all others stay, whether they are known to be deleted or nobody knows them any more.
        only: Where the run reads some campaigns only, these; the rows of all others stay.
        done: Cells that an earlier attempt has written; they are left alone as long as their files are there.
    """

    days: Sequence[date]
    types: Sequence[AssetType] = METRIC_ASSET_TYPES
    existing: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    done: frozenset[Cell] = frozenset()

    def list_open_days(self, store: TableStore, summary: Summary | None = None) -> list[date]:
        """The days of which some cell is still to be written.

        Args:
            store: Where the files lie.
            summary: What the run has written so far; nothing where None.
        """
        written = summary.written if summary else frozenset()
        return [
            day for day in self.days if any((t, day) not in written and self.is_open(store, t, day) for t in self.types)
        ]

    def is_open(self, store: TableStore, asset_type: AssetType, day: date) -> bool:
        """Whether a cell is to be written: done by an earlier attempt counts only as long as the file is there."""
        return (asset_type, day) not in self.done or not store.exists(METRICS_TABLES[asset_type.name].path, day)


def refresh_metrics(
    client: HubSpotClient,
    store: TableStore,
    plan: DayPlan,
    work: MetricsWork,
    now: Callable[[], datetime],
    *,
    log: logging.Logger = logger,
    listener: Listener | None = None,
) -> Iterator[CellOutcome | SurprisingTypes | WrittenRestatements]:
    """Reads days, writes each cell, and tells what became of it once that is decided.

    Args:
        client: The account.
        store: Where the files lie.
        plan: The requests that each day takes.
        work: The cells.
        now: The present time, with its time zone.
        log: Is told the plan, how far the run is, and what is strange.
        listener: Is told after each day how far the run is.

    Raises:
        HubSpotError: Of a kind that every further request would meet too, such as a wrong token.
        StorageUnavailable: No file can be written any more; the cells told of before are in place.
    """
    store.try_out()
    days = work.list_open_days(store)
    if left := len(work.days) - len(days):
        log.info(f"{left} days are in place already from an earlier attempt.")
    throttle = client.throttle
    log.info(
        f"Plan: {len(work.types)} tables, "
        + plan.describe(len(days), throttle.limiter.requests_per_second, throttle.quota.limit)
    )
    progress, rows, refused = ProgressLog(client, len(days), log.info, listener), 0, set[str]()
    try:
        for extract in read_days(client, days, plan, work.types, now):
            if isinstance(extract, DayFailure):
                yield from (FailedCell(asset_type, extract.day, extract.error) for asset_type in work.types)
            else:
                if extract.surprising_types:
                    yield SurprisingTypes(extract.day, dict(extract.surprising_types))
                for campaign_id in sorted(extract.refused.keys() - refused):
                    log.warning(
                        f"The campaign {to_line(campaign_id)} is not answered; its rows known before stay. "
                        f"{extract.refused[campaign_id]}"
                    )
                refused.update(extract.refused)
                for outcome in _write_day(store, plan, work, extract, log):
                    rows += outcome.file.rows if isinstance(outcome, WrittenCell) else 0
                    yield outcome
            progress.add_done(rows)
    finally:
        progress.finish()


def _write_day(
    store: TableStore, plan: DayPlan, work: MetricsWork, extract: DayExtract, log: logging.Logger
) -> Iterator[CellOutcome | WrittenRestatements]:
    restatements = DayRestatements(store, extract.day, extract.extracted_at, log)
    cells = list(_prepare_day(store, plan, work, extract, restatements, log))
    untold: dict[str, TableError] = {}
    try:
        if told := restatements.write():
            yield told
    except TableError as error:
        log.warning(f"What this reading of {extract.day} says differently cannot be told. {error}")
        untold = dict.fromkeys(restatements.counts, error)
    for cell in cells:
        if not isinstance(cell, _ReadyCell):
            yield cell
        elif cell.asset_type.name in untold:  # what it holds would be forgotten
            yield FailedCell(cell.asset_type, extract.day, untold[cell.asset_type.name])
        else:
            yield _write_cell(store, work, extract, replace(cell, lost=cell.lost or restatements.lost))


@dataclass(frozen=True, slots=True)
class _ReadyCell:
    """A cell whose rows are decided.

    Attributes:
        asset_type: Its type.
        rows: What will stand in it.
        extracted_at: When it was last read whole, in UTC.
        restated: How many of the numbers that it holds will change; None where it was never read.
        left_out: Associated assets that the day's responses left out.
        lost: The file that is in place, where it cannot be read any more, or else that of the day's restatements.
    """

    asset_type: AssetType
    rows: MetricRows
    extracted_at: datetime
    restated: int | None
    left_out: Problem | None
    lost: Problem | None


def _prepare_day(
    store: TableStore,
    plan: DayPlan,
    work: MetricsWork,
    extract: DayExtract,
    restatements: DayRestatements,
    log: logging.Logger,
) -> "Iterator[_ReadyCell | FailedCell | LeftCell]":
    for asset_type in work.types:
        if not work.is_open(store, asset_type, extract.day):
            continue
        if asset_type.name in extract.failed:
            yield FailedCell(asset_type, extract.day, extract.failed[asset_type.name])
            continue
        try:
            yield _prepare_cell(store, plan, work, asset_type, extract, restatements, log)
        except TableError as error:
            yield FailedCell(asset_type, extract.day, error)


def _prepare_cell(
    store: TableStore,
    plan: DayPlan,
    work: MetricsWork,
    asset_type: AssetType,
    extract: DayExtract,
    restatements: DayRestatements,
    log: logging.Logger,
) -> _ReadyCell | LeftCell:
    table = METRICS_TABLES[asset_type.name]
    state = read_before(store, table, day=extract.day)
    if state.damage and work.only is not None:
        raise DamagedFile(state.damage)  # the rows of the other campaigns are in it
    before = None if state.rows is None else normalize_ids(state.rows)
    if work.only is not None and before is None:
        log.info(f"{table.name} of {extract.day} was never read whole: left to a whole reading.")
        return LeftCell(asset_type, extract.day)
    existing = (work.existing | plan.campaign_ids) - extract.missing
    left_out = _find_left_out(plan, asset_type, extract, before)
    retained = list_retained(before, existing, work.only)
    fresh = retain_numbers(extract.rows[asset_type.name], asset_type, left_out.forgotten)
    rows = retain_rows(fresh, before, retained, left_out.assets, left_out.silent)
    found = restatements.compare(asset_type, before, rows.table, whole=work.only is None)
    # A reading of some campaigns does not make the others any newer.
    whole_read = get_extracted_at(before.schema) if work.only is not None and before is not None else None
    return _ReadyCell(
        asset_type,
        rows,
        whole_read or extract.extracted_at,
        found.movement.changed if found else None,
        left_out.problem,
        _describe_loss(state.damage, log),
    )


def _write_cell(store: TableStore, work: MetricsWork, extract: DayExtract, cell: _ReadyCell) -> CellOutcome:
    path = METRICS_TABLES[cell.asset_type.name].path
    try:
        file = store.write(path, cell.rows.table, day=extract.day, extracted_at=cell.extracted_at)
    except TableError as error:
        return FailedCell(cell.asset_type, extract.day, error)
    return WrittenCell(
        cell.asset_type,
        extract.day,
        file,
        cell.rows,
        cell.extracted_at,
        extract.requests,
        whole=work.only is None,
        left_out=cell.left_out,
        lost=cell.lost,
        restated=cell.restated,
    )


def _find_left_out(plan: DayPlan, asset_type: AssetType, extract: DayExtract, before: pa.Table | None) -> LeftOut:
    rows = extract.rows[asset_type.name]
    silent = find_silent(rows.table, before, asset_type)
    return LeftOut(
        assets=find_left_out(plan.asked.get(asset_type.name), rows.table, extract.missing),
        silent=silent,
        forgotten=find_forgotten(rows.table, before, asset_type, silent),
        mute=extract.mute.get(asset_type.name, 0),
        unreadable=extract.unreadable.get(asset_type.name, 0),
        conflicts=rows.conflicts,
        reasons=extract.refused,
    )


def _describe_loss(damage: str, log: logging.Logger) -> Problem | None:
    if not damage:
        return None
    sentence = f"{damage} It is replaced now; rows of deleted campaigns in it are lost."
    log.warning(sentence)
    return Problem(1, sentence)
