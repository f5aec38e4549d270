"""Numbers, assets and campaigns that were there and do not come any more: what is known stays, or it is told."""

from collections.abc import Callable
from random import Random
from typing import Any

import dagster as dg
import pytest

from campaign_assets.emulator.damage import Damaged
from campaign_assets.emulator.requests import ApiRequest
from campaign_assets.quality.rules import find_fall
from campaign_assets_tests.conftest import MakeFilled, MakeWorkplace
from campaign_assets_tests.load.test_scope_of_failure import get_checks
from campaign_assets_tests.workplace import DAYS, METRICS, SNAPSHOTS, Workplace, drop_timestamps

Change = Callable[[dict[str, Any]], None]


def damage(workplace: Workplace, endpoint: str, change: Change) -> None:
    """Lets every response of an endpoint that lists something be changed."""

    def changed(_: ApiRequest, content: dict[str, Any], __: Random) -> Damaged:
        change(content)
        return Damaged(content)

    workplace.server.portal.faults.add(endpoint, kind="damage", damage=changed, times=None)


def list_assets(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Every asset of a batch."""
    pages = [page for campaign in content["results"] for page in campaign["assets"].values()]
    return [asset for page in pages for asset in page["results"]]


def take_metrics(content: dict[str, Any]) -> None:
    for asset in list_assets(content):
        asset.pop("metrics", None)


def say_null(content: dict[str, Any]) -> None:
    for asset in list_assets(content):
        asset["metrics"] = None


def say_nothing(content: dict[str, Any]) -> None:
    for asset in list_assets(content):
        asset["metrics"] = {}


def name_nulls(content: dict[str, Any]) -> None:
    for asset in list_assets(content):
        asset["metrics"] = dict.fromkeys(asset["metrics"])


@pytest.mark.parametrize("change", [take_metrics, say_null, say_nothing, name_nulls])
def test_stored_numbers_are_not_replaced_by_none(make_filled: MakeFilled, change: Change) -> None:
    workplace = make_filled(DAYS[:1])
    before = drop_timestamps(workplace.read_metrics("BLOG_POST", DAYS[:1]))
    assert any(row["views"] for row in before)
    damage(workplace, "batch_read", change)
    result = workplace.run([METRICS[1]], DAYS[:1])
    assert result.success and METRICS[1].path[-1] == "blog_post"
    assert drop_timestamps(workplace.read_metrics("BLOG_POST", DAYS[:1])) == before
    (check,) = get_checks(result, "assets_answered")
    assert not check.passed and check.severity is dg.AssetCheckSeverity.WARN
    assert "no number any more of campaign" in str(check.description)


@pytest.mark.parametrize("value", ["missing", None], ids=["missing", "null"])
def test_a_single_number_that_does_not_come_again_stays_and_is_told(make_filled: MakeFilled, value: str | None) -> None:
    workplace = make_filled(DAYS[:1])
    before = drop_timestamps(workplace.read_metrics("BLOG_POST", DAYS[:1]))

    def forget(content: dict[str, Any]) -> None:
        for asset in list_assets(content):
            asset["metrics"] = {name: number for name, number in asset["metrics"].items() if name != "VIEWS"}
            if asset["metrics"].get("SUBMISSIONS"):
                asset["metrics"] |= {"SUBMISSIONS": 10**6} | ({} if value else {"VIEWS": None})

    damage(workplace, "batch_read", forget)
    result = workplace.run([METRICS[1]], DAYS[:1])
    after = drop_timestamps(workplace.read_metrics("BLOG_POST", DAYS[:1]))
    assert after == [{**row, "submissions": row["submissions"] and 10**6} for row in before]
    (check,) = get_checks(result, "assets_answered")
    assert not check.passed and "no VIEWS any more of campaign" in str(check.description)


def test_a_day_that_is_read_first_without_metrics_is_told(make_filled: MakeFilled) -> None:
    workplace = make_filled(DAYS[:1])
    damage(workplace, "batch_read", take_metrics)
    result = workplace.run([METRICS[1]], DAYS[1:2])
    (check,) = get_checks(result, "assets_answered")
    assert not check.passed and "assets came without any metrics" in str(check.description)


def test_an_emptier_copy_does_not_replace_a_fuller_one(make_filled: MakeFilled) -> None:
    workplace = make_filled(DAYS[:1])
    before = drop_timestamps(workplace.read_metrics("BLOG_POST", DAYS[:1]))

    associations = drop_timestamps(workplace.store.read(SNAPSHOTS[1].path))

    def repeat(content: dict[str, Any]) -> None:
        for campaign in content["results"]:
            for page in campaign["assets"].values():
                page["results"] += [{"id": asset["id"]} for asset in page["results"]]

    damage(workplace, "batch_read", repeat)
    damage(workplace, "search", lambda content: content["results"].append({**content["results"][0], "properties": {}}))
    result = workplace.run([*SNAPSHOTS, METRICS[1]], DAYS[:1])
    assert result.success
    assert drop_timestamps(workplace.read_metrics("BLOG_POST", DAYS[:1])) == before
    assert all(check.passed for check in get_checks(result, "assets_answered"))
    assert all(row["name"] for row in workplace.store.read(("hubspot", "campaigns")).to_pylist())
    assert drop_timestamps(workplace.store.read(SNAPSHOTS[1].path)) == associations


def test_associations_that_vanish_at_once_are_told(make_filled: MakeFilled) -> None:
    workplace = make_filled(DAYS[:1])

    def empty(content: dict[str, Any]) -> None:
        for campaign in content["results"]:
            campaign["assets"] = {}

    damage(workplace, "batch_read", empty)
    (check,) = [c for c in get_checks(workplace.run(SNAPSHOTS[1:]), "row_count_usual") if not c.passed]
    assert check.asset_key == SNAPSHOTS[1] and "BLOG_POST" in str(check.description)
    assert check.severity is dg.AssetCheckSeverity.WARN


@pytest.mark.parametrize("before", [1, 5, 30])
def test_where_nothing_is_left_it_is_told_of_however_few(before: int) -> None:
    problem = find_fall({"FORM": before}, {}, 20)
    assert problem and problem.example == f"FORM: {before} before, 0 now"
    assert (find_fall({"FORM": before, "CTA": 1}, {"CTA": 1}, 20) is None) == (before < 20)
    assert find_fall({"FORM": 0}, {"FORM": 0}, 20) is None


def test_campaigns_that_vanish_at_once_are_told_and_their_rows_stay(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace()
    assert all(check.passed for check in get_checks(workplace.run(SNAPSHOTS), "row_count_usual"))
    for campaign in workplace.server.portal.truth.campaigns():
        workplace.server.portal.delete_campaign(campaign["id"])
    failed = [check for check in get_checks(workplace.run(SNAPSHOTS), "row_count_usual") if not check.passed]
    assert "existing campaigns: 12 before, 0 now" in str(failed[0].description)
    assert len(failed) == 2
    rows = workplace.store.read(("hubspot", "campaigns")).to_pylist()
    assert len(rows) == 12 and all(row["deleted_at"] and row["name"] for row in rows)
