"""Somebody else's files where the product's belong: a run says so or replaces them, and none is taken for rows."""

import os
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, CAMPAIGNS, METRICS_TABLES, ChangeLog
from campaign_assets_tests.conftest import MakeFilled
from campaign_assets_tests.workplace import DAYS, METRICS, SNAPSHOTS, Workplace

pytestmark = pytest.mark.long

POSTS = METRICS_TABLES["BLOG_POST"]


def put_table(file: Path) -> None:
    pq.write_table(pa.table({"n": [1, 2]}), file)


def put_fifo(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def put_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


PUTS = pytest.mark.parametrize("put", [put_table, put_fifo, put_folder])


@pytest.fixture
def filled(make_filled: MakeFilled) -> Workplace:
    return make_filled(DAYS[:1], campaigns=3, assets_per_campaign=4)


def find_file(workplace: Workplace, key: dg.AssetKey) -> Path:
    return Path(workplace.store.locate(key.path, DAYS[0] if key in METRICS else None).path)


@PUTS
@pytest.mark.parametrize("key", SNAPSHOTS, ids=lambda key: key.path[-1])
def test_a_foreign_snapshot_fails_what_needs_it_and_is_replaced_by_the_next_run(
    filled: Workplace, put: Callable[[Path], None], key: dg.AssetKey
) -> None:
    file = find_file(filled, key)
    before = filled.store.read(key.path)
    put(file)
    failed = filled.run(METRICS[:1], DAYS[:1])
    assert not failed.success
    said = filled.get_failure(failed)
    assert said.startswith(str(file)) and "\n" not in said and f"materialize {'/'.join(key.path)} again" in said
    assert filled.run(SNAPSHOTS).success
    assert filled.store.read(key.path).num_rows == before.num_rows


@PUTS
def test_a_foreign_day_fails_a_run_of_some_campaigns_and_is_replaced_by_one_of_all(
    filled: Workplace, put: Callable[[Path], None]
) -> None:
    key = dg.AssetKey(POSTS.path)
    file, before = find_file(filled, key), filled.store.read_table(POSTS, day=DAYS[0])
    put(file)
    some = filled.store.read_table(CAMPAIGNS)["campaign_id"][0].as_py()
    job = filled.definitions.resolve_job_def("refresh_asset_metrics")
    failed = job.execute_in_process(
        instance=filled.instance,
        run_config={"ops": {"asset_metrics": {"config": {"campaign_ids": [some]}}}},
        tags={"dagster/partition": str(DAYS[0])},
        raise_on_error=False,
    )
    assert not failed.success
    assert f"{file} " in filled.get_failure(failed)
    assert filled.run([key], DAYS[:1]).success
    assert filled.store.read_table(POSTS, day=DAYS[0]).num_rows == before.num_rows


def test_garbage_in_the_log_of_changes_does_not_stop_a_run(filled: Workplace) -> None:
    log = ChangeLog(filled.store, CAMPAIGN_ASSET_CHANGES.path)
    assert filled.run(SNAPSHOTS).success
    ((name, file),) = log.list_files()
    Path(file.path).write_bytes(b"garbage")
    result = filled.run(SNAPSHOTS)
    assert result.success
    logs = [record.user_message for record in filled.instance.all_logs(result.run_id)]
    (told,) = [text for text in logs if name in text and "was moved to" in text and "nothing_lost" not in text]
    assert "\n" not in told
    assert [log.read(file).num_rows for _, file in log.list_files()] == [0]  # written anew at the same time
    assert filled.run(SNAPSHOTS).success


def test_columns_of_a_foreign_day_are_what_the_checks_say(filled: Workplace) -> None:
    key = dg.AssetKey(POSTS.path)
    put_table(find_file(filled, key))
    job = filled.definitions.resolve_job_def("check_files")
    result = job.execute_in_process(instance=filled.instance, raise_on_error=False)
    (bad,) = [check for check in result.get_asset_check_evaluations() if not check.passed]
    assert bad.asset_key == key
    assert "campaign_id is missing" in (bad.description or "")
