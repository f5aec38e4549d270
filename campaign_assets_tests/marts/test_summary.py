"""What came of each campaign: windows that end with the last day, ratios of sums, and money kept apart by currency."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from campaign_assets.marts.building import (
    build_asset_performance,
    build_campaign_performance,
    build_campaign_summary,
)
from campaign_assets.marts.schemas import CAMPAIGN_METRICS, CAMPAIGN_SUMMARY, PERIODS
from campaign_assets.tables import (
    CAMPAIGN_ATTRIBUTION,
    CAMPAIGN_BUDGETS,
    CAMPAIGN_REVENUE,
    CAMPAIGNS,
    TableStore,
)
from campaign_assets_tests.conftest import MakeFilled
from campaign_assets_tests.marts.rows import write_metrics, write_table
from campaign_assets_tests.workplace import DAYS

LAST = date(2026, 3, 9)
LIFETIME = {"window": "lifetime", "first_day": date(2025, 1, 1), "last_day": LAST}


@pytest.fixture
def store(tmp_path: Path) -> TableStore:
    return TableStore(str(tmp_path))


def summarize(store: TableStore, *months: date) -> dict[str, Mapping[str, Any]]:
    for month in months or (date(2026, 3, 1),):
        build_asset_performance(store, month)
        build_campaign_performance(store, month)
    return {row["campaign_id"]: row for row in build_campaign_summary(store).rows.to_pylist()}


def test_the_last_days_stand_beside_the_days_before(store: TableStore) -> None:
    write_table(store, CAMPAIGNS, {"campaign_id": "a", "name": "Spring"})
    for age in range(60):
        write_metrics(store, "CTA", LAST - timedelta(days=age), {"views": 1000 + age, "clicks": 1})
    row = summarize(store, date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))["a"]
    assert row["as_of"] == LAST
    ages = {
        "": range(60),
        "_last_7_days": range(7),
        "_previous_7_days": range(7, 14),
        "_last_28_days": range(28),
        "_previous_28_days": range(28, 56),
    }
    assert set(ages) == {"", *(f"_{period}" for period in PERIODS)}
    for ending, of_ending in ages.items():
        assert row[f"views{ending}"] == sum(1000 + age for age in of_ending)
        assert row[f"clicks{ending}"] == len(of_ending)
        assert row[f"sends{ending}"] is None


@pytest.mark.parametrize(
    ("days", "sums"),
    [(9, (7, None, 9, None)), (14, (7, 7, 14, None)), (55, (7, 7, 28, None)), (56, (7, 7, 28, 28))],
)
def test_a_period_that_the_tables_do_not_cover_is_null_and_not_small(
    store: TableStore, days: int, sums: tuple[int | None, ...]
) -> None:
    write_table(store, CAMPAIGNS, {"campaign_id": "a"})
    for age in range(days):
        write_metrics(store, "CTA", LAST - timedelta(days=age), {"views": 1})
    row = summarize(store, date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))["a"]
    assert tuple(row[f"views_{period}"] for period in PERIODS) == sums


def test_ratios_are_made_of_sums(store: TableStore) -> None:
    spend = {"spend_amount": Decimal(100), "budget_amount": Decimal(150), "currency_code": "EUR"}
    write_table(store, CAMPAIGNS, {"campaign_id": "a", **spend}, {"campaign_id": "b", **spend})
    write_metrics(store, "LANDING_PAGE", LAST, {"submissions": 1, "contacts_first_touch": 4, "views": 9})
    write_metrics(store, "LANDING_PAGE", DAYS[0], {"submissions": 19, "contacts_first_touch": 0, "views": 9})
    write_metrics(store, "MARKETING_EMAIL", LAST, {"clicks": 50})
    rows = summarize(store)
    assert (rows["a"]["cost_per_click"], rows["a"]["cost_per_submission"]) == (2.0, 5.0)
    assert rows["a"]["cost_per_new_contact"] == 25.0
    assert rows["a"]["remaining_budget"] == 50
    assert rows["b"]["cost_per_click"] is rows["b"]["cost_per_new_contact"] is rows["b"]["clicks"] is None
    write_table(store, CAMPAIGN_ATTRIBUTION, {"campaign_id": "a", **LIFETIME, "new_contacts_first_touch": 10})
    row = summarize(store)["a"]
    assert (row["new_contacts_first_touch"], row["cost_per_new_contact"]) == (10, 10.0)


def test_amounts_of_two_currencies_are_never_divided(store: TableStore) -> None:
    spend = {"spend_amount": Decimal(100)}
    write_table(
        store,
        CAMPAIGNS,
        {"campaign_id": "a", "currency_code": "EUR", **spend},
        {"campaign_id": "b", "currency_code": "USD", **spend},
        {"campaign_id": "c", **spend},
    )
    revenue = {**LIFETIME, "attribution_model": "LINEAR", "revenue_amount": Decimal(250), "currency_code": "USD"}
    write_table(store, CAMPAIGN_REVENUE, *({"campaign_id": name, **revenue} for name in "abc"))
    rows = summarize(store)
    assert [rows[name]["return_on_spend"] for name in "abc"] == [None, 2.5, None]
    assert [rows[name]["revenue_amount"] for name in "abc"] == [Decimal(250)] * 3


def test_no_deal_counts_twice_where_several_models_and_windows_were_read(store: TableStore) -> None:
    write_table(store, CAMPAIGNS, {"campaign_id": "a"}, {"campaign_id": "b"})
    days = {**LIFETIME, "currency_code": "USD"}
    write_table(
        store,
        CAMPAIGN_REVENUE,
        {"campaign_id": "a", **days, "attribution_model": "FULL_PATH", "deals": 1},
        {"campaign_id": "a", **days, "attribution_model": "LINEAR", "deals": 2},
        {"campaign_id": "a", **days, "attribution_model": "LINEAR", "deals": 4, "window": "last_28_days"},
        {"campaign_id": "b", **days, "attribution_model": "W_SHAPED", "deals": 8},
        {"campaign_id": "b", **days, "attribution_model": "U_SHAPED", "deals": 16},
    )
    rows = summarize(store)
    assert [(rows[name]["attribution_model"], rows[name]["deals"]) for name in "ab"] == [
        ("LINEAR", 2),
        ("U_SHAPED", 16),
    ]


def test_a_budget_that_was_asked_for_stands_for_what_the_campaign_states(store: TableStore) -> None:
    stated = {"budget_amount": Decimal(1), "spend_amount": Decimal(2), "currency_code": "USD"}
    write_table(store, CAMPAIGNS, {"campaign_id": "a", **stated}, {"campaign_id": "b", **stated})
    asked = {"budget_total": Decimal(30), "remaining_budget": Decimal(30), "currency_code": "EUR"}
    write_table(store, CAMPAIGN_BUDGETS, {"campaign_id": "a", **asked})
    rows = summarize(store)
    names = ("budget_amount", "spend_amount", "remaining_budget", "currency_code")
    assert [rows["a"][name] for name in names] == [30, None, 30, "EUR"]
    assert [rows["b"][name] for name in names] == [1, 2, -1, "USD"]


def test_campaigns_are_ranked_and_say_when_they_were_last_active(store: TableStore) -> None:
    write_table(store, CAMPAIGNS, *({"campaign_id": name} for name in "abcd"))
    for age, figures in ((40, {"submissions": 99}), (3, {"views": 1, "submissions": 0}), (0, {"views": 0})):
        write_metrics(store, "FORM", LAST - timedelta(days=age), {"campaign_id": "a", **figures})
    write_metrics(store, "FORM", DAYS[0], {"campaign_id": "b", "submissions": 5}, {"campaign_id": "c", "views": 5})
    rows = summarize(store, date(2026, 1, 1), date(2026, 3, 1))
    assert [rows[name]["rank"] for name in "abcd"] == [2, 1, 3, 4]
    assert rows["a"]["days_since_last_activity"] == 3
    assert rows["d"]["days_since_last_activity"] is None


def test_a_campaign_that_is_only_in_the_metrics_has_its_row(store: TableStore) -> None:
    write_metrics(store, "FORM", LAST, {"campaign_id": "unknown", "views": 7})
    assert summarize(store)["unknown"]["views"] == 7


def test_nothing_at_all_is_a_table_without_rows(store: TableStore) -> None:
    written = build_campaign_summary(store)
    assert (written.rows.num_rows, written.files_read) == (0, 0)
    assert written.rows.schema.names == CAMPAIGN_SUMMARY.table.columns.names


def test_every_campaign_of_the_account_has_a_row_with_the_sums_of_its_days(make_filled: MakeFilled) -> None:
    store = make_filled(DAYS).store
    rows = summarize(store)
    assert list(rows) == store.read(CAMPAIGNS.path)["campaign_id"].to_pylist()
    days = build_campaign_performance(store, date(2026, 3, 1)).rows.to_pylist()
    for campaign_id, row in rows.items():
        for metric in CAMPAIGN_METRICS:
            values = [day[metric] for day in days if day["campaign_id"] == campaign_id and day[metric] is not None]
            assert row[metric] == row[f"{metric}_last_7_days"] == (sum(values) if values else None)


def test_every_column_says_what_it_is_made_of() -> None:
    assert set(CAMPAIGN_SUMMARY.lineage) == set(CAMPAIGN_SUMMARY.table.columns.names)
    for sources in CAMPAIGN_SUMMARY.lineage.values():
        assert all(column in ("metric_date", *table.columns.names) for table, column in sources)


def test_a_figure_that_no_column_holds_costs_itself_alone(store: TableStore) -> None:
    most = Decimal(10**22 - 1)
    rows: list[dict[str, Any]] = [
        {"campaign_id": "a", "budget_amount": most, "spend_amount": -most},
        {"campaign_id": "b"},
    ]
    write_table(store, CAMPAIGNS, *rows)
    for age in range(3):
        write_metrics(store, "BLOG_POST", LAST - timedelta(days=age), {"views": 2**62, "submissions": 2})
    found = summarize(store)
    row = found["a"]
    assert (row["views"], row["submissions"], row["budget_amount"]) == (None, 6, most)
    assert row["remaining_budget"] is None
    assert found["b"]["rank"] == 2
