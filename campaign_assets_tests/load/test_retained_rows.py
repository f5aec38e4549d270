"""What stays of a file when its cell is written again."""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_assets.catalog import get_metric_asset_type
from campaign_assets.extract.metric_rows import MetricRows, to_metric_rows
from campaign_assets.hubspot import Asset
from campaign_assets.load.retained_rows import list_retained, retain_rows

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
POSTS = get_metric_asset_type("blog_post")


def make_rows(*cells: tuple[str, str, int]) -> MetricRows:
    return to_metric_rows(POSTS, [(c, Asset(a, None, {"VIEWS": views})) for c, a, views in cells], NOW)


def to_cells(rows: pa.Table) -> list[tuple[Any, ...]]:
    return [(row["campaign_id"], row["asset_id"], row["views"]) for row in rows.to_pylist()]


BEFORE = make_rows(("deleted", "1", 5), ("here", "2", 6)).table


def test_rows_of_a_deleted_campaign_stay_and_those_of_others_are_replaced() -> None:
    rows = retain_rows(make_rows(("here", "3", 7)), BEFORE, {"deleted"})
    assert to_cells(rows.table) == [("deleted", "1", 5), ("here", "3", 7)]
    assert rows.retained == 1


@pytest.mark.parametrize(("before", "campaign_ids"), [(None, {"deleted"}), (BEFORE, set()), (BEFORE, {"other"})])
def test_where_nothing_is_to_stay_the_rows_are_those_that_were_read(
    before: pa.Table | None, campaign_ids: set[str]
) -> None:
    fresh = make_rows(("here", "3", 7))
    assert retain_rows(fresh, before, campaign_ids) is fresh


def test_a_column_that_the_older_file_lacks_is_null_there_and_the_day_is_no_column() -> None:
    older = BEFORE.drop_columns(["submissions"]).add_column(0, "metric_date", pa.array([date(2026, 3, 1)] * 2))
    rows = retain_rows(make_rows(("here", "3", 7)), older, {"deleted"}).table
    assert rows.schema.names == POSTS_COLUMNS
    assert rows["submissions"].to_pylist() == [None, None]


IDS = st.frozensets(st.sampled_from("abcde"))


@given(IDS, IDS, st.none() | IDS)
def test_rows_are_replaced_of_campaigns_that_exist_and_were_read_and_stay_of_all_others(
    there: frozenset[str], existing: frozenset[str], only: frozenset[str] | None
) -> None:
    before = pa.table({"campaign_id": pa.array([*there, *there], pa.string())})
    retained = list_retained(before, existing, only)
    assert retained == {name for name in there if name not in existing or (only is not None and name not in only)}
    assert list_retained(None, existing, only) == frozenset()


POSTS_COLUMNS = make_rows().table.schema.names
