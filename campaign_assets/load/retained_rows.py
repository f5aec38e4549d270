"""What stays of a cell's file when the cell is written again: rows that were not, or could not be, read anew."""

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.extract.metric_rows import MetricRows, sort_rows
from campaign_assets.tables import METRIC_DATE


def retain_rows(rows: MetricRows, before: pa.Table | None, campaign_ids: Collection[str]) -> MetricRows:
    """Rows with those of an earlier reading that were not read again.

    Args:
        rows: What was just read.
        before: The file as it is, or None where there is none.
        campaign_ids: The campaigns whose rows are retained.
    """
    if before is None or not campaign_ids:
        return rows
    retained = before.filter(pc.is_in(before["campaign_id"], pa.array(sorted(campaign_ids), pa.string())))
    retained = retained.drop_columns([name for name in (METRIC_DATE,) if name in retained.column_names])
    if not retained.num_rows:
        return rows
    table = pa.concat_tables([rows.table, retained.replace_schema_metadata()], promote_options="default")
    return MetricRows(sort_rows(table), repeated=rows.repeated, retained=retained.num_rows)


def list_retained(before: pa.Table | None, deleted: frozenset[str], only: frozenset[str] | None) -> frozenset[str]:
    """The campaigns whose rows stay as they are.

    Args:
        before: The file as it is, or None where there is none.
        deleted: Campaigns that do not exist any more.
        only: The campaigns that are read; None for all.
    """
    if only is None or before is None:
        return deleted
    return deleted | (frozenset(before["campaign_id"].to_pylist()) - only)
