"""Associated assets that a day's responses left out: asked minus answered, for the assets of campaigns that exist."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.quality.rules import Problem

_KEY = ["campaign_id", "asset_id"]
_NAMED = 3
_NOTHING: Mapping[str, Exception] = {}

Assets = Collection[tuple[str, str]]
"""Campaign and asset id."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the responses of a cell left out.

    Attributes:
        assets: The assets.
        reasons: Why, as far as HubSpot said: of campaigns that it refuses to answer.
    """

    assets: Assets = ()
    reasons: Mapping[str, Exception] = field(default_factory=dict)

    @property
    def problem(self) -> Problem | None:
        """The same for a person; None where nothing was left out."""
        if not self.assets:
            return None
        named = [f"campaign {campaign_id} asset {asset_id}" for campaign_id, asset_id in sorted(self.assets)[:_NAMED]]
        concerned = sorted({campaign_id for campaign_id, _ in self.assets}.intersection(self.reasons))
        reasons = [f"campaign {campaign_id}: {self.reasons[campaign_id]}" for campaign_id in concerned[:_NAMED]]
        return Problem(len(self.assets), "; ".join([*reasons, ", ".join(named)]))


def find_left_out(
    asked: pa.Table | None, rows: pa.Table, missing: Collection[str], refused: Mapping[str, Exception] = _NOTHING
) -> LeftOut:
    """The assets that should have come and did not.

    Args:
        asked: `campaign_id` and `asset_id` of all that is associated; None where nobody knows.
        rows: What came.
        missing: Campaigns that do not exist any more: of these nothing can come.
        refused: Campaigns that HubSpot refuses to answer, and why.
    """
    if asked is None or not asked.num_rows:
        return LeftOut()
    absent = asked.join(rows.select(_KEY), _KEY, join_type="left anti", use_threads=False)
    if missing:
        gone = pc.is_in(absent["campaign_id"], pa.array(sorted(missing), pa.string()))
        absent = absent.filter(pc.invert(gone))
    return LeftOut(frozenset(zip(*(absent[name].to_pylist() for name in _KEY), strict=True)), refused)
