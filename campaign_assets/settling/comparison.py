"""What two readings of one day say differently, metric by metric.

A metric that the catalog does not know, or whose number did not fit its column, is looked for in `other_metrics`. Text
that is no number is not compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from campaign_assets.catalog import Aggregation, AssetType, Metric
from campaign_assets.tables import EXTRACTED_AT, METRIC_RESTATEMENTS, OTHER_METRICS, TIMESTAMP

Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Movement:
    """How much of a table's day a later reading has changed: of assets that both readings know.

    Attributes:
        values: Values that either reading has.
        changed: How many of them differ.
        moved: By how much the counts and levels among them differ in all, upwards or downwards; a value that was not
            told counts as zero. Ratios are left out.
        total: What these counts and levels add up to in the later reading.
    """

    values: int = 0
    changed: int = 0
    moved: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two readings of a table's day.

    Attributes:
        rows: Rows of `hubspot/metric_restatements`, those of assets that appeared or vanished too.
        movement: How much it is.
    """

    rows: pa.Table
    movement: Movement


def compare(asset_type: AssetType, before: pa.Table, after: pa.Table, noticed_at: datetime) -> Comparison:
    """Compares two readings of a day.

    Args:
        asset_type: The type of the table.
        before: The earlier rows, each campaign × asset once.
        after: The later ones.
        noticed_at: When the later reading began, with its time zone.
    """
    places = _align(before, after)
    both = pc.and_(places.before.is_valid(), places.after.is_valid())
    known = {metric.name: metric for metric in asset_type.metrics}
    others = (_to_others(before, places.before), _to_others(after, places.after))
    parts, movement = [], Movement()
    for name in sorted({*known, *others[0], *others[1]}):
        metric = known.get(name)
        old = _merge(_take(before, metric, places.before), others[0].get(name))
        new = _merge(_take(after, metric, places.after), others[1].get(name))
        differ = _find_differences(old, new)
        if metric is not None:
            movement = _add(movement, metric, (old, new), pc.and_(differ, both), both)
        if pc.any(differ).as_py():
            parts.append(_to_rows(asset_type, name, places, before, after, (old, new), differ, noticed_at))
    rows = pa.concat_tables(parts) if parts else METRIC_RESTATEMENTS.columns.empty_table()
    return Comparison(sort_rows(rows), movement)


def find_value(asset_type: AssetType, rows: pa.Table, campaign_id: str, asset_id: str, metric: str) -> float | None:
    """What the rows of a day say of one metric of one asset; None where they say nothing."""
    found = rows.filter(
        pc.and_(pc.equal(rows["campaign_id"], campaign_id), pc.equal(rows["asset_id"], asset_id))
    ).to_pylist()
    if not found:
        return None
    column = next((known.column for known in asset_type.metrics if known.name == metric), None)
    value = found[0][column] if column else None
    if value is None:
        value = dict(found[0][OTHER_METRICS] or ()).get(metric)
    return None if value is None else float(value)


def sort_rows(rows: pa.Table) -> pa.Table:
    """The rows in the order of their key."""
    return rows.sort_by([(name, "ascending") for name in METRIC_RESTATEMENTS.key])


@dataclass(frozen=True, slots=True)
class _Places:
    """Where each campaign × asset of either reading stands in both; null where it does not."""

    before: pa.Array
    after: pa.Array


def _align(before: pa.Table, after: pa.Table) -> _Places:
    if all(before[name].equals(after[name]) for name in ("campaign_id", "asset_id")):
        same = pa.array(np.arange(before.num_rows))
        return _Places(same, same)
    keys = _to_numbers(before, after)
    old, new = keys[: before.num_rows], keys[before.num_rows :]
    every = np.union1d(old, new)
    return _Places(_find(every, old), _find(every, new))


def _to_numbers(before: pa.Table, after: pa.Table) -> Keys:
    """A number for each campaign × asset, the rows of both tables one after the other."""
    codes = []
    for name in ("campaign_id", "asset_id"):
        column = pa.chunked_array([*before[name].chunks, *after[name].chunks], pa.string()).combine_chunks()
        codes.append(column.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64))
    numbers: Keys = codes[0] * (codes[1].max(initial=0) + 1) + codes[1]
    return numbers


