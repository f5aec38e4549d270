"""The one place that builds the API's paths.

Source: HubSpot's API reference; the two families of paths respond with identical shapes.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

from campaign_assets.hubspot.errors import ConfigurationError, InvalidRequest
from campaign_assets.plain_text import quoted

API_VERSION = "v3"
_VERSION = re.compile(r"v3|20\d\d-(0[1-9]|1[0-2])(-beta)?")


def to_api_version(text: str) -> str:
    """The version of the API as its paths spell it.

    Raises:
        ValueError: It is neither `v3` nor a date version.
    """
    if not _VERSION.fullmatch(text):
        raise ValueError("")
    return text


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths of one version of the API.

    Attributes:
        version: `v3`, or a date version such as `2026-03`.
    """

    version: str = API_VERSION

    def __post_init__(self) -> None:
        try:
            to_api_version(self.version)
        except ValueError:
            raise ConfigurationError(
                f"api_version is {quoted(self.version, 40)}, but may be v3 or a date version such as 2026-03."
            ) from None

    @property
    def campaigns(self) -> str:
        """All campaigns."""
        return "/marketing/v3/campaigns" if self.version == "v3" else f"/marketing/campaigns/{self.version}"

    @property
    def account_details(self) -> str:
        """The account's own details."""
        return f"/account-info/{self.version}/details"

    @property
    def daily_usage(self) -> str:
        """How much of the day's requests is used."""
        return f"/account-info/{self.version}/api-usage/daily/private-apps"

    @property
    def oauth_token(self) -> str:
        """Where a refresh token buys an access token."""
        return f"/oauth/{'v1' if self.version == 'v3' else self.version}/token"

    def campaign(self, campaign_id: str) -> str:
        """One campaign."""
        return f"{self.campaigns}/{segment('campaign_id', campaign_id)}"

    def batch(self, action: str) -> str:
        """A batch of campaigns; the action is read, create, update or archive."""
        return f"{self.campaigns}/batch/{action}"

    def assets(self, campaign_id: str, asset_type: str) -> str:
        """The assets of one type of one campaign."""
        return f"{self.campaign(campaign_id)}/assets/{segment('asset_type', asset_type)}"

    def asset(self, campaign_id: str, asset_type: str, asset_id: str) -> str:
        """The association of one asset with one campaign."""
        return f"{self.assets(campaign_id, asset_type)}/{segment('asset_id', asset_id)}"

    def money(self, campaign_id: str, kind: str) -> str:
        """The money items of one campaign; the kind is budget or spend."""
        return f"{self.campaign(campaign_id)}/{kind}"

    def money_item(self, campaign_id: str, kind: str, item_id: str) -> str:
        """One money item of one campaign."""
        # The totals lie beside the items: an item of that name would be them.
        if item_id == "totals":
            raise InvalidRequest("item_id is 'totals', which is no id.")
        return f"{self.money(campaign_id, kind)}/{segment('item_id', item_id)}"

    def clone_status(self, campaign_id: str) -> str:
        """How far the copying of a new campaign is."""
        return f"{self.campaigns}/clone/{segment('campaign_id', campaign_id)}/status"

    def budget_totals(self, campaign_id: str) -> str:
        """What the budget and the spend of one campaign add up to."""
        return f"{self.money(campaign_id, 'budget')}/totals"

    def report(self, campaign_id: str, *names: str) -> str:
        """A report on one campaign: metrics, revenue, or contacts of a type."""
        return "/".join((self.campaign(campaign_id), "reports", *(segment("report", name) for name in names)))


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
        raise InvalidRequest(f"{name} is {quoted(value)}, which is no text.") from None
