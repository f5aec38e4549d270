"""What the search knows of the campaigns: where it lags behind, as they were some time ago.

Belongs here: which campaigns a search sees, and in which state. Not here: what the search answers (`endpoints`); every
other endpoint reads the store itself and is current.

Source: HubSpot does not say how soon a search shows a change; third parties that read changed campaigns leave a margin.
"""

from collections import deque
from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta

from campaign_assets.emulator.clock import PortalClock
from campaign_assets.emulator.state import Campaign, CampaignStore


class SearchIndex:
    """The campaigns that a search sees.

    Args:
        store: The campaigns as they are.
        clock: The portal's clock, on which the search lags.
        lag: Seconds after which a search shows a change; 0: at once.
    """

    def __init__(self, store: CampaignStore, clock: PortalClock, lag: float) -> None:
        self._store = store
        self._clock = clock
        self._lag = timedelta(seconds=lag)
        self._seen: dict[str, Campaign] = {}
        self._changes: deque[tuple[datetime, str, Campaign | None]] = deque()

    def catch_up(self) -> None:
        """See every campaign as it is now."""
        self._changes.clear()
        if self._lag:
            self._seen = {campaign.id: _copy(campaign) for campaign in self._store}

    def changed(self, campaign_id: str) -> None:
        """Take note of a campaign that was added, changed or deleted just now."""
        if self._lag:
            campaign = self._store.get(campaign_id)
            now = self._clock.now()
            self._changes.append((now, campaign_id.lower(), None if campaign is None else _copy(campaign)))

    def campaigns(self) -> Iterable[Campaign]:
        """Give the campaigns as a search sees them now."""
        if not self._lag:
            return self._store
        until = self._clock.now() - self._lag
        while self._changes and self._changes[0][0] <= until:
            _, campaign_id, campaign = self._changes.popleft()
            if campaign is None:
                self._seen.pop(campaign_id, None)
            else:
                self._seen[campaign_id] = campaign
        return self._seen.values()


def _copy(campaign: Campaign) -> Campaign:
    """Copy what a search shows of a campaign; its assets are no part of that."""
    return replace(
        campaign,
        properties=dict(campaign.properties),
        dates=dict(campaign.dates),
        budget={key: copy(item) for key, item in campaign.budget.items()},
        spend={key: copy(item) for key, item in campaign.spend.items()},
        assets={},
    )
