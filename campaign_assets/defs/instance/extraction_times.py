"""When what an event tells of was read from HubSpot, as the event's metadata says.

Anybody can report an event of any asset, with metadata of any type and of any size.
"""

from datetime import UTC, datetime

import dagster as dg

EXTRACTED_AT = "extracted_at"


def find_extracted_at(materialization: dg.AssetMaterialization | None) -> datetime | None:
    """When a reading began, in UTC; None where the event says none that can be read."""
    noted = materialization.metadata.get(EXTRACTED_AT) if materialization else None
    if not isinstance(noted, dg.TimestampMetadataValue):
        return None
    try:
        return datetime.fromtimestamp(noted.value, UTC)
    except (ValueError, OverflowError, OSError):
        return None  # not a number, or millions of years away
