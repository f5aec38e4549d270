"""The account itself."""

from campaign_assets_tests.emulator.conftest import Serve


def test_details_tell_time_zone_currency_and_offset(serve: Serve) -> None:
    door = serve(campaigns=0, time_zone="America/New_York", currency="EUR")
    for path in ("/account-info/v3/details", "/account-info/2026-03/details"):
        details = door.client.get(path).json()
        assert details["portalId"] == 139876543
        assert details["timeZone"] == "America/New_York"
        assert details["companyCurrency"] == "EUR"
        assert details["accountType"] == "STANDARD"
        assert details["utcOffset"] == "-05:00"
        assert details["utcOffsetMilliseconds"] == -18000000


def test_daily_usage_counts_calls_up_to_the_limit(serve: Serve) -> None:
    door = serve(campaigns=0, daily_limit=500)
    door.client.get("/marketing/v3/campaigns")
    usage = door.client.get("/account-info/v3/api-usage/daily/private-apps").json()["results"][0]
    assert (usage["currentUsage"], usage["usageLimit"]) == (2, 500)
    assert usage["resetsAt"] == "2026-11-23T00:00:00.000Z"
