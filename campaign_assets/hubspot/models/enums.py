"""HubSpot's fixed vocabularies. Each also holds a value that HubSpot brings out later, as it came.

`CampaignStatus("archived")` is a `CampaignStatus` whose name and value are the text; `is_known` tells it apart.
Source: HubSpot's API reference.
"""

from enum import StrEnum
from typing import Any

from campaign_assets.hubspot.errors import InvalidRequest


class OpenEnum(StrEnum):
    """Texts of which some are known."""

    @classmethod
    def _missing_(cls, value: object) -> "OpenEnum | None":
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = unknown._value_ = value
        return unknown

    @property
    def is_known(self) -> bool:
        """Whether it is one of the values that are written down here."""
        return self.value in type(self)._value2member_map_

    def __reduce_ex__(self, protocol: Any) -> tuple[type, tuple[str]]:
        return type(self), (str(self.value),)


class CampaignStatus(OpenEnum):
    """What state a campaign is in."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"


class CloneStatus(OpenEnum):
    """How far the copying of a campaign is."""

    PENDING = "PENDING"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"
    PARTIAL_FAILURE = "PARTIAL_FAILURE"


class CampaignSort(OpenEnum):
    """What a search is sorted by."""

    NAME = "hs_name"
    CREATED_AT = "createdAt"
    UPDATED_AT = "updatedAt"
    NAME_DESCENDING = "-hs_name"
    CREATED_AT_DESCENDING = "-createdAt"
    UPDATED_AT_DESCENDING = "-updatedAt"


class AttributionModel(OpenEnum):
    """How a deal's revenue is credited to the interactions before it."""

    LINEAR = "LINEAR"
    FIRST_INTERACTION = "FIRST_INTERACTION"
    LAST_INTERACTION = "LAST_INTERACTION"
    FULL_PATH = "FULL_PATH"
    U_SHAPED = "U_SHAPED"
    W_SHAPED = "W_SHAPED"
    TIME_DECAY = "TIME_DECAY"
    J_SHAPED = "J_SHAPED"
    INVERSE_J_SHAPED = "INVERSE_J_SHAPED"


class ContactType(OpenEnum):
    """Which contacts of a campaign a report lists."""

    FIRST_TOUCH = "contactFirstTouch"
    LAST_TOUCH = "contactLastTouch"
    INFLUENCED = "influencedContacts"


def check_known(name: str, value: object, vocabulary: type[OpenEnum]) -> str:
    """An argument that must be one of a vocabulary.

    Raises:
        InvalidRequest: It is none of them.
    """
    if isinstance(value, str) and value in vocabulary._value2member_map_:
        return str(value)
    raise InvalidRequest(f"{name} is {value!r:.100}, but may be one of {', '.join(vocabulary)}.")
