"""The sensor that reads past days again: no change of an association is lost, and no file stops it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from upath import UPath

from campaign_assets.defs.automation import association_backfill
from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, CAMPAIGNS, ChangeLog, TableError
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.defs.ticks import collected_warnings, end_run, list_run_keys, tick
from campaign_assets_tests.workplace import DAYS, NOW, Workplace

SENSOR = "association_backfill"
HOUR = timedelta(hours=1)


def to_table(schema: pa.Schema, rows: Sequence[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)


def write_campaigns(workplace: Workplace, count: int = 9) -> None:
    rows = [
        {"campaign_id": f"c{n}", "created_at": NOW, "start_date": DAYS[0], "extracted_at": NOW} for n in range(count)
    ]
    workplace.store.write(CAMPAIGNS.path, to_table(CAMPAIGNS.columns, rows), extracted_at=NOW)


def add_changes(workplace: Workplace, timestamp: datetime, *campaigns: str) -> Path:
    """A file of the log: a blog post joined some campaigns."""
    row = {"changed_at": timestamp, "change": "added", "asset_type": "BLOG_POST", "asset_id": "1"}
    table = to_table(CAMPAIGN_ASSET_CHANGES.columns, [{**row, "campaign_id": name} for name in campaigns])
    log = ChangeLog(workplace.store, CAMPAIGN_ASSET_CHANGES.path)
    return Path(log.append(table, timestamp=timestamp, day=timestamp.date(), before=""))


def list_campaigns(ticked: Any) -> list[str]:
    """The campaigns that a tick asks to be read again."""
    configs = [request.run_config for request in ticked.run_requests or ()]
    return [name for config in configs for name in config["ops"]["asset_metrics"]["config"]["campaign_ids"]]


@pytest.fixture
def prepared(make_workplace: MakeWorkplace) -> Workplace:
    workplace = make_workplace({"CAMPAIGN_ASSETS_START_DATE": DAYS[0].isoformat()}, campaigns=1)
    write_campaigns(workplace)
    return workplace


def test_what_joins_again_and_again_is_read_again_each_time(prepared: Workplace) -> None:
    ticks = list[Any]()
    for number in range(3):
        add_changes(prepared, NOW + number * HOUR, "c1")
        ticks.append(tick(prepared, SENSOR, ticks[-1].cursor if ticks else None))
        assert list_campaigns(ticks[-1]) == ["c1"]
        assert tick(prepared, SENSOR, ticks[-1].cursor).skip_message
    assert len(set(list_run_keys(*ticks))) == 3


def test_a_sensor_that_is_reset_reads_all_again_and_one_evaluated_twice_once(prepared: Workplace) -> None:
    add_changes(prepared, NOW, "c1")
    first = tick(prepared, SENSOR)
    prepared.now = lambda: NOW + HOUR / 2
    assert list_run_keys(tick(prepared, SENSOR)) == list_run_keys(first)
    prepared.now = lambda: NOW + HOUR
    assert list_run_keys(tick(prepared, SENSOR)) != list_run_keys(first)
    add_changes(prepared, NOW + HOUR, "c2")
    assert list_run_keys(tick(prepared, SENSOR, first.cursor)) == list_run_keys(tick(prepared, SENSOR, first.cursor))


def test_a_file_that_appears_after_one_that_began_later_is_not_lost(prepared: Workplace) -> None:
    add_changes(prepared, NOW, "c2")
    first = tick(prepared, SENSOR)
    add_changes(prepared, NOW - HOUR, "c1")
    assert list_campaigns(tick(prepared, SENSOR, first.cursor)) == ["c1"]


@pytest.mark.parametrize("cursor", ["zzz", "20260310T090000.000000Z.parquet", "{}", '{"after": "zzz"}', "[" * 99_999])
def test_a_cursor_of_something_else_hides_nothing_and_is_named(prepared: Workplace, cursor: str) -> None:
    add_changes(prepared, NOW, "c1")
    with collected_warnings() as warnings:
        ticked = tick(prepared, SENSOR, cursor)
    assert list_campaigns(ticked) == ["c1"]
    assert [warning.startswith("The cursor holds nothing that this sensor wrote") for warning in warnings] == [True]
    with collected_warnings() as warnings:
        assert tick(prepared, SENSOR, ticked.cursor).skip_message
    assert warnings == []


def test_files_that_are_damaged_or_somebody_elses_are_named_once_and_the_others_are_read(prepared: Workplace) -> None:
    file = add_changes(prepared, NOW, "c1")
    damaged = [add_changes(prepared, NOW + number * HOUR, "c3") for number in range(1, 6)]
    damaged[0].write_bytes(b"")
    damaged[1].write_bytes(file.read_bytes()[:-9])
    pq.write_table(pa.table({"a": [1]}), damaged[2])
    names = CAMPAIGN_ASSET_CHANGES.columns.names
    pq.write_table(pa.table({name: ["soon"] for name in names}), damaged[3])
    pq.write_table(pa.table({name: [[1]] for name in names}), damaged[4])
    add_changes(prepared, NOW + 6 * HOUR, "c2")
    with collected_warnings() as warnings:
        ticked = tick(prepared, SENSOR)
    assert list_campaigns(ticked) == ["c1", "c2"]
    assert all(sum(str(path) in warning for warning in warnings) == 1 for path in damaged)
    with collected_warnings() as warnings:
        assert tick(prepared, SENSOR, ticked.cursor).skip_message
    assert warnings == []


@pytest.mark.parametrize("name", ["zzz.parquet", "20260230T000000.000000Z.parquet", "data.parquet"])
def test_a_file_with_another_name_is_no_file_of_the_log_and_hides_none(prepared: Workplace, name: str) -> None:
    file = add_changes(prepared, NOW, "c1")
    (file.parent / name).write_bytes(file.read_bytes())
    first = tick(prepared, SENSOR)
    assert list_campaigns(first) == ["c1"]
    add_changes(prepared, NOW + HOUR, "c2")
    assert list_campaigns(tick(prepared, SENSOR, first.cursor)) == ["c2"]


def test_a_file_of_the_future_hides_none_of_the_present(prepared: Workplace) -> None:
    add_changes(prepared, NOW + timedelta(days=3_000), "c1")
    cursor, found = None, list[str]()
    for number in range(1, 6):
        prepared.now = lambda number=number: NOW + number * 8 * HOUR  # type: ignore[misc]
        add_changes(prepared, prepared.now(), f"c{number + 1}")
        ticked = tick(prepared, SENSOR, cursor)
        end_run(prepared, SENSOR, ticked)
        cursor = ticked.cursor
        found += list_campaigns(ticked)
    assert found == ["c1", "c2", "c3", "c4", "c5", "c6"]


def test_a_file_that_cannot_be_read_for_now_is_tried_again_and_holds_up_no_other(
    prepared: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = add_changes(prepared, NOW, "c1")
    add_changes(prepared, NOW + HOUR, "c2")
    read = ChangeLog.read

    def refuse(log: ChangeLog, file: UPath) -> pa.Table:
        if file.name == busy.name:
            raise TableError(f"{file} cannot be read: the disk is busy.")
        return read(log, file)

    with monkeypatch.context() as disk:
        disk.setattr(ChangeLog, "read", refuse)
        first = tick(prepared, SENSOR)
        assert list_campaigns(first) == ["c2"]
        second = tick(prepared, SENSOR, first.cursor)
    assert list_campaigns(tick(prepared, SENSOR, second.cursor or first.cursor)) == ["c1"]


@pytest.mark.parametrize("damage", ["missing", "damaged", "foreign"])
def test_while_the_campaigns_cannot_be_read_what_has_changed_waits_for_them(prepared: Workplace, damage: str) -> None:
    add_changes(prepared, NOW, "c1")
    table = Path(str(prepared.store.locate(CAMPAIGNS.path)))
    if damage == "missing":
        table.unlink()
    elif damage == "damaged":
        table.write_bytes(b"no Parquet")
    else:
        pq.write_table(pa.table({"a": [1]}), table)
    with collected_warnings() as warnings:
        waiting = tick(prepared, SENSOR)
    assert "wait for hubspot/campaigns" in waiting.skip_message and len(warnings) == 1
    write_campaigns(prepared)
    assert list_campaigns(tick(prepared, SENSOR, waiting.cursor)) == ["c1"]


def test_a_log_of_many_files_is_read_in_several_ticks_and_each_file_once(
    prepared: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(association_backfill, "FILES_PER_TICK", 2)
    for number in range(5):
        add_changes(prepared, NOW + number * HOUR, f"c{number}")
    ticks = [tick(prepared, SENSOR)]
    while ticks[-1].run_requests:
        ticks.append(tick(prepared, SENSOR, ticks[-1].cursor))
    assert [list_campaigns(ticked) for ticked in ticks] == [["c0", "c1"], ["c2", "c3"], ["c4"], []]


@pytest.mark.parametrize("more", [0, 1])
def test_so_many_campaigns_that_naming_them_would_be_most_of_the_run_are_read_whole(
    prepared: Workplace, more: int
) -> None:
    count = association_backfill.MOST_CAMPAIGNS + more
    write_campaigns(prepared, count)
    add_changes(prepared, NOW, *(f"c{number}" for number in range(count)))
    (request,) = tick(prepared, SENSOR).run_requests
    assert bool(request.run_config) == (not more)


FAILED = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
STATUSES = [status for status in dg.DagsterRunStatus if status is not dg.DagsterRunStatus.QUEUED]
"""Dagster lets nobody but a code location queue a run."""


@pytest.mark.parametrize("status", [*STATUSES, None])
def test_a_run_that_failed_or_is_gone_is_asked_for_again_and_no_other(
    prepared: Workplace, status: dg.DagsterRunStatus | None
) -> None:
    add_changes(prepared, NOW, "c1")
    first = tick(prepared, SENSOR)
    if status:
        end_run(prepared, SENSOR, first, status)
    assert tick(prepared, SENSOR, first.cursor).skip_message  # it has not waited yet
    prepared.now = lambda: NOW + HOUR
    second = tick(prepared, SENSOR, first.cursor)
    assert list_campaigns(second) == (["c1"] if status in [*FAILED, None] else [])
    assert not second.run_requests or list_run_keys(second) != list_run_keys(first)


def test_a_run_that_keeps_failing_is_asked_for_ever_more_seldom_until_it_succeeds(prepared: Workplace) -> None:
    add_changes(prepared, NOW, "c1")
    cursor, asked = None, list[int]()
    for minutes in range(0, 330, 10):
        prepared.now = lambda minutes=minutes: NOW + timedelta(minutes=minutes)  # type: ignore[misc]
        ticked = tick(prepared, SENSOR, cursor)
        cursor = ticked.cursor or cursor
        if ticked.run_requests:
            asked.append(minutes)
            end_run(prepared, SENSOR, ticked, dg.DagsterRunStatus.FAILURE)
    assert asked == [0, 10, 30, 70, 150, 310]


def test_what_failed_is_asked_for_together_with_what_joined_since(prepared: Workplace) -> None:
    add_changes(prepared, NOW, "c1")
    first = tick(prepared, SENSOR)
    end_run(prepared, SENSOR, first, dg.DagsterRunStatus.FAILURE)
    prepared.now = lambda: NOW + HOUR
    add_changes(prepared, prepared.now(), "c2")
    second = tick(prepared, SENSOR, first.cursor)
    assert list_campaigns(second) == ["c1", "c2"]
    end_run(prepared, SENSOR, second)
    prepared.now = lambda: NOW + 24 * HOUR
    assert tick(prepared, SENSOR, second.cursor).skip_message


@pytest.mark.parametrize("again", [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.STARTED])
def test_a_run_that_somebody_tried_again_is_not_asked_for_again(
    prepared: Workplace, again: dg.DagsterRunStatus
) -> None:
    add_changes(prepared, NOW, "c1")
    first = tick(prepared, SENSOR)
    root = end_run(prepared, SENSOR, first, dg.DagsterRunStatus.FAILURE)
    prepared.instance.add_run(
        dg.DagsterRun(job_name="x", status=again, tags={"dagster/root_run_id": root, "dagster/parent_run_id": root})
    )
    prepared.now = lambda: NOW + HOUR
    assert tick(prepared, SENSOR, first.cursor).skip_message


def test_a_failed_run_is_asked_for_by_what_is_still_wrong(prepared: Workplace) -> None:
    add_changes(prepared, NOW, "c1", "c99")
    first = tick(prepared, SENSOR)
    end_run(prepared, SENSOR, first, dg.DagsterRunStatus.FAILURE)
    write_campaigns(prepared, 1)  # c1 was deleted meanwhile
    prepared.now = lambda: NOW + HOUR
    second = tick(prepared, SENSOR, first.cursor)
    assert "makes no past day wrong" in second.skip_message
    prepared.now = lambda: NOW + 24 * HOUR
    assert "no run about one has failed" in tick(prepared, SENSOR, second.cursor).skip_message
