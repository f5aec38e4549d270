"""The one place that builds the API's paths.

Source: HubSpot's API reference; the two families of paths answer with identical shapes.
"""

from dataclasses import dataclass
from urllib.parse import quote

from campaign_assets.hubspot.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths of one version of the API.

    Attributes:
        version: `v3`, or a date version such as `2026-03`.
    """

    version: str = "v3"

    @property
    def campaigns(self) -> str:
        """All campaigns."""
        return "/marketing/v3/campaigns" if self.version == "v3" else f"/marketing/campaigns/{self.version}"

    @property
    def account_details(self) -> str:
        """The account's own details; these have no date version."""
        return "/account-info/v3/details"

    def campaign(self, campaign_id: str) -> str:
        """One campaign."""
        return f"{self.campaigns}/{segment('campaign_id', campaign_id)}"

    def batch(self, action: str) -> str:
        """A batch of campaigns; the action is read, create, update or archive."""
        return f"{self.campaigns}/batch/{action}"

    def assets(self, campaign_id: str, asset_type: str) -> str:
        """The assets of one type of one campaign."""
        return f"{self.campaign(campaign_id)}/assets/{segment('asset_type', asset_type)}"


def segment(name: str, value: str) -> str:
    """A value as one segment of a path: whatever it holds, it cannot lead anywhere else.

    Raises:
        InvalidRequest: It is empty, or means a folder.
    """
    if value in ("", ".", ".."):
        raise InvalidRequest(f"{name} is {value!r}, which is no id.")
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        raise InvalidRequest(f"{name} is {value!r}, which is no text.") from None
