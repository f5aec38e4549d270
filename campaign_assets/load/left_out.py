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
from campaign_assets.tables import OTHER_METRICS, OTHER_METRICS_TEXT

_KEY = ["campaign_id", "asset_id"]
_OTHERS = [OTHER_METRICS, OTHER_METRICS_TEXT]
_NAMED = 3

Assets = Collection[tuple[str, str]]
"""Campaign and asset id."""
Numbers = Mapping[str, Mapping[tuple[str, str], int | float]]
"""Numbers by metric in HubSpot's spelling, then by campaign and asset id."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the responses of a cell left out.

    Attributes:
        assets: Associated assets that did not come.
        silent: Assets that came without a number, though there is one of them in the file as it is.
        forgotten: Numbers in the file as it is that did not come, of assets that came with others.
        unreadable: Assets that came without an id that can be read.
        mute: Assets that came in responses without any metrics.
        conflicts: Assets that came twice, and not alike, in words.
        reasons: Why, as far as HubSpot said: of campaigns that it refuses to answer.
    """

    assets: Assets = ()
    silent: Assets = ()
    forgotten: Numbers = field(default_factory=dict)
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
        words += [f"no {metric} any more of {_enumerate(of)}" for metric, of in sorted(self.forgotten.items())[:_NAMED]]
        if self.mute:
            words.append(f"{self.mute:,} assets came without any metrics")
        if self.unreadable:
            words.append(f"{self.unreadable:,} assets came without an id that can be read")
        count = self.unreadable + len(self.assets) + max(len(self.silent), self.mute) + len(self.conflicts)
        count += sum(map(len, self.forgotten.values()))
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


def find_forgotten(rows: pa.Table, before: pa.Table | None, asset_type: AssetType, silent: Assets) -> Numbers:
    """Numbers of the file as it is that did not come, though others of the same asset did.

    A number that came in another form, as one that does not fit or as text, has come.

    Args:
        rows: What came.
        before: The file; None where there is none.
        asset_type: The type of all of them.
        silent: Assets that came without any number.
    """
    if before is None:
        return {}
    found: dict[str, dict[tuple[str, str], int | float]] = {}
    for metric in asset_type.metrics:
        if metric.column not in before.column_names or not rows[metric.column].null_count:
            continue
        nulls = rows.filter(pc.is_null(rows[metric.column]))
        others = [
            {*dict(numbers or ()), *dict(texts or ())}
            for numbers, texts in zip(*(nulls[name].to_pylist() for name in _OTHERS), strict=True)
        ]
        keys = zip(*(nulls[name].to_pylist() for name in _KEY), strict=True)
        untold = {key for key, names in zip(keys, others, strict=True) if metric.name not in names}.difference(silent)
        known = zip(*(before[name].to_pylist() for name in [*_KEY, metric.column]), strict=True)
        if numbers := {(c, a): number for c, a, number in known if number is not None and (c, a) in untold}:
            found[metric.name] = numbers
    return found


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
