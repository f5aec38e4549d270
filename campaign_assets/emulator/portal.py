"""The portal: one HubSpot account with everything in it.

Belongs here: putting the parts together, and the changes a portal's people make behind the API's back.
Not here: HTTP (`application`), what a client may change (`endpoints`).
"""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from campaign_assets.emulator.asset_text import AssetWriter
from campaign_assets.emulator.asset_types import portal_asset_types
from campaign_assets.emulator.attribution import Attribution
from campaign_assets.emulator.auth import Authenticator
from campaign_assets.emulator.campaign_dates import note_dates, tell_dates
from campaign_assets.emulator.clock import PortalClock
from campaign_assets.emulator.faults import Faults
from campaign_assets.emulator.hashing import stable_int, stable_uuid
from campaign_assets.emulator.library import AssetLibrary
from campaign_assets.emulator.limit_headers import LimitHeaders
from campaign_assets.emulator.metric_values import MetricEngine
from campaign_assets.emulator.names import utm_value
from campaign_assets.emulator.oddities import UNKNOWN_TYPES, add_oddities
from campaign_assets.emulator.options import PortalOptions
from campaign_assets.emulator.population import Population
from campaign_assets.emulator.properties import business_unit_ids, business_units
from campaign_assets.emulator.rate_limit import RateLimit
from campaign_assets.emulator.search_index import SearchIndex
from campaign_assets.emulator.state import Campaign, CampaignStore
from campaign_assets.emulator.statistics import Statistics
from campaign_assets.emulator.truth import Truth

_OBJECT_ID_FROM = 9_007_199_254_740_993


