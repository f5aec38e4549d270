"""The properties of a campaign that every account has, and the column that each one fills.

Custom properties are an account's own and are named in the settings instead.
Source: HubSpot's guide to the Marketing Campaigns API, section on campaign properties.
`hs_goal` was sunset by HubSpot on 2025-07-09 and is left out on purpose: nothing comes of asking for it.
"""

from dataclasses import dataclass
from enum import StrEnum


class PropertyKind(StrEnum):
    """What a property's text holds. HubSpot sends every property as a string."""

    TEXT = "text"
    DATE = "date"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class CampaignProperty:
    """A property of every campaign.

    Attributes:
        name: HubSpot's own name, such as `hs_start_date`.
        column: The column of the campaigns table that it fills.
        kind: How its text is read.
        description: What it means.
    """

    name: str
    column: str
    kind: PropertyKind
    description: str


CAMPAIGN_PROPERTIES: tuple[CampaignProperty, ...] = (
    CampaignProperty("hs_name", "name", PropertyKind.TEXT, "Name of the campaign, unique in the account."),
    CampaignProperty(
        "hs_campaign_status",
        "status",
        PropertyKind.TEXT,
        "planned, in_progress, active, paused or completed.",
    ),
    CampaignProperty("hs_start_date", "start_date", PropertyKind.DATE, "First day of the campaign."),
    CampaignProperty("hs_end_date", "end_date", PropertyKind.DATE, "Last day of the campaign."),
    CampaignProperty("hs_notes", "notes", PropertyKind.TEXT, "Notes on the campaign."),
    CampaignProperty("hs_audience", "audience", PropertyKind.TEXT, "Audience of the campaign."),
    CampaignProperty("hs_utm", "utm", PropertyKind.TEXT, "UTM value that ties traffic to the campaign."),
    CampaignProperty(
        "hs_currency_code",
        "currency_code",
        PropertyKind.TEXT,
        "Currency of the campaign's amounts (ISO 4217).",
    ),
    CampaignProperty("hs_owner", "owner_id", PropertyKind.TEXT, "User id of the campaign's owner."),
    CampaignProperty(
        "hs_created_by_user_id",
        "created_by_user_id",
        PropertyKind.TEXT,
        "User id of the campaign's creator.",
    ),
    CampaignProperty(
        "hs_object_id",
        "object_id",
        PropertyKind.TEXT,
        "Id of the campaign as a CRM object: an integer past 2^53, kept as text.",
    ),
    CampaignProperty("hs_color_hex", "color_hex", PropertyKind.TEXT, "Colour of the campaign in HubSpot's pages."),
    CampaignProperty(
        "hs_budget_items_sum_amount",
        "budget_amount",
        PropertyKind.MONEY,
        "Sum of the campaign's budget items, in currency_code.",
    ),
    CampaignProperty(
        "hs_spend_items_sum_amount",
        "spend_amount",
        PropertyKind.MONEY,
        "Sum of the campaign's spend items, in currency_code.",
    ),
)
"""Every standard property that is read, in the order of the table's columns."""

SUNSET_PROPERTIES = frozenset({"hs_goal"})
"""Properties that HubSpot names and answers, and that mean nothing any more. Source: HubSpot's changelog."""
