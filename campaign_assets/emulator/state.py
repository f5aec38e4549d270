"""What is in the portal now: campaigns, their money, their assets.

Belongs here: the records and the changes they allow. Not here: HTTP, JSON, what HubSpot accepts (`properties`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass
class MoneyItem:
    """One budget or spend item of a campaign."""

    id: str
    name: str
    amount: Decimal
    order: int
    description: str | None
    created_at: datetime
    updated_at: datetime


@dataclass
class Campaign:
    """One campaign with its stored properties, money items and associations.

    Attributes:
        properties: Stored properties by name; never an empty value.
        assets: Asset positions by asset type, each with the sequence number of its association, in that order.
        dates: Times of the properties that are dates, which `properties` tells as days.
        partner: Another campaign that touches the same deals.
        revision: Grows with every change of the associations.
    """

    id: str
    properties: dict[str, str]
    created_at: datetime
    updated_at: datetime
    business_units: tuple[int, ...] = (0,)
    budget: dict[str, MoneyItem] = field(default_factory=dict)
    spend: dict[str, MoneyItem] = field(default_factory=dict)
    assets: dict[str, dict[int, int]] = field(default_factory=dict)
    dates: dict[str, datetime] = field(default_factory=dict)
    partner: str | None = None
    revision: int = 0

    @property
    def name(self) -> str:
        """The campaign's name."""
        return self.properties["hs_name"]


class CampaignStore:
    """The portal's campaigns by id."""

    def __init__(self) -> None:
        self._campaigns: dict[str, Campaign] = {}
        self._names: dict[str, str] = {}
        self._sequence = 1_234_000_000_000

    def __len__(self) -> int:
        return len(self._campaigns)

    def __iter__(self) -> Iterator[Campaign]:
        return iter(self._campaigns.values())

    def get(self, campaign_id: str) -> Campaign | None:
        """Find a campaign; HubSpot's GUIDs are compared without regard to case."""
        return self._campaigns.get(campaign_id.lower())

    def add(self, campaign: Campaign) -> None:
        """Add a new campaign."""
        self._campaigns[campaign.id] = campaign
        self._names[campaign.name] = campaign.id

    def remove(self, campaign_id: str) -> Campaign | None:
        """Delete a campaign for good; give it back, or None where there is none."""
        deleted = self._campaigns.pop(campaign_id.lower(), None)
        if deleted is not None:
            self._names.pop(deleted.name, None)
        return deleted

    def holder_of(self, name: str) -> str | None:
        """Give the id of the campaign that has this name."""
        return self._names.get(name)

    def rename(self, campaign: Campaign, name: str) -> None:
        """Give a campaign another name."""
        self._names.pop(campaign.name, None)
        campaign.properties["hs_name"] = name
        self._names[name] = campaign.id

    def next_sequence(self) -> int:
        """Give the next number that orders associations and items by their creation."""
        self._sequence += 17
        return self._sequence

    def associate(self, campaign: Campaign, asset_type: str, position: int) -> bool:
        """Put an asset into a campaign; False where it already was."""
        members = campaign.assets.setdefault(asset_type, {})
        if position in members:
            return False
        members[position] = self.next_sequence()
        campaign.revision += 1
        return True

    def dissociate(self, campaign: Campaign, asset_type: str, position: int) -> bool:
        """Take an asset out of a campaign; False where it was not in it."""
        members = campaign.assets.get(asset_type, {})
        if position not in members:
            return False
        del members[position]
        if not members:
            del campaign.assets[asset_type]
        campaign.revision += 1
        return True
