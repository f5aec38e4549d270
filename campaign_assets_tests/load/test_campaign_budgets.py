"""The money of campaigns: every cell as it was served, and no request that tells nothing new."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from campaign_assets.emulator.damage import Damaged
from campaign_assets.emulator.requests import ApiRequest
from campaign_assets.emulator.state import Campaign, MoneyItem
from campaign_assets.extract.report_plan import build_budgets_report
from campaign_assets.hubspot import NotFound, Unauthorized
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.load.reading import Reading, list_failed_checks, open_reading
from campaign_assets_tests.served import list_ids, serve_budgets

Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def money(serve: Serve, tmp_path: Path) -> Iterator[Reading]:
    """The money of 12 campaigns, read once."""
    with open_reading(serve(), tmp_path, build_budgets_report()) as reading:
        yield reading


def find(reading: Reading, *kinds: str) -> Campaign:
    """A campaign with such items."""
    return next(c for c in reading.server.portal.store if all(getattr(c, kind) for kind in kinds))


def count_asked(reading: Reading) -> int:
    return reading.server.stats.by_endpoint["budget_totals"]


def count_with_money(reading: Reading) -> int:
    return sum(bool(c.budget or c.spend) for c in reading.server.portal.store)


def damage(reading: Reading, campaign_id: str, change: Change) -> None:
    """Changes what is served of one campaign's money."""

    def changed(_: ApiRequest, content: dict[str, Any], __: Random) -> Damaged:
        change(content)
        return Damaged(content)

    reading.server.portal.faults.add(
        "budget_totals", kind="damage", damage=changed, times=None, where=lambda r: campaign_id in r.path
    )


def test_every_cell_is_what_was_served_in_every_currency(money: Reading) -> None:
    served = serve_budgets(money.server)
    assert money.read() == served
    assert len({row["currency_code"] for row in served["campaign_budgets"]}) > 2
    assert any(row["spend_total"] is None for row in served["campaign_budgets"])
    assert [row["campaign_id"] for row in served["campaign_budgets"]] == list_ids(money.server)


def test_campaigns_without_money_are_asked_about_once_and_again_when_they_change(money: Reading) -> None:
    assert count_asked(money) == 12
    money.pass_night()
    assert count_asked(money) == count_with_money(money) < 12

    portal = money.server.portal
    poor = next(c for c in portal.store if not c.budget and not c.spend)
    poor.budget["7"] = MoneyItem("7", "Gifts", Decimal(0), 0, None, portal.clock.now(), portal.clock.now())
    portal.touch_campaign(poor.id)
    money.pass_night()
    assert count_asked(money) == count_with_money(money)
    assert money.read() == serve_budgets(money.server)


def test_a_campaign_that_loses_its_money_is_asked_about_once_more(money: Reading) -> None:
    campaign = find(money, "budget")
    campaign.budget.clear()
    campaign.spend.clear()
    money.pass_night()
    assert count_asked(money) == count_with_money(money) + 1
    money.pass_night()
    assert count_asked(money) == count_with_money(money)
    assert money.read() == serve_budgets(money.server)


def test_the_plan_is_what_the_run_takes(money: Reading) -> None:
    written = money.pass_night()
    assert written.plan.requests == written.requests == count_asked(money)


def test_a_deleted_campaign_keeps_its_rows_when_it_is_noticed_and_after_that(money: Reading) -> None:
    before = money.read()
    money.server.portal.delete_campaign(find(money, "budget", "spend").id)
    assert money.refresh().answers.missing  # the table of campaigns has it still
    assert money.read() == before
    for _ in range(2):
        assert not money.pass_night().answers.missing
        assert money.read() == before


def test_a_report_that_is_not_found_of_a_campaign_that_exists_is_a_failure(money: Reading) -> None:
    campaign = find(money, "budget")
    money.server.portal.faults.add("budget_totals", 404, times=None, where=lambda r: campaign.id in r.path)
    written = money.pass_night()
    assert not written.answers.missing
    assert isinstance(written.answers.failed[campaign.id], NotFound)