def _find(
    every: "np.ndarray[tuple[int], np.dtype[np.int64]]", keys: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> pa.Array:
    order = np.argsort(keys, kind="stable")
    at = np.minimum(np.searchsorted(keys[order], every), max(len(keys) - 1, 0))
    if not len(keys):
        return pa.nulls(len(every), pa.int64())
    found = order[at]
    return pa.array(found, pa.int64(), mask=keys[found] != every)


def _take(rows: pa.Table, metric: Metric | None, places: pa.Array) -> pa.Array:
    """A metric's values in the order of the places, as they are stored."""
    if metric is None:
        return pa.nulls(len(places), pa.float64())
    return rows[metric.column].combine_chunks().take(places)


def _merge(values: pa.Array, others: Mapping[int, float] | None) -> pa.Array:
    """The values with those of `other_metrics` where there is none."""
    if not others:
        return values
    listed = _to_doubles(values).to_pylist()
    for place, number in others.items():
        listed[place] = number if listed[place] is None else listed[place]
    return pa.array(listed, pa.float64())


def _find_differences(old: pa.Array, new: pa.Array) -> pa.Array:
    if old.type != new.type:
        old, new = _to_doubles(old), _to_doubles(new)
    return pc.or_(pc.xor(old.is_null(), new.is_null()), pc.fill_null(pc.not_equal(old, new), False))


def _to_others(rows: pa.Table, places: pa.Array) -> dict[str, dict[int, float]]:
    """The numbers in `other_metrics`, by HubSpot's name and by place."""
    if rows[OTHER_METRICS].null_count == rows.num_rows:
        return {}
    found: dict[str, dict[int, float]] = {}
    for place, pairs in enumerate(rows[OTHER_METRICS].combine_chunks().take(places).to_pylist()):
        for name, number in pairs or ():
            if number is not None:
                found.setdefault(name, {})[place] = number
    return found


def _add(
    movement: Movement, metric: Metric, values: tuple[pa.Array, pa.Array], changed: pa.Array, both: pa.Array
) -> Movement:
    old, new = (pc.fill_null(_to_doubles(array), 0.0).filter(both) for array in values)
    told = pc.and_(both, pc.or_(values[0].is_valid(), values[1].is_valid()))
    is_sum = metric.aggregation is not Aggregation.RATIO
    return Movement(
        movement.values + (pc.sum(told).as_py() or 0),
        movement.changed + (pc.sum(changed).as_py() or 0),
        movement.moved + ((pc.sum(pc.abs(pc.subtract(new, old))).as_py() or 0.0) if is_sum else 0.0),
        movement.total + ((pc.sum(pc.abs(new)).as_py() or 0.0) if is_sum else 0.0),
    )


def _to_doubles(values: pa.Array) -> pa.Array:
    return values.cast(
        pa.float64(), safe=False
    )  # a count beyond 2^53 is no count that anybody compares to the last one


def _to_rows(
    asset_type: AssetType,
    name: str,
    places: _Places,
    before: pa.Table,
    after: pa.Table,
    values: tuple[pa.Array, pa.Array],
    differ: pa.Array,
    noticed_at: datetime,
) -> pa.Table:
    at_before, at_after = places.before.filter(differ), places.after.filter(differ)

    def take(column: str) -> pa.Array:
        newer, older = (_chunk(rows, column).take(at) for rows, at in ((after, at_after), (before, at_before)))
        return pc.coalesce(newer, older)

    count = len(at_before)
    columns: Sequence[pa.Array] = [
        take("campaign_id"),
        pa.repeat(pa.scalar(asset_type.name, pa.string()), count),
        take("asset_id"),
        pa.repeat(pa.scalar(name, pa.string()), count),
        pa.repeat(pa.scalar(noticed_at, TIMESTAMP), count),
        *(_to_doubles(array.filter(differ)) for array in values),
        _chunk(before, EXTRACTED_AT).take(at_before),
    ]
    return pa.table(list(columns), schema=METRIC_RESTATEMENTS.columns)


def _chunk(rows: pa.Table, column: str) -> pa.Array:
    return rows[column].combine_chunks()
