"""When cells were read last, where anybody may have reported anything of them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_assets.days import Calendar
from campaign_assets.defs.instance.last_reads import AHEAD, find_cell_states
from campaign_assets.defs.instance.whole_read import DATA_VERSION_TAG, add_whole_read, parse_whole_read
from campaign_assets.defs.portal import Portal
from campaign_assets_tests.defs.ticks import collected_warnings
from campaign_assets_tests.workplace import DAYS, METRICS

BLOG_POST, CTA = METRICS[1], METRICS[2]
NOW = datetime.now(UTC).replace(microsecond=0)  # an event's own time is that of the real clock
READ_AT = NOW - timedelta(hours=1)
CALENDAR = Calendar(start_date=DAYS[0], now=lambda: NOW)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def report(
    instance: dg.DagsterInstance,
    extracted_at: object = READ_AT.timestamp(),
    version: str = "abc",
    key: dg.AssetKey = BLOG_POST,
    partition: str = str(DAYS[0]),
) -> None:
    """An event of a cell, as anybody can report it. A number is a time, as the assets write it."""
    value = dg.MetadataValue.timestamp(extracted_at) if isinstance(extracted_at, float) else extracted_at
    instance.report_runless_asset_event(
        dg.AssetMaterialization(
            key,
            partition=partition,
            metadata={} if value is None else {"extracted_at": value},  # type: ignore[dict-item]
            tags={DATA_VERSION_TAG: version},
        )
    )


def find_read_at(instance: dg.DagsterInstance, days: tuple[date, ...] = (DAYS[0],)) -> dict[str, datetime | None]:
    """What the sensor and the schedule know of the tables on a day."""
    with dg.build_sensor_context(instance=instance) as context:
        states = find_cell_states(instance, Portal(), days, CALENDAR, context.log, METRICS)
    return {state.table: state.read_at for state in states}


def test_a_time_that_an_event_tells_is_taken_and_one_of_another_type_is_the_events_own(
    instance: dg.DagsterInstance,
) -> None:
    report(instance)
    assert find_read_at(instance)["blog_post"] == READ_AT
    for value in (None, "soon", 7, {"at": 1}, True, float("nan"), float("inf"), 1e300, -1e300):
        report(instance, value)
        read_at = find_read_at(instance)["blog_post"]
        assert read_at and read_at >= NOW, value


@pytest.mark.parametrize("ahead", [AHEAD + timedelta(hours=1), timedelta(days=900_000)])
def test_a_time_in_the_future_tells_of_no_reading_and_is_named(instance: dg.DagsterInstance, ahead: timedelta) -> None:
    report(instance, (NOW + ahead).timestamp())
    report(instance, key=CTA)
    with collected_warnings() as warnings:
        found = find_read_at(instance)
    assert (found["blog_post"], found["cta"]) == (None, READ_AT)
    assert len(warnings) == 1 and "blog_post of 2026-03-07" in warnings[0]


def test_a_clock_that_was_a_little_fast_is_believed(instance: dg.DagsterInstance) -> None:
    at = NOW + timedelta(hours=3)
    report(instance, at.timestamp())
    assert find_read_at(instance)["blog_post"] == at


@pytest.mark.parametrize(
    "version",
    [
        add_whole_read("abc", READ_AT).replace("T", " at "),
        add_whole_read("abc", READ_AT)[:-9] + "x",
        "abc-partial-whole-at-",
        "abc-partial-whole-at-soon-partial-whole-at-2026",
        add_whole_read("abc", NOW + timedelta(days=400)),
    ],
    ids=["another spelling", "cut", "empty", "two", "the future"],
)
def test_a_cell_that_was_read_in_part_and_nobody_knows_when_whole_was_never_read_and_is_named(
    instance: dg.DagsterInstance, version: str
) -> None:
    report(instance, version=version)
    report(instance, key=CTA, version=add_whole_read("abc", READ_AT - timedelta(days=1)))
    with collected_warnings() as warnings:
        found = find_read_at(instance)
    assert (found["blog_post"], found["cta"]) == (None, READ_AT - timedelta(days=1))
    assert len(warnings) == 1 and "blog_post of 2026-03-07" in warnings[0]


def test_partitions_that_are_no_days_are_nobodys_cells(instance: dg.DagsterInstance) -> None:
    for partition in ("eu-west", "2026-03-07|eu", "2026-02-30"):
        report(instance, partition=partition)
    assert set(find_read_at(instance).values()) == {None}


@given(st.text())
def test_a_data_version_is_a_time_or_none_or_named_as_nonsense(text: str) -> None:
    assert parse_whole_read(text.replace("-partial", "")) is None
    version = f"abc-partial-whole-at-{text}"
    try:
        found = parse_whole_read(version)
    except ValueError:
        return
    assert found and found.tzinfo
