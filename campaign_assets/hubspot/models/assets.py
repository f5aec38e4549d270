"""Assets of campaigns as HubSpot answers them. Which are asked for is in `assets` and `campaigns`."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from campaign_assets.hubspot.errors import InvalidResponse
from campaign_assets.hubspot.json_text import JSON
from campaign_assets.hubspot.models.fields import (
    to_cursor,
    to_id,
    to_list,
    to_object,
    to_optional_text,
    to_text,
    without,
)

_KNOWN = frozenset({"id", "name", "metrics"})
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


def to_asset_page(response: JSON) -> AssetPage:
    """A page of assets as HubSpot answers it.

    Raises:
        InvalidResponse: It is something else.
    """
    page = to_object(response, "a page of assets")
    return AssetPage(to_list(page.get("results"), "the assets", _to_asset), to_cursor(page))


def _to_asset(value: JSON) -> Asset:
    asset = to_object(value, "an asset")
    metrics = asset.get("metrics")
    return Asset(
        id=to_id(asset.get("id"), "an asset"),
        name=to_optional_text(asset.get("name")),
        metrics=None if metrics is None else _to_metrics(metrics),
        extra=without(asset, _KNOWN),
    )


def _to_metrics(value: JSON) -> Mapping[str, int | float]:
    """Numbers by name. A null says nothing, so it counts as absent; text that is a number counts as that number."""
    metrics = to_object(value, "the metrics of an asset")
    counts = all(type(number) is int and -_LARGEST < number < _LARGEST for number in metrics.values())
    if counts and all(map(str.isascii, metrics)):
        return metrics
    return {to_text(name): _to_number(name, number) for name, number in metrics.items() if number is not None}


def _to_number(name: str, value: JSON) -> int | float:
    number = _parse_number(value) if isinstance(value, str) else value
    if isinstance(number, int | float) and not isinstance(number, bool) and -_LARGEST < number < _LARGEST:
        return number
    raise InvalidResponse(f"HubSpot's response holds {str(value)[:40]!r} for the metric {name[:60]}: no number.")


def _parse_number(text: str) -> int | float | None:
    for parse in (int, float):
        with suppress(ValueError):
            return parse(text)
    return None
