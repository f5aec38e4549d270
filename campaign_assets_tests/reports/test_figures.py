"""Each figure on the page equals the tables, which this asks for itself."""

import shutil
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from campaign_assets import reports
from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.marts.building import (
    build_asset_performance,
    build_campaign_performance,
    build_campaign_summary,
)
from campaign_assets.reports.building import NoRenderer, build_report
from campaign_assets.reports.figures import HEADLINES
from campaign_assets.reports.words import to_day
from campaign_assets.tables import CAMPAIGNS, METRICS_TABLES, TableStore
from campaign_assets_tests.docs.markdown import ROOT, list_blocks
from campaign_assets_tests.marts.rows import write_metrics, write_table
from campaign_assets_tests.reports.conftest import AS_OF, SPITEFUL
from campaign_assets_tests.reports.reading import Page, read_number

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def page(told: Path) -> Page:
    return Page(Path(build_report(TableStore(str(told)), NOW, 7).location).read_text())


def ask(root: Path, sql: str) -> list[tuple[Any, ...]]:
    """An answer of the tables that HubSpot was read into, past all marts."""
    pages, emails = (
        f"'{root}/hubspot/asset_metrics/{name}/*/*.parquet'" for name in ("landing_page", "marketing_email")
    )
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW figures AS FROM read_parquet([{pages}, {emails}], union_by_name = true)")
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("metric", HEADLINES)
def test_the_headlines_are_the_sums_of_28_days_beside_those_before(page: Page, told: Path, metric: str) -> None:
    sums = f"SELECT coalesce(sum({metric}), 0) FROM figures WHERE metric_date"  # noqa: S608 - ours
    ((now,),) = ask(told, f"{sums} > DATE '{AS_OF}' - 28")
    ((before,),) = ask(told, f"{sums} BETWEEN DATE '{AS_OF}' - 55 AND DATE '{AS_OF}' - 28")
    assert read_number(page.ids[metric]) == now
    expected = f"{(now - before) / before:+.0%}".replace("-", "−").replace("%", " %") if before else "new"
    assert f"{page.ids[metric]}{expected} from {before or 0:,}".replace(" ", "") in page.text.replace(" ", "")


@pytest.mark.parametrize("metric", ["views", "clicks", "submissions"])
def test_each_day_behind_a_chart_is_the_tables(page: Page, told: Path, metric: str) -> None:
    found = dict(ask(told, f"SELECT metric_date, sum({metric}) FROM figures GROUP BY ALL"))  # noqa: S608 - ours
    days = [AS_OF - timedelta(days=age) for age in range(56)]
    rows = page.tables[f"{HEADLINES[metric]} by day"][1:]
    assert [(day, read_number(value)) for day, value in rows] == [(to_day(day), found[day]) for day in days]


def test_the_ranking_is_the_tables(page: Page, told: Path) -> None:
    sums = ask(
        told,
        "SELECT campaign_id, sum(views), sum(clicks), sum(submissions), sum(contacts_first_touch) FROM figures "
        "WHERE metric_date >= DATE '2026-02-10' GROUP BY ALL ORDER BY sum(submissions) DESC NULLS LAST",
    )
    (caption,) = [caption for caption in page.tables if "ranked by submissions" in caption]
    rows = page.tables[caption][1:]
    names = {"a": "Spring Launch", "b": SPITEFUL}
    shown = [(row[0], *(read_number(row[n]) for n in (2, 3, 4, 6))) for row in rows]
    assert shown[:2] == [(names[campaign], *counts) for campaign, *counts in sums]
    assert [row[0] for row in shown[2:]] == ["c", "Idle"]
    assert [row[5] for row in rows] == ["new", "±0 %", "±0 %", "±0 %"]


