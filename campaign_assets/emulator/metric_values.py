"""What every asset's metrics are worth on a day, as HubSpot would report it at a given time.

Belongs here: the numbers. A value is a pure function of seed, asset, metric, day and how old the day is.
Not here: JSON, campaigns, paging.

A value of -1 means that HubSpot reports nothing, which is not zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from campaign_assets.emulator.asset_types import FLOW, LEVEL, RATIO, AssetType, MetricRule
from campaign_assets.emulator.calendar_year import busyness
from campaign_assets.emulator.hashing import Floats, Ints, UInts, mix, stable_int, three_uniforms
from campaign_assets.emulator.library import AssetLibrary

MISSING = -1.0
_QUIET_SHARE = 0.06
_MISSING_SHARE = 0.02
_DAY_STEP = 0x9E3779B97F4A7C15
_WORD = (1 << 64) - 1


def completeness(age_in_days: float, settled_after: float = 7.0) -> float:
    """Give the share of a day's counts that is known `age_in_days` after the day began.

    Where it is settled after a week: 90 % when the day closes, 97 % a day later, 99 % three days later, all of it after
    seven days. Else these times come sooner or later in proportion.
    """
    since_close = age_in_days - 1.0
    if since_close < 0:
        return max(0.0, 0.9 * age_in_days)
    if since_close >= settled_after:
        return 1.0
    seventh = since_close * 7 / settled_after
    if seventh < 1:
        return 0.9
    return 0.97 if seventh < 3 else 0.99


@dataclass(frozen=True)
class Moment:
    """The portal's now, in its own time zone.

    Attributes:
        today: The ordinal of the day.
        share_of_day: The share of it that has passed.
        settled_after: Days after its close at which a day is known wholly.
    """

    today: int
    share_of_day: float
    settled_after: float = 7.0

    def completeness_of(self, day: int) -> float:
        """Give the share of `day`'s counts that is known at this time."""
        if day == self.today:
            return 0.9 * self.share_of_day
        return completeness(float(self.today - day), self.settled_after)


def _known(counts: Floats, shares: Floats, asset_keys: UInts, steps: UInts) -> Floats:
    """Give the part of each count that is known when `shares` of its day are; it only ever grows with the share.

    All counts of an asset are rounded alike, so that a part never exceeds its whole.
    """
    recent = np.flatnonzero(shares < 1.0)
    if len(recent):
        rounding, _, _ = three_uniforms(mix(asset_keys ^ steps[recent]))
        counts[recent] = np.floor(counts[recent] * shares[recent, np.newaxis] + rounding)
    return counts


class _Rules:
    """The metric rules of all types as arrays, one row per asset type × metric."""

    def __init__(self, types: Iterable[AssetType]) -> None:
        rules: list[MetricRule] = []
        parent: list[int] = []
        numerator: list[int] = []
        depth: list[int] = []
        salt: list[int] = []
        for asset_type in types:
            places = {rule.name: place for place, rule in enumerate(asset_type.metrics)}
            by_name = {rule.name: rule for rule in asset_type.metrics}
            for place, rule in enumerate(asset_type.metrics):
                rules.append(rule)
                parent.append(places.get(rule.parent, place) - place)
                numerator.append(places.get(rule.numerator, place) - place)
                depth.append(_depth(rule, by_name))
                salt.append(stable_int(asset_type.name, rule.name))
        self.kind = np.array([rule.kind for rule in rules])
        self.base = np.array([rule.base for rule in rules])
        self.tau = np.array([rule.tau for rule in rules])
        self.floor = np.array([rule.floor for rule in rules])
        self.rise = np.array([rule.rise for rule in rules])
        self.start = np.array([rule.start for rule in rules])
        self.until = np.array([rule.until for rule in rules])
        self.cyclic = np.array([rule.cyclic for rule in rules])
        self.parent = np.array(parent)
        self.numerator = np.array(numerator)
        self.depth = np.array(depth)
        self.salt = np.array(salt, dtype=np.uint64)


def _depth(rule: MetricRule, by_name: Mapping[str, MetricRule]) -> int:
    """Count the steps from a flow to the flow it derives from."""
    if rule.kind != FLOW or not rule.parent:
        return 0
    return 1 + _depth(by_name[rule.parent], by_name)


class _Selection:
    """Some series with everything their values depend on, gathered once for all days of a request.

    `series` must hold each asset's series together and in order, for a parent is found by its distance.
    """

    def __init__(self, series: Ints, engine: "MetricEngine") -> None:
        columns, rules = engine.columns, engine.rules
        asset, rule = columns.series_asset[series], columns.series_rule[series]
        here = np.arange(len(series))
        self.kind = rules.kind[rule]
        self.base = rules.base[rule]
        self.first_day = columns.asset_first_day[asset]
        self.weight = engine.weight[asset]
        self.cycle = np.where(rules.cyclic[rule], engine.cycle[asset], 1e9)
        self.tau, self.floor, self.rise = rules.tau[rule], rules.floor[rule], rules.rise[rule]
        self.start, self.until = rules.start[rule], rules.until[rule]
        self.courses, self.course = np.unique(columns.asset_course[asset], return_inverse=True)
        self.asset_key = columns.asset_key[asset]
        self.key = self.asset_key ^ rules.salt[rule]
        self.flows = self.kind == FLOW
        self.ratios = np.flatnonzero(self.kind == RATIO)
        self.levels = np.flatnonzero(self.kind == LEVEL)
        parent = here + rules.parent[rule]
        depth = rules.depth[rule]
        self.derived = []
        for step in range(1, int(depth.max(initial=0)) + 1):
            places = np.flatnonzero(depth == step)
            self.derived.append((places, parent[places]))
        self.ratio_views = parent[self.ratios]
        self.ratio_parts = (here + rules.numerator[rule])[self.ratios]


