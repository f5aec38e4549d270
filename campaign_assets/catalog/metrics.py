"""The daily metrics of campaign assets: name, unit, and how their values combine over days.

Which asset type has which metric stands in `asset_types`.
Source: HubSpot's guide to the Marketing Campaigns API, section on asset metrics.
"""

from dataclasses import dataclass
from enum import StrEnum


class Aggregation(StrEnum):
    """How the values of one metric combine over several days."""

    ADDITIVE = "additive"
    """A flow: the sum over days is the value of the whole time."""
    LEVEL = "level"
    """A stock at the end of the day: take the last value, never the sum."""
    RATIO = "ratio"
    """A quotient: compute it anew from its parts, never sum or average it."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One daily metric of an asset type.

    Attributes:
        name: HubSpot's own spelling, such as `CONTACTS_FIRST_TOUCH`.
        aggregation: How values of several days combine.
        unit: What one unit of the value is.
        description: What the value counts, for one asset on one day.
    """

    name: str
    aggregation: Aggregation
    unit: str
    description: str

    @property
    def column(self) -> str:
        """The metric's column in its table: the name in lower case."""
        return self.name.lower()


def _additive(name: str, unit: str, description: str) -> Metric:
    return Metric(name, Aggregation.ADDITIVE, unit, description)


ATTENDEES = _additive("ATTENDEES", "contacts", "Contacts who attended the event.")
CANCELLATIONS = _additive("CANCELLATIONS", "contacts", "Contacts who cancelled their registration.")
CLICKS = _additive("CLICKS", "clicks", "Clicks on the asset.")
CONTACTS = Metric("CONTACTS", Aggregation.LEVEL, "contacts", "Contacts on the list at the end of the day.")
CONTACTS_FIRST_TOUCH = _additive(
    "CONTACTS_FIRST_TOUCH", "contacts", "New contacts whose first interaction was with the asset."
)
CONTACTS_LAST_TOUCH = _additive(
    "CONTACTS_LAST_TOUCH",
    "contacts",
    "New contacts whose last interaction before creation was with the asset.",
)
CONVERSION_RATE = Metric(
    "CONVERSION_RATE",
    Aggregation.RATIO,
    "ratio",
    "Submissions per view, on the scale that HubSpot answers (not documented whether 0 to 1 or 0 to 100).",
)
CURRENTLY_ENROLLED = Metric(
    "CURRENTLY_ENROLLED",
    Aggregation.LEVEL,
    "contacts",
    "Contacts enrolled in the workflow at the end of the day.",
)
CUSTOMERS = _additive("CUSTOMERS", "contacts", "Contacts who became customers after seeing the page.")
DELIVERED = _additive("DELIVERED", "messages", "Messages delivered.")
FACEBOOK_CLICKS = _additive("FACEBOOK_CLICKS", "clicks", "Clicks on the post on Facebook.")
LINKEDIN_CLICKS = _additive("LINKEDIN_CLICKS", "clicks", "Clicks on the post on LinkedIn.")
OPEN = _additive("OPEN", "opens", "Opens of the email.")
REGISTRATIONS = _additive("REGISTRATIONS", "contacts", "Contacts who registered for the event.")
SENT = _additive("SENT", "messages", "Messages sent.")
STARTED = _additive("STARTED", "contacts", "Contacts who entered the workflow.")
SUBMISSIONS = _additive("SUBMISSIONS", "submissions", "Form submissions that came through the asset.")
TWITTER_CLICKS = _additive("TWITTER_CLICKS", "clicks", "Clicks on the post on X (Twitter).")
UNIQUE_CLICKS = _additive("UNIQUE_CLICKS", "clicks", "Clicks on the message, at most one for each recipient and day.")
VIEWS = _additive("VIEWS", "views", "Views of the asset.")
