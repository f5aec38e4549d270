"""What assets and campaigns did on each day, against the tables and the emulated account."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.marts import building
from campaign_assets.marts.building import build_asset_performance, build_campaign_performance
from campaign_assets.marts.query import run_query
from campaign_assets.marts.schemas import ASSET_PERFORMANCE_DAILY, CAMPAIGN_METRICS
from campaign_assets.tables import METRICS_TABLES, DamagedFile, MonthFiles, TableStore
from campaign_assets_tests.conftest import MakeFilled
from campaign_assets_tests.marts.rows import write_metrics
from campaign_assets_tests.workplace import DAYS

MARCH, DAY = date(2026, 3, 1), date(2026, 3, 7)
CLICKS = ("CLICKS", "UNIQUE_CLICKS", "FACEBOOK_CLICKS", "LINKEDIN_CLICKS", "TWITTER_CLICKS")
OF_COLUMN = {"clicks": CLICKS, "sends": ("SENT",), "opens": ("OPEN",), "deliveries": ("DELIVERED",)}


@pytest.fixture
def store(tmp_path: Path) -> TableStore:
    return TableStore(str(tmp_path))


def build(store: TableStore) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return (
        build_asset_performance(store, MARCH).rows.to_pylist(),
        build_campaign_performance(store, MARCH).rows.to_pylist(),
    )


def test_every_figure_is_what_the_account_holds_and_campaigns_are_the_sums_of_their_assets(
    make_filled: MakeFilled,
) -> None:
    workplace = make_filled(DAYS)
    assets, campaigns = build(workplace.store)
    truth = [
        (day, row["campaign_id"], asset_type.name, row["asset_id"], row["asset_name"], metric, value)
        for day in DAYS
        for asset_type in METRIC_ASSET_TYPES
        for row in workplace.server.portal.truth.metrics(day, asset_type.name)
        for metric, value in row["metrics"].items()
        if value is not None
    ]
    columns = ("metric_date", "campaign_id", "asset_type", "asset_id", "asset_name", "metric", "value")
    key = ASSET_PERFORMANCE_DAILY.table.key
    assert [tuple(row[name] for name in columns) for row in assets] == sorted(truth, key=lambda row: (*row[:4], row[5]))
    assert [tuple(row[name] for name in key) for row in assets] == sorted(
        {tuple(row[n] for n in key) for row in assets}
    )
    sums: Counter[tuple[date, str, str]] = Counter()
    for day, campaign_id, _, _, _, metric, value in truth:
        sums[day, campaign_id, metric] += value
    assert campaigns
    for row in campaigns:
        for column in CAMPAIGN_METRICS:
            cells = [(row["metric_date"], row["campaign_id"], m) for m in OF_COLUMN.get(column, (column.upper(),))]
            expected = [sums[cell] for cell in cells if cell in sums]
            assert row[column] == (sum(expected) if expected else None), column


def test_each_figure_says_how_it_combines_over_days(store: TableStore) -> None:
    write_metrics(store, "FORM", DAY, {"views": 10, "submissions": 4, "conversion_rate": 0.4})
    write_metrics(store, "OBJECT_LIST", DAY, {"contacts": 7})
    assets, campaigns = build(store)
    assert {(row["metric"], row["kind"], row["unit"]) for row in assets} == {
        ("VIEWS", "additive", "views"),
        ("SUBMISSIONS", "additive", "submissions"),
        ("CONVERSION_RATE", "ratio", "ratio"),
        ("CONTACTS", "level", "contacts"),
    }
    (row,) = campaigns
    assert {name: row[name] for name in CAMPAIGN_METRICS if row[name] is not None} == {"views": 10, "submissions": 4}


def test_what_no_column_holds_has_its_row_too(store: TableStore) -> None:
    write_metrics(store, "BLOG_POST", DAY, {"views": None, "other_metrics": [("SHARES", 3.0), ("VIEWS", 2.5)]})
    assets, _ = build(store)
    assert [(row["metric"], row["value"], row["kind"]) for row in assets] == [
        ("SHARES", 3.0, "unknown"),
        ("VIEWS", 2.5, "additive"),
    ]


def test_a_null_has_no_row_and_a_zero_has_one(store: TableStore) -> None:
    write_metrics(store, "BLOG_POST", DAY, {"views": 0}, {"asset_id": "2"})
    assets, campaigns = build(store)
    assert [(row["asset_id"], row["value"]) for row in assets] == [("1", 0.0)]
    assert campaigns[0]["views"] == 0 and campaigns[0]["submissions"] is None


def test_a_month_without_anything_is_a_file_without_rows(store: TableStore) -> None:
    written = build_asset_performance(store, MARCH)
    assert written.rows.num_rows == written.files_read == 0
    assert written.rows.schema.names == ASSET_PERFORMANCE_DAILY.table.columns.names
    assert build_campaign_performance(store, MARCH).rows.num_rows == 0


def test_the_same_tables_give_the_same_bytes(store: TableStore) -> None:
    for number in range(40):
        write_metrics(store, "LANDING_PAGE", DAY, *({"asset_id": str(n), "views": n * number} for n in range(50)))
    first = Path(build_asset_performance(store, MARCH).file.location).read_bytes()
    assert Path(build_asset_performance(store, MARCH).file.location).read_bytes() == first


def test_a_damaged_day_is_named_and_the_month_stays_as_it_was(store: TableStore) -> None:
    write_metrics(store, "BLOG_POST", DAY, {"views": 1})
    before = Path(build_asset_performance(store, MARCH).file.location).read_bytes()
    store.locate(METRICS_TABLES["BLOG_POST"].path, DAY).write_bytes(b"no Parquet")
    with pytest.raises(DamagedFile, match="blog_post/metric_date=2026-03-07"):
        build_asset_performance(store, MARCH)
    assert (store.root / "marts/asset_performance_daily/metric_month=2026-03/data.parquet").read_bytes() == before


def test_a_day_that_is_replaced_while_its_month_is_made_is_in_it(
    store: TableStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_metrics(store, "BLOG_POST", DAY, {"views": 1})
    newer = iter([2])

    def write_meanwhile(*args: Any) -> Any:
        for views in newer:
            write_metrics(store, "BLOG_POST", DAY, {"views": views})
        return run_query(*args)

    monkeypatch.setattr(building, "run_query", write_meanwhile)
    build_asset_performance(store, MARCH)
    rows = MonthFiles(store, ASSET_PERFORMANCE_DAILY.table).read(MARCH)
    assert rows["value"].to_pylist() == [2.0]


def test_every_metric_that_adds_up_is_in_a_column_of_the_campaigns_or_left_out_on_purpose() -> None:
    counted = {name for column in CAMPAIGN_METRICS for name in OF_COLUMN.get(column, (column.upper(),))}
    left_out = {"CANCELLATIONS", "STARTED"}
    for asset_type in METRIC_ASSET_TYPES:
        for metric in asset_type.metrics:
            assert metric.aggregation != "additive" or metric.name in counted | left_out, metric.name
