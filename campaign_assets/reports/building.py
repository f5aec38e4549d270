"""The report's file: the marts' figures as one page, put into its place whole."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec

import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES, AssetType
from campaign_assets.reports.figures import Figures, gather_figures
from campaign_assets.tables import TableError, TableStore

REPORT = "reports/campaign_report.html"
"""Its place below the root of the tables."""
_CONTROLS = (*range(9), 11, 12, *range(14, 32), *range(127, 160))
_TURNS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_UNSHOWN = dict.fromkeys((*_CONTROLS, *_TURNS), " ")
"""What texts from outside may hold and a page may not: control characters, and those that turn the text around them."""


class NoRenderer(TableError):
    """What draws the charts is not installed; the message says how to install it."""


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """A report that is in place.

    Attributes:
        location: Its path or address.
        size: Its size in bytes.
        figures: What it shows.
        picture: Its main chart as SVG, to be shown elsewhere; None where there is nothing to draw.
    """

    location: str
    size: int
    figures: Figures
    picture: str | None


def has_renderer() -> bool:
    """Whether what draws the charts is installed: the extra `report`."""
    return all(find_spec(name) for name in ("altair", "vl_convert"))


def build_report(
    store: TableStore,
    made_at: datetime,
    settle_days: int,
    asset_types: Sequence[AssetType] = METRIC_ASSET_TYPES,
) -> WrittenPage:
    """Writes `reports/campaign_report.html` below the root of the tables.

    Args:
        store: Where the tables lie.
        made_at: The present time, in the account's time zone.
        settle_days: Days after which HubSpot restates a day no more.
        asset_types: The types whose daily metrics are read.

    Raises:
        NoRenderer: The extra `report` is not installed.
        TableError: A mart is missing or damaged, or the file cannot be written.
    """
    figures = gather_figures(store, asset_types)
    with needs_renderer():
        from campaign_assets.reports import charts, page  # who makes no report needs neither, nor their second
    data = encode_page(page.write_page(figures, made_at, settle_days))
    picture = charts.to_svg(charts.draw_days(figures.days, "views", charts.PAPER)) if figures.days else None
    return WrittenPage(store.replace_other(REPORT, pa.py_buffer(data)), len(data), figures, picture)


def encode_page(page: str) -> bytes:
    """The bytes of a page, without what texts from outside may hold and a page may not.

    Args:
        page: Its HTML.
    """
    return page.translate(_UNSHOWN).encode(errors="replace")


@contextmanager
def needs_renderer() -> Iterator[None]:
    """Says how to install what draws the charts, where it is not.

    Raises:
        NoRenderer: It is not.
    """
    try:
        yield
    except ImportError as error:
        raise NoRenderer(
            f"The report cannot be drawn, since {error.name} is not installed: pip install 'campaign_assets[report]'."
        ) from error
