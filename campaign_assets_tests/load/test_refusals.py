"""A refusal costs what was refused: a type's list, a campaign, a day; and only the campaign says that it is gone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.requests import ApiRequest
from campaign_assets.hubspot import AccountRefused, HubSpotClient, RetryPolicy
from campaign_assets.load.cells import FailedCell, WrittenCell
from campaign_assets.tables import TableStore
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.load.conftest import LONG, Desk
from campaign_assets_tests.workplace import DAYS


def is_list_of(asset_type: str) -> Callable[[ApiRequest], bool]:
    return lambda request: request.endpoint == "list_assets" and request.path_values["asset_type"] == asset_type


def mentions(campaign_id: str) -> Callable[[ApiRequest], bool]:
    return lambda request: campaign_id in f"{request.path} {request.body!r}"


FAULTS: dict[str, dict[str, Any]] = {
    **{str(status): {"status": status} for status in (302, 400, 403, 404, 405, 409, 410, 414, 422, 423, 451, 500, 501)},
    "web page 404": {"kind": "html", "status": 404},
    "no scope": {"status": 403, "category": "MISSING_SCOPES"},
    "no JSON": {"kind": "cut_json"},
    "no list": {"kind": "body", "body": b'{"total": 3}'},
    "reset": {"kind": "reset"},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_list_that_fails_costs_its_type_and_nothing_else(desk: Desk, fault: dict[str, Any]) -> None:
    before, rows = desk.list_associations(), desk.list_rows(LONG)
    desk.faults.add(where=is_list_of(LONG), times=None, **fault)
    written = desk.refresh_associations()
    assert list(written.extract.failed) == [LONG] and not written.extract.missing and not written.extract.refused
    assert not written.changes or not written.changes.table.num_rows
    assert desk.list_associations() == before
    failed = [outcome for outcome in desk.read() if not isinstance(outcome, WrittenCell)]
    assert [(type(outcome), outcome.asset_type.name) for outcome in failed] == [(FailedCell, LONG)]
    assert desk.list_rows(LONG) == rows


def test_a_list_that_fails_for_one_campaign_does_not_keep_what_left_others(desk: Desk) -> None:
    first, second = (i for i in desk.campaign_ids if len([a for a in desk.list_associations() if a[0] == i]) > 70)
    leaving = {i: max(a for a in desk.list_associations() if a[:2] == (i, LONG)) for i in (first, second)}
    for key in leaving.values():
        desk.server.portal.remove_association(*key)
    desk.faults.add(
        "list_assets", 404, times=None, where=lambda r: r.path_values["campaign_id"] == first and is_list_of(LONG)(r)
    )
    written = desk.refresh_associations()
    assert written.extract.unread == {(first, LONG)}
    assert leaving[first] in desk.list_associations() and leaving[second] not in desk.list_associations()


def test_a_campaign_that_is_gone_is_gone_when_it_says_so_itself(desk: Desk) -> None:
    gone = next(i for i in desk.campaign_ids if len([a for a in desk.list_associations() if a[0] == i]) > 70)
    rows = desk.list_rows(LONG)
    # Deleted between the batch and the pages that did not fit.
    desk.faults.add("list_assets", 404, times=None, where=mentions(gone))
    desk.faults.add("get", 404, times=None, where=mentions(gone))
    assert all(isinstance(outcome, WrittenCell) for outcome in desk.read())
    assert desk.list_rows(LONG) == rows
    written = desk.refresh_associations()
    assert written.extract.missing == (gone,)
    assert {key[0] for key in desk.list_associations()} >= {gone}  # until the campaigns are read again


def test_a_web_page_that_says_404_of_everything_deletes_nothing(desk: Desk) -> None:
    before, rows = desk.list_associations(), desk.list_rows(LONG)
    for endpoint in ("list_assets", "get"):
        desk.faults.add(endpoint, kind="html", status=404, times=None)
    desk.faults.add("batch_read", kind="body", body=b'{"results": []}', times=None)
    with pytest.raises(Exception, match="not HubSpot's own word"):
        desk.refresh_associations()
    assert all(isinstance(outcome, FailedCell) for outcome in desk.read())
    assert desk.list_associations() == before and desk.list_rows(LONG) == rows


@pytest.mark.parametrize("status", [400, 404, 409, 422, 403])
@pytest.mark.parametrize("place", [0, 3, 5])
def test_a_campaign_that_spoils_its_batch_costs_itself(desk: Desk, status: int, place: int) -> None:
    before, poison = desk.list_associations(), desk.campaign_ids[place]
    rows = {t.name: desk.list_rows(t.name) for t in METRIC_ASSET_TYPES}
    # HubSpot's own word on the campaign alone is another refusal than 404, which would be its deletion.
    desk.faults.add("batch_read", status, times=None, where=mentions(poison))
    desk.faults.add("get", 400 if status == 404 else status, times=None, where=mentions(poison))
    desk.faults.add("list_assets", 400 if status == 404 else status, times=None, where=mentions(poison))
    outcomes = desk.read()
    assert all(isinstance(outcome, WrittenCell) for outcome in outcomes)
    told = [outcome for outcome in outcomes if isinstance(outcome, WrittenCell) and outcome.left_out]
    assert told and all(
        poison in str(outcome.left_out) and "HubSpot answered" in str(outcome.left_out) for outcome in told
    )
    assert {t.name: desk.list_rows(t.name) for t in METRIC_ASSET_TYPES} == rows
    written = desk.refresh()
    assert list(written.extract.refused) == [poison] and desk.list_associations() == before


def test_a_campaign_that_only_batches_refuse_is_read_alone_and_halved_for_once(desk: Desk) -> None:
    poison = desk.campaign_ids[2]
    desk.faults.add("batch_read", 400, times=None, where=mentions(poison))
    assert desk.refresh_associations().extract.refused == {}
    desk.server.stats.reset()
    outcomes = desk.read(3)
    assert len(outcomes) == 39 and all(isinstance(o, WrittenCell) and o.left_out is None for o in outcomes)
    assert desk.server.stats.by_endpoint["batch_read"] < 3 * 6


def test_many_campaigns_that_spoil_their_batch_side_by_side_cost_themselves(serve: Serve, tmp_path: Path) -> None:
    server = serve(campaigns=40, assets_per_campaign=3)
    with HubSpotClient(DEFAULT_TOKEN, base_url=server.url, retry=RetryPolicy(attempts=1)) as client:
        desk = Desk(server, TableStore(str(tmp_path)), client)
        desk.refresh()
        before = desk.list_associations()
        poison = desk.campaign_ids[:12]
        desk.faults.add("batch_read", 400, times=None, where=lambda r: any(mentions(i)(r) for i in poison))
        desk.faults.add("get", 400, times=None, where=lambda r: any(mentions(i)(r) for i in poison[:6]))
        assert sorted(desk.refresh_associations().extract.refused) == poison[:6]
        assert desk.list_associations() == before


@pytest.mark.parametrize("status", [400, 404, 409])
def test_batches_that_are_refused_whatever_is_in_them_are_not_halved_for_ever(
    serve: Serve, tmp_path: Path, status: int
) -> None:
    server = serve(campaigns=60, assets_per_campaign=3)
    with HubSpotClient(DEFAULT_TOKEN, base_url=server.url, retry=RetryPolicy(attempts=1)) as client:
        desk = Desk(server, TableStore(str(tmp_path)), client)
        desk.refresh()
        desk.faults.add("batch_read", status, times=None)
        server.stats.reset()
        assert all(isinstance(outcome, FailedCell) for outcome in desk.read(3))
    assert server.stats.requests < 100


def test_a_403_on_one_day_costs_that_day(desk: Desk) -> None:
    day = DAYS[1].isoformat()
    desk.faults.add(status=403, times=None, where=lambda request: day in request.query.get("startDate", ""))
    outcomes = desk.read(3)
    failed = [outcome for outcome in outcomes if isinstance(outcome, FailedCell)]
    assert {outcome.day for outcome in failed} == {DAYS[1]} and len(failed) == 13 and len(outcomes) == 39


@pytest.mark.parametrize("status", [403, 410])
def test_an_account_that_is_refused_altogether_stops_the_run(desk: Desk, status: int) -> None:
    desk.faults.add(status=status, times=None)
    with pytest.raises(AccountRefused):
        desk.read(3)
