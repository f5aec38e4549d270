"""All assets of one type of one campaign, page by page, and what it means where they cannot be read.

A list that HubSpot refuses, or that cannot be read, costs its type; a campaign that is gone is another thing, and only
the campaign itself says so.
"""

from collections import Counter
from dataclasses import dataclass, field

from campaign_assets.extract.by_id import REFUSALS, KnownCampaigns, Window, find_campaign, forget_frames
from campaign_assets.hubspot import (
    ASSETS_IN_BATCH,
    ROWS_PER_PAGE,
    Asset,
    AssetPage,
    HubSpotClient,
    HubSpotError,
    InvalidResponse,
)


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

    def note_unreadable(self, campaign_id: str, asset_type: str, number: int) -> None:
        """Counts assets that cannot be read: nobody knows which they are, so none has left the campaign."""
        if number:
            self.unread.add((campaign_id, asset_type))
            self.unreadable[campaign_id, asset_type] = max(number, self.unreadable[campaign_id, asset_type])


@dataclass(frozen=True, slots=True)
class AssetList:
    """A type's list of one campaign: what is asked for, and of what.

    Attributes:
        client: The account.
        campaign_id: The campaign.
        asset_type: The type, in HubSpot's spelling.
        window: The days of the metrics.
        findings: What others have found out; what is found out here is added.
    """

    client: HubSpotClient
    campaign_id: str
    asset_type: str
    window: Window
    findings: Findings

    def read(self, first: AssetPage | None = None) -> list[Asset]:
        """Every asset; where they cannot be read, those that came, and the error is noted.

        A batch's page of as many assets as a batch holds may be cut without a sign of it, so that the list is asked.

        Args:
            first: The page that came with a batch; None where none did.

        Raises:
            CampaignGone: The campaign does not exist any more.
            HubSpotError: Of a kind that costs more than the type.
        """
        found = list(first.results) if first else []
        self._note(first.unreadable if first else 0)
        if first and first.next_cursor is None and len(first.results) < ASSETS_IN_BATCH:
            return found
        if self.findings.failures[self.asset_type] >= self.findings.patience:
            self.findings.unread.add((self.campaign_id, self.asset_type))
            return found
        try:
            found += self._read_rest(first)
        except REFUSALS as error:
            _check_campaign(self.client, self.campaign_id, self.findings)
            self.findings.note_failure(self.campaign_id, self.asset_type, error)
        except HubSpotError as error:
            if error.stops_run:
                raise
            self.findings.note_failure(self.campaign_id, self.asset_type, error)
        return found

    def _read_rest(self, first: AssetPage | None) -> list[Asset]:
        """What the first page does not hold.

        A page that was promised and holds nothing is a lost one, or the end of a list whose last page was full. Pages
        of other sizes end elsewhere, and so tell the two apart.

        Raises:
            InvalidResponse: Whatever their size, a page is promised and holds nothing.
        """
        held = {asset.id for asset in first.results} if first else set()
        if first and first.next_cursor:
            rest = self._read_pages(first.next_cursor)
            if rest is not None:
                return rest
        for limit in (ROWS_PER_PAGE, ROWS_PER_PAGE - 1):
            rest = self._read_pages(None, limit)
            if rest is not None:
                return [asset for asset in rest if asset.id not in held]
        raise InvalidResponse(
            f"HubSpot's pages of the {self.asset_type} assets of campaign {self.campaign_id} name a next one that "
            "holds nothing, however large they are: some assets would be missing."
        )

    def _read_pages(self, after: str | None, limit: int = ROWS_PER_PAGE) -> list[Asset] | None:
        """The assets of all pages from a cursor on; None where a page that one before it names holds nothing."""
        found: list[Asset] = []
        unreadable, is_promised = 0, after is not None
        first_day, last_day = self.window
        for page in self.client.assets.list_pages(
            self.campaign_id, self.asset_type, start_date=first_day, end_date=last_day, after=after, limit=limit
        ):
            if is_promised and page.next_cursor is None and not (page.results or page.unreadable):
                return None
            found.extend(page.results)
            unreadable += page.unreadable
            is_promised = True
        self._note(unreadable)
        return found

    def _note(self, unreadable: int) -> None:
        self.findings.note_unreadable(self.campaign_id, self.asset_type, unreadable)


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
