"""The metrics of campaign assets day by day, as the rows of `hubspot/asset_metrics/<slug>`.

All types of a day are read together, by the requests that the plan names. Only campaigns that have assets of the types
in question are asked about.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from itertools import groupby

import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES, AssetType
from campaign_assets.extract.asset_lists import Findings
from campaign_assets.extract.batches import BatchExtract, read_batch, read_listing
from campaign_assets.extract.by_id import KnownCampaigns, forget_frames
from campaign_assets.extract.metric_rows import MetricRows, sort_rows, to_metric_rows
from campaign_assets.extract.plan import DayPlan
from campaign_assets.hubspot import HubSpotClient, HubSpotError, RequestCounter
from campaign_assets.threads import map_in_threads

_PIECES_TO_JOIN = 16
_KNOWN = frozenset({asset_type.name for asset_type in METRIC_ASSET_TYPES})


@dataclass(frozen=True, slots=True)
class DayExtract:
    """One day of all types that were asked for.

    Attributes:
        day: The day, in the account's time zone.
        rows: The rows of each type, by its name in HubSpot's spelling; a type without assets has no rows.
        failed: Types that could not be read whole, and why; they are not among the rows.
        refused: Campaigns that HubSpot refuses to answer, and why; they have no rows.
        missing: Campaigns that were asked for and do not exist any more.
        requests: Requests that the day took, for all types together.
        extracted_at: When the reading of the day began, in UTC.
        surprising_types: Types that came with metrics and have no table, with how many assets.
        mute: Assets of each type that came in responses without any metrics, though a day was asked for.
        unreadable: Assets of each type that have no id or are none.
    """

    day: date
    rows: Mapping[str, MetricRows]
    missing: frozenset[str]
    requests: int
    extracted_at: datetime
    surprising_types: Mapping[str, int]
    failed: Mapping[str, HubSpotError] = field(default_factory=dict)
    refused: Mapping[str, HubSpotError] = field(default_factory=dict)
    mute: Mapping[str, int] = field(default_factory=dict)
    unreadable: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayFailure:
    """A day of which nothing could be read; the days after it are read all the same.

    Attributes:
        day: The day, in the account's time zone.
        error: Why.
        requests: Requests that it took until then.
    """

    day: date
    error: HubSpotError
    requests: int


def read_days(
    client: HubSpotClient,
    days: Sequence[date],
    plan: DayPlan,
    asset_types: Sequence[AssetType],
    now: Callable[[], datetime],
) -> Iterator[DayExtract | DayFailure]:
    """Reads days one after the other, the requests of several days in progress at once.

    Args:
        client: The account.
        days: The days, in the account's time zone.
        plan: The requests that each day takes.
        asset_types: The types whose tables are wanted.
        now: The present time, with its time zone.

    Raises:
        HubSpotError: Of a kind that every further request would meet too, such as a wrong token.
    """
    stop, known = _Stop(), KnownCampaigns()
    reads = _list_reads(plan, asset_types)
    # Made one by one as threads become free, so a day begins when its first request is near.
    pieces = (_Piece(work, read) for work in (_DayWork(day, client, now(), known) for day in days) for read in reads)
    concurrency = client.throttle.concurrency
    read = partial(_read_piece, asset_types, stop)
    # A thread that waits for its turn in the middle of a batch holds the batch: more threads than places cost memory.
    outcomes = map_in_threads(read, pieces, client.max_in_flight, lambda: concurrency.target)
    for work, of_day in groupby(outcomes, key=lambda outcome: outcome.work):
        yield _to_day(work, _gather(of_day), asset_types)


Read = Callable[..., BatchExtract]
"""Sends the requests of a part of a day: called with the client, the day and the day's findings by their names."""


def _list_reads(plan: DayPlan, asset_types: Sequence[AssetType]) -> list[Read]:
    names = frozenset(asset_type.name for asset_type in asset_types)
    reads: list[Read] = [partial(read_batch, campaign_ids=batch, asset_types=names) for batch in plan.batches]
    reads += [partial(read_listing, campaign_id=c, asset_types=types) for c, types in plan.listings.items()]
    return reads or [_read_nothing]


def _read_nothing(client: HubSpotClient, *, day: date, findings: Findings) -> BatchExtract:
    """No campaign has such assets: the day is known to have no rows without asking."""
    return BatchExtract()


class _DayWork:
    """A day that is being read, in pieces."""

    def __init__(self, day: date, client: HubSpotClient, began: datetime, known: KnownCampaigns) -> None:
        self.day = day
        self.began = began
        self.counter = RequestCounter()
        self.client = client.counted(self.counter)
        self.error: HubSpotError | None = None
        # What fails fails for this day only; what is known of campaigns holds for every day.
        self.findings = Findings(known)


