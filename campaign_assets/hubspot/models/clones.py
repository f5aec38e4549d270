"""Copies of campaigns as HubSpot answers them, and lists of asset types. Which are asked for is in `clones`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from campaign_assets.hubspot.errors import InvalidResponse
from campaign_assets.hubspot.json_text import JSON
from campaign_assets.hubspot.models.enums import CloneStatus
from campaign_assets.hubspot.models.fields import to_campaign_id, to_list, to_response, to_text, without

_KNOWN = frozenset({"campaignGuid", "id", "status"})


@dataclass(frozen=True, slots=True)
class Clone:
    """A copy of a campaign, whose assets HubSpot copies in its own time.

    Attributes:
        campaign_id: HubSpot's GUID of the new campaign.
        status: How far the copying is; None where HubSpot does not say.
        extra: Fields that we do not know.
    """

    campaign_id: str
    status: CloneStatus | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def to_clone(response: JSON) -> Clone:
    """A copy as HubSpot answers it, under either of the names that its id goes by.

    Raises:
        InvalidResponse: It is something else.
    """
    clone = to_response(response, "a copy of a campaign")
    status = clone.get("status")
    return Clone(
        to_campaign_id(clone.get("campaignGuid") or clone.get("id")),
        CloneStatus(to_text(status)) if isinstance(status, str) else None,
        without(clone, _KNOWN),
    )


def to_asset_types(response: JSON) -> tuple[str, ...]:
    """Names of asset types as HubSpot answers them.

    Raises:
        InvalidResponse: It is something else.
    """
    return to_list(to_response(response, "asset types").get("results"), "the asset types", _to_name)


def _to_name(value: JSON) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidResponse("HubSpot's response holds something else where the name of an asset type should be.")
    return to_text(value)
