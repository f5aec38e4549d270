"""What others write is seen by a process that has looked before, however long it lives."""

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest

from campaign_assets.marts.schemas import ASSET_PERFORMANCE_DAILY
from campaign_assets.tables import (
    CAMPAIGN_ASSET_CHANGES,
    METRICS_TABLES,
    ChangeLog,
    MonthFiles,
    StorageUnavailable,
    TableStore,
    list_strays,
    take_inventory,
)
from campaign_assets_tests.object_storage.buckets import Bucket
from campaign_assets_tests.object_storage.conftest import Behind
from campaign_assets_tests.object_storage.faulty_proxy import Fault
from campaign_assets_tests.tables.test_change_log import CHANGES

POSTS = METRICS_TABLES["BLOG_POST"]
SOME = pa.table({"n": pa.array([1, 2, 3], pa.int64())})
DAYS = [date(2026, 3, 1), date(2026, 3, 2)]
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def test_every_listing_is_fresh(store: TableStore, bucket: Bucket) -> None:
    log, months = ChangeLog(store, CAMPAIGN_ASSET_CHANGES.path), MonthFiles(store, ASSET_PERFORMANCE_DAILY.table)

    posts = store.locate(POSTS.path).parent

    def look() -> list[int]:
        return [
            len(store.list_days(POSTS.path)),
            len(log.list_files()),
            len(months.list_months()),
            len(take_inventory(store, POSTS)),
            len(store.find_versions(POSTS.path, DAYS[0])),
            len(list_strays(store, POSTS)),
            int(store.exists(POSTS.path, DAYS[1])),
            len(store.root.fs.glob(f"{posts.path}/*")),  # what code of a user's own may ask of the same driver
        ]

    assert look() == [0, 0, 0, 0, 0, 0, 0, 0]
    store.write(POSTS.path, SOME, day=DAYS[0])
    log.append(CHANGES, timestamp=NOW, day=DAYS[0], before="")
    month = "tables/marts/asset_performance_daily/metric_month=2026-0{}/data.parquet"
    bucket.put(month.format(1), b"x")
    assert look() == [1, 1, 1, 1, 1, 0, 0, 1]
    # Another program, of which this process is told nothing.
    folder = "tables/hubspot/asset_metrics/blog_post"
    data = bucket.read(f"{folder}/metric_date=2026-03-01/data.parquet")
    bucket.put(f"{folder}/metric_date=2026-03-02/data.parquet", data)
    bucket.put(f"{folder}/notes.txt", b"x")
    (key,) = bucket.list_keys("tables/hubspot/campaign_asset_changes")
    bucket.put(key.replace("T09", "T10"), bucket.read(key))
    bucket.put(month.format(2), b"x")
    assert look() == [2, 2, 2, 2, 2, 1, 1, 3]


def test_a_response_that_is_no_listing_is_no_empty_table(behind: Behind, bucket: Bucket) -> None:
    TableStore(bucket.root).write(POSTS.path, SOME, day=DAYS[0])
    behind(Fault("page", method="LIST"))
    with pytest.raises(StorageUnavailable, match="blog_post cannot be listed: what came is no listing"):
        TableStore(bucket.root).list_days(POSTS.path)


def test_a_file_that_was_replaced_has_another_version(store: TableStore) -> None:
    store.write(POSTS.path, SOME, day=DAYS[0])
    before = store.find_versions(POSTS.path, DAYS[0])
    store.write(POSTS.path, SOME.slice(1), day=DAYS[0])
    assert store.find_versions(POSTS.path, DAYS[0]) != before


def test_a_file_is_put_by_one_request_and_a_table_of_days_listed_by_another(behind: Behind, bucket: Bucket) -> None:
    proxy = behind()
    store = TableStore(bucket.root)
    written = store.write(POSTS.path, SOME, day=DAYS[0])
    place = f"{bucket.name}/tables/hubspot/asset_metrics/blog_post"
    assert proxy.requests == [f"PUT /{place}/metric_date=2026-03-01/data.parquet"]
    assert written.location == f"s3://{place}/metric_date=2026-03-01/data.parquet"
    store.write(POSTS.path, SOME, day=DAYS[1])
    proxy.requests.clear()
    assert store.list_days(POSTS.path) == DAYS
    assert store.read_footer(POSTS.path, day=DAYS[0]).rows == store.read(POSTS.path, day=DAYS[0]).num_rows == 3
    assert proxy.count() == {"LIST": 1, "GET": 2}
    assert len(bucket.list_keys()) == 2


def test_a_root_may_be_a_whole_bucket(bucket: Bucket) -> None:
    store = TableStore(f"s3://{bucket.name}")
    store.write(POSTS.path, SOME, day=DAYS[0])
    assert bucket.list_keys() == ["hubspot/asset_metrics/blog_post/metric_date=2026-03-01/data.parquet"]
    assert store.list_days(POSTS.path) == [DAYS[0]]
    assert store.read(POSTS.path, day=DAYS[0]).num_rows == 3


def test_a_large_file_too_is_put_and_fetched_by_one_request_each(behind: Behind, bucket: Bucket) -> None:
    rows = pa.table({"n": np.random.default_rng(1).integers(0, 2**62, 800_000)})  # which nothing compresses
    proxy, store = behind(), TableStore(bucket.root)
    assert store.write(POSTS.path, rows).bytes > 6_000_000  # more than the driver fetches in one piece by itself
    assert store.read(POSTS.path).equals(rows)
    assert proxy.count() == {"PUT": 1, "GET": 1}
