"""The day's requests: watched in the headers, and not touched below the reserve."""

import pytest

from campaign_assets.hubspot import DailyLimitReached, DailyReserveReached
from campaign_assets.hubspot.limits.daily_quota import DailyQuota
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.fake_clock import FakeClock

DAILY, LEFT = "X-HubSpot-RateLimit-Daily", "X-HubSpot-RateLimit-Daily-Remaining"


def test_before_the_first_response_and_without_headers_everything_may_leave() -> None:
    quota = DailyQuota()
    quota.check()
    quota.observe({})
    quota.check()
    assert quota.limit is None and quota.remaining is None


@pytest.mark.parametrize(
    ("reserve", "left", "stops"),
    [
        (0.05, "51", False),
        (0.05, "50", False),
        (0.05, "49", True),
        (0.05, "0", True),
        (0, "0", False),
        (0.5, "499", True),
    ],
)
def test_it_stops_below_the_reserve(reserve: float, left: str, stops: bool) -> None:
    quota = DailyQuota(reserve)
    quota.observe({DAILY: "1000", LEFT: left})
    assert (quota.limit, quota.remaining) == (1000, int(left))
    if stops:
        with pytest.raises(DailyReserveReached, match=f"{left} of the day's 1,000 requests.*reserve of {reserve:.0%}"):
            quota.check()
    else:
        quota.check()


@pytest.mark.parametrize("left", ["", "-1", "many", "1e3", "²", "9" * 30])
@pytest.mark.parametrize("limit", ["1000", "0", "-5", "x"])
def test_a_header_that_makes_no_sense_is_passed_over(limit: str, left: str) -> None:
    quota = DailyQuota()
    quota.observe({DAILY: "1000", LEFT: "900"})
    quota.observe({DAILY: limit, LEFT: left})
    assert (quota.limit, quota.remaining) == (1000, 900)


def test_a_new_day_lets_requests_leave_again() -> None:
    quota = DailyQuota()
    quota.observe({DAILY: "1000", LEFT: "0"})
    quota.observe({DAILY: "1000", LEFT: "999"})
    quota.check()


def test_the_account_never_has_to_say_no(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    server = serve(daily_limit=40)
    client = connect(server)
    with pytest.raises(DailyReserveReached):
        for _ in range(100):
            client.account.get_details()
    assert server.stats.requests == 39  # the response to the 39th says that one is left: less than two
    assert server.stats.rate_limited == 0
    assert clock.slept == []


def test_where_others_use_up_the_day_hubspots_own_no_ends_it_at_once(
    serve: Serve, connect: Connect, clock: FakeClock
) -> None:
    server = serve(daily_limit=40)
    client = connect(server, daily_reserve=0.0)
    for _ in range(40):
        client.account.get_details()
    with pytest.raises(DailyLimitReached, match="midnight in the account's time zone"):
        client.account.get_details()
    assert server.stats.requests == 41
    assert clock.slept == []
