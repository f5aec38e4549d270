"""The assets of one type on one day, as the rows of their metrics table."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.catalog import AssetType
from campaign_assets.extract.copies import Assets
from campaign_assets.hubspot import Asset
from campaign_assets.tables import METRICS_TABLES, OTHER_METRICS, OTHER_METRICS_TEXT, TIMESTAMP

Number = int | float
_NO_METRICS: Mapping[str, Number] = {}


@dataclass(frozen=True, slots=True)
class MetricRows:
    """The rows of one asset type on one day.

    Attributes:
        table: One row per campaign × asset, sorted.
        repeated: Rows that came more than once, collapsed into one.
        retained: Rows of an earlier reading that are kept, since they were not, or could not be, read anew.
        conflicts: Assets of which two copies say different things, in words.
    """

    table: pa.Table
    repeated: int = 0
    retained: int = 0
    conflicts: Sequence[str] = ()

    @property
    def other_metrics(self) -> list[str]:
        """Names in `other_metrics`: unknown to the catalog, or with a number that does not fit its column."""
        maps = pc.drop_null(self.table[OTHER_METRICS].combine_chunks())
        return sorted(set(maps.keys.to_pylist()))


def to_metric_rows(asset_type: AssetType, assets: Iterable[tuple[str, Asset]], extracted_at: datetime) -> MetricRows:
    """Assets with their metrics of a day as rows.

    Args:
        asset_type: The type of all of them.
        assets: Campaign id and asset, in any order; where a pair comes twice, the copies are joined.
        extracted_at: When the reading began, with its time zone.
    """
    joined = Assets.of(assets)
    keys = sorted(joined.by_key)
    rows = [joined.by_key[key] for key in keys]
    metrics = [asset.metrics or _NO_METRICS for asset in rows]
    columns: list[pa.Array] = [
        pa.array([key[0] for key in keys], pa.string()),
        pa.array([key[1] for key in keys], pa.string()),
        pa.array([asset.name for asset in rows], pa.string()),
    ]
    others = _find_unknown(asset_type, metrics)
    schema = METRICS_TABLES[asset_type.name].columns
    for metric in asset_type.metrics:
        values = [of_asset.get(metric.name) for of_asset in metrics]
        columns.append(_to_column(metric.name, values, schema.field(metric.column).type, others))
    texts = _find_texts(rows, others)
    for name, pairs in ((OTHER_METRICS, _to_doubles(others)), (OTHER_METRICS_TEXT, texts)):
        maps = [sorted(pairs[row].items()) if row in pairs else None for row in range(len(rows))]
        columns.append(pa.array(maps, schema.field(name).type))
    columns.append(pa.repeat(pa.scalar(extracted_at, TIMESTAMP), len(rows)))
    table = pa.table(columns, schema=schema)
    return MetricRows(table, repeated=joined.received - len(keys), conflicts=joined.conflicts)


def find_numberless(rows: pa.Table, asset_type: AssetType) -> pa.Array:
    """Which rows hold no number at all, nor the text of one."""
    numberless = pa.array([True] * rows.num_rows, pa.bool_())
    names = {*(metric.column for metric in asset_type.metrics), OTHER_METRICS, OTHER_METRICS_TEXT}
    for name in names.intersection(rows.column_names):  # an older file may lack some
        numberless = pc.and_(numberless, pc.is_null(rows[name].combine_chunks()))
    return numberless


def sort_rows(table: pa.Table) -> pa.Table:
    """The rows in the order of their key."""
    return table.sort_by([("campaign_id", "ascending"), ("asset_id", "ascending")])


Others = dict[int, dict[str, Number]]
"""Numbers without a column of their own, by row and HubSpot's name."""


def _to_doubles(others: Others) -> dict[int, dict[str, float]]:
    return {row: {name: float(number) for name, number in of_row.items()} for row, of_row in others.items()}


def _find_texts(rows: Sequence[Asset], others: Others) -> dict[int, dict[str, str]]:
    """What is no number, and numbers that a double only comes near to."""
    texts = {row: dict(asset.unreadable) for row, asset in enumerate(rows) if asset.unreadable}
    for row, numbers in others.items():
        for name, number in numbers.items():
            if float(number) != number:
                texts.setdefault(row, {})[name] = str(number)
    return texts


def _find_unknown(asset_type: AssetType, metrics: Sequence[Mapping[str, Number]]) -> Others:
    known = {metric.name for metric in asset_type.metrics}
    return {
        row: {name: number for name, number in of_asset.items() if name not in known}
        for row, of_asset in enumerate(metrics)
        if not known.issuperset(of_asset)
    }


def _to_column(name: str, values: list[Number | None], kind: pa.DataType, others: Others) -> pa.Array:
    """A metric's values; a number that the column cannot hold exactly moves to the others."""
    if kind == pa.float64():
        return pa.array([None if value is None else float(value) for value in values], kind)
    if all(value is None or type(value) is int for value in values):
        with suppress(pa.ArrowInvalid, OverflowError):  # a number past the column's range
            return pa.array(values, kind)
    fitting = [None if value is None else _to_whole(value) for value in values]
    for row, (value, whole) in enumerate(zip(values, fitting, strict=True)):
        if value is not None and whole is None:
            others.setdefault(row, {})[name] = value
    return pa.array(fitting, kind)


def _to_whole(value: Number) -> int | None:
    """A number as a whole one of 64 bits; None where it is none, since pyarrow would cut a fraction off, silently."""
    if isinstance(value, float) and not value.is_integer():
        return None
    return int(value) if -(2**63) <= value < 2**63 else None
