"""Whatever an object storage does, the error is one of ours, names the object, and gives nothing away."""

import re
import socket
import subprocess
import sys
import textwrap
import time
import traceback
from collections.abc import Callable

import pyarrow as pa
import pytest
from s3fs import S3FileSystem

from campaign_assets.tables import (
    MissingTable,
    Patience,
    StorageError,
    StorageUnavailable,
    TableError,
    TableStore,
)
from campaign_assets_tests.object_storage.buckets import CREDENTIALS, SECRET, Bucket
from campaign_assets_tests.object_storage.conftest import HURRY, Behind
from campaign_assets_tests.object_storage.faulty_proxy import Does, Fault

pytestmark = pytest.mark.long

PATH = ("hubspot", "things")
SOME = pa.table({"n": pa.array([1, 2, 3], pa.int64())})
Work = Callable[[TableStore], object]
WORKS: list[tuple[str, Work]] = [
    ("written", lambda store: store.write(PATH, SOME)),
    ("read", lambda store: store.read(PATH)),
    ("read", lambda store: store.read_footer(PATH)),
    ("looked at", lambda store: store.exists(PATH)),
    ("listed", lambda store: store.list_days(PATH)),
    ("copied", lambda store: store.move_aside(PATH)),
]
FAULTS: list[tuple[Does, type[StorageError], str, int]] = [
    ("SlowDown", TableError, r"the storage asked for fewer requests at every try \(503.*run again later", 5),
    ("InternalError", TableError, r"the storage failed at every try \(500", 5),
    ("drop", TableError, r"the connection was lost or silent at every try \(\w+\); run again later", 5),
    ("AccessDenied", TableError, r"the credentials do not allow it \(403.*let them list the bucket, and read", 1),
    ("ExpiredToken", StorageUnavailable, r"the credentials are not accepted \(400 ExpiredToken\); renew", 1),
]


def tell(error: BaseException) -> str:
    """All that a log would show of an error."""
    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize(("does", "kind", "says", "tries"), FAULTS, ids=[does for does, *_ in FAULTS])
@pytest.mark.parametrize(("doing", "work"), WORKS)
def test_every_error_is_ours_names_the_object_and_says_what_to_do(
    behind: Behind, bucket: Bucket, doing: str, work: Work, does: Does, kind: type[StorageError], says: str, tries: int
) -> None:
    if doing in ("looked at", "copied") and does == "ExpiredToken":
        says, kind = r"the storage refuses the request \(400", TableError  # a HEAD has no body that could say more
    proxy = behind(Fault(does))
    with pytest.raises(StorageError) as raised:
        work(TableStore(bucket.root, HURRY))
    said = str(raised.value)
    assert type(raised.value) is kind
    assert said.startswith(f"s3://{bucket.name}/tables/hubspot/things")
    assert f" cannot be {doing}" in said
    assert re.search(says, said), said
    assert tries <= len(proxy.requests) <= 2 * tries  # a kept connection that is closed is not counted by the driver
    shown = tell(raised.value)
    for secret in (SECRET, CREDENTIALS["AWS_ACCESS_KEY_ID"], "made-up-signature", "botocore", proxy.url):
        assert secret not in shown


@pytest.mark.parametrize("does", ["SlowDown", "InternalError", "drop", "cut", "stall", "flip"])
def test_what_passes_is_tried_again(behind: Behind, bucket: Bucket, does: Does) -> None:
    TableStore(bucket.root).write(PATH, SOME)
    proxy = behind(Fault(does, times=2))
    waits: list[float] = []
    store = TableStore(bucket.root, Patience(sleep=waits.append, longest_try=0.3 if does == "stall" else 5.0))
    assert store.read(PATH).num_rows == 3
    assert set(proxy.requests) == {f"GET /{bucket.name}/tables/hubspot/things/data.parquet"}
    assert len(proxy.requests) == 3
    assert 0.25 <= waits[0] <= 0.5
    assert does == "drop" or 0.5 <= waits[1] <= 1  # the driver itself has tried once with another connection


def test_a_response_that_is_cut_short_every_time_is_no_damaged_file(behind: Behind, bucket: Bucket) -> None:
    TableStore(bucket.root).write(PATH, SOME)
    behind(Fault("cut"))
    with pytest.raises(TableError, match="the connection was lost or silent at every try") as raised:
        TableStore(bucket.root, HURRY).read(PATH)
    assert type(raised.value) is TableError