def test_the_mix_is_the_tables(page: Page, told: Path) -> None:
    ((views, clicks),) = ask(told, "SELECT sum(views), sum(clicks) FROM figures WHERE metric_date >= DATE '2026-02-10'")
    assert page.tables["Views of 28 days by asset type"][1:] == [["Landing pages", f"{views:,}", "100.0 %"]]
    assert page.tables["Clicks of 28 days by asset type"][1:] == [["Emails", f"{clicks:,}", "100.0 %"]]


def test_money_is_shown_by_currency(page: Page) -> None:
    assert page.tables["Money of each campaign in EUR"][1:] == [
        ["Spring Launch", "5,000", "4,200", "800", "9,000 EUR", "2.1 ×"]
    ]
    assert page.tables["Money of each campaign in USD"][1:] == [
        [SPITEFUL, "1,000", "1,380", "−380", "690 USD", "0.5 ×"]
    ]


def test_spend_and_revenue_are_headlines_of_their_currency(page: Page) -> None:
    text = page.text.replace("\n", "")
    assert "Spend, EUR4,200of 5,000 budgeted, 800 leftRevenue, EUR9,000" in text
    assert "Spend, USD1,380of 1,000 budgeted, −380 leftRevenue, USD690" in text


def test_what_is_worth_a_look_is_named(page: Page) -> None:
    assert "Spring Launch: 600 submissions in 28 days, after none in the 28 days before." in page.text
    assert f"{SPITEFUL}: 380 USD more than budgeted, 38 % over." in page.text
    assert "c: nothing since 7 Feb, 30 days ago." in page.text
    (caption,) = [caption for caption in page.tables if caption.startswith("Campaigns that have not ended")]
    assert page.tables[caption][1:] == [["c", "7 February 2026", "30", "1 January 2027"]]


def test_names_are_text_whatever_they_hold(page: Page, told: Path) -> None:
    assert not page.tags & {"script", "img", "iframe", "object", "link", "a"}
    source = (told / "reports/campaign_report.html").read_text()
    assert "onerror=alert" in source and "<img" not in source and "<script" not in source


