"""Whole runs on an object storage: what fails costs its cell, and what everything would meet stops them beforehand."""

from collections.abc import Sequence
from dataclasses import replace

import dagster as dg
import pytest
from s3fs import S3FileSystem

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.defs.keys import (
    ASSET_PERFORMANCE_KEY,
    CAMPAIGN_PERFORMANCE_KEY,
    CAMPAIGN_SUMMARY_KEY,
    DATABASE_KEY,
)
from campaign_assets.inspection.storage_check import check_storage
from campaign_assets.marts.asking import ask
from campaign_assets.tables import METRICS_TABLES, StorageError, TableStore
from campaign_assets.tables import objects as objects_module
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.defs.test_association_backfill import SENSOR, add_changes, list_campaigns, write_campaigns
from campaign_assets_tests.defs.ticks import tick
from campaign_assets_tests.object_storage.buckets import Bucket
from campaign_assets_tests.object_storage.conftest import HURRY, Behind
from campaign_assets_tests.object_storage.faulty_proxy import Fault
from campaign_assets_tests.reliability.account import list_days, open_client, serve
from campaign_assets_tests.reliability.run import run_all
from campaign_assets_tests.workplace import DAYS, METRICS, NOW, SNAPSHOTS, Workplace

pytestmark = pytest.mark.long


