"""How many requests of a day the campaign reports leave to the metrics, which matter more."""

from collections.abc import Sequence

from campaign_assets.catalog import AssetType
from campaign_assets.days import Calendar
from campaign_assets.extract.plan import plan_day
from campaign_assets.tables import CAMPAIGN_ASSETS, TableError, TableStore


def count_metrics_of_a_night(store: TableStore, calendar: Calendar, asset_types: Sequence[AssetType]) -> int:
    """The requests that the metrics of one night take: a day at each of its settling times.

    None where nobody knows what is tied to the campaigns: then there are no metrics to read either.

    Args:
        store: Where the tables lie.
        calendar: The days of the account.
        asset_types: The types whose metrics are read.
    """
    try:
        associations = store.read_table(CAMPAIGN_ASSETS)
    except TableError:
        return 0
    return len(calendar.settle_days) * plan_day(associations, asset_types).requests
