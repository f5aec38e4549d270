"""Contacts, sessions and deals that a campaign brought: what the three reports count.

Belongs here: how they follow from the metrics of the campaign's assets, day by day. Not here: parameters and paging of
the reports, what a deal is worth (`deals`).

A campaign's first-touch contacts of a day are those of its assets together, and so are last-touch contacts; its deals
are their customers. Contacts that it influenced are these and more, each in a session of its own. So contacts never
exceed sessions, the days of a range add up to it, and the reports settle as the metrics do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

import numpy as np

from campaign_assets.emulator.deals import deal_of
from campaign_assets.emulator.hashing import Ints, stable_int
from campaign_assets.emulator.library import AssetLibrary
from campaign_assets.emulator.metric_values import MetricEngine, Moment
from campaign_assets.emulator.requests import DateRange
from campaign_assets.emulator.state import Campaign, CampaignStore

CONTACT_TYPES = ("contactFirstTouch", "contactLastTouch", "influencedContacts")
_BEGINNING = date(2006, 1, 1).toordinal()
_SESSIONS_PER_VIEW = 0.65
_SESSIONS_PER_CLICK = 0.8
_CONTACTS_PER_CLICK = 0.1
_REMEMBERED = 2000
"""Campaigns whose days are remembered."""


@dataclass(frozen=True)
class DailyCounts:
    """What a campaign brought on each day since `first_day`, as known at one time."""

    first_day: int
    first_touch: Ints
    last_touch: Ints
    influenced: Ints
    sessions: Ints
    deals: Ints

    def during(self, days: DateRange) -> "DailyCounts":
        """Give the same for some of the days."""
        start, stop = max(days.first - self.first_day, 0), max(days.last + 1 - self.first_day, 0)
        columns = (self.first_touch, self.last_touch, self.influenced, self.sessions, self.deals)
        return DailyCounts(self.first_day + start, *(column[start:stop] for column in columns))

    def contacts(self, contact_type: str) -> int:
        """Count the contacts of a type."""
        return int(self._of(contact_type).sum())

    def numbers(self, contact_type: str) -> Iterator[tuple[int, int]]:
        """Give the contacts of a type, each by its day and its number among the day's."""
        swap = 1 if contact_type == "contactLastTouch" else 0  # some are first-touch, some last-touch, some are both
        for day, count in enumerate(self._of(contact_type).tolist(), self.first_day):
            yield from ((day, number ^ swap) for number in range(count))

    def _of(self, contact_type: str) -> Ints:
        return (self.first_touch, self.last_touch, self.influenced)[CONTACT_TYPES.index(contact_type)]


