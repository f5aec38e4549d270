"""Everything the portal would serve, uncapped and without HTTP: what a test compares a reader's tables with.

Belongs here: plain lists of dictionaries. Not here: paging, caps, JSON, limits; nothing here goes through them. Nor do
the ways in which a request is understood: the campaigns are those of now where the search lags behind, and a day's
metrics are that day's where `endDate` is exclusive.
"""

from datetime import date
from itertools import islice
from typing import Any

import numpy as np

from campaign_assets.emulator.asset_types import RATIO
from campaign_assets.emulator.campaign_text import all_properties, timestamp
from campaign_assets.emulator.clock import PortalClock
from campaign_assets.emulator.library import AssetLibrary
from campaign_assets.emulator.metric_values import MetricEngine
from campaign_assets.emulator.state import CampaignStore


class Truth:
    """Reads a portal from the inside."""

    def __init__(self, store: CampaignStore, library: AssetLibrary, engine: MetricEngine, clock: PortalClock) -> None:
        self._store = store
        self._library = library
        self._engine = engine
        self._clock = clock

    def campaigns(self) -> list[dict[str, Any]]:
        """Give every campaign with all its properties, one dictionary per campaign."""
        return [
            {
                "id": campaign.id,
                "properties": all_properties(campaign, self._clock.today()),
                "createdAt": timestamp(campaign.created_at),
                "updatedAt": timestamp(campaign.updated_at),
                "businessUnits": list(campaign.business_units),
            }
            for campaign in self._store
        ]

    def associations(self, asset_type: str | None = None) -> list[dict[str, str | None]]:
        """Give every association as of now, one dictionary per campaign × asset."""
        return [
            {
                "campaign_id": campaign.id,
                "asset_type": name,
                "asset_id": self._library.ids[position],
                "asset_name": self._library.names[position],
            }
            for campaign in self._store
            for name, members in campaign.assets.items()
            if asset_type in (None, name)
            for position in members
        ]

    def metrics(self, day: date, asset_type: str, until: date | None = None) -> list[dict[str, Any]]:
        """Give the metrics of a day (or of the days to `until`), one dictionary per campaign × asset of the type."""
        rules = self._library.types[asset_type].metrics
        rows = self.associations(asset_type)
        library = self._library
        places = [library.find(asset_type, str(row["asset_id"])) or 0 for row in rows]
        firsts = [(library.first_series[place], library.metric_counts[place]) for place in places]
        series = [number for first, count in firsts for number in range(first, first + count)]
        days = (day.toordinal(), (until or day).toordinal())
        values = iter(self._engine.values(np.array(series, dtype=np.int64), *days, self._clock.timestamp()).tolist())
        return [
            {
                "campaign_id": row["campaign_id"],
                "asset_id": row["asset_id"],
                "asset_name": row["asset_name"],
                "metrics": {
                    rule.name: value if rule.kind == RATIO else int(value)
                    for rule, value in zip(rules, list(islice(values, count)), strict=False)
                    if value >= 0
                }
                | dict(library.fixed.get(place, {})),
            }
            for row, place, (_, count) in zip(rows, places, firsts, strict=True)
        ]