@dataclass(slots=True)
class _Stop:
    """The error, once there is one, that every further request would meet too."""

    error: HubSpotError | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    work: _DayWork
    read: Read


@dataclass(frozen=True, slots=True)
class _Outcome:
    work: _DayWork
    rows: dict[str, MetricRows]
    missing: Sequence[str] = ()
    surprising_types: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, HubSpotError] = field(default_factory=dict)
    mute: Mapping[str, int] = field(default_factory=dict)
    error: HubSpotError | None = None


def _read_piece(asset_types: Sequence[AssetType], stop: _Stop, piece: _Piece) -> _Outcome:
    work = piece.work
    if hopeless := work.error or stop.error:
        return _Outcome(work, {}, error=hopeless)
    try:
        extract = piece.read(work.client, day=work.day, findings=work.findings)
    except HubSpotError as error:
        work.error = forget_frames(error)  # it is kept until its day's turn
        if error.stops_run:
            stop.error = error
        return _Outcome(work, {}, error=error)
    found = [asset_type for asset_type in asset_types if asset_type.name in extract.assets]
    return _Outcome(
        work,
        # Rows are made here, not at the end of the day: as Arrow they take a tenth of the memory.
        rows={t.name: to_metric_rows(t, extract.assets[t.name], work.began) for t in found},
        missing=extract.missing,
        surprising_types=_find_surprising_types(extract),
        refused=extract.refused,
        mute=_find_mute(extract, found),
    )


def _find_mute(extract: BatchExtract, asset_types: Sequence[AssetType]) -> dict[str, int]:
    """Assets by type where no asset of a whole response has metrics: one alone may have none to tell."""
    assets = {asset_type.name: extract.assets[asset_type.name] for asset_type in asset_types}
    if any(asset.metrics is not None for of_type in assets.values() for _, asset in of_type):
        return {}
    return {name: len(of_type) for name, of_type in assets.items() if of_type}


def _find_surprising_types(extract: BatchExtract) -> dict[str, int]:
    counts = {
        name: sum(bool(asset.metrics) for _, asset in assets)
        for name, assets in extract.assets.items()
        if name not in _KNOWN
    }
    return {name: count for name, count in counts.items() if count}


def _to_day(work: _DayWork, outcomes: list[_Outcome], asset_types: Sequence[AssetType]) -> DayExtract | DayFailure:
    errors = [outcome.error for outcome in outcomes if outcome.error]
    for error in errors:
        if error.stops_run:
            raise error
    if errors:
        return DayFailure(work.day, errors[0], work.counter.requests)
    surprising, mute, unreadable = Counter[str](), Counter[str](), Counter[str]()
    for (_, name), number in work.findings.unreadable.items():
        unreadable[name] += number
    for outcome in outcomes:
        surprising.update(outcome.surprising_types)
        mute.update(outcome.mute)
    return DayExtract(
        day=work.day,
        rows={t.name: _take(t, outcomes, work.began) for t in asset_types if t.name not in work.findings.failed},
        missing=frozenset(campaign_id for outcome in outcomes for campaign_id in outcome.missing),
        requests=work.counter.requests,
        extracted_at=work.began,
        surprising_types=dict(surprising),
        failed=dict(work.findings.failed),
        refused={campaign_id: error for outcome in outcomes for campaign_id, error in outcome.refused.items()},
        mute=dict(mute),
        unreadable=dict(unreadable),
    )


def _gather(outcomes: Iterable[_Outcome]) -> list[_Outcome]:
    """The pieces of a day, joined as they come: hundreds of small tables take far more memory than their rows."""
    gathered: list[_Outcome] = []
    joined = 0
    for outcome in outcomes:
        gathered.append(outcome)
        if len(gathered) - joined == _PIECES_TO_JOIN:
            pieces, joined = gathered[joined:], len(gathered)
            for name in {name for piece in pieces for name in piece.rows}:
                outcome.rows[name] = _join([piece.rows.pop(name) for piece in pieces if name in piece.rows])
    return gathered


def _take(asset_type: AssetType, outcomes: Sequence[_Outcome], began: datetime) -> MetricRows:
    """The rows of a type, taken out of the pieces, so that no more than one type is in memory twice."""
    parts = [outcome.rows.pop(asset_type.name) for outcome in outcomes if asset_type.name in outcome.rows]
    if not parts:
        return to_metric_rows(asset_type, (), began)
    joined = _join(parts)
    return replace(joined, table=sort_rows(joined.table))


def _join(parts: Sequence[MetricRows]) -> MetricRows:
    return MetricRows(
        pa.concat_tables([part.table for part in parts]).combine_chunks(),
        repeated=sum(part.repeated for part in parts),
        conflicts=[conflict for part in parts for conflict in part.conflicts],
    )
