"""The assets of up to fifty campaigns in one request, and the pages that did not fit into it.

What both the associations and the daily metrics are read with. Source: recorded responses; in batch/read each type of
a campaign is capped at fifty assets, and the rest is read from the list endpoint at the cursor that it names.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date

from campaign_assets.hubspot import Asset, Campaign, HubSpotClient, NotFound


@dataclass(slots=True)
class BatchExtract:
    """The assets of a batch of campaigns.

    Attributes:
        assets: Campaign id and asset, by type in HubSpot's spelling, as they came: repeats included.
        missing: Campaigns that were asked for and do not exist any more.
    """

    assets: dict[str, list[tuple[str, Asset]]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def read_batch(
    client: HubSpotClient,
    campaign_ids: Sequence[str],
    *,
    day: date | None = None,
    asset_types: Collection[str] | None = None,
    deleted: set[str] | None = None,
) -> BatchExtract:
    """Every asset of a batch of campaigns.

    Args:
        client: The account.
        campaign_ids: Up to fifty campaigns.
        day: The day of the assets' metrics, in the account's time zone; None for no metrics.
        asset_types: The types whose further pages are read; None for all. The first page of each other type comes
            with the batch at no further cost, and is kept too.
        deleted: Campaigns that are known not to exist any more, and need not be confirmed again; those that are
            found out are added.

    Raises:
        HubSpotError: A request failed for good.
    """
    deleted = set() if deleted is None else deleted
    batch = client.campaigns.batch_read(campaign_ids, start_date=day, end_date=day)
    left_out = list(confirm_missing(client, [c for c in batch.missing if c not in deleted], day=day))
    extract = BatchExtract(missing=sorted(set(batch.missing) - {campaign.id for campaign in left_out}))
    deleted.update(extract.missing)
    asked = set(campaign_ids)
    for campaign in (*batch.results, *left_out):
        if campaign.id not in asked:
            continue  # nobody asked: it belongs to another batch, or to none
        try:
            assets = _read_assets(client, campaign, day, asset_types)
        except NotFound:  # deleted between the batch and the pages that did not fit
            extract.missing.append(campaign.id)
            continue
        for asset_type, found in assets.items():
            extract.assets.setdefault(asset_type, []).extend((campaign.id, asset) for asset in found)
    return extract


def read_listing(
    client: HubSpotClient, campaign_id: str, asset_types: Collection[str], *, day: date | None = None
) -> BatchExtract:
    """Every asset of some types of one campaign, type by type.

    Args:
        client: The account.
        campaign_id: The campaign.
        asset_types: The types.
        day: The day of the assets' metrics, in the account's time zone; None for no metrics.

    Raises:
        HubSpotError: A request failed for good.
    """
    extract = BatchExtract()
    try:
        for asset_type in asset_types:
            pages = client.assets.list_pages(campaign_id, asset_type, start_date=day, end_date=day)
            extract.assets[asset_type] = [(campaign_id, asset) for page in pages for asset in page.results]
    except NotFound:
        return BatchExtract(missing=[campaign_id])
    return extract


def confirm_missing(
    client: HubSpotClient, campaign_ids: Iterable[str], *, properties: Sequence[str] = (), day: date | None = None
) -> Iterator[Campaign]:
    """Asks for campaigns that a batch did not answer, one by one; gives those that exist after all.

    A batch's errors do not name ids, so it does not tell a campaign that is gone from one that it left out; the 404
    of a single one does.

    Args:
        client: The account.
        campaign_ids: The campaigns.
        properties: Properties to answer.
        day: The day of the assets' metrics, in the account's time zone; None for no metrics.

    Raises:
        HubSpotError: A request failed for good.
    """
    for campaign_id in campaign_ids:
        with suppress(NotFound):
            campaign = client.campaigns.get(campaign_id, properties=properties, start_date=day, end_date=day)
            yield replace(campaign, id=campaign_id)


def _read_assets(
    client: HubSpotClient, campaign: Campaign, day: date | None, asset_types: Collection[str] | None
) -> dict[str, list[Asset]]:
    assets: dict[str, list[Asset]] = {}
    for asset_type, page in (campaign.assets or {}).items():
        assets[asset_type] = list(page.results)
        if page.next_cursor is None or (asset_types is not None and asset_type not in asset_types):
            continue
        for more in client.assets.list_pages(
            campaign.id, asset_type, start_date=day, end_date=day, after=page.next_cursor
        ):
            assets[asset_type].extend(more.results)
    return assets
