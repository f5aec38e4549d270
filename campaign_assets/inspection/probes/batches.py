"""What a batch holds: all campaigns and assets that it should, no more than fifty of a type, and what a list says."""

from collections.abc import Iterable, Mapping
from uuid import uuid4

from campaign_assets.hubspot import ASSETS_IN_BATCH, Asset, AssetPage, Campaign, HubSpotClient
from campaign_assets.inspection.probes.answers import Answer, Unknown
from campaign_assets.inspection.probes.counts import list_assets
from campaign_assets.inspection.probes.sample import Sample

MISSING_CAMPAIGNS = Unknown(
    "Whether a batch names campaigns that it does not answer",
    "No: asked minus answered is computed, and each is asked for alone before it counts as deleted.",
)
LEFT_OUT_ASSETS = Unknown(
    "Whether a response may leave out an asset that is tied",
    "It may: assets_answered tells, and the row stays as it was.",
)
CAP = Unknown(
    "How many assets of a type a batch holds at most",
    f"The first {ASSETS_IN_BATCH}; the rest is read from the list, by the cursor that comes with them.",
)
BATCH_AND_LIST = Unknown(
    "Whether a batch and a list say the same",
    "They do; batch_equals_list compares a sample every week.",
)
LAST_PAGES = Unknown(
    "Whether a list can end with pages that bring nothing new",
    "Two such pages in a row are passed over, the third is an error.",
)
REQUESTS_OF_MISSING = 1
_LISTS = 5
REQUESTS_OF_LISTS = _LISTS
_PAGES = 6
_ROWS = 25
"""In a page: short ones, so that a list has several."""
REQUESTS_OF_PAGES = _PAGES
_PATIENCE = 3
_NO_CAMPAIGN = "the account has no campaigns"


def probe_missing_campaigns(client: HubSpotClient, sample: Sample) -> Answer:
    """Asks for a campaign beside one that there is not.

    Args:
        client: The account.
        sample: What is looked at.

    Raises:
        HubSpotError: The request failed.
    """
    if not sample.ids:
        return Answer(MISSING_CAMPAIGNS, None, _NO_CAMPAIGN)
    absent = str(uuid4())
    errors = client.campaigns.batch_read([sample.ids[0], absent]).errors
    if not errors:
        return Answer(MISSING_CAMPAIGNS, True, "no: one that does not exist is left out without an error.")
    named = "with" if absent in str(errors).lower() else "without"
    return Answer(MISSING_CAMPAIGNS, True, f"one that does not exist has an error of its own, {named} its id.")


def look_for_left_out_assets(sample: Sample) -> Answer:
    """Compares what came with days and what came without; asks nothing.

    Args:
        sample: What is looked at.
    """
    plain, dated = (_list_keys(campaigns) for campaigns in (sample.plain, sample.campaigns))
    if not plain | dated:
        return Answer(LEFT_OUT_ASSETS, None, "the campaigns that were changed last have no assets")
    if differ := plain ^ dated:
        count, every = len(differ), len(plain | dated)
        return Answer(
            LEFT_OUT_ASSETS, True, f"it may: {count:,} of {every:,} assets came in one of two responses only."
        )
    return Answer(LEFT_OUT_ASSETS, True, f"none of {len(plain):,} assets was left out of one of two responses.")


def _list_keys(campaigns: Iterable[Campaign]) -> set[tuple[str, str, str]]:
    return {(campaign.id, asset_type, asset.id) for campaign, asset_type, asset in list_assets(campaigns)}


def look_for_cap(sample: Sample) -> Answer:
    """Looks at the longest pages of assets within campaigns; asks nothing.

    Args:
        sample: What is looked at.
    """
    pages = list(_find_pages(sample.plain).values())
    longest = max((len(page.results) for page in pages), default=0)
    cut = max((len(page.results) for page in pages if page.next_cursor), default=0)
    if cut:
        return Answer(CAP, cut == longest == ASSETS_IN_BATCH, f"the first {cut:,}, with a cursor to the rest.")
    if longest > ASSETS_IN_BATCH:
        return Answer(CAP, True, f"more than {ASSETS_IN_BATCH:,}: {longest:,} came, and no cursor.")
    return Answer(CAP, None, f"no campaign that was looked at has more than {longest:,} assets of a type")


def probe_lists(client: HubSpotClient, sample: Sample) -> Answer:
    """Reads some assets by the list, too, and compares their metrics over the same days.

    Args:
        client: The account.
        sample: What is looked at.

    Raises:
        HubSpotError: A request failed.
    """
    pages = {key: page for key, page in _find_pages(sample.campaigns).items() if not page.next_cursor}
    chosen = sorted(pages, key=lambda key: _count_metrics(pages[key].results), reverse=True)[:_LISTS]
    chosen = [key for key in chosen if _count_metrics(pages[key].results)]
    if not chosen:
        return Answer(BATCH_AND_LIST, None, "the campaigns that were changed last have no metrics that fit into a page")
    values = differ = 0
    for campaign_id, asset_type in chosen:
        listed = client.assets.get_page(
            campaign_id, asset_type, start_date=sample.days.first, end_date=sample.days.last
        ).results
        one, other = _to_metrics(pages[campaign_id, asset_type].results), _to_metrics(listed)
        values += len(one.keys() | other.keys())
        differ += sum(one.get(key) != other.get(key) for key in one.keys() | other.keys())
    if differ:
        return Answer(BATCH_AND_LIST, False, f"they do not: {differ:,} of {values:,} values differ.")
    return Answer(BATCH_AND_LIST, True, f"they do: {values:,} values are equal.")


def probe_last_pages(client: HubSpotClient, sample: Sample) -> Answer:
    """Follows the longest list to its end.

    Args:
        client: The account.
        sample: What is looked at.

    Raises:
        HubSpotError: A request failed.
    """
    pages = _find_pages(sample.plain)
    longest = max(pages, key=lambda key: (bool(pages[key].next_cursor), len(pages[key].results)), default=None)
    if longest is None:
        return Answer(LAST_PAGES, None, "the campaigns that were changed last have no assets")
    seen: set[str] = set()
    cursor, stale = None, 0
    for number in range(1, _PAGES + 1):
        page = client.assets.get_page(*longest, after=cursor, limit=_ROWS)
        ids = {asset.id for asset in page.results}
        stale = 0 if ids - seen else stale + 1
        seen |= ids
        if page.next_cursor is None:
            return Answer(LAST_PAGES, True, _describe_end(number, stale))
        if stale >= _PATIENCE:
            return Answer(LAST_PAGES, False, f"it does not end after {stale} pages in a row that bring nothing new.")
        cursor = page.next_cursor
    return Answer(LAST_PAGES, None, f"the longest list that was looked at has more than {_PAGES} pages")


def _describe_end(pages: int, stale: int) -> str:
    if stale:
        return f"it can: {stale} of {pages} pages at the end of the longest list brought nothing new."
    return f"the longest list that was looked at has {pages} short pages, each of which brought something new."


def _find_pages(campaigns: Iterable[Campaign]) -> Mapping[tuple[str, str], AssetPage]:
    return {
        (campaign.id, asset_type): page
        for campaign in campaigns
        for asset_type, page in (campaign.assets or {}).items()
        if page.results
    }


def _count_metrics(assets: Iterable[Asset]) -> int:
    return sum(len(asset.metrics or ()) for asset in assets)


def _to_metrics(assets: Iterable[Asset]) -> Mapping[tuple[str, str], object]:
    return {(asset.id, name): value for asset in assets for name, value in (asset.metrics or {}).items()}