class Attribution:
    """Counts what campaigns brought.

    Args:
        seed: The portal's seed.
        store: The campaigns.
        library: The assets.
        engine: Computes their metrics.
    """

    def __init__(self, seed: int, store: CampaignStore, library: AssetLibrary, engine: MetricEngine) -> None:
        self._seed = seed
        self._store = store
        self._library = library
        self._engine = engine
        self._remembered: dict[str, tuple[int, Moment, DailyCounts]] = {}
        self._places = {
            name: {rule.name: place for place, rule in enumerate(asset_type.metrics)}
            for name, asset_type in library.types.items()
        }
        self._page_types = [name for name, places in self._places.items() if "CONTACTS_FIRST_TOUCH" in places]

    def counts(self, campaign: Campaign, days: DateRange, timestamp: Moment) -> DailyCounts:
        """Count what a campaign brought on each of some days, as known at a time."""
        return self._whole(campaign, timestamp).during(days)

    def contact_ids(
        self, campaign: Campaign, contact_type: str, days: DateRange, timestamp: Moment, start: int, stop: int
    ) -> list[str]:
        """List a campaign's contacts of one type by day, those from one place to another in that order."""
        found = self.counts(campaign, days, timestamp).numbers(contact_type)
        return [self._contact_id(campaign, day, number) for day, number in islice(found, start, stop)]

    def revenue(
        self, campaign: Campaign, days: DateRange, timestamp: Moment, model: str
    ) -> tuple[int, Decimal, Decimal]:
        """Count the deals that a campaign touched; with their amounts, and what a model credits to it of them."""
        partner = None if campaign.partner is None else self._store.get(campaign.partner)
        number, amount, credit = 0, Decimal(0), Decimal(0)
        for day, own, shared, foreign in self._deals(campaign, partner, days, timestamp):
            for place in range(own):
                deal = deal_of(self._seed, campaign.id, day, place)
                amount += deal.amount
                credit += deal.credit(model, shared=place < shared)
            for place in range(foreign):
                deal = deal_of(self._seed, partner.id if partner else "", day, place)
                amount += deal.amount
                credit += deal.amount - deal.credit(model, shared=True)
            number += own + foreign
        return number, amount, credit

    def _deals(
        self, campaign: Campaign, partner: Campaign | None, days: DateRange, timestamp: Moment
    ) -> Iterator[tuple[int, int, int, int]]:
        """Give the days with deals: those won, those of them that the partner touched, those of the partner touched.

        A campaign touches no more deals on a day than it has contacts.
        """
        mine = self.counts(campaign, days, timestamp)
        theirs = None if partner is None else self.counts(partner, days, timestamp)
        first = mine.first_day if theirs is None else min(mine.first_day, theirs.first_day)
        for day in range(max(days.first, first), days.last + 1):
            own, room = _on(mine, day)
            won, their_room = (0, 0) if theirs is None else _on(theirs, day)
            if own or won:
                yield day, own, min(own, their_room), min(won, room)

    def _contact_id(self, campaign: Campaign, day: int, number: int) -> str:
        return str(110_000_000_000 + stable_int(self._seed, campaign.id, day, number) % 800_000_000_000)

    def _whole(self, campaign: Campaign, timestamp: Moment) -> DailyCounts:
        known = self._remembered.get(campaign.id)
        if known is not None and known[:2] == (campaign.revision, timestamp):
            return known[2]
        if len(self._remembered) >= _REMEMBERED:
            self._remembered.clear()
        counts = self._count(campaign, timestamp)
        self._remembered[campaign.id] = (campaign.revision, timestamp, counts)
        return counts

    def _count(self, campaign: Campaign, timestamp: Moment) -> DailyCounts:
        types = [*self._page_types, "MARKETING_EMAIL"]
        members = [(name, place) for name in types for place in campaign.assets.get(name, {})]
        first_days = [self._library.first_days[place] for _, place in members]
        first = max(_BEGINNING, min(first_days, default=timestamp.today + 1))
        series, columns = self._series(members)
        values = self._engine.daily_flows(np.array(series, dtype=np.int64), first, timestamp.today, timestamp)
        values = np.maximum(values, 0.0).astype(np.int64)
        sums: dict[str, Any] = {name: values[:, places].sum(axis=1) for name, places in columns.items()}
        last_touch, views, clicks = sums["CONTACTS_LAST_TOUCH"], sums["VIEWS"], sums["CLICKS"]
        known = [sums["CONTACTS_FIRST_TOUCH"], last_touch + last_touch % 2, sums["SUBMISSIONS"], sums["CUSTOMERS"]]
        influenced = np.maximum.reduce(known) + (_CONTACTS_PER_CLICK * clicks).astype(np.int64)
        sessions = (_SESSIONS_PER_VIEW * views).astype(np.int64) + (_SESSIONS_PER_CLICK * clicks).astype(np.int64)
        return DailyCounts(
            first,
            first_touch=sums["CONTACTS_FIRST_TOUCH"],
            last_touch=last_touch,
            influenced=influenced,
            sessions=np.maximum(influenced, sessions),
            deals=sums["CUSTOMERS"],
        )

    def _series(self, members: list[tuple[str, int]]) -> tuple[list[int], dict[str, list[int]]]:
        """Give the series of some assets, and in which of these columns each metric is."""
        names = ("CONTACTS_FIRST_TOUCH", "CONTACTS_LAST_TOUCH", "CUSTOMERS", "SUBMISSIONS", "VIEWS", "CLICKS")
        series: list[int] = []
        columns: dict[str, list[int]] = {name: [] for name in names}
        for asset_type, position in members:
            if not self._library.metric_counts[position]:
                continue
            for name, place in self._places[asset_type].items():
                if name in columns:
                    columns[name].append(len(series) + place)
            first = self._library.first_series[position]
            series += range(first, first + self._library.metric_counts[position])
        return series, columns


def _on(counts: DailyCounts, day: int) -> tuple[int, int]:
    """Give the deals won on a day, and how many of others the campaign can have touched besides."""
    place = day - counts.first_day
    if not 0 <= place < len(counts.deals):
        return 0, 0
    won = int(counts.deals[place])
    return won, int(counts.influenced[place]) - won