class Portal:
    """A HubSpot account, in memory.

    `Portal(campaigns=5, seed=3)` is short for `Portal(PortalOptions(campaigns=5, seed=3))`.

    Attributes:
        clock: The portal's time.
        faults: Failures to come.
        stats: What was asked so far.
        limits: The rate limit; its numbers may be changed while the portal runs.
        limit_headers: What responses say of it.
        authenticator: Tokens and OAuth apps.
        searchable: The campaigns that a search sees.
        attribution: The contacts, sessions and deals that campaigns brought.
        truth: Everything the portal would serve.
        clones: How far each copy of a campaign is, by the copy's id.
        latency_ms: How long each response is held back; may be changed while the portal runs.
        lock: Held while a request is answered or the portal is changed.
    """

    def __init__(self, options: PortalOptions | None = None, **changes: Any) -> None:
        self.options = replace(options or PortalOptions(), **changes)
        chosen = self.options
        self.lock = threading.RLock()
        self.clock = PortalClock(chosen.time_zone, chosen.now, chosen.real_time, chosen.utc_days, chosen.settled_after)
        oddities = tuple(dict.fromkeys((*chosen.oddities, *chosen.faults.oddities)))
        types = (*chosen.unknown_types, *(UNKNOWN_TYPES if "unknown_types" in oddities else ()))
        known = portal_asset_types(types, chosen.unknown_metrics, chosen.undocumented_metrics)
        self.library = AssetLibrary(chosen.seed, known)
        self.store = CampaignStore()
        self.searchable = SearchIndex(self.store, self.clock, chosen.search_lag)
        Population(chosen, self.clock.today(), self.library, self.store).fill()
        self.engine = MetricEngine(self.library, whole_rate=100.0 if chosen.percent_rates else 1.0)
        self.writer = AssetWriter(self.library, self.engine)
        self.attribution = Attribution(chosen.seed, self.store, self.library, self.engine)
        self.authenticator = Authenticator(chosen.tokens, chosen.oauth_apps, self.clock, chosen.seed)
        self.limits = RateLimit(
            chosen.rate_limit,
            chosen.oauth_rate_limit,
            chosen.daily_limit,
            chosen.retry_after,
            chosen.monotonic,
            self.clock,
        )
        self.limit_headers = LimitHeaders(self.limits, chosen.limit_headers, chosen.monotonic, chosen.seed)
        self.stats = Statistics(chosen.monotonic)
        self.faults = Faults(chosen.seed)
        self.truth = Truth(self.store, self.library, self.engine, self.clock)
        self.latency_ms = chosen.latency_ms
        self.clones: dict[str, str] = {}
        self._made = 0
        for campaign in self.store:
            note_dates(campaign, self.clock.zone)
        add_oddities(self, oddities)
        self.searchable.catch_up()
        chosen.faults.arm(self.faults)

    def move_to(self, time_zone: str) -> None:
        """Give the account another time zone; dates of campaigns are told in it.

        Raises:
            ValueError: Where there is no such time zone.
        """
        try:
            zone = ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ValueError(f"no such time zone: {time_zone}") from error
        with self.lock:
            self.options = replace(self.options, time_zone=time_zone)
            self.clock.zone = zone
            for campaign in (*self.store, *self.searchable.campaigns()):
                tell_dates(campaign, zone)

    def touch_campaign(self, campaign_id: str) -> Campaign:
        """Change a campaign's `updatedAt` to now, and nothing else.

        Raises:
            KeyError: Where there is no such campaign.
        """
        with self.lock:
            campaign = self.campaign(campaign_id)
            self.mark_changed(campaign)
            return campaign

    def add_campaign(self, properties: Mapping[str, str], campaign_id: str | None = None) -> Campaign:
        """Add a campaign with these properties; its id is a new GUID unless given, in lower case.

        Source: recorded responses, for the `hs_utm` that HubSpot makes where none is given.

        Raises:
            ValueError: Without `hs_name`, or where another campaign has that name.
        """
        with self.lock:
            name = properties.get("hs_name")
            if not name:
                raise ValueError("properties.hs_name is required")
            if self.store.holder_of(name) is not None:
                raise ValueError(f"another campaign is called {name}")
            self._made += 1
            now = self.clock.now()
            seed = self.options.seed
            units = business_units(properties.get("hs_business_unit_ids", ""))
            campaign = Campaign(
                id=(campaign_id or stable_uuid(seed, "made", self._made)).lower(),
                properties={"hs_utm": utm_value(name, self._made)}
                | {name: value for name, value in properties.items() if value != ""}
                | {
                    "hs_object_id": str(_OBJECT_ID_FROM + stable_int(seed, "made", self._made) % 10**15),
                    "hs_created_by_user_id": "51000000",
                    "hs_color_hex": "#ff7a59",
                    "hs_business_unit_ids": business_unit_ids(units),
                },
                created_at=now,
                updated_at=now,
                business_units=units,
            )
            note_dates(campaign, self.clock.zone)
            self.store.add(campaign)
            self.searchable.changed(campaign.id)
            return campaign

    def delete_campaign(self, campaign_id: str) -> bool:
        """Delete a campaign; False where there is none."""
        with self.lock:
            deleted = self.store.remove(campaign_id) is not None
            if deleted:
                self.searchable.changed(campaign_id)
            return deleted

    def add_association(self, campaign_id: str, asset_type: str, asset_id: str, name: str | None = None) -> bool:
        """Put an asset into a campaign; one the portal does not have is made, with its first day today.

        Raises:
            KeyError: Where there is no such campaign or asset type.
        """
        with self.lock:
            campaign = self.campaign(campaign_id)
            if asset_type not in self.library.types:
                raise KeyError(asset_type)
            position = self.library.add(asset_type, asset_id, name, self.clock.today().toordinal())
            return self._associated(campaign, self.store.associate(campaign, asset_type, position))

    def remove_association(self, campaign_id: str, asset_type: str, asset_id: str) -> bool:
        """Take an asset out of a campaign; False where it was not in it.

        Raises:
            KeyError: Where there is no such campaign.
        """
        with self.lock:
            campaign = self.campaign(campaign_id)
            position = self.library.find(asset_type, asset_id)
            removed = position is not None and self.store.dissociate(campaign, asset_type, position)
            return self._associated(campaign, removed)

    def _associated(self, campaign: Campaign, is_change: bool) -> bool:
        if is_change and self.options.associations_move_updated_at:
            self.mark_changed(campaign)
        return is_change

    def campaign(self, campaign_id: str) -> Campaign:
        """Find a campaign.

        Raises:
            KeyError: Where there is none.
        """
        found = self.store.get(campaign_id)
        if found is None:
            raise KeyError(campaign_id)
        return found

    def mark_changed(self, campaign: Campaign) -> None:
        """Move a campaign's `updatedAt` to now, and always forward."""
        campaign.updated_at = max(self.clock.now(), campaign.updated_at + timedelta(milliseconds=1))
        self.searchable.changed(campaign.id)
