"""The report over several portals: the figures of each as a part of one page, put into its place whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES, AssetType
from campaign_assets.reports.building import REPORT, encode_page, needs_renderer
from campaign_assets.reports.figures import Figures, gather_figures
from campaign_assets.tables import TableError, TableStore


@dataclass(frozen=True, slots=True)
class PortalTables:
    """The tables of one portal, and its days.

    Attributes:
        store: Where they lie.
        made_at: The present time, in the account's time zone.
        settle_days: Days after which HubSpot restates a day no more.
        asset_types: The types whose daily metrics are read.
    """

    store: TableStore
    made_at: datetime
    settle_days: int
    asset_types: Sequence[AssetType] = METRIC_ASSET_TYPES


@dataclass(frozen=True, slots=True)
class WrittenPortalsPage:
    """A report over several portals that is in place.

    Attributes:
        location: Its path or address.
        size: Its size in bytes.
        figures: What it shows of each portal, by name.
        missing: The portals that it shows nothing of, by name, and why.
    """

    location: str
    size: int
    figures: Mapping[str, Figures]
    missing: Mapping[str, str]


def build_portals_report(portals: Mapping[str, PortalTables], store: TableStore) -> WrittenPortalsPage:
    """Writes `reports/campaign_report.html` over several portals, each a part of its own.

    A portal whose marts are missing or damaged is named, and the others are shown.

    Args:
        portals: Their tables, by the name of the portal.
        store: Below whose root the report is to lie.

    Raises:
        NoRenderer: The extra `report` is not installed.
        TableError: The file cannot be written.
    """
    with needs_renderer():
        from campaign_assets.reports import portals_page  # as the report of one portal, with what draws the charts
    parts, missing = [], {}
    for name, tables in portals.items():
        try:
            figures = gather_figures(tables.store, tables.asset_types)
        except TableError as error:
            missing[name] = str(error)
        else:
            parts.append(portals_page.Part(name, figures, tables.made_at, tables.settle_days))
    data = encode_page(portals_page.write_portals_page(parts, missing))
    location = store.replace_other(REPORT, pa.py_buffer(data))
    return WrittenPortalsPage(location, len(data), {part.portal: part.figures for part in parts}, missing)
