"""What stays of a cell's file when the cell is written again: rows that were not, or could not be, read anew."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.catalog import AssetType
from campaign_assets.extract.metric_rows import MetricRows
from campaign_assets.hubspot import normalize_campaign_id
from campaign_assets.load.left_out import Assets, Numbers
from campaign_assets.tables import CAMPAIGN_ASSETS, METRIC_DATE

_METRICS_KEY = ("campaign_id", "asset_id")


def retain_rows(
    rows: MetricRows,
    before: pa.Table | None,
    campaign_ids: Collection[str],
    assets: Assets = (),
    silent: Assets = (),
) -> MetricRows:
    """Rows with those of an earlier reading that were not read again.

    Args:
        rows: What was just read.
        before: The file as it is, or None where there is none.
        campaign_ids: The campaigns whose rows are retained.
        assets: Single assets whose rows are retained too.
        silent: Assets whose rows are retained in the place of those that were just read.
    """
    if before is None or not (campaign_ids or assets or silent):
        return rows
    stays = pc.is_in(before["campaign_id"], pa.array(sorted(campaign_ids), pa.string()))
    if assets or silent:
        stays = pc.or_(stays, _find_rows(before, {*assets, *silent}))
    retained = before.filter(stays)
    if not retained.num_rows:
        return rows
    fresh = rows.table.filter(pc.invert(_find_rows(rows.table, silent))) if silent else rows.table
    return replace(rows, table=add_rows(fresh, retained, _METRICS_KEY), retained=retained.num_rows)


def retain_numbers(rows: MetricRows, asset_type: AssetType, numbers: Numbers) -> MetricRows:
    """Rows with single numbers of an earlier reading, which did not come again.

    Args:
        rows: What was just read.
        asset_type: The type of all of them.
        numbers: What is put where a null is.
    """
    table = rows.table
    keys = list(zip(*(table[name].to_pylist() for name in _METRICS_KEY), strict=True)) if numbers else []
    for metric in asset_type.metrics:
        if metric.name in numbers:
            known = numbers[metric.name]
            place, kind = table.schema.get_field_index(metric.column), table.schema.field(metric.column)
            values = pa.chunked_array([pa.array([known.get(key) for key in keys], kind.type)])
            table = table.set_column(place, kind, pc.coalesce(table[metric.column], values))
    return replace(rows, table=table)


def _find_rows(rows: pa.Table, assets: Assets) -> pa.Array:
    keys = zip(rows["campaign_id"].to_pylist(), rows["asset_id"].to_pylist(), strict=True)
    return pa.array([key in assets for key in keys], pa.bool_())


def add_rows(rows: pa.Table, retained: pa.Table, key: Sequence[str]) -> pa.Table:
    """Rows that were just read with others of an earlier reading, sorted by their key.

    Args:
        rows: What was just read.
        retained: Rows of the file as it is, as they are read: with `metric_date` where it is that of a day.
        key: The columns to sort by.
    """
    retained = retained.drop_columns([name for name in (METRIC_DATE,) if name in retained.column_names])
    table = pa.concat_tables([rows, retained.replace_schema_metadata()], promote_options="default")
    return table.sort_by([(name, "ascending") for name in key])


def normalize_ids(rows: pa.Table) -> pa.Table:
    """Rows with their campaigns' ids in the normal form: an older file may spell them in capitals."""
    encoded = rows["campaign_id"].combine_chunks().dictionary_encode()
    normal = pa.array(map(normalize_campaign_id, encoded.dictionary.to_pylist()), pa.string())
    if normal.equals(encoded.dictionary):
        return rows
    place = rows.schema.get_field_index("campaign_id")
    return rows.set_column(place, rows.schema.field(place), normal.take(encoded.indices))


def retain_associations(after: pa.Table, retained: pa.Table, campaign_ids: Collection[str]) -> pa.Table:
    """Associations with those known before that were not, or could not be, read anew.

    Args:
        after: What was just read.
        retained: Rows of the table as it is that were not read again, their ids in the normal form.
        campaign_ids: The campaigns that exist: of others nothing stays.
    """
    key = list(CAMPAIGN_ASSETS.key)
    retained = _select(retained, campaign_ids)
    known = _select(after, retained["campaign_id"].unique().to_pylist()).select(key)
    stays = retained.join(known, key, join_type="left anti", use_threads=False).select(CAMPAIGN_ASSETS.columns.names)
    if not stays.num_rows:
        return after
    table = pa.concat_tables([after, stays.cast(CAMPAIGN_ASSETS.columns)])
    return table.sort_by([(name, "ascending") for name in CAMPAIGN_ASSETS.key])


def _select(associations: pa.Table, campaign_ids: Collection[str]) -> pa.Table:
    return associations.filter(pc.is_in(associations["campaign_id"], pa.array(sorted(campaign_ids), pa.string())))


def list_retained(before: pa.Table | None, existing: frozenset[str], only: frozenset[str] | None) -> frozenset[str]:
    """The campaigns whose rows stay as they are: those of which HubSpot was not asked, or can say nothing any more.

    Args:
        before: The file as it is, or None where there is none.
        existing: Campaigns that exist. Of any other nobody can tell rows again, whatever became of it.
        only: The campaigns that are read; None for all.
    """
    if before is None:
        return frozenset()
    read = existing if only is None else existing & only
    return frozenset(before["campaign_id"].unique().to_pylist()) - read
