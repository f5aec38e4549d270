"""What a day's responses left out: assets that are tied to campaigns which exist, and the numbers of assets.

Asked minus answered. What was known before stays, and what is missing is told.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.catalog import AssetType
from campaign_assets.extract.metric_rows import find_numberless
from campaign_assets.quality.rules import Problem

_KEY = ["campaign_id", "asset_id"]
_NAMED = 3

Assets = Collection[tuple[str, str]]
"""Campaign and asset id."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the responses of a cell left out.

    Attributes:
        assets: Associated assets that did not come.
        silent: Assets that came without a number, though there is one of them in the file as it is.
        unreadable: Assets that came without an id that can be read.
        mute: Assets that came in responses without any metrics.
        conflicts: Assets that came twice, and not alike, in words.
        reasons: Why, as far as HubSpot said: of campaigns that it refuses to answer.
    """

    assets: Assets = ()
    silent: Assets = ()
    unreadable: int = 0
    mute: int = 0
    conflicts: Sequence[str] = ()
    reasons: Mapping[str, Exception] = field(default_factory=dict)

    @property
    def problem(self) -> Problem | None:
        """The same for a person; None where nothing was left out."""
        concerned = sorted({campaign_id for campaign_id, _ in self.assets}.intersection(self.reasons))
        words = [f"campaign {campaign_id}: {self.reasons[campaign_id]}" for campaign_id in concerned[:_NAMED]]
        if self.assets:
            words.append(_enumerate(self.assets))
        if self.silent:
            words.append(f"no number any more of {_enumerate(self.silent)}")
        if self.mute:
            words.append(f"{self.mute:,} assets came without any metrics")
        if self.unreadable:
            words.append(f"{self.unreadable:,} assets came without an id that can be read")
        count = self.unreadable + len(self.assets) + max(len(self.silent), self.mute) + len(self.conflicts)
        return Problem(count, "; ".join([*words, *self.conflicts[:_NAMED]])) if count else None


def _enumerate(assets: Assets) -> str:
    return ", ".join(f"campaign {campaign_id} asset {asset_id}" for campaign_id, asset_id in sorted(assets)[:_NAMED])


def find_silent(rows: pa.Table, before: pa.Table | None, asset_type: AssetType) -> Assets:
    """The assets whose numbers are in the file as it is, and not in what came.

    Args:
        rows: What came.
        before: The file; None where there is none.
        asset_type: The type of all of them.
    """
    numberless = rows.filter(find_numberless(rows, asset_type))
    if before is None or not numberless.num_rows:
        return frozenset()
    known = before.filter(pc.invert(find_numberless(before, asset_type)))
    return _list_keys(numberless) & _list_keys(known)


def _list_keys(rows: pa.Table) -> frozenset[tuple[str, str]]:
    return frozenset(zip(*(rows[name].to_pylist() for name in _KEY), strict=True))


def find_left_out(asked: pa.Table | None, rows: pa.Table, missing: Collection[str]) -> Assets:
    """The assets that should have come and did not.

    Args:
        asked: `campaign_id` (a dictionary or not) and `asset_id` of all that is associated; None where nobody knows.
        rows: What came.
        missing: Campaigns that do not exist any more: of these nothing can come.
    """
    if asked is None or not asked.num_rows:
        return frozenset()
    asked = asked.set_column(0, "campaign_id", asked["campaign_id"].cast(pa.string()))
    if all(asked[name].equals(rows[name]) for name in _KEY):
        return frozenset()  # the usual case, which needs no table of hashes
    absent = asked.join(rows.select(_KEY), _KEY, join_type="left anti", use_threads=False)
    if missing:
        gone = pc.is_in(absent["campaign_id"], pa.array(sorted(missing), pa.string()))
        absent = absent.filter(pc.invert(gone))
    return _list_keys(absent)
