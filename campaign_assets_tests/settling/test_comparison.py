"""What two readings of a day say differently."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_assets.catalog import get_metric_asset_type
from campaign_assets.settling.comparison import Movement, compare, find_value
from campaign_assets.tables import METRIC_RESTATEMENTS, METRICS_TABLES

FORM = get_metric_asset_type("form")
EARLIER, LATER = datetime(2026, 3, 10, 1, tzinfo=UTC), datetime(2026, 3, 11, 1, tzinfo=UTC)
Key = tuple[str, str]
Metrics = dict[str, Any]


def to_rows(assets: dict[Key, Metrics], read_at: datetime = EARLIER) -> pa.Table:
    """Rows of the table of forms, metrics by column."""
    rows = [
        {"campaign_id": campaign, "asset_id": asset, "extracted_at": read_at, **metrics}
        for (campaign, asset), metrics in sorted(assets.items())
    ]
    return pa.Table.from_pylist(rows, schema=METRICS_TABLES["FORM"].columns)


def list_changes(before: dict[Key, Metrics], after: dict[Key, Metrics]) -> list[tuple[Any, ...]]:
    """What differs, each as asset, metric, before, after."""
    rows = compare(FORM, to_rows(before), to_rows(after, LATER), LATER).rows
    assert rows.schema.equals(METRIC_RESTATEMENTS.columns)
    return [(row["asset_id"], row["metric"], row["before"], row["after"]) for row in rows.to_pylist()]


def test_the_same_rows_differ_in_nothing_though_they_were_read_later_and_renamed() -> None:
    rows = {("c", "1"): {"views": 5, "asset_name": "a", "other_metrics": [("SHARES", 1.0)]}}
    renamed = {("c", "1"): {**rows["c", "1"], "asset_name": "b"}}
    assert list_changes(rows, renamed) == []


def test_each_number_that_differs_is_one_row_with_both_times() -> None:
    before = {("c", "1"): {"views": 5, "submissions": 1}, ("c", "2"): {"views": 7}}
    after = {("c", "1"): {"views": 6, "submissions": 1}, ("c", "2"): {"views": 7}}
    assert compare(FORM, to_rows(before), to_rows(after, LATER), LATER).rows.to_pylist() == [
        {
            "campaign_id": "c",
            "asset_type": "FORM",
            "asset_id": "1",
            "metric": "VIEWS",
            "noticed_at": LATER,
            "before": 5.0,
            "after": 6.0,
            "before_read_at": EARLIER,
        }
    ]


def test_what_appeared_or_vanished_has_a_null_on_one_side_and_zero_is_not_null() -> None:
    before: dict[Key, Metrics] = {("c", "1"): {"views": 0}, ("c", "2"): {"views": 7}}
    after: dict[Key, Metrics] = {("c", "1"): {"views": None}, ("c", "3"): {"views": 8, "submissions": 0}}
    assert list_changes(before, after) == [
        ("1", "VIEWS", 0.0, None),
        ("2", "VIEWS", 7.0, None),
        ("3", "SUBMISSIONS", None, 0.0),
        ("3", "VIEWS", None, 8.0),
    ]


def test_rows_without_any_number_appear_and_vanish_unnoticed() -> None:
    assert list_changes({("c", "1"): {}}, {("c", "2"): {}}) == []


def test_a_metric_that_got_a_column_or_lost_it_is_the_same_metric() -> None:
    others = {("c", "1"): {"other_metrics": [("VIEWS", 5.0)]}, ("c", "2"): {"other_metrics": [("VIEWS", 0.5)]}}
    assert list_changes(others, {("c", "1"): {"views": 5}, ("c", "2"): {"views": 1}}) == [("2", "VIEWS", 0.5, 1.0)]


def test_unknown_metrics_are_compared_by_hubspots_name() -> None:
    before = {("c", "1"): {"other_metrics": [("Likes", 2.0), ("SHARES", 1.0)]}}
    after = {("c", "1"): {"other_metrics": [("SHARES", 4.0)]}}
    assert list_changes(before, after) == [("1", "Likes", 2.0, None), ("1", "SHARES", 1.0, 4.0)]


def test_ids_that_only_look_alike_when_put_together_are_kept_apart() -> None:
    before, after = {("a", "b\x1fc"): {"views": 1}}, {("a\x1fb", "c"): {"views": 1}}
    assert list_changes(before, after) == [("b\x1fc", "VIEWS", 1.0, None), ("c", "VIEWS", None, 1.0)]


@pytest.mark.parametrize("count", [2**53 + 1, 2**63 - 1, -(2**63)])
def test_counts_beyond_what_a_double_holds_are_compared_exactly(count: int) -> None:
    other = count + 1 if count < 0 else count - 1
    changes = list_changes({("c", "1"): {"views": count}}, {("c", "1"): {"views": other}})
    assert changes == [("1", "VIEWS", float(count), float(other))]
    assert list_changes({("c", "1"): {"views": count}}, {("c", "1"): {"views": count}}) == []


def test_what_moved_counts_assets_that_both_readings_know_and_no_ratios() -> None:
    before: dict[Key, Metrics] = {
        ("c", "1"): {"views": 10, "submissions": 2, "conversion_rate": 0.2},
        ("c", "2"): {"views": 50},
    }
    after: dict[Key, Metrics] = {
        ("c", "1"): {"views": 14, "submissions": 1, "conversion_rate": 0.07},
        ("c", "3"): {"views": 99},
    }
    movement = compare(FORM, to_rows(before), to_rows(after), LATER).movement
    assert movement == Movement(values=3, changed=3, moved=5.0, total=15.0)


METRICS = st.fixed_dictionaries(
    {},
    optional={
        "views": st.none() | st.integers(0, 3),
        "submissions": st.none() | st.integers(0, 3),
        "conversion_rate": st.none() | st.sampled_from([0.0, 0.5, 1.0]),
        "other_metrics": st.dictionaries(st.sampled_from(["VIEWS", "SHARES"]), st.sampled_from([0.0, 1.5])).map(
            lambda pairs: sorted(pairs.items()) or None
        ),
    },
)
READINGS = st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("123")), METRICS, max_size=9)


def to_numbers(assets: dict[Key, Metrics]) -> dict[tuple[str, str, str], float]:
    """Every number of a reading by campaign, asset and metric."""
    numbers = {}
    for key, metrics in assets.items():
        others = dict(metrics.get("other_metrics") or ())
        columns = {name.upper(): value for name, value in metrics.items() if name != "other_metrics"}
        told = {name: value for name, value in columns.items() if value is not None}
        numbers.update({(*key, name): float(value) for name, value in {**others, **told}.items()})
    return numbers


@given(before=READINGS, after=READINGS)
def test_the_differences_are_those_of_two_dictionaries(before: dict[Key, Metrics], after: dict[Key, Metrics]) -> None:
    old, new = to_numbers(before), to_numbers(after)
    expected = [
        (*key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)
    ]
    rows = compare(FORM, to_rows(before), to_rows(after), LATER).rows.to_pylist()
    found = [(r["campaign_id"], r["asset_id"], r["metric"], r["before"], r["after"]) for r in rows]
    assert found == expected
    for campaign_id, asset_id, metric, value, _ in expected:
        assert find_value(FORM, to_rows(before), campaign_id, asset_id, metric) == value
