"""Assets of campaigns as HubSpot answers them. Which are asked for is in `assets` and `campaigns`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from campaign_assets.hubspot.errors import InvalidResponse
from campaign_assets.hubspot.json_text import JSON, to_exact_number
from campaign_assets.hubspot.models.fields import (
    to_cursor,
    to_id,
    to_object,
    to_optional_text,
    to_raw_text,
    to_readable,
    to_response,
    to_text,
    without,
)

_KNOWN = frozenset({"id", "name", "metrics"})
_LOOKS_LIKE_A_CAMPAIGN = frozenset({"properties", "createdAt", "updatedAt"})
"""A response to a search, taken for a list of assets, would otherwise store campaigns as assets."""
_NOTHING: Mapping[str, str] = {}
_WHOLE = re.compile(r"-?[0-9]{1,400}")
_FRACTION = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,4})?")
_LARGEST = 2**1023
"""No number is larger: a double would not hold it, and nor would any table."""


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset of a campaign.

    Attributes:
        id: HubSpot's id of the asset; unique within its type.
        name: Its name, or None where HubSpot says none.
        metrics: Value by metric, both in HubSpot's spelling; a metric that HubSpot does not name is absent, which
            is not zero. None where no dates were asked for.
        unreadable: The text of metrics whose value is no number, by metric; they are not in `metrics`.
        extra: Fields that we do not know.
    """

    id: str
    name: str | None = None
    metrics: Mapping[str, int | float] | None = None
    unreadable: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AssetPage:
    """A page of assets of one type of one campaign.

    Attributes:
        results: The assets.
        next_cursor: Where the next page is, or None on the last.
        unreadable: How many assets the page holds besides that have no id, or are none.
    """

    results: tuple[Asset, ...]
    next_cursor: str | None = None
    unreadable: int = 0


def to_asset_page(response: JSON) -> AssetPage:
    """A page of assets as HubSpot answers it.

    Raises:
        InvalidResponse: It is something else.
    """
    page = to_response(response, "a page of assets")
    results = page.get("results")
    if isinstance(results, list) and any(map(is_campaign, results)):
        raise InvalidResponse("HubSpot's response holds a campaign where an asset should be.")
    assets, unreadable = to_readable(results, "the assets", _to_asset, lambda _: None)
    return AssetPage(assets, to_cursor(page), len(unreadable))


def is_campaign(value: JSON) -> bool:
    """Whether something among assets is a campaign."""
    return isinstance(value, dict) and value.keys() >= _LOOKS_LIKE_A_CAMPAIGN


def _to_asset(value: JSON) -> Asset:
    asset = to_object(value, "an asset")
    metrics, unreadable = _to_metrics(asset.get("metrics"))
    return Asset(
        id=to_id(asset.get("id"), "an asset"),
        name=to_optional_text(asset.get("name")),
        metrics=metrics,
        unreadable=unreadable,
        extra=without(asset, _KNOWN),
    )


def _to_metrics(value: JSON) -> tuple[Mapping[str, int | float] | None, Mapping[str, str]]:
    """Numbers by name, and the texts of values that are none.

    A null says nothing, so it counts as absent; text that is a number counts as that number. What is no object at all
    is kept as the text of `metrics`.
    """
    if value is None:
        return None, _NOTHING
    if not isinstance(value, dict):
        return None, {"metrics": to_raw_text(value)}
    metrics = value
    counts = all(type(number) is int and -_LARGEST < number < _LARGEST for number in metrics.values())
    if counts and all(map(str.isascii, metrics)):
        return metrics, _NOTHING
    numbers: dict[str, int | float] = {}
    texts: dict[str, str] = {}
    for name, value in metrics.items():
        number = _parse_number(value)
        if number is not None:
            numbers[to_text(name)] = number
        elif value is not None:
            texts[to_text(name)] = to_raw_text(value)
    return numbers, texts


def _parse_number(value: JSON) -> int | float | None:
    number = to_exact_number(value) if isinstance(value, str) and _FRACTION.fullmatch(value) else value
    number = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else number
    if isinstance(number, int | float) and not isinstance(number, bool) and -_LARGEST < number < _LARGEST:
        return number
    return None
