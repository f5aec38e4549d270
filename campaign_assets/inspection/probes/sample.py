"""The part of an account that is looked at: the campaigns that were changed last, read in four requests."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign_assets.days import Calendar, DayRange
from campaign_assets.hubspot import (
    CAMPAIGNS_PER_BATCH,
    AccountDetails,
    Campaign,
    CampaignPage,
    CampaignSort,
    HubSpotClient,
)
from campaign_assets.inspection.probes.counts import Reading, to_reading

REQUESTS = 4
_DAYS = 28
_SETTLED = 7
"""So many days before yesterday the window ends: what is restated between two requests would look like an answer."""
_MOST_ACTIVE = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """What is looked at.

    Attributes:
        account: The account.
        now: When the sample was taken.
        page: The campaigns that were changed last, as the search says.
        plain: The first fifty of them with their assets, asked for without days.
        days: Some weeks, that ended a week ago.
        campaigns: The same campaigns with the metrics of these days.
        reading: What they count over these days.
    """

    account: AccountDetails
    now: datetime
    page: CampaignPage
    plain: Sequence[Campaign]
    days: DayRange
    campaigns: Sequence[Campaign]
    reading: Reading

    @property
    def ids(self) -> list[str]:
        """The campaigns."""
        return [campaign.id for campaign in self.plain]

    @property
    def active(self) -> list[str]:
        """The campaigns that count most over these days; those that count nothing are not among them."""
        totals: Counter[str] = Counter()
        for (campaign_id, *_), counts in self.reading.counts.items():
            totals[campaign_id] += int(sum(counts.values()))
        return [campaign_id for campaign_id, total in totals.most_common(_MOST_ACTIVE) if total]

    @property
    def updated_at(self) -> Mapping[str, datetime]:
        """When each campaign was changed last, as the batch says."""
        return {campaign.id: campaign.updated_at for campaign in self.plain if campaign.updated_at}


def take_sample(client: HubSpotClient, calendar: Calendar) -> Sample:
    """Reads it.

    Args:
        client: The account.
        calendar: Its days, and the present time.

    Raises:
        HubSpotError: A request failed.
    """
    last = calendar.find_last_closed() - timedelta(days=_SETTLED)
    days = DayRange(last - timedelta(days=_DAYS - 1), last)
    account = client.account.get_details()
    page = client.campaigns.search(sort=CampaignSort.UPDATED_AT_DESCENDING)
    ids = list(dict.fromkeys(campaign.id for campaign in page.results))[:CAMPAIGNS_PER_BATCH]
    plain = client.campaigns.batch_read(ids).results
    campaigns = client.campaigns.batch_read(ids, start_date=days.first, end_date=days.last).results
    return Sample(account, calendar.now(), page, plain, days, campaigns, to_reading(campaigns))
