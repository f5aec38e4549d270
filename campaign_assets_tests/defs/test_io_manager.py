"""A user's own assets downstream of the product's tables."""

from datetime import date, timedelta
from typing import Any

import dagster as dg
import pandas as pd
import pyarrow as pa
import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.defs.partitions import build_partitions
from campaign_assets.tables import METRICS_TABLES
from campaign_assets_tests.conftest import MakeFilled, MakeWorkplace
from campaign_assets_tests.workplace import DAYS, METRICS, SNAPSHOTS, Workplace

BLOG_POST = dg.AssetKey(METRICS_TABLES["BLOG_POST"].path)
MINE = dg.AssetKey(["mine"])


def run_downstream(workplace: Workplace, mine: dg.AssetsDefinition, days: list[date] | None = None) -> Any:
    """Materializes a user's asset after the tables."""
    workplace.extra_assets = [mine]
    result = workplace.run([MINE], days or [])
    assert result.success, workplace.get_failure(result)
    return result


@pytest.fixture
def filled(make_filled: MakeFilled) -> Workplace:
    return make_filled(DAYS)


def test_an_input_arrives_as_the_type_that_is_annotated(filled: Workplace) -> None:
    seen: dict[str, Any] = {}

    @dg.asset(key=MINE, ins={"posts": dg.AssetIn(BLOG_POST), "campaigns": dg.AssetIn(SNAPSHOTS[0])})
    def mine(posts: pd.DataFrame, campaigns: pa.Table) -> pd.DataFrame:
        seen.update(posts=posts, campaigns=campaigns)
        return posts.groupby("campaign_id", as_index=False)[["views"]].sum()

    run_downstream(filled, mine)
    assert seen["campaigns"].num_rows == 12
    posts = seen["posts"]
    assert sorted(set(posts["metric_date"])) == DAYS  # all days, in one piece
    assert posts["views"].dtype == pd.Int64Dtype()  # a missing metric is no zero and no fraction
    stored = filled.store.read(("mine",)).to_pandas()
    assert stored["views"].sum() == posts["views"].sum()


def test_a_daily_asset_of_the_users_sees_its_day(filled: Workplace) -> None:
    seen = []

    @dg.asset(
        key=MINE,
        partitions_def=build_partitions(filled.settings.build_calendar()),
        ins={"posts": dg.AssetIn(BLOG_POST)},
    )
    def mine(posts: pa.Table) -> pa.Table:
        seen.append(set(posts["metric_date"].to_pylist()))
        return posts.select(["campaign_id", "views"])

    run_downstream(filled, mine, [DAYS[1]])
    assert seen == [{DAYS[1]}]
    assert filled.store.list_days(("mine",)) == [DAYS[1]]


def test_a_range_of_days_arrives_in_one_piece(filled: Workplace) -> None:
    seen = []
    week = dg.TimeWindowPartitionMapping(start_offset=-2)

    @dg.asset(
        key=MINE,
        partitions_def=build_partitions(filled.settings.build_calendar()),
        ins={"posts": dg.AssetIn(BLOG_POST, partition_mapping=week)},
    )
    def mine(posts: pa.Table) -> pa.Table:
        seen.append(sorted(set(posts["metric_date"].to_pylist())))
        return posts.select(["campaign_id"])

    run_downstream(filled, mine, [DAYS[-1]])
    assert seen == [DAYS]


def test_days_that_were_never_read_are_left_out_and_logged(filled: Workplace) -> None:
    seen = []

    @dg.asset(
        key=MINE,
        partitions_def=build_partitions(filled.settings.build_calendar()),
        ins={"posts": dg.AssetIn(BLOG_POST, partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-4))},
    )
    def mine(posts: pa.Table) -> pa.Table:
        seen.append(sorted(set(posts["metric_date"].to_pylist())))
        return posts.select(["campaign_id"])

    result = run_downstream(filled, mine, [DAYS[-1]])
    assert seen == [DAYS]
    logs = [record.user_message for record in filled.instance.all_logs(result.run_id)]
    first = DAYS[0] - timedelta(days=2)
    expected = f"hubspot/asset_metrics/blog_post: 2 days between {first} and {first + timedelta(days=1)} never read"
    assert any(expected in log for log in logs)


def test_files_of_different_age_are_unified(filled: Workplace) -> None:
    path = METRICS_TABLES["BLOG_POST"].path
    old = filled.store.read(path, day=DAYS[0]).drop_columns(["metric_date", "submissions"])
    filled.store.write(path, old, day=DAYS[0])
    table = filled.store.read_days(path, DAYS)
    assert table.schema.field("submissions").type == pa.int64()
    by_day = table.filter(pa.compute.equal(table["metric_date"], DAYS[0]))
    assert by_day["submissions"].null_count == by_day.num_rows > 0
    assert table["views"].null_count < table.num_rows


