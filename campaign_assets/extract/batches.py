"""The assets of up to fifty campaigns in one request, and the pages that did not fit into it.

What both the associations and the daily metrics are read with. Source: recorded responses; in batch/read each type of
a campaign is capped at fifty assets, and the rest is read from the list endpoint at the cursor that it names.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from campaign_assets.hubspot import (
    Asset,
    AssetPage,
    BadRequest,
    Campaign,
    Forbidden,
    HubSpotClient,
    HubSpotError,
    NotFound,
)

Window = tuple[date | None, date | None]
REFUSALS = (BadRequest, Forbidden)
"""HubSpot's no to one question: a type may be refused where all others are answered."""


@dataclass(slots=True)
class BatchExtract:
    """The assets of a batch of campaigns.

    Attributes:
        assets: Campaign id and asset, by type in HubSpot's spelling, as they came: repeats included.
        missing: Campaigns that were asked for and do not exist any more.
    """

    assets: dict[str, list[tuple[str, Asset]]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Findings:
    """What several batches find out together, and need not find out twice.

    Attributes:
        deleted: Campaigns that do not exist any more.
        failed: Types whose further pages cannot be read, and why; none of these is asked for again.
        tolerated: Errors that cost the type in question, not the batch.
    """

    deleted: set[str] = field(default_factory=set)
    failed: dict[str, HubSpotError] = field(default_factory=dict)
    tolerated: tuple[type[HubSpotError], ...] = REFUSALS


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
        HubSpotError: A request failed for good, other than for the further pages of one type.
    """
    findings, window = findings or Findings(), (first_day or day, day)
    batch = client.campaigns.batch_read(campaign_ids, start_date=window[0], end_date=window[1])
    left_out = list(confirm_missing(client, [c for c in batch.missing if c not in findings.deleted], window=window))
    extract = BatchExtract(missing=sorted(set(batch.missing) - {campaign.id for campaign in left_out}))
    findings.deleted.update(extract.missing)
    for campaign in (*batch.results, *left_out):
        try:
            assets = _read_assets(client, campaign, window, asset_types, findings)
        except NotFound:  # deleted between the batch and the pages that did not fit
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
        HubSpotError: A request failed for good, and not for one type only.
    """
    extract, findings = BatchExtract(), findings or Findings()
    try:
        for asset_type in asset_types:
            pages = client.assets.list_pages(campaign_id, asset_type, start_date=day, end_date=day)
            found = _read_pages(pages, asset_type, findings)
            extract.assets[asset_type] = [(campaign_id, asset) for asset in found]
    except NotFound:
        return BatchExtract(missing=[campaign_id])
    return extract


def confirm_missing(
    client: HubSpotClient, campaign_ids: Iterable[str], *, properties: Sequence[str] = (), window: Window = (None, None)
) -> Iterator[Campaign]:
    """Asks for campaigns that a batch did not answer, one by one; gives those that exist after all.

    A batch's errors do not name ids, so it does not tell a campaign that is gone from one that it left out; the 404
    of a single one does.

    Args:
        client: The account.
        campaign_ids: The campaigns.
        properties: Properties to answer.
        window: First and last day of the assets' metrics, in the account's time zone; without days no metrics.

    Raises:
        HubSpotError: A request failed for good.
    """
    for campaign_id in campaign_ids:
        with suppress(NotFound):
            yield client.campaigns.get(campaign_id, properties=properties, start_date=window[0], end_date=window[1])


def _read_assets(
    client: HubSpotClient,
    campaign: Campaign,
    window: Window,
    asset_types: Collection[str] | None,
    findings: Findings,
) -> dict[str, list[Asset]]:
    assets: dict[str, list[Asset]] = {}
    for asset_type, page in (campaign.assets or {}).items():
        assets[asset_type] = list(page.results)
        if page.next_cursor is None or (asset_types is not None and asset_type not in asset_types):
            continue
        more = client.assets.list_pages(
            campaign.id, asset_type, start_date=window[0], end_date=window[1], after=page.next_cursor
        )
        assets[asset_type].extend(_read_pages(more, asset_type, findings))
    return assets


def _read_pages(pages: Iterable[AssetPage], asset_type: str, findings: Findings) -> list[Asset]:
    """The assets of all pages of a type; where they cannot be read, those that came, and the error is noted.

    Raises:
        NotFound: The campaign does not exist any more.
        HubSpotError: Of a kind that costs more than the type.
    """
    found: list[Asset] = []
    if asset_type in findings.failed:
        return found
    try:
        for page in pages:
            found.extend(page.results)
    except NotFound:
        raise
    except findings.tolerated as error:
        if error.stops_run and not isinstance(error, REFUSALS):
            raise
        findings.failed.setdefault(asset_type, forget_frames(error))
    return found


def forget_frames(error: HubSpotError) -> HubSpotError:
    """An error that is kept for later, without the frames that it came through: these hold whole responses."""
    error.__context__ = error.__cause__ = None
    return error.with_traceback(None)
