"""Which files are a table's, as a pattern: a reader that follows it takes nothing for rows that `strays` would name."""

from campaign_assets.tables.change_log import CHANGE_DATE
from campaign_assets.tables.month_files import METRIC_MONTH
from campaign_assets.tables.schemas import CAMPAIGN_ASSET_CHANGES, METRIC_DATE, TableSchema
from campaign_assets.tables.store import FILE

_MONTH = "[0-9][0-9][0-9][0-9]-[0-9][0-9]"
_DAY = f"{_MONTH}-[0-9][0-9]"


def to_pattern(table: TableSchema) -> str:
    """A glob below the table's folder; of a table without days, the one file.

    Args:
        table: The table.
    """
    if table is CAMPAIGN_ASSET_CHANGES:
        return f"{CHANGE_DATE}={_DAY}/[0-9]*T[0-9]*Z.parquet"
    if table.monthly:
        return f"{METRIC_MONTH}={_MONTH}/{FILE}"
    return f"{METRIC_DATE}={_DAY}/{FILE}" if table.daily else FILE


def get_day_columns(table: TableSchema) -> dict[str, str]:
    """The column that stands in the table's path, with its type in SQL; none of a table without days."""
    if table is CAMPAIGN_ASSET_CHANGES:
        return {CHANGE_DATE: "DATE"}
    if table.monthly:
        return {METRIC_MONTH: "VARCHAR"}
    return {METRIC_DATE: "DATE"} if table.daily else {}