def test_a_campaign_that_fails_keeps_its_rows_and_is_the_only_one_failed(money: Reading) -> None:
    before = {row["campaign_id"]: row for row in money.read()["campaign_budgets"]}
    rich = [campaign for campaign in money.server.portal.store if campaign.budget]
    for campaign in rich:
        next(iter(campaign.budget.values())).amount += 1
    bad = rich[0].id
    money.server.portal.faults.add("budget_totals", 400, times=None, where=lambda r: bad in r.path)
    written = money.pass_night()
    assert list(written.answers.failed) == [bad]
    failures = written.describe_failures()
    assert failures and failures.startswith("1 of 8 campaigns failed and keep the rows that they had")
    assert f"campaign {bad}: HubSpot answered 400" in failures
    assert bad in list_failed_checks(written)["campaigns_answered"]
    money.server.portal.faults.clear()
    served = {row["campaign_id"]: row for row in serve_budgets(money.server)["campaign_budgets"]}
    assert money.read()["campaign_budgets"] == [(served | {bad: before[bad]})[c] for c in sorted(served)]


def test_where_nothing_is_answered_the_tables_stay_and_the_reason_is_told(money: Reading) -> None:
    before = money.read()
    money.server.portal.faults.add("budget_totals", 401, times=None)
    with pytest.raises(Unauthorized):
        money.pass_night()
    assert money.read() == before


def test_what_an_error_that_stops_the_run_leaves_out_comes_first_in_the_next(serve: Serve, tmp_path: Path) -> None:
    with open_reading(serve(), tmp_path, build_budgets_report(), max_in_flight=1) as money:
        money.server.portal.faults.add("budget_totals", 477, times=None, skip=3)
        written = money.pass_night()
        assert len(written.answers.answered) == 3 and written.answers.stop
        failures = written.describe_failures()
        assert failures and "3 of 8 campaigns are in place" in failures
        money.server.portal.faults.clear()
        first = money.pass_night().plan.questions[:5]
        assert {question.campaign_id for question in first} == set(written.answers.failed)


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("totals_equal_items", lambda content: content.update(budgetTotal=1.5)),
        ("totals_equal_items", lambda content: content.update(remainingBudget=-1.5)),
        ("one_currency", lambda content: content.update(currencyCode="XXX")),
        ("values_readable", lambda content: content["budgetItems"][0].update(amount=0.1234567)),
        ("values_readable", lambda content: content["budgetItems"][0].update(order=2**70)),
    ],
)
def test_what_is_wrong_with_the_money_is_told_by_a_check(money: Reading, check: str, change: Change) -> None:
    campaign = next(c for c in money.server.portal.store if c.budget and c.properties.get("hs_currency_code"))
    damage(money, campaign.id, change)
    assert campaign.id in list_failed_checks(money.pass_night())[check]


def test_all_checks_pass_where_nothing_is_wrong(money: Reading) -> None:
    assert not list_failed_checks(money.pass_night())


def test_totals_that_differ_from_the_campaigns_own_sums_are_told(money: Reading) -> None:
    campaign = find(money, "spend")
    next(iter(campaign.spend.values())).amount += 1
    told = list_failed_checks(money.refresh())
    assert list(told) == ["budgets_equal_campaigns"]
    assert told["budgets_equal_campaigns"].startswith(f"1: campaign {campaign.id}: spend_total is ")


def test_amounts_are_exact_to_the_last_digit(money: Reading) -> None:
    amount = 9007199254740993  # a float would end in 2
    damage(money, find(money, "budget").id, lambda content: content["budgetItems"][0].update(amount=amount))
    money.pass_night()
    assert Decimal(amount) in [row["amount"] for row in money.read()["campaign_budget_items"]]


@pytest.mark.parametrize("table", ["campaign_budgets", "campaign_spend_items"])
def test_where_a_table_cannot_be_read_any_more_all_campaigns_are_and_the_loss_is_told(
    money: Reading, table: str
) -> None:
    Path(str(money.store.locate(("hubspot", table)))).write_bytes(b"no Parquet")
    written = money.pass_night()
    assert written.plan.requests == 12
    assert "rows of deleted campaigns in it are lost" in list_failed_checks(written)["nothing_lost"]
    assert money.read() == serve_budgets(money.server)
