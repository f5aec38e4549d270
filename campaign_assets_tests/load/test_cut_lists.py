"""Lists that are cut without a sign of it: asked for in another way, or told; nothing leaves the tables for them."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from campaign_assets.emulator.cursors import write_cursor
from campaign_assets.emulator.damage import Damaged
from campaign_assets.emulator.requests import ApiRequest
from campaign_assets.load.cells import FailedCell, WrittenCell
from campaign_assets_tests.load.conftest import LONG, Desk


def empty_pages(desk: Desk, endpoint: str = "list_assets", *, later_only: bool) -> None:
    """Lets pages come back empty: all, or those that another page has named."""

    def empty(request: ApiRequest, _: Any, __: Random) -> Damaged | None:
        return Damaged({"results": []}) if not later_only or "after" in request.query else None

    desk.faults.add(endpoint, kind="damage", damage=empty, times=None)


def test_a_promised_page_that_comes_back_empty_is_read_in_another_way(desk: Desk) -> None:
    before, rows = desk.list_associations(), desk.list_rows(LONG)
    empty_pages(desk, later_only=True)
    written = desk.refresh_associations()
    assert not written.extract.failed and written.extract.repeated == 0
    assert all(isinstance(outcome, WrittenCell) and not outcome.left_out for outcome in desk.read())
    assert desk.list_associations() == before and desk.list_rows(LONG) == rows


def test_promised_pages_that_are_always_empty_cost_their_type_and_take_nothing(desk: Desk) -> None:
    for campaign_id in desk.campaign_ids:  # more than one page whatever its size
        for number in range(130):
            desk.server.portal.add_association(campaign_id, LONG, f"9{number:03}{campaign_id[:8]}", "Page")
    desk.refresh_associations()
    before = desk.list_associations()
    empty_pages(desk, later_only=True)
    written = desk.refresh_associations()
    assert "name a next one that holds nothing" in str(written.extract.failed[LONG])
    assert desk.list_associations() == before
    failed = [outcome for outcome in desk.read() if isinstance(outcome, FailedCell)]
    assert [outcome.asset_type.name for outcome in failed] == [LONG]


@pytest.mark.parametrize("number", [100, 150, 200, 250])
def test_a_list_whose_full_last_page_names_an_empty_one_is_whole(desk: Desk, number: int) -> None:
    campaign = desk.server.portal.add_campaign({"hs_name": "Full pages"})
    for asset in range(number):
        desk.server.portal.add_association(campaign.id, LONG, f"8{asset:03}", "Page")

    def promise(request: ApiRequest, content: dict[str, Any], _: Random) -> Damaged:
        if len(content["results"]) == int(request.query["limit"]):
            content.setdefault("paging", {"next": {"after": write_cursor(10**15)}})
        return Damaged(content)

    desk.faults.add("list_assets", kind="damage", damage=promise, times=None)
    assert not desk.refresh().extract.failed
    assert sum(key[0] == campaign.id for key in desk.list_associations()) == number
    assert [o for o in desk.read() if not isinstance(o, WrittenCell) or o.left_out] == []
    assert sum(row["campaign_id"] == campaign.id for row in desk.list_rows(LONG)) == number


def list_pages(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for campaign in content["results"]:
        yield from campaign["assets"].values()


def test_a_full_page_of_a_batch_that_names_no_next_one_is_not_taken_for_the_whole_list(desk: Desk) -> None:
    before, rows = desk.list_associations(), desk.list_rows(LONG)

    def cut(content: dict[str, Any]) -> None:
        for page in list_pages(content):
            page.pop("paging", None)

    desk.damage("batch_read", cut)
    desk.refresh_associations()
    assert all(isinstance(outcome, WrittenCell) and not outcome.left_out for outcome in desk.read())
    assert desk.list_associations() == before and desk.list_rows(LONG) == rows


@pytest.mark.parametrize("body", [{"status": "error", "message": "No."}, {"status": "error", "results": []}])
@pytest.mark.parametrize("endpoint", ["list_assets", "batch_read"])
def test_an_error_that_comes_as_a_success_takes_nothing(desk: Desk, endpoint: str, body: dict[str, Any]) -> None:
    before, rows = desk.list_associations(), desk.list_rows(LONG)
    desk.faults.add(endpoint, kind="damage", damage=lambda *_: Damaged(body), times=None)
    try:
        assert LONG in desk.refresh_associations().extract.failed
    except Exception as error:
        assert endpoint == "batch_read" and "is an error where" in str(error)
    assert any(isinstance(outcome, FailedCell) for outcome in desk.read())
    assert desk.list_associations() == before and desk.list_rows(LONG) == rows
