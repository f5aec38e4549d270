"""Contacts, sessions and deals that a campaign brought: what the three reports count.

Belongs here: the made-up people and deals of a campaign. Not here: parameters and paging of the reports.

The contacts are one list, and the counts are counts of that list, so that the reports agree with each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from random import Random

from campaign_assets.emulator.hashing import stable_int
from campaign_assets.emulator.requests import DateRange

CONTACT_TYPES = ("contactFirstTouch", "contactLastTouch", "influencedContacts")
MODELS = (
    "LINEAR",
    "FIRST_INTERACTION",
    "LAST_INTERACTION",
    "FULL_PATH",
    "U_SHAPED",
    "W_SHAPED",
    "TIME_DECAY",
    "J_SHAPED",
    "INVERSE_J_SHAPED",
)
_ACTIVE_DAYS = 150


@dataclass(frozen=True)
class Contact:
    """A person a campaign reached on a day, and the kinds of reports that list them."""

    id: str
    day: int
    types: frozenset[str]


@dataclass(frozen=True)
class Deal:
    """A deal closed on a day, with the share of it each attribution model credits to the campaign."""

    day: int
    amount: Decimal
    shares: tuple[float, ...]

    def credit(self, model: str) -> Decimal:
        """Give the revenue a model credits to the campaign."""
        share = Decimal(str(self.shares[MODELS.index(model)]))
        return (self.amount * share).quantize(Decimal("0.01"))


@lru_cache(maxsize=10_000)
def contacts_of(seed: int, campaign_id: str, first_day: int) -> tuple[Contact, ...]:
    """Give every contact a campaign ever reaches, by day."""
    random = Random(stable_int(seed, "contacts", campaign_id))  # noqa: S311 - made-up data
    found = []
    for number in range(int(random.random() ** 2 * 340)):
        types = {"influencedContacts"}
        if random.random() < 0.4:
            types.add("contactFirstTouch")
        if random.random() < 0.3:
            types.add("contactLastTouch")
        contact_id = str(110_300_000_000 + stable_int(seed, campaign_id, number) % 900_000_000)
        found.append(Contact(contact_id, first_day + random.randrange(_ACTIVE_DAYS), frozenset(types)))
    return tuple(sorted(found, key=lambda contact: (contact.day, contact.id)))


@lru_cache(maxsize=10_000)
def deals_of(seed: int, campaign_id: str, first_day: int) -> tuple[Deal, ...]:
    """Give every deal a campaign ever brings, by day."""
    random = Random(stable_int(seed, "deals", campaign_id))  # noqa: S311 - made-up data
    deals = [
        Deal(
            first_day + random.randrange(_ACTIVE_DAYS),
            Decimal(random.randrange(50_000, 9_000_000)) / 100,
            tuple(round(random.random(), 4) for _ in MODELS),
        )
        for _ in range(max(0, random.randrange(-4, 12)))
    ]
    return tuple(sorted(deals, key=lambda deal: deal.day))


def sessions_of(seed: int, campaign_id: str, first_day: int, days: DateRange) -> int:
    """Count a campaign's sessions over some days."""
    return sum(_daily_sessions(seed, campaign_id, first_day, days))


def _daily_sessions(seed: int, campaign_id: str, first_day: int, days: DateRange) -> Iterator[int]:
    size = 5 + stable_int(seed, "sessions", campaign_id) % 90
    for day in range(max(days.first, first_day), min(days.last, first_day + _ACTIVE_DAYS) + 1):
        yield stable_int(seed, campaign_id, day) % size
