"""Which campaign properties are asked for: the standard ones and those of the settings, in parts that fit an address.

A standard property that HubSpot does not have any more is left out; one from the settings is a wrong setting.
"""

from collections.abc import Sequence

from campaign_assets.catalog import CAMPAIGN_PROPERTIES
from campaign_assets.hubspot import ConfigurationError, ForbiddenProperties

LONGEST_NAMES = 6_000
"""Characters of all names in one address, with their commas as they are encoded: servers stop reading at some 8,000."""
_COMMA = len("%2C")
_STANDARD = frozenset(known.name for known in CAMPAIGN_PROPERTIES)


class PropertyNames:
    """The properties that one reading of campaigns asks for.

    Attributes:
        custom: Those of the settings.
        sunset: Standard ones that HubSpot does not have any more.
    """

    def __init__(self, custom: Sequence[str]) -> None:
        """Takes the settings' names; those that are standard are asked for anyway."""
        self.custom = tuple(name for name in dict.fromkeys(custom) if name not in _STANDARD)
        self.sunset: tuple[str, ...] = ()

    def list_parts(self) -> list[list[str]]:
        """The names in parts, each as many as an address may hold; there is always a first part."""
        parts: list[list[str]] = [[]]
        length = 0
        for name in [*(p.name for p in CAMPAIGN_PROPERTIES if p.name not in self.sunset), *self.custom]:
            length += len(name) + _COMMA
            if parts[-1] and length > LONGEST_NAMES:
                parts.append([])
                length = len(name) + _COMMA
            parts[-1].append(name)
        return parts

    def leave_out(self, error: ForbiddenProperties) -> None:
        """Leaves out the standard properties that HubSpot refuses.

        Args:
            error: HubSpot's refusal.

        Raises:
            ConfigurationError: It refuses a property of the settings.
            ForbiddenProperties: It refuses nothing that was asked for by name.
        """
        refused = set(error.names)
        if refused.intersection(self.custom):
            raise ConfigurationError(
                f"{error} Take the property out of CAMPAIGN_ASSETS_PROPERTIES, or create it in HubSpot."
            ) from None
        sunset = [p.name for p in CAMPAIGN_PROPERTIES if p.name in refused and p.name not in self.sunset]
        if not sunset:
            raise error
        self.sunset += tuple(sunset)
