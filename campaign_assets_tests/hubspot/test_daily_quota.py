"""The day's requests: watched in the headers, and not touched below the reserve."""

import pytest

from campaign_assets.hubspot import DailyLimitReached, DailyReserveReached
from campaign_assets.hubspot.limits.daily_quota import AGREEING, DailyQuota
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.fake_clock import FakeClock

DAILY, LEFT = "X-HubSpot-RateLimit-Daily", "X-HubSpot-RateLimit-Daily-Remaining"


def count_down(quota: DailyQuota, left: int) -> None:
    """Lets it see the responses to several requests, after the last of which so many are left."""
    for later in reversed(range(AGREEING)):
        quota.observe({DAILY: "1000", LEFT: str(left + later)})


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
    count_down(quota, int(left))
    assert (quota.limit, quota.remaining) == (1000, int(left))
    if stops:
        with pytest.raises(DailyReserveReached, match=f"{left} of the day's 1,000 requests.*reserve of {reserve:.0%}"):
            quota.check()
    else:
        quota.check()


def test_what_matters_less_stops_earlier_and_says_so() -> None:
    quota = DailyQuota(0.05)
    count_down(quota, 80)
    quota.check(30)
    with pytest.raises(DailyReserveReached, match="reserve of 5% and 31 that are left to what matters more"):
        quota.check(31)


@pytest.mark.parametrize("left", ["", "-1", "many", "1e3", "²", "9" * 30])
@pytest.mark.parametrize("limit", ["1000", "0", "-5", "x"])
def test_a_header_that_makes_no_sense_is_passed_over(limit: str, left: str) -> None:
    quota = DailyQuota()
    quota.observe({DAILY: "1000", LEFT: "900"})
    quota.observe({DAILY: limit, LEFT: left})
    assert (quota.limit, quota.remaining) == (1000, 900)


def test_a_new_day_lets_requests_leave_again() -> None:
    quota = DailyQuota()
    count_down(quota, 0)
    with pytest.raises(DailyReserveReached):
        quota.check()
    quota.observe({DAILY: "1000", LEFT: "999"})
    quota.check()


@pytest.mark.parametrize(
    "told",
    [[0] * 20, [7] * 20, [600, 40, 580, 30, 10, 400, 0, 39] * 3, [900, 899, 898, 3, 896, 895]],
    ids=["always none", "always a few", "anything", "once wrong"],
)
def test_what_is_no_count_stops_nothing(told: list[int]) -> None:
    quota = DailyQuota()
    for left in told:
        quota.observe({DAILY: "1000", LEFT: str(left)})
        quota.check()


def test_responses_that_overtake_each_other_are_a_count_all_the_same() -> None:
    quota = DailyQuota()
    for left in (53, 51, 52, 50, 50, 47, 49, 48):
        quota.observe({DAILY: "1000", LEFT: str(left)})
    with pytest.raises(DailyReserveReached):
        quota.check()


def test_others_who_use_up_much_at_once_are_noticed_after_a_few_requests() -> None:
    quota = DailyQuota()
    count_down(quota, 900)
    for left in (40, 39, 38):
        quota.observe({DAILY: "1000", LEFT: str(left)})
        quota.check()
    quota.observe({DAILY: "1000", LEFT: "37"})
    with pytest.raises(DailyReserveReached):
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
