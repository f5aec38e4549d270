"""A written cell in the words of Dagster: the event that turns it green, with what the UI shows of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import dagster as dg

from campaign_assets.defs.assets.metadata import to_code_version, to_data_version, to_file_metadata, to_preview
from campaign_assets.defs.instance.whole_read import DATA_VERSION_TAG, add_whole_read
from campaign_assets.defs.portal import Portal
from campaign_assets.load.cells import WrittenCell
from campaign_assets.plain_text import to_line
from campaign_assets.tables import METRICS_TABLES, TableSchema

_SHOWN_METRICS = 100
CellEvent = dg.AssetMaterialization | dg.MaterializeResult[None]


def to_cell_event(portal: Portal, cell: WrittenCell, days: Sequence[date]) -> CellEvent:
    """The event of a cell.

    Args:
        portal: Whose cell it is.
        cell: The cell.
        days: All days of the run.
    """
    data_version = to_data_version(cell.rows.table)
    if not cell.whole:
        data_version = add_whole_read(data_version, cell.extracted_at)
    table, metadata = METRICS_TABLES[cell.asset_type.name], _to_metadata(cell, with_preview=cell.day == days[-1])
    return to_day_event(portal, table, cell.day, metadata, data_version, is_range=len(days) > 1)


def to_day_event(
    portal: Portal, table: TableSchema, day: date, metadata: dict[str, Any], data_version: str, *, is_range: bool
) -> CellEvent:
    """The event of a day of a table.

    Args:
        portal: Whose table it is.
        table: The table.
        day: The day.
        metadata: What the UI shows of it.
        data_version: Changes when the rows do.
        is_range: Whether the run reads several days.
    """
    key = portal.key(table)
    if not is_range:
        return dg.MaterializeResult(asset_key=key, metadata=metadata, data_version=dg.DataVersion(data_version))
    # An event made by hand, one for each cell, turns it green at once; Dagster adds no versions to these.
    return dg.AssetMaterialization(
        asset_key=key,
        partition=day.isoformat(),
        metadata=metadata,
        tags={"dagster/code_version": to_code_version(table), DATA_VERSION_TAG: data_version},
    )


def _to_metadata(cell: WrittenCell, *, with_preview: bool) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        **to_file_metadata(cell.file, cell.extracted_at, cell.rows.repeated),
        "hubspot_requests_for_all_tables": cell.requests,
        "dagster/partition_row_count": cell.file.rows,
        "rows_kept": cell.rows.retained,
    }
    if cell.restated is not None:
        metadata["values_restated"] = cell.restated
    if others := cell.rows.other_metrics:
        metadata["other_metrics"] = [to_line(name) for name in others[:_SHOWN_METRICS]]
    if with_preview:
        metadata["preview"] = to_preview(cell.rows.table)
    return metadata
