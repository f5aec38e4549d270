"""One database and one report over several portals: whose row it is stands beside it, and no money is added up."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow as pa
import pytest

from campaign_assets.defs.all_portals import Member, build_all_portals
from campaign_assets.defs.portal import Portal
from campaign_assets.marts.building import build_asset_performance, build_campaign_performance, build_campaign_summary
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGN_BUDGETS, CAMPAIGNS, METRICS_TABLES, TableSchema, TableStore
from campaign_assets_tests.docs.blocks import BLOCKS

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
DAY = date(2026, 3, 9)
BLOG_POST = METRICS_TABLES["BLOG_POST"]
CURRENCIES = {"acme": "EUR", "globex": "USD"}


def make_rows(table: TableSchema, **values: object) -> pa.Table:
    """One row, null where nothing is said."""
    row = {field.name: None for field in table.columns} | {"extracted_at": NOW} | values
    return pa.Table.from_pylist([row], schema=table.columns)


def write_portal(store: TableStore, currency: str) -> None:
    """A campaign with a view and a budget; every portal has the same ids, as two accounts may."""
    store.write(CAMPAIGNS.path, make_rows(CAMPAIGNS, campaign_id="1", name=f"Launch <{currency}>"))
    store.write(
        CAMPAIGN_BUDGETS.path,
        make_rows(
            CAMPAIGN_BUDGETS,
            campaign_id="1",
            currency_code=currency,
            budget_total=Decimal(10_011),
            spend_total=Decimal(4_137),
            remaining_budget=Decimal(5_874),
        ),
    )
    store.write(BLOG_POST.path, make_rows(BLOG_POST, campaign_id="1", asset_id="9", views=7_013), day=DAY)
    build_asset_performance(store, DAY.replace(day=1))
    build_campaign_performance(store, DAY.replace(day=1))
    build_campaign_summary(store)


@pytest.fixture
def members(tmp_path: Path) -> list[Member]:
    for name, currency in CURRENCIES.items():
        write_portal(TableStore(str(tmp_path / name)), currency)
    settings = {name: Settings(portal=name, storage=str(tmp_path / name)) for name in (*CURRENCIES, "empty")}
    return [Member(Portal(name, (name,)), of_portal) for name, of_portal in settings.items()]


def materialize(members: list[Member], folder: Path) -> dg.ExecuteInProcessResult:
    definitions = build_all_portals(members, str(folder), now=lambda: NOW)
    keys = [
        dg.AssetKey(["all_portals", *path]) for path in (("marts", "campaigns_duckdb"), ("reports", "campaign_report"))
    ]
    job = definitions.resolve_implicit_global_asset_job_def()
    return job.execute_in_process(asset_selection=keys)


def test_one_query_over_all_portals(members: list[Member], tmp_path: Path) -> None:
    assert materialize(members, tmp_path).success
    with duckdb.connect(tmp_path / "all_portals" / "campaigns.duckdb", read_only=True) as database:
        (asked,) = [block for block in BLOCKS if block.name == "docs/portals.md, Over all portals, 3"]
        by_currency = database.execute(asked.text).fetchall()
        views = database.execute(
            "SELECT portal, metric_date, views FROM hubspot.asset_metrics_blog_post ORDER BY ALL"
        ).fetchall()
        nobody = database.execute("SELECT portal FROM hubspot.asset_metrics_form").fetchall()
        relations = database.execute("SELECT count(*) FROM duckdb_columns() WHERE column_name = 'portal'").fetchone()
        kinds = database.execute("SELECT count(*) FROM (SHOW ALL TABLES) WHERE schema <> 'main'").fetchone()
    assert by_currency == [("acme", "EUR", Decimal(4_137), 7_013), ("globex", "USD", Decimal(4_137), 7_013)]
    assert views == [("acme", DAY, 7_013), ("globex", DAY, 7_013)]
    assert nobody == [] and relations == kinds


def test_the_report_has_a_part_for_each_portal_and_a_row_for_each_of_its_currencies(
    members: list[Member], tmp_path: Path
) -> None:
    result = materialize(members, tmp_path)
    page = (tmp_path / "all_portals/reports/campaign_report.html").read_text()
    text = " ".join(page.split())
    for name, currency in CURRENCIES.items():
        assert f'id="portal-{name}"' in page and f'id="{name}-views"' in page
        assert f"<bdi>Launch &lt;{currency}&gt;</bdi>" in page
        row = text.split("Money of each portal")[1].split(f">{name}</th>")[1].split("</tr>")[0]
        assert f">{currency}</td>" in row and ">4,137</td>" in row and ">5,874</td>" in row
    assert not any(sum_ in page for sum_ in ("8,274", "20,022", "11,748", "14,026"))  # nothing is added up over portals
    assert "Without figures" in page and "campaign_summary" in page.split("Without figures")[1][:600]
    (told,) = [m for m in result.get_asset_materialization_events() if m.asset_key and "reports" in m.asset_key.path]
    assert told.materialization.metadata["campaigns"].value == {"acme": 1, "globex": 1}


def test_they_follow_the_summary_of_every_portal(members: list[Member], tmp_path: Path) -> None:
    graph = build_all_portals(members, str(tmp_path)).resolve_asset_graph()
    summaries = {dg.AssetKey([name, "marts", "campaign_summary"]) for name in (*CURRENCIES, "empty")}
    assert graph.get(dg.AssetKey(["all_portals", "marts", "campaigns_duckdb"])).parent_keys == summaries


@pytest.mark.parametrize("names", [("acme", "acme"), ("acme", "")])
def test_each_needs_a_name_of_its_own(names: tuple[str, ...], tmp_path: Path) -> None:
    members = [Member(Portal(name), Settings()) for name in names]
    with pytest.raises(ValueError, match="each needs a name of its own"):
        build_all_portals(members, str(tmp_path))
