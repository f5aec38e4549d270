"""Everything the portal would serve, uncapped and without HTTP: what a test compares a reader's tables with.

Belongs here: plain lists of dictionaries. Not here: paging, caps, JSON, limits; nothing here goes through them.
"""

from datetime import date
from typing import Any

import numpy as np

from campaign_assets.emulator.answers import all_properties, timestamp
from campaign_assets.emulator.asset_types import RATIO
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
        last = (until or day).toordinal()
        found: list[dict[str, Any]] = []
        for row in self.associations(asset_type):
            position = self._library.find(asset_type, str(row["asset_id"]))
            assert position is not None  # noqa: S101 - an association's asset exists
            first, count = self._library.first_series[position], self._library.metric_counts[position]
            series = np.arange(first, first + count, dtype=np.int64)
            values = self._engine.values(series, day.toordinal(), last, self._clock.moment()).tolist()
            metrics = {
                rule.name: value if rule.kind == RATIO else int(value)
                for rule, value in zip(rules, values, strict=False)
                if value >= 0
            }
            found.append({key: row[key] for key in ("campaign_id", "asset_id", "asset_name")} | {"metrics": metrics})
        return found
