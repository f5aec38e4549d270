"""What Dagster is told of restatements."""

from datetime import timedelta

import dagster as dg
import pyarrow as pa

from campaign_assets.defs.keys import METRIC_RESTATEMENTS_KEY, METRICS_KEYS
from campaign_assets_tests.conftest import MakeFilled
from campaign_assets_tests.workplace import DAYS, METRICS, NOW, SNAPSHOTS


def test_a_later_reading_materializes_the_days_restatements_and_says_how_many_each_cell_has(
    make_filled: MakeFilled,
) -> None:
    filled = make_filled(DAYS)
    assert not filled.instance.get_materialized_partitions(METRIC_RESTATEMENTS_KEY)
    later = NOW + timedelta(days=2)
    filled.server.portal.clock.set(later)
    filled.now = lambda: later
    assert filled.run([*SNAPSHOTS, *METRICS], DAYS[1:]).success
    days = {day.isoformat() for day in DAYS[1:]}
    assert filled.instance.get_materialized_partitions(METRIC_RESTATEMENTS_KEY) == days
    event = filled.instance.get_latest_materialization_event(METRIC_RESTATEMENTS_KEY)
    assert event and event.asset_materialization
    metadata = event.asset_materialization.metadata
    rows = filled.store.read(METRIC_RESTATEMENTS_KEY.path, day=DAYS[-1])
    assert metadata["restatements_added"].value == metadata["dagster/partition_row_count"].value == rows.num_rows > 0
    cell = filled.instance.get_latest_materialization_event(METRICS_KEYS["LANDING_PAGE"])
    assert cell and cell.asset_materialization
    restated = sum(row["asset_type"] == "LANDING_PAGE" for row in rows.to_pylist())
    assert cell.asset_materialization.metadata["values_restated"].value == restated > 0


def test_people_load_restatements_by_days_like_any_daily_table(make_filled: MakeFilled) -> None:
    filled = make_filled(DAYS)
    later = NOW + timedelta(days=1)
    filled.server.portal.clock.set(later)
    filled.now = lambda: later
    assert filled.run(METRICS, DAYS[-1:]).success
    loaded: list[pa.Table] = []

    @dg.asset(
        ins={"told": dg.AssetIn(METRIC_RESTATEMENTS_KEY)},
        partitions_def=filled.definitions.resolve_asset_graph().get(METRIC_RESTATEMENTS_KEY).partitions_def,
    )
    def mine(told: pa.Table) -> None:
        loaded.append(told)

    filled.extra_assets = [mine]
    assert filled.run([mine.key], DAYS[-1:]).success
    assert loaded[0].num_rows and loaded[0]["metric_date"].unique().to_pylist() == [DAYS[-1]]