def test_bytes_that_arrive_wrong_every_time_are_told(behind: Behind, bucket: Bucket) -> None:
    TableStore(bucket.root).write(PATH, SOME)
    behind(Fault("flip"))
    with pytest.raises(TableError, match="its bytes are not what their checksum says, at every try") as raised:
        TableStore(bucket.root, HURRY).read(PATH)
    assert type(raised.value) is TableError


def test_a_bucket_whose_name_no_storage_takes_is_told() -> None:
    with pytest.raises(StorageUnavailable, match=r"the storage takes no such name .* correct CAMPAIGN_ASSETS_STORAGE"):
        TableStore("s3://my bucket/tables", HURRY).read(PATH)


def test_three_objects_in_a_row_that_no_try_was_enough_for_are_the_storage(behind: Behind, bucket: Bucket) -> None:
    behind(Fault("InternalError"))
    store = TableStore(bucket.root, HURRY)
    for _ in range(2):
        with pytest.raises(TableError):
            store.write(PATH, SOME)
    with pytest.raises(StorageUnavailable, match="run again later. So it was for 3 files in a row."):
        store.write(PATH, SOME)


def test_no_try_begins_after_the_time_for_all_of_them(behind: Behind, bucket: Bucket) -> None:
    proxy = behind(Fault("stall"))
    began = time.monotonic()
    with pytest.raises(TableError, match="silent at every try"):
        TableStore(bucket.root, Patience(tries=50, total_seconds=1.0, longest_try=0.3)).read(PATH)
    assert time.monotonic() - began < 3
    assert 2 <= len(proxy.requests) <= 5


@pytest.fixture
def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_nobody_there_is_told_soon_and_stops_everything(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{closed_port}")
    S3FileSystem.clear_instance_cache()
    for work in (TableStore.try_out, *(work for _, work in WORKS)):
        began = time.monotonic()
        with pytest.raises(StorageUnavailable, match="the storage cannot be reached") as raised:
            work(TableStore(bucket.root, HURRY))
        assert time.monotonic() - began < 5
        assert str(closed_port) not in tell(raised.value)
    S3FileSystem.clear_instance_cache()


def test_no_credentials_at_all_are_told(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    S3FileSystem.clear_instance_cache()
    for work in (TableStore.try_out, *(work for _, work in WORKS)):
        with pytest.raises(StorageUnavailable, match="no credentials were found"):
            work(TableStore(bucket.root, HURRY))
    S3FileSystem.clear_instance_cache()


def test_a_bucket_that_is_not_there_is_no_table_that_was_never_written(bucket: Bucket) -> None:
    store = TableStore(f"s3://{bucket.name}x/tables", HURRY)
    for work in (TableStore.try_out, *(work for _, work in WORKS)):
        with pytest.raises(StorageUnavailable, match=f"s3://{bucket.name}x/.*there is no such bucket .*make it, or"):
            work(store)


def test_a_bucket_that_takes_nothing_is_found_out_before_anything_is_done(behind: Behind, bucket: Bucket) -> None:
    for method in ("PUT", "GET", "LIST"):
        behind(Fault("AccessDenied", method))
        with pytest.raises(StorageUnavailable, match="the credentials do not allow it"):
            TableStore(bucket.root, HURRY).try_out()


def test_an_object_that_was_never_written_is_missing_and_an_empty_one_is_damaged(
    store: TableStore, bucket: Bucket
) -> None:
    for read in (store.read, store.read_footer):
        with pytest.raises(MissingTable, match="materialize hubspot/things first"):
            read(PATH)
    bucket.put("tables/hubspot/things/data.parquet", b"")
    for read in (store.read, store.read_footer):
        with pytest.raises(TableError, match="is no Parquet file that can be read"):
            read(PATH)


@pytest.mark.parametrize(
    ("address", "extra", "driver"),
    [("s3://bucket/x", "s3", "s3fs"), ("gs://bucket", "gcs", "gcsfs"), ("az://box/x", "azure", "adlfs")],
)
def test_a_driver_that_is_not_installed_is_one_sentence(address: str, extra: str, driver: str) -> None:
    program = f"""
        import sys
        sys.modules[{driver!r}] = None  # as if it were not installed
        from datetime import UTC, datetime
        from campaign_assets.settings import Settings, SettingsError
        from campaign_assets.tables import StorageUnavailable, TableStore
        try:
            Settings.from_environ({{"CAMPAIGN_ASSETS_STORAGE": {address!r}}}, datetime.now(UTC))
        except SettingsError as error:
            print(error)
        try:
            TableStore({address!r})
        except StorageUnavailable as error:
            print(error)
    """
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 2 and all(f"pip install 'campaign_assets[{extra}]'" in line for line in lines)
