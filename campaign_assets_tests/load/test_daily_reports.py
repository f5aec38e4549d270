"""The campaign reports by day: every cell as it was served, only of campaigns that were live, each day for itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from campaign_assets.days import Calendar
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.extract.daily_reports import DailyReport, list_daily_reports
from campaign_assets.hubspot import AccountMoving, HubSpotClient, RetryPolicy
from campaign_assets.load.campaigns import refresh_campaigns
from campaign_assets.load.daily_reports import DailyWork, FailedDay, WrittenDay, refresh_daily_report
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGNS, TableStore
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.served import is_live, serve_attribution, serve_revenue
from campaign_assets_tests.workplace import DAYS, NOW, drop_timestamps

MODELS = ("LINEAR", "FIRST_INTERACTION")
MARGIN = 10
ATTRIBUTION, REVENUE = list_daily_reports(Settings(daily_reports=("attribution", "revenue"), revenue_models=MODELS))


@dataclass
class Days:
    """What a test of a report by day works with."""

    server: EmulatorServer
    client: HubSpotClient
    store: TableStore

    def refresh(
        self, report: DailyReport = ATTRIBUTION, days: Sequence[date] = DAYS, done: frozenset[date] = frozenset()
    ) -> list[WrittenDay | FailedDay]:
        """Reads days, and what became of each."""
        work = DailyWork(report, self.store.read_table(CAMPAIGNS), days, MARGIN, done)
        return list(refresh_daily_report(self.client, self.store, work, Calendar(now=lambda: NOW)))

    def refresh_campaigns(self) -> None:
        """Reads the campaigns."""
        refresh_campaigns(self.client, self.store, (), NOW)

    def read(self, day: date, report: DailyReport = ATTRIBUTION) -> list[dict[str, Any]]:
        """The rows of a day, without the time of their reading."""
        rows = drop_timestamps(self.store.read_table(report.table, day=day))
        return [{name: value for name, value in row.items() if name != "metric_date"} for row in rows]

    def list_live(self, day: date) -> list[str]:
        """The campaigns that a day asks about, in other words than the product's."""
        return sorted(campaign.id for campaign in self.server.portal.store if is_live(campaign, day, MARGIN))

    def count_asked(self) -> int:
        """How many questions were asked about attribution."""
        return self.server.stats.by_endpoint["report_metrics"]


@pytest.fixture
def days(serve: Serve, tmp_path: Path) -> Iterator[Days]:
    """An account of 40 campaigns, some without dates, of which the campaigns were read."""
    server = serve(campaigns=40)
    with HubSpotClient(DEFAULT_TOKEN, base_url=server.url, rate_limit=10_000, retry=RetryPolicy(attempts=1)) as client:
        found = Days(server, client, TableStore(str(tmp_path)))
        found.refresh_campaigns()
        yield found


def test_every_cell_is_what_was_served_of_the_campaigns_that_were_live(days: Days) -> None:
    outcomes = [*days.refresh(ATTRIBUTION), *days.refresh(REVENUE)]
    assert [type(outcome) for outcome in outcomes] == [WrittenDay] * 6
    for day in DAYS:
        live = days.list_live(day)
        assert 3 < len(live) < 40
        assert days.read(day) == [{"campaign_id": c, **serve_attribution(days.server, c, day, day)} for c in live]
        assert days.read(day, REVENUE) == [
            {"campaign_id": c, "attribution_model": model, **serve_revenue(days.server, c, day, day, model)}
            for c in live
            for model in sorted(MODELS)
        ]


def test_campaigns_without_dates_count_as_live(days: Days) -> None:
    dateless = {c.id for c in days.server.portal.store if "hs_start_date" not in c.properties}
    days.refresh(days=[date(2025, 1, 1)])
    assert dateless and dateless <= {row["campaign_id"] for row in days.read(date(2025, 1, 1))}


def test_the_days_of_a_campaign_add_up_to_its_window(days: Days) -> None:
    campaign_id = days.list_live(DAYS[0])[0]
    days.refresh()
    rows = [row for day in DAYS for row in days.read(day) if row["campaign_id"] == campaign_id]
    whole = serve_attribution(days.server, campaign_id, DAYS[0], DAYS[-1])
    assert {name: sum(row[name] for row in rows) for name in whole} == whole


def test_each_day_tells_what_it_took_as_it_was_planned(days: Days) -> None:
    for outcome in days.refresh(REVENUE):
        assert isinstance(outcome, WrittenDay)
        planned = 2 * len(days.list_live(outcome.day))
        assert outcome.report.requests == outcome.report.plan.requests == planned


def test_a_campaign_that_fails_keeps_its_rows_of_that_day_and_fails_no_other(days: Days) -> None:
    days.refresh()
    before = days.read(DAYS[1])
    bad = days.list_live(DAYS[1])[0]
    days.server.portal.faults.add(
        "report_metrics", 400, times=None, where=lambda r: bad in r.path and r.query["startDate"] == str(DAYS[1])
    )
    failed = [o.report.answers.failed for o in days.refresh() if isinstance(o, WrittenDay)]
    assert [list(of_day) for of_day in failed] == [[], [bad], []]
    assert days.read(DAYS[1]) == before


def test_a_day_on_which_nothing_is_answered_fails_and_leaves_its_file(days: Days) -> None:
    days.refresh()
    before = days.read(DAYS[1])
    days.server.portal.faults.add(
        "report_metrics", 400, times=None, where=lambda r: r.query.get("startDate") == str(DAYS[1])
    )
    assert [type(outcome) for outcome in days.refresh()] == [WrittenDay, FailedDay, WrittenDay]
    assert days.read(DAYS[1]) == before


def test_an_error_that_stops_the_run_leaves_the_days_before_it_in_place(days: Days) -> None:
    days.server.portal.faults.add(
        "report_metrics", 477, times=None, where=lambda r: r.query.get("startDate") == str(DAYS[2])
    )
    with pytest.raises(AccountMoving):
        days.refresh()
    assert days.store.list_days(ATTRIBUTION.table.path)[:1] == DAYS[:1]
    assert DAYS[2] not in days.store.list_days(ATTRIBUTION.table.path)


def test_days_that_an_earlier_attempt_has_done_are_left_alone_as_long_as_their_files_are_there(days: Days) -> None:
    days.refresh(days=DAYS[:2])
    Path(str(days.store.locate(ATTRIBUTION.table.path, DAYS[0]))).unlink()
    days.server.stats.reset()
    outcomes = days.refresh(done=frozenset(DAYS[:2]))
    assert [outcome.day for outcome in outcomes] == [DAYS[0], DAYS[2]]
    assert days.count_asked() == len(days.list_live(DAYS[0])) + len(days.list_live(DAYS[2]))


def test_rows_of_campaigns_that_are_not_asked_about_any_more_stay(days: Days) -> None:
    days.refresh()
    before = days.read(DAYS[0])
    deleted, moved = (c for c in days.list_live(DAYS[0])[:2])
    days.server.portal.campaign(moved).properties["hs_start_date"] = "2027-01-01"
    days.server.portal.delete_campaign(deleted)
    days.refresh_campaigns()
    days.refresh()
    assert days.read(DAYS[0]) == before


def test_a_day_without_live_campaigns_is_a_file_without_rows(serve: Serve, days: Days) -> None:
    for campaign in days.server.portal.store:
        campaign.properties |= {"hs_start_date": "2026-06-01", "hs_end_date": "2026-06-02"}
    days.refresh_campaigns()
    days.refresh()
    assert days.count_asked() == 0
    assert [days.read(day) for day in DAYS] == [[], [], []]