class MetricEngine:
    """Computes metric values of many series at once.

    Args:
        library: The assets; it may grow while the engine lives.
        whole_rate: What a ratio is where its part is the whole: 1, or 100 for percent.
    """

    def __init__(self, library: AssetLibrary, whole_rate: float = 1.0) -> None:
        self._library = library
        self._whole_rate = whole_rate
        self.rules = _Rules(library.types.values())
        self.columns = library.columns()
        self._draw_characters()

    def _draw_characters(self) -> None:
        u, v, w = three_uniforms(mix(self.columns.asset_key))
        self.weight: Floats = np.exp((u + v + w - 1.5) * 1.7)
        repeats, length, _ = three_uniforms(mix(self.columns.asset_key ^ np.uint64(0xA5A5A5A5)))
        self.cycle: Floats = np.where(repeats < 0.45, np.floor(28 + 80 * length), 1e9)

    def _refresh(self) -> None:
        columns = self._library.columns()
        if columns is not self.columns:
            self.columns = columns
            self._draw_characters()

    def values(self, series: Ints, first: int, last: int, timestamp: Moment) -> Floats:
        """Give each series' value over the days `first` to `last`, both inclusive, as known at `time`.

        Counts add up over the days, levels are the last day's, ratios are those of the added-up counts. Days after
        `time` and before an asset's first day have no value. `MISSING` where nothing is reported.

        Args:
            series: Positions of series; each asset's must be complete, together and in order.
            first: Ordinal of the first day.
            last: Ordinal of the last day.
            timestamp: The portal's now.
        """
        self._refresh()
        selection = _Selection(series, self)
        total = np.full(len(series), MISSING)
        last = min(last, timestamp.today)
        if len(series) == 0 or last < first:
            return total
        for day in range(max(first, int(selection.first_day.min())), last + 1):
            known = self._flows(selection, np.array([day]), timestamp)[0]
            total = np.where(known < 0, total, np.maximum(total, 0.0) + known)
        self._set_levels(selection, last, total)
        views, parts = total[selection.ratio_views], total[selection.ratio_parts]
        safe = np.where(views > 0, views, 1.0)
        rates = np.round(self._whole_rate * parts / safe, 4)
        total[selection.ratios] = np.where((views > 0) & (parts >= 0), rates, MISSING)
        return total

    def daily_flows(self, series: Ints, first: int, last: int, timestamp: Moment) -> Floats:
        """Give each flow's value on each day from `first` to `last`, one row per day, as known at `time`.

        What is no flow is missing; days to come have no row. Where the series' assets begin later, so do the rows'
        values.

        Args:
            series: Positions of series; each asset's must be complete, together and in order.
            first: Ordinal of the first day.
            last: Ordinal of the last day.
            timestamp: The portal's now.
        """
        self._refresh()
        days = np.arange(first, min(last, timestamp.today) + 1)
        return self._flows(_Selection(series, self), days, timestamp)

    def _flows(self, selection: _Selection, days: Ints, timestamp: Moment) -> Floats:
        """Count every flow on some days, one row per day; levels and ratios stay missing."""
        steps = np.array([(day * _DAY_STEP) & _WORD for day in days.tolist()], dtype=np.uint64)[:, np.newaxis]
        shares = np.array([timestamp.completeness_of(day) for day in days.tolist()])
        noise, rounding, luck = three_uniforms(mix(selection.key ^ mix(steps)))
        counts = np.floor(self._expected(selection, days) * (0.55 + 0.9 * noise) + rounding)
        counts = np.where(luck < _QUIET_SHARE, 0.0, counts)
        for places, parents in selection.derived:
            base = selection.base[places]
            share = base * (1.0 + 0.8 * (1.0 - base) * (noise[:, places] - 0.5))
            derived = np.floor(counts[:, parents] * share + rounding[:, places])
            counts[:, places] = np.minimum(counts[:, parents], derived)
        day = days[:, np.newaxis]
        absent = (luck > 1.0 - _MISSING_SHARE) | (day < selection.first_day) | ~selection.flows
        return np.where(absent, MISSING, _known(counts, shares, selection.asset_key, steps))

    def _expected(self, selection: _Selection, days: Ints) -> Floats:
        day = days[:, np.newaxis]
        age = np.mod(np.maximum(day - selection.first_day, 0), selection.cycle) - selection.start
        interest = selection.floor + (1.0 - selection.floor) * np.exp(-age / selection.tau)
        risen = 1.0 - np.exp(-(age + 1.0) / selection.rise)
        active = (age >= 0) & (age + selection.start < selection.until)
        trend = np.array([busyness(day) for day in days.tolist()])[:, np.newaxis]
        course = self.columns.courses.factors(selection.courses, days)[:, selection.course]
        expected = selection.base * selection.weight * interest * risen * trend * course
        return np.where(active, expected, 0.0)

    def _set_levels(self, selection: _Selection, day: int, total: Floats) -> None:
        at = selection.levels
        age = (day - selection.first_day[at]).astype(np.float64)
        phase, _, _ = three_uniforms(mix(selection.key[at]))
        wave = 1.0 + 0.05 * np.sin(age / 19.0 + 6.28 * phase) + 0.0008 * np.maximum(age, 0.0)
        grown = 1.0 - np.exp(-(np.maximum(age, 0.0) + 5.0) / selection.rise[at])
        level = np.floor(selection.base[at] * selection.weight[at] * wave * grown)
        total[at] = np.where(age < 0, MISSING, level)
