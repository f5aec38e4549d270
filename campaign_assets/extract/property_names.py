"""Which campaign properties are asked for: the standard ones and those of the settings, in parts that fit an address.

One that HubSpot does not have, or not any more, is left out and told.
"""

from collections.abc import Sequence
from difflib import get_close_matches

from campaign_assets.catalog import CAMPAIGN_PROPERTIES
from campaign_assets.hubspot import ForbiddenProperties

LONGEST_NAMES = 6_000
_SHORTEST_NAMES = 100
"""Characters of all names in one address, with their commas as they are encoded: servers stop reading at some 8,000."""
_COMMA = len("%2C")
_STANDARD = frozenset(known.name for known in CAMPAIGN_PROPERTIES)


class PropertyNames:
    """The properties that one reading of campaigns asks for.

    Attributes:
        custom: Those of the settings.
        sunset: Standard ones that HubSpot does not have any more.
        unknown: Those of the settings that HubSpot does not have, each with the name that comes nearest, if one does.
    """

    def __init__(self, custom: Sequence[str]) -> None:
        """Takes the settings' names; those that are standard are asked for anyway."""
        self.custom = tuple(name for name in dict.fromkeys(custom) if name not in _STANDARD)
        self.sunset: tuple[str, ...] = ()
        self.unknown: dict[str, str | None] = {}
        self._longest = LONGEST_NAMES

    def list_parts(self) -> list[list[str]]:
        """The names in parts, each as many as an address may hold; there is always a first part."""
        parts: list[list[str]] = [[]]
        length = 0
        custom = [name for name in self.custom if name not in self.unknown]
        for name in [*(p.name for p in CAMPAIGN_PROPERTIES if p.name not in self.sunset), *custom]:
            length += len(name) + _COMMA
            if parts[-1] and length > self._longest:
                parts.append([])
                length = len(name) + _COMMA
            parts[-1].append(name)
        return parts

    def shorten(self) -> bool:
        """Makes the parts half as long, where that is possible: something on the way takes no address so long."""
        longest = min(self._longest, max(sum(len(name) + _COMMA for name in part) for part in self.list_parts())) // 2
        if longest < _SHORTEST_NAMES:
            return False
        self._longest = longest
        return True

    def leave_out(self, error: ForbiddenProperties) -> list[str]:
        """Leaves out the properties that HubSpot refuses, and answers which.

        Args:
            error: HubSpot's refusal.

        Raises:
            ForbiddenProperties: It refuses nothing that was asked for by name.
        """
        refused = set(error.names)
        sunset = [p.name for p in CAMPAIGN_PROPERTIES if p.name in refused and p.name not in self.sunset]
        unknown = [name for name in self.custom if name in refused and name not in self.unknown]
        if not sunset and not unknown:
            raise error
        self.sunset += tuple(sunset)
        for name in unknown:
            near = get_close_matches(name, error.correct_names, n=1)
            self.unknown[name] = near[0] if near else None
        return [*sunset, *unknown]