@pytest.fixture
def workplace(make_workplace: MakeWorkplace, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A workplace whose tables lie in a bucket."""
    monkeypatch.setattr(objects_module, "Patience", lambda: HURRY)
    return make_workplace({"CAMPAIGN_ASSETS_STORAGE": bucket.root, "CAMPAIGN_ASSETS_START_DATE": str(DAYS[0])})


def test_an_object_that_cannot_be_put_costs_its_cell(workplace: Workplace, behind: Behind, bucket: Bucket) -> None:
    assert workplace.run(SNAPSHOTS).success
    place = f"{bucket.root}/hubspot/asset_metrics/blog_post/metric_date={DAYS[1]}/data.parquet"
    behind(Fault("SlowDown", "PUT", place.removeprefix("s3:/")))
    result = workplace.run(METRICS, DAYS)
    said = workplace.get_failure(result)
    assert "1 of 3 days failed; the others are in place" in said
    assert f"{DAYS[1]} blog_post: {place} cannot be written: the storage asked for fewer requests at every try" in said
    there = {t.slug: workplace.store.list_days(METRICS_TABLES[t.name].path) for t in METRIC_ASSET_TYPES}
    assert there.pop("blog_post") == [DAYS[0], DAYS[2]]
    assert all(days == DAYS for days in there.values())


@pytest.mark.parametrize("keys", [SNAPSHOTS[:1], METRICS])
def test_a_bucket_that_is_not_there_is_one_sentence_before_hubspot_is_asked(
    workplace: Workplace, bucket: Bucket, keys: Sequence[dg.AssetKey]
) -> None:
    workplace.settings = replace(workplace.settings, storage=f"s3://{bucket.name}x/tables")
    result = workplace.run(keys, DAYS[:1] if keys is METRICS else ())
    said = workplace.get_failure(result)
    assert "there is no such bucket" in said and "Traceback" not in said and len(said.splitlines()) == 1
    assert workplace.server.stats.requests == 0


def test_a_bucket_that_may_only_be_read_is_told_before_hubspot_is_asked(workplace: Workplace, behind: Behind) -> None:
    assert workplace.run(SNAPSHOTS).success
    workplace.server.stats.reset()
    behind(Fault("AccessDenied", "PUT"))
    for keys, days in ((SNAPSHOTS[:1], ()), (SNAPSHOTS[1:], ()), (METRICS, DAYS)):
        said = workplace.get_failure(workplace.run(keys, days))
        assert "cannot be written: the credentials do not allow it (403" in said
    assert workplace.server.stats.requests == 0


def test_a_bucket_that_is_gone_stops_a_run_in_its_midst_and_what_is_done_stays(
    workplace: Workplace, behind: Behind
) -> None:
    assert workplace.run(SNAPSHOTS).success
    workplace.server.stats.reset()
    behind(Fault("NoSuchBucket", "PUT", str(DAYS[1])))
    result = workplace.run(METRICS, DAYS)
    assert "there is no such bucket (404 NoSuchBucket); make it, or correct" in workplace.get_failure(result)
    assert "1 of 3 days are in place: re-execute from failure" in workplace.get_failure(result)
    assert workplace.store.list_days(METRICS_TABLES["FORM"].path) == DAYS[:1]


def test_without_dagster_too_an_object_that_cannot_be_put_costs_its_cell_and_a_bucket_that_is_gone_stops_a_run(
    bucket: Bucket, behind: Behind
) -> None:
    days = list_days(2)
    with serve(campaigns=4) as server, open_client(server.url) as client:
        place = f"hubspot/asset_metrics/form/metric_date={days[0]}/data.parquet"
        behind(Fault("InternalError", "PUT", place))
        run = run_all(client, TableStore(bucket.root, HURRY), days)
        ((cell, said),) = run.errors.items()
        assert (cell.table, cell.day) == ("hubspot/asset_metrics/form", str(days[0]))
        assert said.startswith(f"{bucket.root}/{place} cannot be written: the storage failed at every try (500")
        server.stats.reset()
        behind(Fault("NoSuchBucket", "PUT", f"metric_date={days[0]}"))
        stopped = run_all(client, TableStore(bucket.root, HURRY), days)
        assert len(stopped.finished) == 2  # the tables without days
        assert all("there is no such bucket" in said for said in stopped.errors.values())
        behind(Fault("AccessDenied", "PUT"))
        server.stats.reset()
        assert all("do not allow it" in said for said in run_all(client, TableStore(bucket.root), days).errors.values())
        assert server.stats.requests == 0


def test_a_sensor_sees_what_another_process_has_added_to_the_log(workplace: Workplace, behind: Behind) -> None:
    write_campaigns(workplace)
    assert tick(workplace, SENSOR).skip_message
    add_changes_elsewhere(workplace, "c1")
    assert list_campaigns(tick(workplace, SENSOR)) == ["c1"]
    behind(Fault("InternalError"))
    skipped = tick(workplace, SENSOR)
    assert "The log of changes cannot be listed; the next tick tries again" in skipped.skip_message


def test_marts_are_made_and_questions_answered_in_a_bucket_and_the_file_for_duckdb_says_why_not(
    workplace: Workplace,
) -> None:
    assert workplace.run([*SNAPSHOTS, *METRICS], DAYS).success
    assert workplace.run([ASSET_PERFORMANCE_KEY, CAMPAIGN_PERFORMANCE_KEY], DAYS).success
    assert workplace.run([CAMPAIGN_SUMMARY_KEY]).success
    (event,) = workplace.run([DATABASE_KEY]).asset_materializations_for_node("marts__campaigns_duckdb")
    assert event.metadata["left_out"].value == "The tables do not lie in a folder of this machine."
    views = workplace.read_metrics("BLOG_POST", DAYS).to_pandas()["views"].sum()
    with ask(workplace.store, "SELECT sum(views)::BIGINT FROM hubspot.asset_metrics_blog_post") as rows:
        assert rows.fetchall() == [(views,)]
    with ask(
        workplace.store,
        f"SELECT count(*), min(metric_date) FROM hubspot.asset_metrics_form WHERE metric_date = '{DAYS[1]}'",  # noqa: S608
    ) as rows:
        assert rows.fetchall() == [(workplace.read_metrics("FORM", [DAYS[1]]).num_rows, DAYS[1])]
    with ask(workplace.store, "SELECT count(*) FROM marts.campaign_summary") as rows:
        assert rows.fetchall() == [(12,)]
    with ask(workplace.store, "SELECT count(*) FROM hubspot.campaign_revenue") as rows:
        assert rows.fetchall() == [(0,)]


def test_a_question_that_meets_an_error_of_the_storage_tells_it(workplace: Workplace, behind: Behind) -> None:
    write_campaigns(workplace)
    behind(Fault("AccessDenied", "GET"))
    with (
        pytest.raises(StorageError, match="campaigns/data.parquet cannot be read: the credentials do not allow it"),
        ask(workplace.store, "SELECT * FROM hubspot.campaigns"),
    ):
        pass


def test_check_tries_all_that_the_tables_ask_of_a_storage(behind: Behind, bucket: Bucket) -> None:
    findings = check_storage(TableStore(bucket.root, HURRY))
    assert [(f.subject, f.passed) for f in findings] == [("storage", True), ("atomic replacement", True)]
    assert bucket.list_keys() == []
    for method in ("PUT", "GET", "LIST", "DELETE"):
        behind(Fault("AccessDenied", method))
        (finding,) = check_storage(TableStore(bucket.root, HURRY))
        assert finding.passed is False and "the credentials do not allow it" in finding.text


def add_changes_elsewhere(workplace: Workplace, *campaigns: str) -> None:
    """What another process does, which shares no driver with this one."""
    S3FileSystem.clear_instance_cache()
    add_changes(workplace, NOW, *campaigns)
    S3FileSystem.clear_instance_cache()
