"""What the sensor of campaign changes saw of the account at its last tick, and what of it is a change.

A time of the last change that HubSpot does not say, or says in a way that cannot be read, is unknown: it is not equal
to the one before, and no proof that nothing has changed.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaign_assets.defs.automation.run_keys import Asked
from campaign_assets.hubspot import CampaignPage

INTERVAL_WHERE_UNKNOWN = timedelta(hours=1)
"""So often the campaigns are refreshed where nothing says whether one was changed, and so long after a failure."""
_LONGEST_RAW = 64


@dataclass(frozen=True, slots=True)
class SeenCampaigns:
    """What one search tells of all campaigns.

    Attributes:
        newest: When one was changed last, as text; None where that is unknown.
        count: How many there are.
    """

    newest: str | None
    count: int

    @classmethod
    def from_page(cls, page: CampaignPage) -> "SeenCampaigns":
        """What a page tells that holds the campaign which was changed last."""
        if not page.results:
            return cls(None if page.total else "never", page.total)
        campaign = page.results[0]
        if campaign.updated_at:
            return cls(campaign.updated_at.isoformat(), page.total)
        return cls(_to_raw(campaign.extra.get("updatedAt")), page.total)

    def __str__(self) -> str:
        return f"{self.newest or 'unknown'} {self.count}"


@dataclass(frozen=True, slots=True)
class CampaignsCursor:
    """What the sensor remembers.

    Attributes:
        seen: What it saw when it asked for a refresh last; None for never.
        asked: How often it has asked for one.
        run_key: The key of the run that it asked for last; empty for none.
    """

    seen: SeenCampaigns | None = None
    asked: Asked = field(default_factory=Asked)
    run_key: str = ""

    @classmethod
    def parse(cls, text: str) -> "CampaignsCursor":
        """A cursor from its text.

        Raises:
            ValueError: The text is something else.
        """
        try:
            value = json.loads(text)
            newest, count, run_key = value["newest"], value["count"], value["run_key"]
            asked = Asked.parse(value["asked"])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise ValueError("no cursor of this sensor") from error
        is_ours = isinstance(newest, str | None) and isinstance(count, int) and isinstance(run_key, str) and asked.times
        if not is_ours:
            raise ValueError("no cursor of this sensor")
        return cls(SeenCampaigns(newest, count), asked, run_key)

    def to_text(self) -> str:
        """The same as text; only of a sensor that has asked already."""
        seen = self.seen or SeenCampaigns(None, 0)
        value = {"newest": seen.newest, "count": seen.count, "asked": self.asked.to_json()}
        return json.dumps({**value, "run_key": self.run_key})

    def is_change(self, seen: SeenCampaigns, now: datetime, has_failed: Callable[[str], bool]) -> bool:
        """Whether what is seen now calls for a refresh.

        Args:
            seen: What is seen.
            now: The present time, with its time zone.
            has_failed: Whether the run of a key has failed: then the refresh is still to be done.
        """
        if self.seen is None or self.asked.last is None or self.seen.count != seen.count:
            return True
        # A time in the future is one of a clock that went back.
        is_long_ago = not timedelta(0) <= now - self.asked.last < INTERVAL_WHERE_UNKNOWN
        if seen.newest is None:
            return is_long_ago
        return self.seen.newest != seen.newest or (is_long_ago and has_failed(self.run_key))


def _to_raw(value: object) -> str | None:
    """A value that is no time that can be read, but another one after each change; None for what never changes.

    A number of seconds, or a date in another spelling, has a digit. Words such as `n/a` tell nothing.
    """
    text = json.dumps(value, sort_keys=True, default=str)
    if not any(letter.isdigit() for letter in text):
        return None
    return text if len(text) <= _LONGEST_RAW else hashlib.sha256(text.encode()).hexdigest()
