"""The assets of up to fifty campaigns in one request, and the pages that did not fit into it.

What both the associations and the daily metrics are read with. Source: recorded responses; in batch/read each type of
a campaign is capped at fifty assets, and the rest is read from the list endpoint at the cursor that it names.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from campaign_assets.extract.asset_lists import AssetList, CampaignGone, Findings
from campaign_assets.extract.by_id import Window, forget_frames, read_by_id
from campaign_assets.hubspot import (
    Asset,
    AssetPage,
    BadRequest,
    Campaign,
    Forbidden,
    HubSpotClient,
    HubSpotError,
    InvalidResponse,
)


@dataclass(slots=True)
class BatchExtract:
    """The assets of a batch of campaigns.

    Attributes:
        assets: Campaign id and asset, by type in HubSpot's spelling, as they came: repeats included.
        missing: Campaigns that were asked for and do not exist any more.
        refused: Campaigns that HubSpot refuses to answer, and why.
    """

    assets: dict[str, list[tuple[str, Asset]]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    refused: dict[str, HubSpotError] = field(default_factory=dict)


def read_batch(
    client: HubSpotClient,
    campaign_ids: Sequence[str],
    *,
    day: date | None = None,
    first_day: date | None = None,
    asset_types: Collection[str] | None = None,
    findings: Findings | None = None,
) -> BatchExtract:
    """Every asset of a batch of campaigns.

    Args:
        client: The account.
        campaign_ids: Up to fifty campaigns.
        day: The day of the assets' metrics, in the account's time zone; None for no metrics.
        first_day: Where the metrics are those of several days together, the first of them.
        asset_types: The types whose further pages are read; None for all. The first page of each other type comes
            with the batch at no further cost, and is kept too.
        findings: What other batches have found out; what this one does is added.

    Raises:
        HubSpotError: A request failed for good, and not for one campaign or type only.
    """
    findings, window = findings or Findings(), (first_day or day, day)
    answered = read_by_id(client, campaign_ids, window=window, known=findings.known)
    extract = BatchExtract(missing=sorted(answered.missing), refused=answered.refused)
    for campaign in answered.campaigns:
        try:
            assets = _read_assets(client, campaign, window, asset_types, findings)
        except CampaignGone:  # deleted between the batch and the pages that did not fit
            extract.missing.append(campaign.id)
            continue
        for asset_type, found in assets.items():
            extract.assets.setdefault(asset_type, []).extend((campaign.id, asset) for asset in found)
    return extract


def read_listing(
    client: HubSpotClient,
    campaign_id: str,
    asset_types: Collection[str],
    *,
    day: date | None = None,
    findings: Findings | None = None,
) -> BatchExtract:
    """Every asset of some types of one campaign, type by type.

    Args:
        client: The account.
        campaign_id: The campaign.
        asset_types: The types.
        day: The day of the assets' metrics, in the account's time zone; None for no metrics.
        findings: What others have found out; what is found out here is added.

    Raises:
        HubSpotError: A request failed for good, and not for the campaign or one type only.
    """
    extract, findings = BatchExtract(), findings or Findings()
    try:
        for asset_type in asset_types:
            found = AssetList(client, campaign_id, asset_type, (day, day), findings).read()
            extract.assets[asset_type] = [(campaign_id, asset) for asset in found]
    except CampaignGone:
        return BatchExtract(missing=[campaign_id])
    except (BadRequest, Forbidden, InvalidResponse) as error:  # the campaign itself is refused
        if error.stops_run:
            raise
        return BatchExtract(refused={campaign_id: forget_frames(error)})
    return extract


def _read_assets(
    client: HubSpotClient,
    campaign: Campaign,
    window: Window,
    asset_types: Collection[str] | None,
    findings: Findings,
) -> dict[str, list[Asset]]:
    assets: dict[str, list[Asset]] = {}
    first: dict[str, AssetPage | None] = {**(campaign.assets or {}), **dict.fromkeys(campaign.unreadable_types)}
    for asset_type, page in first.items():  # what is no page here may be one where it is asked for alone
        if asset_types is None or asset_type in asset_types:
            assets[asset_type] = AssetList(client, campaign.id, asset_type, window, findings).read(page)
        elif page is not None:
            assets[asset_type] = list(page.results)
    return assets
