"""What a probe found, beside what the product assumes."""

from dataclasses import dataclass

from campaign_assets.hubspot import ApiError, ConnectionFailed, HubSpotError
from campaign_assets.inspection.findings import MARKS


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that HubSpot's documentation leaves open.

    Attributes:
        name: What is open, in a few words.
        assumed: What the product assumes.
    """

    name: str
    assumed: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found of an unknown. No name, id or text of the account is in it.

    Attributes:
        unknown: What was open.
        fits: Whether the product is right with what was found; None where nothing could be told.
        found: What was found; where nothing could be told, why.
    """

    unknown: Unknown
    fits: bool | None
    found: str

    def __str__(self) -> str:
        found = f"could not be told on this account, because {self.found}" if self.fits is None else self.found
        return f"{MARKS[self.fits]} {self.unknown.name}\n    found: {found}\n    assumed: {self.unknown.assumed}"


def describe_error(error: HubSpotError) -> str:
    """An error in half a sentence, without what HubSpot says in it: that may name a campaign."""
    if isinstance(error, ApiError):
        return f"HubSpot answered {error.status}"
    if isinstance(error, ConnectionFailed):
        return "no whole response came"
    return f"the request failed ({type(error).__name__})"
