"""What campaigns brought, by window and model: every cell as it was served."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from campaign_assets.emulator.damage import Damaged
from campaign_assets.emulator.options import SCOPE_SETS, TokenGrant
from campaign_assets.emulator.requests import ApiRequest
from campaign_assets.extract.campaign_reports import PATIENCE
from campaign_assets.extract.report_plan import build_attribution_report, build_revenue_report, list_reports
from campaign_assets.hubspot import MAX_IN_FLIGHT, AttributionModel, Forbidden, MissingScopes
from campaign_assets.settings import Settings
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.load.reading import Reading, list_failed_checks, open_reading
from campaign_assets_tests.served import list_ids, serve_attribution, serve_revenue
from campaign_assets_tests.workplace import NOW

WINDOWS = ("lifetime", "last_28_days", "last_1_days")
MODELS = ("LINEAR", "W_SHAPED")


@pytest.fixture
def attribution(serve: Serve, tmp_path: Path) -> Iterator[Reading]:
    """The attribution of 12 campaigns, read once."""
    with open_reading(serve(), tmp_path, build_attribution_report(WINDOWS)) as reading:
        yield reading


@pytest.fixture
def revenue(serve: Serve, tmp_path: Path) -> Iterator[Reading]:
    """The revenue of 12 campaigns, read once."""
    with open_reading(serve(currency="JPY"), tmp_path, build_revenue_report(WINDOWS, MODELS)) as reading:
        yield reading


def list_windows(reading: Reading) -> list[tuple[str, date, date]]:
    """The windows as a night has them, in the order of their names: each ends yesterday."""
    last = reading.now().date() - timedelta(days=1)
    firsts = {"lifetime": date(2006, 1, 1), "last_28_days": last - timedelta(days=27), "last_1_days": last}
    return [(name, firsts[name], last) for name in sorted(firsts)]


def expect_attribution(reading: Reading) -> list[dict[str, Any]]:
    return [
        {"campaign_id": campaign_id, "window": name, "first_day": first, "last_day": last}
        | serve_attribution(reading.server, campaign_id, first, last)
        for campaign_id in list_ids(reading.server)
        for name, first, last in list_windows(reading)
    ]


def expect_revenue(reading: Reading) -> list[dict[str, Any]]:
    return [
        {
            "campaign_id": campaign_id,
            "window": name,
            "first_day": first,
            "last_day": last,
            "attribution_model": model,
        }
        | serve_revenue(reading.server, campaign_id, first, last, model)
        for campaign_id in list_ids(reading.server)
        for name, first, last in list_windows(reading)
        for model in sorted(MODELS)
    ]


def test_every_count_is_what_was_served_of_its_window_and_moves_on_with_the_days(attribution: Reading) -> None:
    before = attribution.read()["campaign_attribution"]
    assert before == expect_attribution(attribution)
    assert any(row["sessions"] for row in before)
    written = attribution.pass_night()
    assert written.plan.requests == written.requests == 12 * 3
    assert attribution.server.stats.by_endpoint["report_metrics"] == 36
    attribution.server.stats.reset()
    assert attribution.read()["campaign_attribution"] == expect_attribution(attribution) != before
    assert not list_failed_checks(written)


def test_every_amount_is_what_was_served_of_its_window_and_model(revenue: Reading) -> None:
    rows = revenue.read()["campaign_revenue"]
    assert rows == expect_revenue(revenue)
    assert {row["currency_code"] for row in rows} == {"JPY"}
    assert any(row["revenue_amount"] for row in rows)
    written = revenue.pass_night()
    assert written.plan.requests == written.requests == 12 * 3 * 2
    assert not list_failed_checks(written)


def test_without_a_scope_nothing_is_written_and_the_scope_is_named(serve: Serve, tmp_path: Path) -> None:
    server = serve(tokens=(TokenGrant(scopes=SCOPE_SETS["without-revenue"]),))
    with open_reading(server, tmp_path, build_attribution_report(WINDOWS)) as reading:
        reading.report = build_revenue_report(WINDOWS, MODELS)
        with pytest.raises(MissingScopes, match="Grant the app the scope marketing.campaigns.revenue"):
            reading.refresh()
        assert not reading.store.exists(reading.report.table.path)


def test_where_everything_is_refused_and_nothing_answered_nothing_more_is_asked(revenue: Reading) -> None:
    revenue.report = build_revenue_report(WINDOWS, list(AttributionModel))
    revenue.server.portal.faults.add("report_revenue", 403, times=None, message="not in your plan")
    with pytest.raises(Forbidden, match="not in your plan"):
        revenue.pass_night()
    assert PATIENCE <= revenue.server.stats.by_endpoint["report_revenue"] < PATIENCE + MAX_IN_FLIGHT < 12 * 3 * 9


def test_a_window_and_a_model_that_are_not_asked_for_any_more_are_gone_but_of_deleted_campaigns(
    revenue: Reading,
) -> None:
    deleted = list_ids(revenue.server)[0]
    revenue.server.portal.delete_campaign(deleted)
    revenue.report = build_revenue_report(("lifetime",), ("LINEAR",))
    revenue.pass_night()
    rows = revenue.read()["campaign_revenue"]
    assert sum(row["campaign_id"] == deleted for row in rows) == 6
    others = {(row["window"], row["attribution_model"]) for row in rows if row["campaign_id"] != deleted}
    assert others == {("lifetime", "LINEAR")}


def test_of_a_campaign_only_the_window_that_fails_keeps_its_row(attribution: Reading) -> None:
    bad, yesterday = list_ids(attribution.server)[0], NOW.date()
    attribution.server.portal.faults.add(
        "report_metrics",
        400,
        times=None,
        where=lambda r: bad in r.path and r.query.get("startDate") == "2006-01-01",
    )
    written = attribution.pass_night()
    assert list(written.answers.failed) == [bad]
    last_days = {
        row["window"]: row["last_day"]
        for row in attribution.read()["campaign_attribution"]
        if row["campaign_id"] == bad
    }
    assert last_days == {
        "last_1_days": yesterday,
        "last_28_days": yesterday,
        "lifetime": yesterday - timedelta(days=1),
    }
    attribution.server.portal.faults.clear()
    first = attribution.pass_night().plan.questions[0]
    assert (first.campaign_id, first.window and first.window.name) == (bad, "lifetime")


def test_a_campaign_with_two_currencies_is_told(revenue: Reading) -> None:
    bad = list_ids(revenue.server)[0]

    def change(request: ApiRequest, content: dict[str, Any], _: Random) -> Damaged:
        return Damaged({**content, "currencyCode": "EUR" if request.query["startDate"] == "2006-01-01" else "JPY"})

    revenue.server.portal.faults.add(
        "report_revenue", kind="damage", damage=change, times=None, where=lambda r: bad in r.path
    )
    assert list_failed_checks(revenue.pass_night()) == {"one_currency": f"1: campaign {bad}: EUR, JPY"}


def test_a_negative_count_costs_its_campaign(attribution: Reading) -> None:
    bad = list_ids(attribution.server)[0]

    def change(_: ApiRequest, content: dict[str, Any], __: Random) -> Damaged:
        return Damaged({**content, "sessions": -1})

    attribution.server.portal.faults.add(
        "report_metrics", kind="damage", damage=change, times=None, where=lambda r: bad in r.path
    )
    before = attribution.read()["campaign_attribution"]
    written = attribution.pass_night()
    assert list(written.answers.failed) == [bad]
    assert "where the sessions should be" in list_failed_checks(written)["campaigns_answered"]
    after = attribution.read()["campaign_attribution"]
    assert [row for row in after if row["campaign_id"] == bad] == [row for row in before if row["campaign_id"] == bad]


@pytest.mark.parametrize(
    ("settings", "tables"),
    [
        (Settings(), ["campaign_budgets", "campaign_attribution", "campaign_revenue"]),
        (Settings(revenue_models=()), ["campaign_budgets", "campaign_attribution"]),
        (Settings(report_windows=()), ["campaign_budgets"]),
    ],
)
def test_the_settings_say_which_reports_are_read(settings: Settings, tables: list[str]) -> None:
    assert [report.table.path[-1] for report in list_reports(settings)] == tables
