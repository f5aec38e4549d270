"""Marts of an account with something to tell: a launch, a campaign gone quiet, one over budget, two currencies."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from campaign_assets.marts.building import (
    build_asset_performance,
    build_campaign_performance,
    build_campaign_summary,
)
from campaign_assets.tables import CAMPAIGN_REVENUE, CAMPAIGNS, TableStore
from campaign_assets_tests.marts.rows import write_metrics, write_table

AS_OF = date(2026, 3, 9)
SPITEFUL = """<script>alert("1")</script> & 'x' <img src="http://127.0.0.1:9/x.png" onerror=alert(2)>"""
_MONTHS = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The root of tables that hold 56 days; read it only."""
    root = tmp_path_factory.mktemp("told")
    store = TableStore(str(root))
    write_table(
        store,
        CAMPAIGNS,
        {"campaign_id": "a", "name": "Spring Launch", "currency_code": "EUR", "budget_amount": Decimal(5000)}
        | {"spend_amount": Decimal("4200.50")},
        {"campaign_id": "b", "name": SPITEFUL, "currency_code": "USD", "budget_amount": Decimal(1000)}
        | {"spend_amount": Decimal(1380)},
        {"campaign_id": "c", "name": None, "end_date": date(2027, 1, 1)},
        {"campaign_id": "d", "name": "Idle"},
    )
    revenue = {"window": "lifetime", "first_day": _MONTHS[0], "last_day": AS_OF, "attribution_model": "LINEAR"}
    write_table(
        store,
        CAMPAIGN_REVENUE,
        {"campaign_id": "a", **revenue, "revenue_amount": Decimal(9000), "deals": 3, "currency_code": "EUR"},
        {"campaign_id": "b", **revenue, "revenue_amount": Decimal(690), "deals": 1, "currency_code": "USD"},
    )
    for age in range(56):
        day = AS_OF - timedelta(days=age)
        pages: list[dict[str, object]] = [{"campaign_id": "b", "asset_id": "2", "views": 2000 + age, "submissions": 3}]
        if age < 20:
            pages.append({"views": 900 - age, "submissions": 30, "contacts_first_touch": 6})
        if age >= 30:
            pages.append({"campaign_id": "c", "asset_id": "3", "views": 50})
        write_metrics(store, "LANDING_PAGE", day, *pages)
        write_metrics(store, "MARKETING_EMAIL", day, {"campaign_id": "b", "asset_id": "4", "clicks": 70 + age})
    for month in _MONTHS:
        build_asset_performance(store, month)
        build_campaign_performance(store, month)
    build_campaign_summary(store)
    yield root
