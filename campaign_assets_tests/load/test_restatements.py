"""Each time a stored day is read again, what differs is kept: once, whatever happens to the run."""

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.days import Calendar
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.extract.campaigns import list_existing
from campaign_assets.extract.plan import plan_day
from campaign_assets.hubspot import HubSpotClient
from campaign_assets.load.associations import refresh_associations
from campaign_assets.load.campaigns import refresh_campaigns
from campaign_assets.load.cells import FailedCell, WrittenCell
from campaign_assets.load.metrics import MetricsWork, refresh_metrics
from campaign_assets.load.restatements import WrittenRestatements
from campaign_assets.settling.rereads import NOTE, parse_note
from campaign_assets.tables import (
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    METRIC_RESTATEMENTS,
    METRICS_TABLES,
    TableError,
    TableStore,
)
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.workplace import DAYS, NOW

DAY = DAYS[-1]
Numbers = dict[tuple[str, str, str, str], float]


class Desk:
    """An account whose clock moves, and its tables."""

    def __init__(self, server: EmulatorServer, store: TableStore, client: HubSpotClient) -> None:
        self.server, self.store, self.client, self.now = server, store, client, NOW

    def pass_time(self, **span: float) -> None:
        """Moves the clocks of both."""
        self.now += timedelta(**span)
        self.server.portal.clock.set(self.now)

    def read(self, only: frozenset[str] | None = None, store: TableStore | None = None) -> list[Any]:
        """Reads everything, and the metrics of the day."""
        store = store or self.store
        refresh_campaigns(self.client, store, (), self.now)
        refresh_associations(self.client, store, Calendar(now=lambda: self.now))
        plan = plan_day(store.read_table(CAMPAIGN_ASSETS), METRIC_ASSET_TYPES, only)
        existing = frozenset(list_existing(store.read_table(CAMPAIGNS)))
        work = MetricsWork([DAY], existing=existing, only=only)
        return list(refresh_metrics(self.client, store, plan, work, lambda: self.now))

    def list_told(self) -> list[dict[str, Any]]:
        """The rows of the day's restatements."""
        rows: list[dict[str, Any]] = self.store.read_table(METRIC_RESTATEMENTS, day=DAY).to_pylist()
        return rows


def get_numbers(portal: Portal, day: date = DAY) -> Numbers:
    """Every number that the account says of a day, without the client."""
    return {
        (row["campaign_id"], asset_type.name, row["asset_id"], metric): float(value)
        for asset_type in METRIC_ASSET_TYPES
        for row in portal.truth.metrics(day, asset_type.name)
        for metric, value in row["metrics"].items()
    }


def list_expected(before: Numbers, after: Numbers, noticed_at: datetime) -> list[tuple[Any, ...]]:
    """The restatements between two times."""
    changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    return [(*key, noticed_at, before.get(key), after.get(key)) for key in changed]


