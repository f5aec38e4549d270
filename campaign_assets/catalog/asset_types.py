"""The asset types that HubSpot can tie to a campaign, and the daily metrics of each.

To add a type or a metric that HubSpot has brought out, add it here: tables, assets and checks follow.
Source: HubSpot's guide to the Marketing Campaigns API, table of asset types.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from campaign_assets.catalog import metrics as m
from campaign_assets.catalog.metrics import Metric


@dataclass(frozen=True, slots=True)
class AssetType:
    """A kind of campaign asset.

    Attributes:
        name: HubSpot's own spelling, such as `BLOG_POST`.
        label: What HubSpot's own pages call it, in the plural.
        metrics: Its daily metrics, in the order of the table's columns; empty where HubSpot has none.
    """

    name: str
    label: str
    metrics: tuple[Metric, ...] = ()

    @property
    def slug(self) -> str:
        """The name of the type's table: the API's name in lower case."""
        return self.name.lower()

    def find_metric(self, name: str) -> Metric | None:
        """The metric of that name in HubSpot's spelling, or None where the catalog does not know it."""
        return next((metric for metric in self.metrics if metric.name == name), None)


ASSET_TYPES: tuple[AssetType, ...] = (
    AssetType("AD_CAMPAIGN", "Ad campaigns"),
    AssetType("AUTOMATION_PLATFORM_FLOW", "Workflows", (m.CURRENTLY_ENROLLED, m.STARTED)),
    AssetType("BLOG_POST", "Blog posts", (m.CONTACTS_FIRST_TOUCH, m.CONTACTS_LAST_TOUCH, m.SUBMISSIONS, m.VIEWS)),
    AssetType("CALL", "Calls"),
    AssetType("CASE_STUDY", "Case studies"),
    AssetType("CTA", "CTAs (legacy)", (m.CLICKS, m.SUBMISSIONS, m.VIEWS)),
    AssetType("EMAIL", "Sales emails"),
    AssetType("EXTERNAL_WEB_URL", "External website pages", (m.VIEWS,)),
    AssetType("FEEDBACK_SURVEY", "Feedback surveys"),
    AssetType("FILE_MANAGER_FILE", "Files"),
    AssetType("FORM", "Forms", (m.CONVERSION_RATE, m.SUBMISSIONS, m.VIEWS)),
    AssetType("KNOWLEDGE_ARTICLE", "Knowledge base articles"),
    AssetType(
        "LANDING_PAGE",
        "Landing pages",
        (m.CONTACTS_FIRST_TOUCH, m.CONTACTS_LAST_TOUCH, m.CUSTOMERS, m.SUBMISSIONS, m.VIEWS),
    ),
    AssetType("MARKETING_EMAIL", "Emails", (m.CLICKS, m.OPEN, m.SENT)),
    AssetType("MARKETING_EVENT", "Marketing events", (m.ATTENDEES, m.CANCELLATIONS, m.REGISTRATIONS)),
    AssetType("MARKETING_SMS", "Marketing SMS", (m.SENT, m.DELIVERED, m.UNIQUE_CLICKS)),
    AssetType("MEDIA", "Videos"),
    AssetType("MEETING_EVENT", "Meetings"),
    AssetType("OBJECT_LIST", "Static lists", (m.CONTACTS,)),
    AssetType("PLAYBOOK", "Playbooks"),
    AssetType("PODCAST_EPISODE", "Podcast episodes"),
    AssetType("SALES_DOCUMENT", "Sales documents"),
    AssetType("SEQUENCE", "Sequences"),
    AssetType(
        "SITE_PAGE",
        "Website pages",
        (m.CONTACTS_FIRST_TOUCH, m.CONTACTS_LAST_TOUCH, m.CUSTOMERS, m.SUBMISSIONS, m.VIEWS),
    ),
    AssetType("SOCIAL_BROADCAST", "Social posts", (m.FACEBOOK_CLICKS, m.LINKEDIN_CLICKS, m.TWITTER_CLICKS)),
    AssetType("WEB_INTERACTIVE", "CTAs", (m.CLICKS, m.VIEWS)),
)
"""Every known type, sorted by name."""

METRIC_ASSET_TYPES: tuple[AssetType, ...] = tuple(t for t in ASSET_TYPES if t.metrics)
"""The types with daily metrics: each has a table of its own."""

_BY_NAME: Mapping[str, AssetType] = {t.name: t for t in ASSET_TYPES}


def find_asset_type(name: str) -> AssetType | None:
    """The type of that name in HubSpot's spelling, or None where the catalog does not know it."""
    return _BY_NAME.get(name)


def get_metric_asset_type(slug: str) -> AssetType:
    """The type whose metrics table has this slug.

    Raises:
        KeyError: No type with metrics has this slug.
    """
    return {t.slug: t for t in METRIC_ASSET_TYPES}[slug]
