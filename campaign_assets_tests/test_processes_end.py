"""A process that has read tables ends as it should: nothing that still runs aborts it on its way out.

A thread of pyarrow's may hold the last reference to a file's bytes, which are Python's, when the interpreter goes down:
to give them back it needs the interpreter's lock, cannot have it any more, and aborts the process.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, CAMPAIGNS, ChangeLog, TableSchema, TableStore

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Tables of fifty campaigns that a blog post joined."""
    ids = [f"c{number}" for number in range(50)]
    store = TableStore(str(tmp_path))
    campaigns = {"created_at": YESTERDAY, "extracted_at": YESTERDAY}
    changes = {"changed_at": YESTERDAY, "change": "added", "asset_type": "BLOG_POST", "asset_id": "1"}
    rows = [to_table(schema, row, ids) for schema, row in ((CAMPAIGNS, campaigns), (CAMPAIGN_ASSET_CHANGES, changes))]
    store.write(CAMPAIGNS.path, rows[0], extracted_at=YESTERDAY)
    log = ChangeLog(store, CAMPAIGN_ASSET_CHANGES.path)
    for minute in range(3):
        log.append(rows[1], timestamp=YESTERDAY.replace(minute=minute), day=YESTERDAY.date(), before="")
    return tmp_path


def to_table(table: TableSchema, row: Mapping[str, object], ids: list[str]) -> pa.Table:
    rows = [{**dict.fromkeys(table.columns.names), **row, "campaign_id": campaign_id} for campaign_id in ids]
    return pa.Table.from_pylist(rows, schema=table.columns)


def count_ends(folder: Path, processes: int) -> Counter[tuple[int, str]]:
    """How processes end: their exit codes, and the last words of those that fail.

    Two at a time share one processor, where whatever still runs at the end is met most often.
    """
    command = [sys.executable, "-W", "ignore", "-m", "campaign_assets_tests.one_tick", str(folder)]

    def run(_: int) -> tuple[int, str]:
        if sys.platform == "linux":
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # of this thread, and of what it starts
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603
        return ended.returncode, ended.stderr[-200:] if ended.returncode else ""

    with ThreadPoolExecutor(2) as pool:
        return Counter(pool.map(run, range(processes)))


READ = """
import os, sys
from campaign_assets.tables import CAMPAIGNS, TableStore
store, threads = TableStore(sys.argv[1]), set(os.listdir("/proc/self/task"))
assert store.read(CAMPAIGNS.path).num_rows == 50
print(len(set(os.listdir("/proc/self/task")) - threads))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_reading_a_table_starts_no_thread(folder: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", READ, str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)  # noqa: S603
    assert ended.stdout == "0\n"


@pytest.mark.long
def test_hundreds_of_processes_that_read_tables_end_cleanly(folder: Path) -> None:
    assert count_ends(folder, 200) == {(0, ""): 200}
