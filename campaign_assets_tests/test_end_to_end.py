"""The main job, from the socket to the cell: every table against what the emulated account says it holds."""

from datetime import date
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest
from dagster._core.storage.partition_status_cache import AssetPartitionStatus

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.defs.partitions import build_partitions
from campaign_assets.defs.resources import REQUESTS_TAG
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES, get_extracted_at
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.expected_cells import assert_all_tables_are_true, expect_metrics
from campaign_assets_tests.workplace import DAYS, METRICS, NOW, SNAPSHOTS, Workplace, drop_timestamps


@pytest.mark.parametrize(
    ("version", "storage"),
    [("v3", "folder"), ("2026-03", "folder"), pytest.param("2026-03", "bucket", marks=pytest.mark.long)],
)
def test_every_cell_of_every_table_is_what_the_account_holds(
    make_workplace: MakeWorkplace, version: str, storage: str, request: pytest.FixtureRequest
) -> None:
    settings = {"HUBSPOT_API_VERSION": version, "CAMPAIGN_ASSETS_PROPERTIES": "region"}
    if storage == "bucket":
        settings["CAMPAIGN_ASSETS_STORAGE"] = request.getfixturevalue("bucket").root
    workplace = make_workplace(settings, campaigns=60)
    assert workplace.run_all(DAYS).success
    # The account is worth the comparison: rows of every type, types that overflow a page, names in other scripts.
    truth = workplace.server.portal.truth
    assert all(truth.metrics(DAYS[0], asset_type.name) for asset_type in METRIC_ASSET_TYPES)
    assert workplace.server.stats.by_endpoint["list_assets"] > 0
    assert any(not str(row["asset_name"]).isascii() for row in truth.associations())
    assert_all_tables_are_true(workplace, DAYS)


def test_a_second_run_gives_the_same_rows(workplace: Workplace) -> None:
    def read() -> list[Any]:
        tables = [workplace.store.read(path) for path in (CAMPAIGNS.path, CAMPAIGN_ASSETS.path)]
        tables += [workplace.read_metrics(t.name, DAYS) for t in METRIC_ASSET_TYPES]
        return [drop_timestamps(table) for table in tables]

    assert workplace.run_all(DAYS).success
    first = read()
    assert workplace.run_all(DAYS).success
    assert read() == first


@pytest.mark.long
def test_a_range_in_one_run_equals_its_days_one_by_one(make_workplace: MakeWorkplace) -> None:
    at_once = make_workplace()
    one_by_one = make_workplace(server=at_once.server)
    for workplace in (at_once, one_by_one):
        assert workplace.run(SNAPSHOTS).success
    assert at_once.run(METRICS, DAYS).success
    for day in DAYS:
        assert one_by_one.run(METRICS, [day]).success
    for asset_type in METRIC_ASSET_TYPES:
        assert (
            at_once.read_metrics(asset_type.name, DAYS)
            .drop_columns(["extracted_at"])
            .equals(one_by_one.read_metrics(asset_type.name, DAYS).drop_columns(["extracted_at"]))
        )


@pytest.mark.parametrize("days", [DAYS[:1], DAYS])
def test_every_cell_is_green_and_says_what_it_took(workplace: Workplace, days: list[date]) -> None:
    assert workplace.run(SNAPSHOTS).success
    workplace.server.stats.reset()
    result = workplace.run(METRICS, days)
    assert result.success
    requests = workplace.server.stats.requests
    for key in METRICS:
        events = result.asset_materializations_for_node("asset_metrics")
        cells = {e.partition: e for e in events if e.asset_key == key}
        assert sorted(str(partition) for partition in cells) == [day.isoformat() for day in days]
        for day in days:
            metadata = cells[day.isoformat()].metadata
            path = workplace.store.locate(key.path, day)
            assert metadata["dagster/uri"].value == str(path)
            assert metadata["size_kb"].value == path.stat().st_size / 1000
            assert metadata["dagster/partition_row_count"].value == workplace.store.read(key.path, day=day).num_rows
            assert metadata["hubspot_requests_for_all_tables"].value == requests // len(days)
            assert metadata["repeated_keys_collapsed"].value == 0
            assert ("preview" in metadata) == (day == days[-1])
            tags = cells[day.isoformat()].tags or {}
            assert tags["dagster/data_version"] and tags["dagster/code_version"]


def test_the_requests_of_a_run_are_in_its_tags_and_equal_the_accounts_own_count(workplace: Workplace) -> None:
    result = workplace.run_all(DAYS)
    run = workplace.instance.get_run_by_id(result.run_id)
    assert run and run.tags[REQUESTS_TAG] == str(workplace.server.stats.requests)


def test_a_day_that_fails_leaves_the_others_in_place_and_is_the_only_one_failed(workplace: Workplace) -> None:
    assert workplace.run(SNAPSHOTS).success
    bad = DAYS[1]
    workplace.server.portal.faults.add(
        "batch_read",
        400,
        message="no such day",
        times=None,  # a batch that is refused is asked for in parts, and its campaigns one by one
        where=lambda request: request.query.get("startDate") == str(bad),
    )
    result = workplace.run(METRICS, DAYS)
    assert not result.success
    assert f"{bad}: HubSpot answered 400 to POST /marketing/v3/campaigns/batch/read: no such day" in (
        workplace.get_failure(result)
    )
    assert "1 of 3 days failed" in workplace.get_failure(result)
    partitions = build_partitions(workplace.settings.build_calendar())
    for key in METRICS:
        keys = [day.isoformat() for day in DAYS]
        status = workplace.instance.get_status_by_partition(key, keys, partitions)
        assert status == {
            keys[0]: AssetPartitionStatus.MATERIALIZED,
            keys[1]: AssetPartitionStatus.FAILED,
            keys[2]: AssetPartitionStatus.MATERIALIZED,
        }
        assert workplace.store.list_days(key.path) == [DAYS[0], DAYS[2]]


