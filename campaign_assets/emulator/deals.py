"""Deals, and how the attribution models share one out among the campaigns that touched it.

Belongs here: what a deal is worth and whose it is. Not here: how many deals a campaign brings on a day (`attribution`).

Source: HubSpot's knowledge base, attribution report models: each distributes a deal's whole amount over the
interactions before it, so that all models share the same total.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from campaign_assets.emulator.hashing import stable_int

_CENT = Decimal("0.01")
_HALF_LIFE = 2.0


_Weights = Callable[[int], list[tuple[int, float]]]
"""Gives, for a number of interactions, what some of them get before the rest is shared equally by the others."""


def _last_half_lives(count: int) -> list[tuple[int, float]]:
    shares = [0.5 ** ((count - 1 - place) / _HALF_LIFE) for place in range(count)]
    return [(place, share / sum(shares)) for place, share in enumerate(shares)]


_MODELS: Mapping[str, _Weights] = {
    "LINEAR": lambda count: [],
    "FIRST_INTERACTION": lambda count: [(0, 1.0)],
    "LAST_INTERACTION": lambda count: [(count - 1, 1.0)],
    "FULL_PATH": lambda count: [(0, 0.225), (count // 3, 0.225), (2 * count // 3, 0.225), (count - 1, 0.225)],
    "U_SHAPED": lambda count: [(0, 0.4), (count // 3, 0.4)],
    "W_SHAPED": lambda count: [(0, 0.3), (count // 3, 0.3), (2 * count // 3, 0.3)],
    "TIME_DECAY": _last_half_lives,
    "J_SHAPED": lambda count: [(0, 0.2), (count - 1, 0.6)],
    "INVERSE_J_SHAPED": lambda count: [(0, 0.6), (count - 1, 0.2)],
}
MODELS = tuple(_MODELS)


@dataclass(frozen=True)
class Deal:
    """A deal that a campaign won, alone or with another one.

    Attributes:
        amount: What it is worth, in the company currency.
        own: Whether each interaction before it, the oldest first, was with the campaign that won it; else it was with
            the partner.
    """

    amount: Decimal
    own: tuple[bool, ...]

    def credit(self, model: str, shared: bool) -> Decimal:
        """Give the revenue that a model credits to the campaign that won the deal: all of it unless it is shared."""
        if not shared:
            return self.amount
        share = sum(weight for weight, own in zip(weights_of(model, len(self.own)), self.own, strict=True) if own)
        return (self.amount * Decimal(str(share))).quantize(_CENT)


@lru_cache(maxsize=1024)
def weights_of(model: str, count: int) -> tuple[float, ...]:
    """Give each interaction's share of a deal under a model; they add up to 1."""
    fixed = _MODELS[model](count)
    weights = [0.0] * count
    for place, share in fixed:
        weights[place] += share
    rest = 1.0 - sum(share for _, share in fixed)
    others = [place for place in range(count) if not weights[place]] or list(range(count))
    for place in others:
        weights[place] += rest / len(others)
    return tuple(round(weight, 9) for weight in weights)


@lru_cache(maxsize=100_000)
def deal_of(seed: int, campaign_id: str, day: int, number: int) -> Deal:
    """Give the deal with a number among those that a campaign won on a day."""
    draw = stable_int(seed, "deal", campaign_id, day, number)
    low, high, pattern = draw & 0xFFFF, (draw >> 16) & 0xFFFF, (draw >> 32) & 0xFF
    amount = Decimal(9_000 + low + high * high * 300_000 // 0xFFFF**2) / 100
    count = 3 + pattern % 5
    own = tuple(place == pattern % count or bool((draw >> (40 + place)) & 1) for place in range(count))
    return Deal(amount, own)
