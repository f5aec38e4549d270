"""Copies of one asset or campaign: whatever their order, nothing that one of them says is lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from campaign_assets.catalog import get_metric_asset_type
from campaign_assets.extract.copies import join_campaigns
from campaign_assets.extract.metric_rows import to_metric_rows
from campaign_assets.hubspot import Asset, Campaign

NOW = datetime(2026, 3, 10, tzinfo=UTC)
PAGE = get_metric_asset_type("landing_page")
FULL = Asset("1", "Page", {"VIEWS": 5, "SUBMISSIONS": 2, "CUSTOMERS": 0, "NEW": 7})
CAMPAIGN = Campaign("c", {"hs_name": "C", "hs_notes": "N", "hs_utm": "U"}, NOW, NOW, (1, 2))


def take_away(asset: Asset, random: Random) -> Asset:
    """The asset, with less said of it."""
    metrics = {name: number for name, number in (asset.metrics or {}).items() if random.random() < 0.5}
    return replace(asset, name=random.choice((asset.name, None)), metrics=random.choice((metrics, None)))


@given(st.randoms(use_true_random=False), st.integers(0, 4), st.integers(0, 4))
def test_an_emptier_copy_of_an_asset_takes_nothing_away(random: Random, before: int, after: int) -> None:
    copies = [take_away(FULL, random) for _ in range(before)] + [FULL] + [take_away(FULL, random) for _ in range(after)]
    rows = to_metric_rows(PAGE, [("c", copy) for copy in copies], NOW)
    assert rows.table.equals(to_metric_rows(PAGE, [("c", FULL)], NOW).table)
    assert rows.repeated == before + after and not rows.conflicts


def test_copies_that_say_different_numbers_are_told_and_the_later_counts() -> None:
    other = replace(FULL, metrics={"VIEWS": 6})
    rows = to_metric_rows(PAGE, [("c", FULL), ("c", other), ("d", FULL)], NOW)
    assert rows.table.to_pylist()[0]["views"] == 6 and rows.table.to_pylist()[0]["submissions"] == 2
    assert rows.conflicts == ["campaign c asset 1 came twice, with VIEWS 5 in one and 6 in another"]


@given(st.randoms(use_true_random=False), st.integers(1, 5))
def test_an_emptier_copy_of_a_campaign_takes_nothing_away(random: Random, number: int) -> None:
    copies = [CAMPAIGN]
    for _ in range(number):
        left = {name: text for name, text in CAMPAIGN.properties.items() if random.random() < 0.5}
        copies.append(replace(CAMPAIGN, properties=left, updated_at=random.choice((None, NOW)), business_unit_ids=None))
    random.shuffle(copies)
    joined = None
    for copy in copies:
        joined = join_campaigns(joined, copy)
    assert joined == CAMPAIGN


@given(st.booleans())
def test_the_newer_copy_of_a_campaign_counts(newer_first: bool) -> None:
    newer = replace(CAMPAIGN, properties={"hs_name": "D"}, updated_at=NOW + timedelta(seconds=1))
    first, second = (newer, CAMPAIGN) if newer_first else (CAMPAIGN, newer)
    assert join_campaigns(first, second).properties["hs_name"] == "D"
