"""What metrics are: the scale of the one ratio, and whether types have some for which none are documented."""

from collections.abc import Iterator

from campaign_assets.catalog import find_asset_type
from campaign_assets.inspection.probes.answers import Answer, Unknown
from campaign_assets.inspection.probes.counts import list_assets
from campaign_assets.inspection.probes.sample import Sample

SCALE = Unknown("The scale of CONVERSION_RATE", "None: what comes is stored, and both 0–1 and 0–100 are in range.")
UNDOCUMENTED = Unknown(
    "Whether types without documented metrics have some",
    "They may: they are told by other_metrics_empty, with the recipe to give the type a table.",
)
_RATE = "CONVERSION_RATE"
_PERCENT = 100.0
_NEAR = 2.0
"""A rate that is made of other numbers than these two may be so many times as high or as low."""


def look_for_scale(sample: Sample) -> Answer:
    """Compares the rate with submissions and views; asks nothing.

    Args:
        sample: What is looked at.
    """
    rates = list(_list_rates(sample))
    whole = sum(1 / _NEAR <= rate <= _NEAR for rate in rates)
    percent = sum(1 / _NEAR <= rate / _PERCENT <= _NEAR for rate in rates)
    if not rates:
        return Answer(SCALE, None, "no form that was looked at has a rate, views and submissions")
    if whole > percent:
        return Answer(SCALE, True, f"0–1: so it is for {whole:,} of {len(rates):,} forms.")
    if percent > whole:
        return Answer(SCALE, True, f"0–100: so it is for {percent:,} of {len(rates):,} forms.")
    return Answer(SCALE, None, f"the rate of {len(rates):,} forms is not that of submissions and views")


def _list_rates(sample: Sample) -> Iterator[float]:
    """Each rate, as a multiple of submissions by views."""
    for _, _, asset in list_assets(sample.campaigns):
        metrics = asset.metrics or {}
        rate, views, submissions = (metrics.get(name, 0) for name in (_RATE, "VIEWS", "SUBMISSIONS"))
        if rate > 0 and views > 0 and submissions > 0:
            yield rate / (submissions / views)


def look_for_undocumented(sample: Sample) -> Answer:
    """Looks which types came with metrics; asks nothing.

    Args:
        sample: What is looked at.
    """
    came: dict[str, bool] = {}
    for _, asset_type, asset in list_assets(sample.campaigns):
        known = find_asset_type(asset_type)
        if not (known and known.metrics):
            came[asset_type] = came.get(asset_type, False) or bool(asset.metrics or asset.unreadable)
    if not came:
        return Answer(UNDOCUMENTED, None, "the campaigns that were changed last have no assets of such types")
    having = sorted(name for name, has_metrics in came.items() if has_metrics)
    if not having:
        return Answer(UNDOCUMENTED, True, f"none of {len(came):,} such types that came has any.")
    # A name that the catalog does not know may be the account's own.
    named = [name for name in having if find_asset_type(name)]
    others = [f"{len(having) - len(named):,} that the catalog does not know"] if len(having) > len(named) else []
    return Answer(
        UNDOCUMENTED, True, f"they have: {', '.join([*named, *others])}, of {len(came):,} such types that came."
    )