def to_tuples(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Rows as the expected ones, without the day and the time of the earlier reading."""
    names = ("campaign_id", "asset_type", "asset_id", "metric", "noticed_at", "before", "after")
    return [tuple(row[name] for name in names) for row in rows]


@pytest.fixture
def desk(serve: Serve, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Desk]:
    """The day that closed last, read once."""
    caplog.set_level(logging.CRITICAL)
    server = serve(campaigns=10, assets_per_campaign=12)
    with HubSpotClient(DEFAULT_TOKEN, base_url=server.url) as client:
        desk = Desk(server, TableStore(str(tmp_path / "tables")), client)
        assert all(isinstance(outcome, WrittenCell) for outcome in desk.read())
        yield desk


def test_a_first_reading_tells_nothing_and_writes_nothing(desk: Desk) -> None:
    assert not desk.store.exists(METRIC_RESTATEMENTS.path, DAY)


def test_the_rows_are_what_the_account_served_differently_at_each_reading(desk: Desk) -> None:
    expected, before = [], get_numbers(desk.server.portal)
    for days in (1, 2, 4):
        desk.pass_time(days=days)
        after = get_numbers(desk.server.portal)
        expected += list_expected(before, after, desk.now)
        (told,) = [outcome for outcome in desk.read() if isinstance(outcome, WrittenRestatements)]
        assert sum(told.counts.values()) == len(list_expected(before, after, desk.now)) > 0
        before = after
    assert to_tuples(desk.list_told()) == sorted(expected, key=lambda row: row[:5])


def test_a_reading_that_finds_nothing_leaves_no_row_and_is_remembered(desk: Desk) -> None:
    desk.pass_time(hours=1)
    outcomes = desk.read()
    assert desk.list_told() == []
    footer = desk.store.read_footer(METRIC_RESTATEMENTS.path, day=DAY)
    rereads = parse_note(footer.notes[NOTE])
    assert {reread.table for reread in rereads} == {asset_type.slug for asset_type in METRIC_ASSET_TYPES}
    assert {(reread.before_at, reread.at, reread.movement.changed) for reread in rereads} == {(NOW, desk.now, 0)}
    assert {outcome.restated for outcome in outcomes if isinstance(outcome, WrittenCell)} == {0}


def test_what_joins_leaves_and_is_deleted_is_told_as_it_is(desk: Desk) -> None:
    portal = desk.server.portal
    rows = [row for row in portal.truth.metrics(DAY, "LANDING_PAGE") if row["metrics"].get("VIEWS")]
    leaving, deleted = rows[0], next(row for row in rows if row["campaign_id"] != rows[0]["campaign_id"])
    joining = next(c.id for c in portal.store if c.id not in (leaving["campaign_id"], deleted["campaign_id"]))
    before = get_numbers(portal)
    portal.remove_association(leaving["campaign_id"], "LANDING_PAGE", leaving["asset_id"])
    portal.add_association(joining, "LANDING_PAGE", leaving["asset_id"])
    after = get_numbers(portal)
    portal.delete_campaign(deleted["campaign_id"])
    desk.pass_time(hours=1)
    desk.read()
    assert to_tuples(desk.list_told()) == list_expected(before, after, desk.now)
    assert {(row["before"] is None, row["after"] is None) for row in desk.list_told()} == {(True, False), (False, True)}


def test_a_reading_of_some_campaigns_tells_of_these_only_and_is_no_evidence(desk: Desk) -> None:
    portal = desk.server.portal
    before = get_numbers(portal)
    desk.pass_time(days=1)
    expected = list_expected(before, get_numbers(portal), desk.now)
    some = frozenset({expected[0][0]})
    desk.read(only=some)
    assert to_tuples(desk.list_told()) == [row for row in expected if row[0] in some]
    assert parse_note(desk.store.read_footer(METRIC_RESTATEMENTS.path, day=DAY).notes[NOTE]) == []
    first = desk.now
    desk.pass_time(minutes=1)
    desk.read()
    assert sorted(to_tuples(desk.list_told())) == sorted(
        (*row[:4], first if row[0] in some else desk.now, *row[5:]) for row in expected
    )


class DyingStore(TableStore):
    """Tables whose writer dies at a cell: it and all after it are as they were."""

    def __init__(self, root: str, cells: int) -> None:
        super().__init__(root)
        self.cells = cells

    def write(self, path: Any, *args: Any, **more: Any) -> Any:
        """Writes, until it is time."""
        if path[1] == "asset_metrics":
            if not self.cells:
                raise KeyboardInterrupt
            self.cells -= 1
        return super().write(path, *args, **more)


@pytest.mark.parametrize("cells", [0, 1, 5, 12])
def test_a_run_that_dies_between_tells_each_difference_once(desk: Desk, cells: int) -> None:
    portal = desk.server.portal
    seen = dict.fromkeys(METRICS_TABLES, get_numbers(portal))
    told: dict[str, list[tuple[Any, ...]]] = {}
    desk.pass_time(days=1)
    with pytest.raises(KeyboardInterrupt):
        desk.read(store=DyingStore(str(desk.store.root), cells))
    written = [asset_type.name for asset_type in METRIC_ASSET_TYPES][:cells]
    now = get_numbers(portal)
    told = {name: list_expected(seen[name], now, desk.now) for name in written}
    seen |= dict.fromkeys(written, now)
    desk.pass_time(days=2)
    desk.read()
    for name in METRICS_TABLES:
        told[name] = [*told.get(name, []), *list_expected(seen[name], get_numbers(portal), desk.now)]
    expected = [row for name, rows in told.items() for row in rows if row[1] == name]
    assert to_tuples(desk.list_told()) == sorted(expected, key=lambda row: row[:5])


def test_what_a_dead_run_told_is_taken_back_where_it_never_came_true(desk: Desk) -> None:
    desk.pass_time(days=1)
    with pytest.raises(KeyboardInterrupt):
        desk.read(store=DyingStore(str(desk.store.root), 0))
    assert desk.list_told()
    desk.server.portal.clock.set(NOW)  # HubSpot says again what it said first
    desk.now += timedelta(hours=1)
    desk.read()
    assert desk.list_told() == []


def test_a_clock_that_goes_back_takes_nothing_back(desk: Desk) -> None:
    first = get_numbers(desk.server.portal)
    desk.pass_time(days=2)
    second, expected = get_numbers(desk.server.portal), []
    desk.read()
    expected += list_expected(first, second, desk.now)
    desk.server.portal.clock.set(NOW)  # HubSpot says again what it said first
    desk.now -= timedelta(days=1)
    desk.read()
    expected += list_expected(second, first, desk.now)
    desk.now += timedelta(minutes=1)
    desk.read()
    assert to_tuples(desk.list_told()) == sorted(expected, key=lambda row: row[:5])


def test_a_damaged_file_is_moved_aside_and_the_day_goes_on(desk: Desk) -> None:
    desk.pass_time(days=1)
    desk.read()
    before = get_numbers(desk.server.portal)
    place = Path(str(desk.store.locate(METRIC_RESTATEMENTS.path, DAY)))
    place.write_bytes(place.read_bytes()[:-40])
    desk.pass_time(days=2)
    outcomes = desk.read()
    assert not [outcome for outcome in outcomes if isinstance(outcome, FailedCell)]
    cells = [outcome for outcome in outcomes if isinstance(outcome, WrittenCell)]
    assert all(cell.lost and METRIC_RESTATEMENTS.name in cell.lost.example for cell in cells) and cells
    assert to_tuples(desk.list_told()) == list_expected(before, get_numbers(desk.server.portal), desk.now)
    assert [file for file in (Path(str(desk.store.root)) / ".campaign_assets" / "aside").rglob("*") if file.is_file()]


def test_a_damaged_cell_is_replaced_and_compared_with_nothing(desk: Desk) -> None:
    place = Path(str(desk.store.locate(METRICS_TABLES["FORM"].path, DAY)))
    place.write_bytes(b"nonsense")
    desk.pass_time(days=1)
    cells = {outcome.asset_type.name: outcome for outcome in desk.read() if isinstance(outcome, WrittenCell)}
    assert cells["FORM"].restated is None and cells["FORM"].lost
    assert "FORM" not in {row["asset_type"] for row in desk.list_told()}


class ForgetfulStore(TableStore):
    """Tables of which the restatements cannot be written."""

    def write(self, path: Any, *args: Any, **more: Any) -> Any:
        """Refuses."""
        if path == METRIC_RESTATEMENTS.path:
            raise TableError("the disk is full.")
        return super().write(path, *args, **more)


def test_where_it_cannot_be_told_what_differs_stays_as_it_was_and_fails(desk: Desk) -> None:
    before = get_numbers(desk.server.portal)
    desk.pass_time(days=1)
    differing = {row[1] for row in list_expected(before, get_numbers(desk.server.portal), desk.now)}
    outcomes = desk.read(store=ForgetfulStore(str(desk.store.root)))
    assert {o.asset_type.name for o in outcomes if isinstance(o, FailedCell)} == differing
    assert {o.asset_type.name for o in outcomes if isinstance(o, WrittenCell)} == METRICS_TABLES.keys() - differing
    desk.pass_time(minutes=1)
    desk.read()
    assert to_tuples(desk.list_told()) == list_expected(before, get_numbers(desk.server.portal), desk.now)
