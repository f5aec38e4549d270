"""Associated assets that a day's responses left out: asked minus answered, for the assets of campaigns that exist."""

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.quality.rules import Problem

_KEY = ["campaign_id", "asset_id"]
_NAMED = 3

Assets = Collection[tuple[str, str]]
"""Campaign and asset id."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the responses of a cell left out.

    Attributes:
        assets: The assets.
    """

    assets: Assets = ()

    @property
    def problem(self) -> Problem | None:
        """The same for a person; None where nothing was left out."""
        if not self.assets:
            return None
        named = [f"campaign {campaign_id} asset {asset_id}" for campaign_id, asset_id in sorted(self.assets)[:_NAMED]]
        return Problem(len(self.assets), ", ".join(named))


def find_left_out(asked: pa.Table | None, rows: pa.Table, missing: Collection[str]) -> LeftOut:
    """The assets that should have come and did not.

    Args:
        asked: `campaign_id` and `asset_id` of all that is associated; None where nobody knows.
        rows: What came.
        missing: Campaigns that do not exist any more: of these nothing can come.
    """
    if asked is None or not asked.num_rows:
        return LeftOut()
    absent = asked.join(rows.select(_KEY), _KEY, join_type="left anti", use_threads=False)
    if missing:
        gone = pc.is_in(absent["campaign_id"], pa.array(sorted(missing), pa.string()))
        absent = absent.filter(pc.invert(gone))
    return LeftOut(frozenset(zip(*(absent[name].to_pylist() for name in _KEY), strict=True)))
