"""All assets of one type of one campaign, page by page, and what it means where they cannot be read.

A list that HubSpot refuses, or that cannot be read, costs its type; a campaign that is gone is another thing, and only
the campaign itself says so.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from campaign_assets.extract.by_id import REFUSALS, KnownCampaigns, find_campaign, forget_frames
from campaign_assets.hubspot import Asset, AssetPage, HubSpotClient, HubSpotError


class CampaignGone(Exception):
    """The campaign whose assets were asked for does not exist any more."""


@dataclass(slots=True)
class Findings:
    """What several batches find out together, and need not find out twice.

    Attributes:
        known: What was found out about campaigns.
        failed: Types whose lists cannot be read, and the first reason.
        unread: Campaign and type of each list that was not read whole.
        unreadable: Assets that have no id or are none, by campaign and type.
        patience: Campaigns whose list of a type may fail until the type is not asked for any more.
    """

    known: KnownCampaigns = field(default_factory=KnownCampaigns)
    failed: dict[str, HubSpotError] = field(default_factory=dict)
    unread: set[tuple[str, str]] = field(default_factory=set)
    unreadable: Counter[tuple[str, str]] = field(default_factory=Counter)
    patience: int = 1
    failures: Counter[str] = field(default_factory=Counter)
    existing: set[str] = field(default_factory=set)

    def note_failure(self, campaign_id: str, asset_type: str, error: HubSpotError) -> None:
        """Keeps why the list of a type cannot be read."""
        self.unread.add((campaign_id, asset_type))
        self.failures[asset_type] += 1
        self.failed.setdefault(asset_type, forget_frames(error))

    def note_page(self, campaign_id: str, asset_type: str, page: AssetPage) -> None:
        """Counts what cannot be read of a page: nobody knows which asset it is, so none has left the campaign."""
        if page.unreadable:
            self.unread.add((campaign_id, asset_type))
            self.unreadable[campaign_id, asset_type] += page.unreadable


def read_pages(
    client: HubSpotClient, campaign_id: str, asset_type: str, pages: Iterable[AssetPage], findings: Findings
) -> list[Asset]:
    """The assets of all pages of a type; where they cannot be read, those that came, and the error is noted.

    Args:
        client: The account.
        campaign_id: The campaign.
        asset_type: The type.
        pages: Its pages; each is asked for when it is taken.
        findings: What others have found out; what is found out here is added.

    Raises:
        CampaignGone: The campaign does not exist any more.
        HubSpotError: Of a kind that costs more than the type.
    """
    found: list[Asset] = []
    if findings.failures[asset_type] >= findings.patience:
        findings.unread.add((campaign_id, asset_type))
        return found
    try:
        for page in pages:
            found.extend(page.results)
            findings.note_page(campaign_id, asset_type, page)
    except REFUSALS as error:
        _check_campaign(client, campaign_id, findings)
        findings.note_failure(campaign_id, asset_type, error)
    except HubSpotError as error:
        if error.stops_run:
            raise
        findings.note_failure(campaign_id, asset_type, error)
    return found


def _check_campaign(client: HubSpotClient, campaign_id: str, findings: Findings) -> None:
    """Returns where the campaign is answered, so that a refusal is one of the list alone.

    Raises:
        CampaignGone: It does not exist any more.
        HubSpotError: It is refused too.
    """
    if campaign_id in findings.existing:
        return
    if find_campaign(client, campaign_id) is None:
        findings.known.deleted.add(campaign_id)
        raise CampaignGone
    findings.existing.add(campaign_id)