def test_the_foot_says_how_fresh_and_how_complete_the_figures_are(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    for day in (date(2026, 3, 5), date(2026, 3, 7)):
        write_metrics(store, "BLOG_POST", day, {"views": 1})
    build_asset_performance(store, date(2026, 3, 1))
    build_campaign_performance(store, date(2026, 3, 1))
    build_campaign_summary(store)
    written = build_report(store, NOW, 7)
    text = Page(Path(written.location).read_text()).text
    assert "It is 2 days behind" in text
    assert "Blog posts: 1 of 3 days were not read (6 Mar)." in text
    assert "Forms: 3 of 3 days were not read" in text
    assert "nothing to compare with yet" in text
    assert len(written.figures.gaps) == len(METRICS_TABLES)


def test_a_report_of_campaigns_without_any_figure_says_so(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    write_table(store, CAMPAIGNS, {"campaign_id": "a", "name": "Planned", "end_date": AS_OF})
    build_campaign_summary(store)
    assert "There are no figures yet" in Path(build_report(store, NOW, 7).location).read_text()


def test_a_report_of_nothing_says_so(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    build_campaign_summary(store)
    written = build_report(store, NOW, 7)
    assert written.picture is None
    assert "There are no figures yet" in Path(written.location).read_text()


def test_the_same_figures_make_the_same_page_and_it_is_small(told: Path) -> None:
    store = TableStore(str(told))
    first = Path(build_report(store, NOW, 7).location).read_bytes()
    assert Path(build_report(store, NOW, 7).location).read_bytes() == first
    assert len(first) < 1_000_000


def test_a_report_of_a_thousand_campaigns_is_small_enough_to_be_mailed(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    money = {"currency_code": "EUR", "budget_amount": Decimal(1000), "spend_amount": Decimal(900)}
    ids = [f"{number:036}" for number in range(1000)]
    write_table(store, CAMPAIGNS, *({"campaign_id": name, "name": f"Campaign {name}", **money} for name in ids))
    write_metrics(store, "FORM", date(2026, 3, 1), *({"campaign_id": name, "views": 5} for name in ids))
    write_metrics(store, "FORM", date(2026, 3, 31), {"views": 1})
    build_asset_performance(store, date(2026, 3, 1))
    build_campaign_performance(store, date(2026, 3, 1))
    build_campaign_summary(store)
    written = build_report(store, NOW, 7)
    assert written.size < 500_000
    assert "the first 100 of 1,000" in Page(Path(written.location).read_text()).text


def test_without_its_renderer_the_report_says_what_to_install(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    monkeypatch.delitem(sys.modules, "campaign_assets.reports.charts", raising=False)
    monkeypatch.delitem(sys.modules, "campaign_assets.reports.page", raising=False)
    monkeypatch.delattr(reports, "charts", raising=False)
    monkeypatch.delattr(reports, "page", raising=False)
    with pytest.raises(NoRenderer, match=r"altair is not installed: pip install 'campaign_assets\[report\]'"):
        build_report(TableStore(str(told)), NOW, 7)


def test_the_pages_lines_recompute_the_headlines(
    page: Page, told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lines,) = [b.text for b in list_blocks(ROOT / "docs" / "marts.md") if b.heading == "The report"]
    assert len(lines.splitlines()) <= 10
    for asset_type in METRIC_ASSET_TYPES:  # the other types are there, and no campaign has any of them
        table = METRICS_TABLES[asset_type.name]
        store = TableStore(str(tmp_path / "data"))
        store.write(table.path, table.columns.empty_table(), day=AS_OF)
    for name in ("landing_page", "marketing_email"):
        folder = tmp_path / "data/hubspot/asset_metrics" / name
        shutil.rmtree(folder)
        shutil.copytree(told / "hubspot/asset_metrics" / name, folder)
    monkeypatch.chdir(tmp_path)
    with duckdb.connect() as connection:
        ((period, *now), (before, *_)) = connection.execute(lines).fetchall()
    assert (period, before) == ("last 28 days", "before")
    assert now == [read_number(page.ids[metric]) for metric in HEADLINES]


def test_figures_of_any_size_are_added_up_and_drawn(tmp_path: Path) -> None:
    store, campaigns = TableStore(str(tmp_path)), "abcde"
    write_table(store, CAMPAIGNS, *({"campaign_id": name, "name": name} for name in campaigns))
    rows = ({"campaign_id": name, "views": 2**62} for name in campaigns)
    write_metrics(store, "BLOG_POST", AS_OF, *rows)
    build_asset_performance(store, AS_OF.replace(day=1))
    build_campaign_performance(store, AS_OF.replace(day=1))
    build_campaign_summary(store)
    made = Page(Path(build_report(store, NOW, 7).location).read_text())
    assert read_number(made.ids["views"]) == read_number(made.tables["Views by day"][1][1]) == 5 * 2**62


def test_no_text_from_outside_brings_control_characters_into_the_page(tmp_path: Path) -> None:
    store, text = TableStore(str(tmp_path)), "A\x00\x1b\x85\u202e\u2066B<i>"
    money = {"budget_amount": Decimal(1), "spend_amount": Decimal(2)}
    columns = ("campaign_id", "name", "status", "utm", "owner_id", "currency_code")
    write_table(store, CAMPAIGNS, dict.fromkeys(columns, text) | money)
    write_metrics(store, "BLOG_POST", AS_OF, {"campaign_id": text, "asset_name": text, "views": 1})
    build_asset_performance(store, AS_OF.replace(day=1))
    build_campaign_performance(store, AS_OF.replace(day=1))
    build_campaign_summary(store)
    made = Path(build_report(store, NOW, 7).location).read_text()
    assert not {letter for letter in made if letter in text and not letter.isprintable()}
    assert "B&lt;i&gt;" in made and "B<i>" not in made
