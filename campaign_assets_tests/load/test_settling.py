"""Weeks of nights against the account: what its days are known to do is what the evidence says."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.days import Calendar
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.extract.campaigns import list_existing
from campaign_assets.extract.plan import plan_day
from campaign_assets.hubspot import HubSpotClient
from campaign_assets.load.associations import refresh_associations
from campaign_assets.load.campaigns import refresh_campaigns
from campaign_assets.load.metrics import MetricsWork, refresh_metrics
from campaign_assets.settling.figures import ENOUGH_DAYS, advise, measure_after
from campaign_assets.settling.rereads import read_evidence
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, TableStore
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.workplace import NOW

SLUGS = [asset_type.slug for asset_type in METRIC_ASSET_TYPES]


@pytest.mark.long
@pytest.mark.parametrize(("settle_days", "suggested"), [((0, 1, 3, 7), (0, 1, 3, 7)), ((0, 1, 7, 9), (0, 1, 7))])
def test_weeks_of_nights_say_how_the_account_settles(
    serve: Serve,
    tmp_path: Path,
    settle_days: tuple[int, ...],
    suggested: tuple[int, ...],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    calendar, store = Calendar(settle_days=settle_days), TableStore(str(tmp_path))
    server = serve(campaigns=20, assets_per_campaign=15)
    with HubSpotClient(DEFAULT_TOKEN, base_url=server.url) as client:
        for night in range(ENOUGH_DAYS + settle_days[-1] + 1):
            now = NOW.replace(hour=0, minute=30) + timedelta(days=night)
            server.portal.clock.set(now)
            read_night(client, store, calendar, now)
    evidence = read_evidence(store, 90)
    email = {after: measure_after(evidence, "marketing_email", after, calendar).value for after in (1, 3)}
    assert email[1] == pytest.approx(0.03, abs=0.005)
    assert email[3] == (None if 3 not in settle_days else pytest.approx(0.01, abs=0.003))
    assert advise(evidence, SLUGS, calendar).settle_days == suggested


def read_night(client: HubSpotClient, store: TableStore, calendar: Calendar, now: datetime) -> None:
    """Reads everything that is due at one time, as the nightly run does."""
    refresh_campaigns(client, store, (), now)
    refresh_associations(client, store, Calendar(now=lambda: now))
    plan = plan_day(store.read_table(CAMPAIGN_ASSETS), METRIC_ASSET_TYPES)
    existing = frozenset(list_existing(store.read_table(CAMPAIGNS)))
    first = NOW.date() - timedelta(days=1)
    days = [calendar.find_last_closed(now) - timedelta(days=after) for after in reversed(calendar.settle_days)]
    work = MetricsWork([day for day in days if day >= first], existing=existing)
    list(refresh_metrics(client, store, plan, work, lambda: now))
