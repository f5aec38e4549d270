"""The assets of campaigns: what they are, and the endpoint that lists one type of one campaign."""

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from campaign_assets.hubspot.answers import JSON, to_cursor, to_id, to_list, to_object, to_text, without
from campaign_assets.hubspot.endpoint import Endpoint
from campaign_assets.hubspot.errors import InvalidAnswer, InvalidRequest
from campaign_assets.hubspot.pagination import decode_cursor, list_pages
from campaign_assets.hubspot.transport import Request

ASSETS_PER_PAGE = 100
"""Source: HubSpot's API reference, the largest `limit` of this endpoint (the default is 10)."""

_KNOWN = frozenset({"id", "name", "metrics"})


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset of a campaign.

    Attributes:
        id: HubSpot's id of the asset; unique within its type.
        name: Its name, or None where HubSpot says none.
        metrics: Value by metric, both in HubSpot's spelling; a metric that HubSpot does not name is absent, which
            is not zero. None where no dates were asked for.
        extra: Fields that we do not know.
    """

    id: str
    name: str | None = None
    metrics: Mapping[str, int | float] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AssetPage:
    """A page of assets of one type of one campaign.

    Attributes:
        results: The assets.
        next_cursor: Where the next page is, or None on the last.
    """

    results: tuple[Asset, ...]
    next_cursor: str | None = None


class AssetsEndpoint(Endpoint):
    """Lists the assets of one type of one campaign."""

    def get_page(
        self,
        campaign_id: str,
        asset_type: str,
        *,
        start_date: date | None = None,
        end_date: date | None = None,
        after: str | None = None,
        limit: int = ASSETS_PER_PAGE,
    ) -> AssetPage:
        """One page of a campaign's assets of one type.

        Args:
            campaign_id: The campaign.
            asset_type: The type, in HubSpot's spelling.
            start_date: First day of the metrics, inclusive, in the account's time zone.
            end_date: Last day of the metrics, inclusive; metrics come only when both are given.
            after: Cursor of the page, as an answer named it.
            limit: Assets in a page, from 1 to 100.

        Raises:
            InvalidRequest: An argument is out of its bounds; nothing was sent.
            HubSpotError: The last failure, after retries.
        """
        query = (
            ("limit", check_limit(limit)),
            ("after", None if after is None else decode_cursor(after)),
            *to_window(start_date, end_date),
        )
        request = Request("list_assets", "GET", self._paths.assets(campaign_id, asset_type), query)
        return self._call(request, to_asset_page)

    def list_pages(
        self,
        campaign_id: str,
        asset_type: str,
        *,
        start_date: date | None = None,
        end_date: date | None = None,
        after: str | None = None,
        limit: int = ASSETS_PER_PAGE,
    ) -> Iterator[AssetPage]:
        """Every page of a campaign's assets of one type; arguments and errors are those of `get_page`.

        Raises:
            RepeatedCursor: A page points back to one that was read before.
        """
        get = partial(self.get_page, campaign_id, asset_type, start_date=start_date, end_date=end_date, limit=limit)
        return list_pages(lambda cursor: get(after=cursor), after)


def to_window(start_date: date | None, end_date: date | None) -> tuple[tuple[str, str | None], ...]:
    """The days that metrics are asked for, as a query.

    Raises:
        InvalidRequest: The last day comes before the first, or one of the two is missing.
    """
    if (start_date is None) != (end_date is None):
        raise InvalidRequest("start_date and end_date go together: HubSpot answers metrics only for both.")
    if start_date is not None and end_date is not None and start_date > end_date:
        raise InvalidRequest(f"start_date {start_date} is after end_date {end_date}.")
    return (
        ("startDate", start_date.isoformat() if start_date else None),
        ("endDate", end_date.isoformat() if end_date else None),
    )


def check_limit(limit: int) -> int:
    """The size of a page.

    Raises:
        InvalidRequest: It is not from 1 to 100.
    """
    if not 1 <= limit <= 100:
        raise InvalidRequest(f"limit is {limit}, but may be from 1 to 100.")
    return limit


def to_asset_page(answer: JSON) -> AssetPage:
    """A page of assets as HubSpot answers it.

    Raises:
        InvalidAnswer: It is something else.
    """
    page = to_object(answer, "a page of assets")
    return AssetPage(to_list(page.get("results"), "the assets", _to_asset), to_cursor(page))


def _to_asset(value: JSON) -> Asset:
    asset = to_object(value, "an asset")
    name = asset.get("name")
    metrics = asset.get("metrics")
    return Asset(
        id=to_id(asset.get("id"), "an asset"),
        name=to_text(name) if isinstance(name, str) else None,
        metrics=None if metrics is None else _to_metrics(metrics),
        extra=without(asset, _KNOWN),
    )


def _to_metrics(value: JSON) -> Mapping[str, int | float]:
    """Numbers by name. A null says nothing, so it counts as absent; text that is a number counts as that number."""
    metrics = to_object(value, "the metrics of an asset")
    if all(type(number) is int for number in metrics.values()):
        return metrics
    return {to_text(name): _to_number(name, number) for name, number in metrics.items() if number is not None}


def _to_number(name: str, value: JSON) -> int | float:
    number = _parse_number(value) if isinstance(value, str) else value
    if type(number) is int or (type(number) is float and math.isfinite(number)):
        return number
    raise InvalidAnswer(f"HubSpot's answer holds {str(value)[:40]!r} for the metric {name[:60]}: no number.")


def _parse_number(text: str) -> int | float | None:
    for parse in (int, float):
        with suppress(ValueError):
            return parse(text)
    return None
