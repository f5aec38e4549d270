"""When a cell was last read whole, written so that thousands of cells can be asked for it at once.

A run with `campaign_ids` reads a part of a cell: an event, but no reading of the cell. When the cell was last read
whole must then be known without opening every event. Of an event's tags Dagster indexes its data version and those
of its own multi-dimensional partitions, and reads in bulk only what it indexes
(`EventLogStorage.get_asset_tags_to_index`): a tag of our own would have to be read event by event. So the time stands
behind the rows' hash in the data version of such an event, and nowhere but here is that known.
"""

from datetime import datetime

from campaign_assets.hubspot import parse_timestamp

DATA_VERSION_TAG = "dagster/data_version"
_SEPARATOR = "-partial-whole-at-"


def add_whole_read(data_version: str, whole_read_at: datetime) -> str:
    """The data version of a cell that was read in part.

    Args:
        data_version: That of its rows.
        whole_read_at: When it was last read whole, with its time zone.
    """
    return f"{data_version}{_SEPARATOR}{whole_read_at.isoformat()}"


def parse_whole_read(data_version: str) -> datetime | None:
    """Of the data version of a cell that was read in part: when it was last read whole. None of any other.

    Raises:
        ValueError: It says that the cell was read in part, and no time that can be read.
    """
    _, separator, text = data_version.partition(_SEPARATOR)
    if not separator:
        return None
    timestamp = parse_timestamp(text)
    if timestamp is None:
        raise ValueError(f"{text!r:.60} is no time")
    return timestamp
