"""What HubSpot does not say, found out on the account at hand: every unknown of docs/unknowns.md, one after another.

It only reads, and sends no more than fifty requests. Nothing that it says holds a name, an id or a text of the account.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from campaign_assets.days import Calendar
from campaign_assets.hubspot import HubSpotClient, HubSpotError
from campaign_assets.inspection.probes import (
    associations,
    batches,
    days,
    limit_headers,
    metrics,
    searches,
    settled_days,
)
from campaign_assets.inspection.probes.answers import Answer, Unknown, describe_error
from campaign_assets.inspection.probes.sample import Sample, take_sample
from campaign_assets.tables import StorageError, TableStore

MOST_REQUESTS = 50
UNKNOWN_ASSETS = Unknown(
    "What PUT of an unknown asset does",
    "Nothing is assumed: the pipeline never writes, the client passes HubSpot's answer on.",
)
_WRITES = "only a write would tell, and nothing is written"
_USED_UP = f"the {MOST_REQUESTS} requests are used up"
Pause = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class _Probe:
    """A probe.

    Attributes:
        unknowns: What it looks at.
        requests: Requests that it sends at most.
        run: Asks, and answers each of them.
    """

    unknowns: Sequence[Unknown]
    requests: int
    run: Callable[[], Sequence[Answer]]


def probe_account(
    client: HubSpotClient, store: TableStore, calendar: Calendar, pause: Pause = time.sleep
) -> Iterator[Answer]:
    """What is found of each unknown, one after the other.

    Args:
        client: The account; it should try no request again.
        store: Where the tables lie: what they hold tells what HubSpot has changed since.
        calendar: The days of the account, and the present time.
        pause: Waits so many seconds.

    Raises:
        HubSpotError: The account cannot be read at all.
    """
    sample = take_sample(client, calendar)
    windows = _Probe(
        (days.END_DATE, days.SINGLE_DAYS), days.REQUESTS_OF_WINDOWS, lambda: days.probe_windows(client, sample)
    )
    end, single_days = _run(client, windows)
    yield from (end, single_days)
    inclusive = end.fits is not False
    for probe in (
        *_list_probes_of_account(client, sample, inclusive=inclusive),
        *_list_probes_of_tables(client, sample, store, calendar, inclusive=inclusive),
        _Probe(
            (limit_headers.HEADERS, limit_headers.WINDOW),
            limit_headers.REQUESTS,
            lambda: limit_headers.probe_limit_headers(client, pause),
        ),
    ):
        yield from _run(client, probe)


def _list_probes_of_account(client: HubSpotClient, sample: Sample, *, inclusive: bool) -> list[_Probe]:
    """What the account alone tells."""
    return [
        _one(
            days.TIME_ZONE,
            lambda: days.probe_time_zone(client, sample, inclusive=inclusive),
            days.REQUESTS_OF_TIME_ZONE,
        ),
        _one(metrics.SCALE, lambda: metrics.look_for_scale(sample)),
        _one(
            batches.MISSING_CAMPAIGNS,
            lambda: batches.probe_missing_campaigns(client, sample),
            batches.REQUESTS_OF_MISSING,
        ),
        _one(batches.LEFT_OUT_ASSETS, lambda: batches.look_for_left_out_assets(sample)),
        _one(batches.CAP, lambda: batches.look_for_cap(sample)),
        _one(batches.BATCH_AND_LIST, lambda: batches.probe_lists(client, sample), batches.REQUESTS_OF_LISTS),
        _one(metrics.UNDOCUMENTED, lambda: metrics.look_for_undocumented(sample)),
        _one(searches.LAG, lambda: searches.look_for_lag(sample)),
        _one(searches.UNKNOWN_PROPERTY, lambda: searches.probe_unknown_property(client), searches.REQUESTS_OF_PROPERTY),
        _one(UNKNOWN_ASSETS, lambda: Answer(UNKNOWN_ASSETS, None, _WRITES)),
        _one(batches.LAST_PAGES, lambda: batches.probe_last_pages(client, sample), batches.REQUESTS_OF_PAGES),
    ]


def _list_probes_of_tables(
    client: HubSpotClient, sample: Sample, store: TableStore, calendar: Calendar, *, inclusive: bool
) -> list[_Probe]:
    """What only shows beside what the tables hold of an earlier time."""

    def list_changes() -> list[associations.SeenChange]:
        return associations.list_seen_changes(store)

    return [
        _one(
            settled_days.SETTLED,
            lambda: settled_days.probe_settled(client, sample, store, calendar, inclusive=inclusive),
            settled_days.REQUESTS,
        ),
        _one(
            associations.MOVES,
            lambda: associations.probe_moves(client, list_changes()),
            associations.REQUESTS_OF_EACH,
        ),
        _one(
            associations.TODAYS,
            lambda: associations.probe_todays(client, list_changes(), calendar),
            associations.REQUESTS_OF_EACH,
        ),
    ]


def _one(unknown: Unknown, run: Callable[[], Answer], requests: int = 0) -> _Probe:
    return _Probe([unknown], requests, lambda: [run()])


def _run(client: HubSpotClient, probe: _Probe) -> Sequence[Answer]:
    if client.counter.requests + probe.requests > MOST_REQUESTS:
        return [Answer(unknown, None, _USED_UP) for unknown in probe.unknowns]
    try:
        return probe.run()
    except HubSpotError as error:
        return [Answer(unknown, None, describe_error(error)) for unknown in probe.unknowns]
    except (StorageError, OSError):
        return [Answer(unknown, None, "the tables cannot be read") for unknown in probe.unknowns]