def test_unknown_types_metrics_and_properties_survive(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace(
        {"CAMPAIGN_ASSETS_PROPERTIES": "region,campaign_theme"},
        campaigns=40,
        unknown_types=("HOLOGRAM",),
        unknown_metrics=(("BLOG_POST", "SHARES"),),
    )
    assert workplace.run_all(DAYS[:1]).success
    assert_all_tables_are_true(workplace, DAYS[:1])
    associations = workplace.store.read(CAMPAIGN_ASSETS.path)["asset_type"].to_pylist()
    assert "HOLOGRAM" in associations
    others = workplace.read_metrics("BLOG_POST", DAYS[:1])["other_metrics"].to_pylist()
    assert any(other and other[0][0] == "SHARES" for other in others)
    extra = workplace.store.read(CAMPAIGNS.path)["extra_properties"].to_pylist()
    assert {name for pairs in extra for name, _ in pairs} == {"region", "campaign_theme"}


@pytest.mark.long
def test_a_thousand_campaigns_cost_one_batch_for_fifty_and_the_pages_that_overflow(
    make_workplace: MakeWorkplace,
) -> None:
    workplace = make_workplace(campaigns=1000)
    assert workplace.run(SNAPSHOTS).success
    stats = workplace.server.stats
    assert stats.by_endpoint["search"] == 10
    assert stats.by_endpoint["batch_read"] == 20
    stats.reset()
    result = workplace.run(METRICS, DAYS[:1])
    assert result.success

    associations = workplace.server.portal.truth.associations()
    names = {asset_type.name for asset_type in METRIC_ASSET_TYPES}
    counts: dict[tuple[Any, Any], int] = {}
    for row in associations:
        if row["asset_type"] in names:
            pair = (row["campaign_id"], row["asset_type"])
            counts[pair] = counts.get(pair, 0) + 1
    asked = len({campaign_id for campaign_id, _ in counts})
    overflow = sum(-(-(count - 50) // 100) for count in counts.values() if count > 50)
    assert asked < 1000 and overflow > 0
    assert stats.as_dict()["by_endpoint"] == {"batch_read": -(-asked // 50), "list_assets": overflow}
    event = result.asset_materializations_for_node("asset_metrics")[0]
    assert event.metadata["hubspot_requests_for_all_tables"].value == stats.requests


def test_only_campaigns_with_assets_of_the_selected_types_are_asked_about(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace(campaigns=200)
    assert workplace.run(SNAPSHOTS).success
    workplace.server.stats.reset()
    key = dg.AssetKey(METRICS_TABLES["MARKETING_SMS"].path)
    assert workplace.run([key], DAYS[:1]).success
    truth = workplace.server.portal.truth
    campaigns = {row["campaign_id"] for row in truth.associations("MARKETING_SMS")}
    assert workplace.server.stats.as_dict()["by_endpoint"] == {"batch_read": -(-len(campaigns) // 50)}
    assert len(campaigns) < 150
    rows = drop_timestamps(workplace.read_metrics("MARKETING_SMS", DAYS[:1]))
    assert rows == expect_metrics(workplace, "MARKETING_SMS", DAYS[:1])
    assert not workplace.store.exists(METRICS_TABLES["BLOG_POST"].path, DAYS[0])


def test_a_type_that_no_campaign_has_is_still_a_file_with_the_full_schema(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace(campaigns=0)
    assert workplace.run_all(DAYS[:1]).success
    for asset_type in METRIC_ASSET_TYPES:
        table = METRICS_TABLES[asset_type.name]
        read = workplace.store.read(table.path, day=DAYS[0])
        assert read.num_rows == 0
        assert read.schema.names == ["metric_date", *table.columns.names]
        assert get_extracted_at(workplace.store.read_footer(table.path, day=DAYS[0]).columns) == NOW
    assert workplace.store.read(CAMPAIGNS.path).num_rows == 0


def test_what_stands_downstream_in_the_same_run_of_a_range_sees_all_days_and_costs_no_day_its_metadata(
    make_workplace: MakeWorkplace,
) -> None:
    workplace = make_workplace()

    @dg.asset(
        key=["marts", "views_by_day"],
        partitions_def=build_partitions(workplace.settings.build_calendar()),
        backfill_policy=dg.BackfillPolicy.single_run(),
        ins={"blog_post": dg.AssetIn(["hubspot", "asset_metrics", "blog_post"])},
    )
    def views_by_day(blog_post: pa.Table) -> pa.Table:
        sums = blog_post.group_by("metric_date").aggregate([("views", "sum")])
        return sums.rename_columns(["metric_date", "views"])

    workplace.extra_assets = [views_by_day]
    mart = dg.AssetKey(["marts", "views_by_day"])
    result = workplace.run([*SNAPSHOTS, *METRICS, mart], DAYS)
    assert result.success
    assert result.asset_materializations_for_node("marts__views_by_day")
    for day in DAYS:
        expected = sum(row["views"] or 0 for row in expect_metrics(workplace, "BLOG_POST", [day]))
        assert workplace.store.read(("marts", "views_by_day"), day=day).to_pylist() == [
            {"metric_date": day, "views": expected}
        ]
    for key in METRICS:
        for day in DAYS:
            told = [
                event.materialization
                for event in result.get_asset_materialization_events()
                if event.asset_key == key and event.partition == day.isoformat()
            ]
            assert len(told) == 2 and told[0].metadata == told[1].metadata
            assert told[1].metadata["dagster/partition_row_count"].value is not None
