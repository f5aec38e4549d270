"""One asset or campaign that came several times: what the copies say together.

Rows repeat where they move between pages, and where a server repeats itself. A copy that says less must not replace one
that says more; where two say different things, the later one counts, and that they differ is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from campaign_assets.hubspot import Asset, Campaign

Key = tuple[str, str]
"""Campaign and asset id."""
_NOTHING: Mapping[str, int | float] = {}


@dataclass(slots=True)
class Assets:
    """Assets by their key, each once.

    Attributes:
        by_key: The assets.
        received: How many came, repeats included.
        conflicts: Assets of which two copies say different things, in words.
    """

    by_key: dict[Key, Asset] = field(default_factory=dict)
    received: int = 0
    conflicts: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, assets: Iterable[tuple[str, Asset]]) -> "Assets":
        """Assets of one type as they came, each with its campaign."""
        joined = cls()
        for campaign_id, asset in assets:
            joined._add((campaign_id, asset.id), asset)
        return joined

    def _add(self, key: Key, asset: Asset) -> None:
        self.received += 1
        known = self.by_key.get(key)
        if known is None or known == asset:
            self.by_key[key] = asset
            return
        self.by_key[key] = _join_assets(known, asset)
        before, after = known.metrics or _NOTHING, asset.metrics or _NOTHING
        different = sorted(name for name in before.keys() & after.keys() if before[name] != after[name])
        if different:
            name = different[0]
            said = f"{before[name]} in one and {after[name]} in another"
            self.conflicts.append(f"campaign {key[0]} asset {key[1]} came twice, with {name} {said}")


def _join_assets(known: Asset, later: Asset) -> Asset:
    metrics = {**(known.metrics or _NOTHING), **(later.metrics or _NOTHING)}
    is_mute = known.metrics is None and later.metrics is None
    texts = {**known.unreadable, **later.unreadable}
    return replace(
        later,
        name=known.name if later.name is None else later.name,
        metrics=None if is_mute else metrics,
        unreadable={name: text for name, text in texts.items() if name not in metrics},
    )


def join_campaigns(known: Campaign | None, later: Campaign) -> Campaign:
    """A campaign with what two copies of it say: the newer counts, and what only one says is kept.

    Args:
        known: The copy that came first; None where there is none.
        later: The other.
    """
    if known is None or known == later:
        return later
    old, new = (later, known) if _is_newer(known, later) else (known, later)
    return replace(
        new,
        properties={**old.properties, **new.properties},
        created_at=new.created_at or old.created_at,
        updated_at=new.updated_at or old.updated_at,
        business_unit_ids=old.business_unit_ids if new.business_unit_ids is None else new.business_unit_ids,
    )


def _is_newer(one: Campaign, other: Campaign) -> bool:
    return one.updated_at is not None and (other.updated_at is None or one.updated_at > other.updated_at)
