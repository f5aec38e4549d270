"""What the account is, and what is left of its requests."""

from datetime import UTC, datetime

from campaign_assets.hubspot import AccountDetails, ApiUsage
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.workplace import NOW


def test_details_say_whose_data_it_is(serve: Serve, connect: Connect, version: str) -> None:
    client = connect(serve(time_zone="America/New_York", currency="CAD"), api_version=version)
    details = client.account.get_details()
    assert (details.portal_id, details.time_zone, details.company_currency, details.account_type) == (
        "139876543",
        "America/New_York",
        "CAD",
        "STANDARD",
    )
    assert details.utc_offset == "-04:00"
    assert details.extra["uiDomain"] == "app.hubspot.com"
    assert isinstance(details, AccountDetails)


def test_daily_usage_counts_requests_until_midnight(serve: Serve, connect: Connect, version: str) -> None:
    client = connect(serve(daily_limit=1_000), api_version=version)
    client.campaigns.search()
    (usage,) = client.account.get_daily_usage()
    assert (usage.usage_limit, usage.current_usage, usage.remaining) == (1_000, 2, 998)
    assert (usage.collected_at, usage.resets_at) == (NOW, datetime(2026, 3, 11, tzinfo=UTC))
    assert usage.fetch_status == "SUCCESS"


def test_a_usage_that_is_not_said_leaves_what_remains_open() -> None:
    assert ApiUsage("a").remaining is None
    assert ApiUsage("a", usage_limit=5, current_usage=9).remaining == 0
