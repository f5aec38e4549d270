"""Assets with metrics as rows: nothing is lost, whatever number comes."""

from datetime import UTC, datetime
from typing import Any

from campaign_assets.catalog import get_metric_asset_type
from campaign_assets.extract.metric_rows import MetricRows, to_metric_rows
from campaign_assets.hubspot import Asset

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
POSTS = get_metric_asset_type("blog_post")
FORMS = get_metric_asset_type("form")


def to_cells(rows: MetricRows, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in columns) for row in rows.table.to_pylist()]


def test_rows_are_sorted_and_a_pair_that_repeats_is_one_row_with_the_last_value() -> None:
    assets = [
        ("b", Asset("1", "one", {"VIEWS": 1})),
        ("a", Asset("2", "two", {"VIEWS": 2})),
        ("a", Asset("10", "ten", {"VIEWS": 3})),
        ("b", Asset("1", "one again", {"VIEWS": 4})),
    ]
    rows = to_metric_rows(POSTS, assets, NOW)
    assert to_cells(rows, "campaign_id", "asset_id", "asset_name", "views") == [
        ("a", "10", "ten", 3),
        ("a", "2", "two", 2),
        ("b", "1", "one again", 4),
    ]
    assert rows.repeated == 1


def test_a_missing_metric_is_null_and_zero_is_zero() -> None:
    rows = to_metric_rows(POSTS, [("a", Asset("1", None, {"VIEWS": 0})), ("a", Asset("2", None, {}))], NOW)
    assert to_cells(rows, "views", "submissions", "other_metrics") == [(0, None, None), (None, None, None)]


def test_an_unknown_metric_is_kept_by_hubspots_name() -> None:
    rows = to_metric_rows(POSTS, [("a", Asset("1", None, {"VIEWS": 1, "SHARES": 7}))], NOW)
    assert to_cells(rows, "views", "other_metrics") == [(1, [("SHARES", 7.0)])]
    assert rows.other_metrics == ["SHARES"]


def test_a_number_that_does_not_fit_its_column_moves_and_the_others_stay() -> None:
    assets = [
        ("a", Asset("1", None, {"VIEWS": 1.5, "SUBMISSIONS": 2})),
        ("a", Asset("2", None, {"VIEWS": 2**63, "SUBMISSIONS": 2**63 - 1})),
        ("a", Asset("3", None, {"VIEWS": 3.0})),
    ]
    rows = to_metric_rows(POSTS, assets, NOW)
    assert to_cells(rows, "views", "submissions", "other_metrics") == [
        (None, 2, [("VIEWS", 1.5)]),
        (None, 2**63 - 1, [("VIEWS", float(2**63))]),
        (3, None, None),
    ]


def test_a_ratio_is_a_double_whether_it_comes_whole_or_not() -> None:
    rows = to_metric_rows(
        FORMS,
        [("a", Asset("1", None, {"CONVERSION_RATE": 1})), ("a", Asset("2", None, {"CONVERSION_RATE": 0.25}))],
        NOW,
    )
    assert to_cells(rows, "conversion_rate") == [(1.0,), (0.25,)]


def test_a_fraction_alone_in_a_column_of_counts_is_not_cut_off() -> None:
    rows = to_metric_rows(POSTS, [("a", Asset("1", None, {"VIEWS": 0.5})), ("a", Asset("2", None, {"VIEWS": 4}))], NOW)
    assert to_cells(rows, "views", "other_metrics") == [(None, [("VIEWS", 0.5)]), (4, None)]
