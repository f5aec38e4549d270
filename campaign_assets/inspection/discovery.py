"""What an account really has, beside what the catalog knows: asset types, their metrics, campaign properties.

Read-only: pages of a search, batches of campaigns with their assets, and one request for a property that there is not.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from campaign_assets.catalog import CAMPAIGN_PROPERTIES, SUNSET_PROPERTIES, find_asset_type
from campaign_assets.days import Calendar, DayRange
from campaign_assets.hubspot import Campaign, CampaignSort, ForbiddenProperties, HubSpotClient, split_batches

DAYS = 28
_PAGE = 100
ABSENT_PROPERTY = "campaign_assets_asks_what_there_is"
"""A property that no account has."""
_PREFIX = "hs_"
"""What the names of HubSpot's own properties begin with. Source: HubSpot's guide to properties."""
_OTHER_COLUMNS = frozenset({"hs_business_unit_ids"})
"""Properties whose column is filled by a field beside the properties."""
_STANDARD = frozenset(known.name for known in CAMPAIGN_PROPERTIES)


@dataclass(frozen=True, slots=True)
class FoundType:
    """An asset type that campaigns have.

    Attributes:
        name: HubSpot's own spelling.
        campaigns: Campaigns that have such assets.
        assets: Their assets, of each campaign the first 50.
        is_known: Whether the catalog knows the type.
        metrics: Metrics that came, sorted, those included whose value is no number.
        unknown_metrics: Those that the catalog does not know for this type.
        unseen_metrics: Those of the catalog that did not come.
    """

    name: str
    campaigns: int
    assets: int
    is_known: bool
    metrics: tuple[str, ...] = ()
    unknown_metrics: tuple[str, ...] = ()
    unseen_metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundProperties:
    """The campaign properties of an account, as its refusal of an unknown one names them.

    Attributes:
        custom: The account's own.
        others: HubSpot's that the tables have no column for.
        sunset: Standard ones that HubSpot does not name any more.
    """

    custom: tuple[str, ...]
    others: tuple[str, ...]
    sunset: tuple[str, ...]

    @property
    def setting(self) -> str:
        """The line of the environment that has all custom ones read; empty where there are none."""
        return f"CAMPAIGN_ASSETS_PROPERTIES={','.join(self.custom)}" if self.custom else ""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found.

    Attributes:
        campaigns: Campaigns of the account.
        looked_at: How many of them were looked at.
        days: The days whose metrics were asked for.
        types: The asset types, sorted by name.
        properties: The campaign properties; None where HubSpot refuses none that there is not, and so names none.
    """

    campaigns: int
    looked_at: int
    days: DayRange
    types: tuple[FoundType, ...]
    properties: FoundProperties | None


def discover_account(client: HubSpotClient, calendar: Calendar, most: int) -> Discovery:
    """Looks at the campaigns that were changed last.

    Args:
        client: The account.
        calendar: Its days.
        most: So many campaigns at most.

    Raises:
        HubSpotError: A request failed for good.
    """
    last = calendar.find_last_closed()
    days = DayRange(last - timedelta(days=DAYS - 1), last)
    total, ids = _find_campaigns(client, most)
    tally = _Tally()
    for part in split_batches(ids):
        tally.add(client.campaigns.batch_read(part, start_date=days.first, end_date=days.last).results)
    return Discovery(total, tally.campaigns, days, tally.to_types(), find_properties(client))


def find_properties(client: HubSpotClient) -> FoundProperties | None:
    """The campaign properties of the account; one request.

    Raises:
        HubSpotError: It failed for another reason than that there is no such property.

    Source: recorded responses: `Forbidden properties: […]. Correct ones are […]`.
    """
    try:
        client.campaigns.search(limit=1, properties=[ABSENT_PROPERTY])
    except ForbiddenProperties as error:
        names = set(error.correct_names)
        if not names:
            return None
        others = names - _STANDARD - SUNSET_PROPERTIES - _OTHER_COLUMNS
        return FoundProperties(
            custom=tuple(sorted(name for name in names if not name.startswith(_PREFIX))),
            others=tuple(sorted(name for name in others if name.startswith(_PREFIX))),
            sunset=tuple(sorted(_STANDARD - names)),
        )
    return None


def _find_campaigns(client: HubSpotClient, most: int) -> tuple[int, Sequence[str]]:
    total, ids = 0, dict[str, None]()
    pages = client.campaigns.list_pages(sort=CampaignSort.UPDATED_AT_DESCENDING, limit=min(most, _PAGE))
    for page in pages:
        total = page.total
        ids |= dict.fromkeys(campaign.id for campaign in page.results)
        if len(ids) >= most:
            break
    return total, list(islice(ids, most))


@dataclass(slots=True)
class _Tally:
    """Counts of what campaigns have, by asset type."""

    campaigns: int = 0
    _campaigns: Counter[str] = field(default_factory=Counter)
    _assets: Counter[str] = field(default_factory=Counter)
    _metrics: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, campaigns: Iterable[Campaign]) -> None:
        for campaign in campaigns:
            self.campaigns += 1
            for name, page in (campaign.assets or {}).items():
                if not page.results:
                    continue
                self._campaigns[name] += 1
                self._assets[name] += len(page.results)
                for asset in page.results:
                    self._metrics[name].update(asset.metrics or (), asset.unreadable)

    def to_types(self) -> tuple[FoundType, ...]:
        return tuple(self._to_type(name) for name in sorted(self._campaigns))

    def _to_type(self, name: str) -> FoundType:
        known = find_asset_type(name)
        documented = {metric.name for metric in known.metrics} if known else set()
        found = self._metrics[name]
        return FoundType(
            name,
            self._campaigns[name],
            self._assets[name],
            is_known=known is not None,
            metrics=tuple(sorted(found)),
            unknown_metrics=tuple(sorted(found - documented)),
            unseen_metrics=tuple(sorted(documented - found)),
        )