def test_several_days_of_a_users_asset_find_their_files_by_metric_date(filled: Workplace) -> None:
    @dg.asset(
        key=MINE,
        partitions_def=build_partitions(filled.settings.build_calendar()),
        backfill_policy=dg.BackfillPolicy.single_run(),
        ins={"posts": dg.AssetIn(BLOG_POST)},
    )
    def mine(posts: pd.DataFrame) -> pd.DataFrame:
        return posts[["metric_date", "campaign_id", "views"]]

    run_downstream(filled, mine, DAYS)
    for day in DAYS:
        expected = filled.store.read(METRICS_TABLES["BLOG_POST"].path, day=day)["views"].to_pylist()
        assert filled.store.read(("mine",), day=day)["views"].to_pylist() == expected


def test_something_that_is_no_table_is_refused_with_a_sentence(filled: Workplace) -> None:
    @dg.asset(key=MINE)
    def mine() -> dict[str, int]:
        return {"a": 1}

    filled.extra_assets = [mine]
    result = filled.run([MINE])
    assert not result.success
    assert "mine returned a dict, but this I/O manager stores a pandas DataFrame or a pyarrow Table" in (
        filled.get_failure(result)
    )


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (
            {"metric_date": [DAYS[0], date(1999, 1, 1)], "n": [1, 2]},
            "1 rows whose metric_date is none of the run's days",
        ),
        ({"metric_date": ["soon"] * 2, "n": [1, 2]}, "a column metric_date that holds no dates"),
        ({"metric_date": DAYS[:2], "n": [1, "a"]}, "a DataFrame that no Parquet file can hold"),
    ],
)
def test_rows_that_would_be_lost_are_refused_and_nothing_is_stored(
    filled: Workplace, frame: dict[str, Any], sentence: str
) -> None:
    @dg.asset(
        key=MINE,
        partitions_def=build_partitions(filled.settings.build_calendar()),
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def mine() -> pd.DataFrame:
        return pd.DataFrame(frame)

    filled.extra_assets = [mine]
    result = filled.run([MINE], DAYS)
    assert not result.success
    assert sentence in filled.get_failure(result)
    assert filled.store.list_days(("mine",)) == []


def test_days_of_different_types_arrive_as_one_or_are_named(filled: Workplace) -> None:
    seen: dict[str, Any] = {}
    values: dict[str, Any] = {str(DAYS[0]): [1, 2], str(DAYS[1]): [1.0, None], str(DAYS[2]): [None, None]}

    @dg.asset(key=MINE, partitions_def=build_partitions(filled.settings.build_calendar()))
    def mine(context: dg.AssetExecutionContext) -> pd.DataFrame:
        return pd.DataFrame({"n": values[context.partition_key]})

    @dg.asset(ins={"days": dg.AssetIn(MINE)})
    def whole(days: pa.Table) -> pd.DataFrame:
        seen["n"] = days["n"]
        return pd.DataFrame({"n": [len(days)]})

    filled.extra_assets = [mine, whole]
    for day in DAYS:
        assert filled.run([MINE], [day]).success
    assert filled.run([whole.key]).success
    assert (seen["n"].type, seen["n"].to_pylist()) == (pa.float64(), [1, 2, 1, None, None, None])
    values[str(DAYS[2])] = ["a", "b"]
    assert filled.run([MINE], [DAYS[2]]).success
    failed = filled.run([whole.key])
    assert not failed.success
    shown = f"int64 on day {DAYS[0]}, double on day {DAYS[1]}, "
    logs = " ".join(str(event) for event in failed.all_events if event.is_step_failure)
    assert f"mine cannot be read as one table: its column n is {shown}" in logs


def test_every_table_can_be_loaded(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace()
    assert workplace.run_all(DAYS[:1]).success
    rows: dict[str, int] = {}
    names = {f"table{number}": key for number, key in enumerate([*SNAPSHOTS, *METRICS])}

    @dg.asset(key=MINE, ins={name: dg.AssetIn(key) for name, key in names.items()})
    def mine(**tables: pd.DataFrame) -> None:
        rows.update({name: len(table) for name, table in tables.items()})

    run_downstream(workplace, mine)
    assert len(rows) == 2 + len(METRIC_ASSET_TYPES)
    assert all(rows.values())
