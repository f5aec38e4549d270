"""A stored file in the words of Dagster: the event that its run would have written, as of when its rows were read."""

from typing import Any

import dagster as dg
import pyarrow as pa

from campaign_assets.defs.assets.metadata import to_code_version, to_data_version, to_preview
from campaign_assets.defs.instance.extraction_times import EXTRACTED_AT
from campaign_assets.defs.instance.followed_changes import FOLLOWED_UNTIL
from campaign_assets.defs.instance.whole_read import DATA_VERSION_TAG, add_whole_read
from campaign_assets.defs.portal import Portal
from campaign_assets.inspection.stored_files import MartDay, StoredFile
from campaign_assets.plain_text import to_line
from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, OTHER_METRICS, TableSchema

ADOPTED = "adopted"
"""In an event's metadata: no run wrote it."""
_SHOWN_METRICS = 100


def to_snapshot_event(portal: Portal, file: StoredFile) -> dg.AssetMaterialization:
    """The event of a table without days."""
    metadata = {**_to_metadata(file), "dagster/row_count": file.rows.num_rows, "preview": to_preview(file.rows)}
    return dg.AssetMaterialization(
        portal.key(file.table), metadata=metadata, tags=_to_tags(file.table, to_data_version(file.rows))
    )


def to_stored_cell_event(
    portal: Portal, file: StoredFile, *, says_when: bool, with_preview: bool
) -> dg.AssetMaterialization:
    """The event of a day of a table that is read from HubSpot.

    Args:
        portal: Whose table it is.
        file: The day's file.
        says_when: Whether its data version says when it was read whole, since the order of events does not.
        with_preview: Whether the event shows the first rows.
    """
    version = to_data_version(file.rows)
    if says_when or file.is_partial:
        version = add_whole_read(version, file.extracted_at)
    metadata = {**_to_metadata(file), "dagster/partition_row_count": file.rows.num_rows}
    if others := _list_other_metrics(file.rows):
        metadata["other_metrics"] = [to_line(name) for name in others[:_SHOWN_METRICS]]
    if with_preview:
        metadata["preview"] = to_preview(file.rows)
    return dg.AssetMaterialization(
        portal.key(file.table),
        partition=str(file.day),
        metadata=metadata,
        tags=_to_tags(file.table, version),
    )


def to_beside_event(portal: Portal, file: StoredFile) -> dg.AssetMaterialization:
    """The event of a day of a table that is written beside others, without versions as its own events are."""
    metadata = {**_to_metadata(file), "dagster/partition_row_count": file.rows.num_rows}
    return dg.AssetMaterialization(portal.key(file.table), partition=str(file.day), metadata=metadata)


def to_changes_event(portal: Portal, followed_until: str) -> dg.AssetMaterialization:
    """The event of the log of changes, which says how far it counts as followed.

    Args:
        portal: Whose table it is.
        followed_until: The last file that does.
    """
    metadata: dict[str, Any] = {FOLLOWED_UNTIL: followed_until, ADOPTED: True}
    return dg.AssetMaterialization(portal.key(CAMPAIGN_ASSET_CHANGES), metadata=metadata)


def to_mart_event(portal: Portal, day: MartDay, version: str) -> dg.AssetMaterialization:
    """The event of a day of a mart.

    Args:
        portal: Whose table it is.
        day: The day.
        version: The data version of its file.
    """
    return dg.AssetMaterialization(
        portal.key(day.table),
        partition=str(day.day),
        metadata={
            "dagster/uri": dg.MetadataValue.path(day.location),
            "rows_in_file": day.rows.num_rows,
            "size_kb": day.bytes / 1000,
            ADOPTED: True,
        },
        tags=_to_tags(day.table, version),
    )


def _to_metadata(file: StoredFile) -> dict[str, Any]:
    return {
        "dagster/uri": dg.MetadataValue.path(file.location),
        "size_kb": file.bytes / 1000,
        EXTRACTED_AT: dg.MetadataValue.timestamp(file.extracted_at),
        ADOPTED: True,
    }


def _to_tags(table: TableSchema, version: str) -> dict[str, str]:
    return {"dagster/code_version": to_code_version(table), DATA_VERSION_TAG: version}


def _list_other_metrics(rows: pa.Table) -> list[str]:
    if OTHER_METRICS not in rows.column_names:
        return []
    return sorted({name for pairs in rows[OTHER_METRICS].to_pylist() if pairs for name, _ in pairs})
