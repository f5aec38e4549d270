"""The whole limit and no more: alone, where requests arrive late, and beside other programs under the same token."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_assets.hubspot.limits.rate_limit import MARGIN_SECONDS, RateLimiter
from campaign_assets_tests.hubspot.simulated_line import Line, Ours, Simulation, Theirs, find_rate

LIMIT = 190
FIRST, END = 10.0, 70.0
"""What is measured: six windows, the first left out, for its allowance is free."""
KINDS = ("current", "counted")
"""Responses tell what was left when they left, or when the request arrived: HubSpot does not say which."""
FALSE_KINDS = ("stale", "wrong", "zero", "missing")
ROLLING_OR_FIXED = pytest.mark.parametrize("is_fixed", [False, True], ids=["rolling", "fixed"])
"""HubSpot calls its window rolling; where it were not, the same would hold."""
NAMES = [f"X-HubSpot-RateLimit-{name}" for name in ("Max", "Remaining", "Interval-Milliseconds")]
VALUES = st.sampled_from(["0", "1", "9", "10", "189", "190", "191", "10000", "-1", "x", "", "9" * 40])


def work(line: Line, *, limiter: RateLimiter | None = None, seconds: float = END) -> Ours:
    ours = Ours(line, limiter)
    ours.start()
    line.simulation.run(seconds)
    return ours


@ROLLING_OR_FIXED
@pytest.mark.parametrize("headers", KINDS)
@pytest.mark.parametrize("seconds", [0.0, 0.3, 1.0])
def test_alone_on_a_quiet_line_it_spends_the_limit(headers: str, seconds: float, is_fixed: bool) -> None:
    ours = work(Line(Simulation(), LIMIT, headers, held_seconds=(seconds, seconds), is_fixed=is_fixed))
    assert not ours.refused
    assert find_rate(ours.admitted, FIRST, END) >= 0.98 * LIMIT


@pytest.mark.parametrize("headers", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_where_requests_arrive_late_it_is_not_refused_and_spends_nearly_all(headers: str, seed: int) -> None:
    ours = work(Line(Simulation(), LIMIT, headers, out_seconds=(0, 0.4), held_seconds=(0.05, 0.05), seed=seed))
    assert not ours.refused
    assert find_rate(ours.admitted, FIRST, END) >= 0.96 * LIMIT


def test_what_takes_long_to_be_answered_costs_little_where_it_arrives_at_once() -> None:
    ours = work(Line(Simulation(), LIMIT, held_seconds=(0.2, 3)))
    assert not ours.refused
    assert find_rate(ours.admitted, FIRST, END) >= 0.94 * LIMIT


def test_a_refusal_for_lateness_widens_the_margin_and_time_shrinks_it_again() -> None:
    simulation = Simulation()
    ours = work(Line(simulation, LIMIT, "missing", out_seconds=(0, 2.5)), limiter=RateLimiter(simulation, LIMIT))
    assert 0 < len(ours.refused) <= 12
    assert find_rate(ours.admitted, FIRST, END) >= 0.9 * LIMIT
    wide = ours.limiter.margin
    assert wide > MARGIN_SECONDS
    ours.line.out_seconds = (0, 0)
    simulation.run(400)
    assert ours.limiter.margin < wide / 2
    assert find_rate(ours.admitted, END + 340, END + 400) >= 0.98 * LIMIT


@ROLLING_OR_FIXED
@pytest.mark.parametrize("headers", KINDS)
@pytest.mark.parametrize(
    ("burst", "period"), [(60, 10.02), (30, 5.02), (20, 3.35)], ids=["60 in 10 s", "30 in 5 s", "20 in 3.3 s"]
)
def test_it_takes_what_another_program_leaves_and_costs_it_nothing(
    headers: str, burst: int, period: float, is_fixed: bool
) -> None:
    line = Line(Simulation(), LIMIT, headers, is_fixed=is_fixed)
    theirs = Theirs(line, burst, (period, period))
    theirs.start()
    ours = work(line)
    assert not theirs.refused
    assert len(ours.refused) <= 2
    left = LIMIT - find_rate(theirs.admitted, FIRST, END)
    assert find_rate(ours.admitted, FIRST, END) >= 0.95 * left
    assert 57 <= ours.limiter.others <= 60


@pytest.mark.parametrize("headers", KINDS)
def test_a_program_that_begins_when_the_limit_is_spent_gets_its_part_soon(headers: str) -> None:
    line = Line(Simulation(), LIMIT, headers)
    theirs = Theirs(line, 60, (10.02, 10.02))
    theirs.start(7)
    ours = work(line)
    assert max(theirs.refused) < 25
    assert max(ours.refused) < 25


def test_a_share_that_is_left_is_there_for_a_program_that_begins_later() -> None:
    line = Line(Simulation(), LIMIT)
    theirs = Theirs(line, 60, (10.02, 10.02))
    theirs.start(27)
    ours = work(line, limiter=RateLimiter(line.simulation, reserve=0.35))
    assert not ours.refused and not theirs.refused
    assert find_rate(ours.admitted, FIRST, END) >= 0.95 * 0.65 * LIMIT


def test_when_the_others_end_the_whole_limit_is_spent_again() -> None:
    line = Line(Simulation(), LIMIT)
    theirs = Theirs(line, 60, (10.02, 10.02), ends=10)
    theirs.start()
    ours = work(line)
    assert find_rate(ours.admitted, 50, END) >= 0.97 * LIMIT


def test_two_of_this_product_share_the_limit_without_refusals() -> None:
    line = Line(Simulation(), LIMIT)
    both = [Ours(line), Ours(line)]
    for ours in both:
        ours.start()
    line.simulation.run(END)
    assert sum(len(ours.refused) for ours in both) <= 2
    assert sum(find_rate(ours.admitted, FIRST, END) for ours in both) >= 0.95 * LIMIT


def test_where_others_leave_nothing_it_asks_seldom() -> None:
    line = Line(Simulation(), LIMIT)
    theirs = Theirs(line, 5, (0.2, 0.2), retry=0.5)
    theirs.start()
    ours = work(line, seconds=25)
    assert len(ours.refused) <= 15


@pytest.mark.parametrize("headers", FALSE_KINDS)
@pytest.mark.parametrize("seconds", [0.0, 0.3])
@pytest.mark.parametrize("seed", range(2))
def test_headers_that_say_what_is_not_so_do_no_harm(headers: str, seconds: float, seed: int) -> None:
    line = Line(Simulation(), LIMIT, headers, held_seconds=(seconds, seconds), seed=seed)
    ours = work(line, limiter=RateLimiter(line.simulation, LIMIT))
    assert not ours.refused
    assert find_rate(ours.admitted, FIRST, END) >= 0.95 * LIMIT


@pytest.mark.parametrize("remaining", [0, 1, 10, 100, 189, 500])
def test_a_number_that_never_changes_is_no_count(remaining: int) -> None:
    told = {"X-HubSpot-RateLimit-Max": str(LIMIT), "X-HubSpot-RateLimit-Remaining": str(remaining)}
    ours = work(Line(Simulation(), LIMIT, tamper=lambda _: told))
    assert not ours.refused
    assert find_rate(ours.admitted, FIRST, END) >= 0.95 * LIMIT


@pytest.mark.parametrize("headers", FALSE_KINDS)
def test_beside_others_headers_that_say_what_is_not_so_cost_no_more_than_refusals_that_it_learns_from(
    headers: str,
) -> None:
    line = Line(Simulation(), LIMIT, headers)
    theirs = Theirs(line, 60, (10.02, 10.02))
    theirs.start()
    ours = work(line, limiter=RateLimiter(line.simulation, LIMIT))
    left = LIMIT - find_rate(theirs.admitted, FIRST, END)
    assert find_rate(ours.admitted, FIRST, END) >= 0.7 * left
    assert len(ours.refused) <= 0.05 * len(ours.admitted)  # what HubSpot asks of a day's requests


@settings(max_examples=25)
@given(
    told=st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES), min_size=1, max_size=8),
    every=st.integers(2, 6),
    late=st.sampled_from([0.0, 0.4]),
)
def test_whatever_responses_say_nothing_stops_and_ones_own_limit_holds(
    told: list[dict[str, str]], every: int, late: float
) -> None:
    """Every so many responses say any of these."""
    responses = 0

    def tamper(headers: dict[str, str]) -> dict[str, str]:
        nonlocal responses
        responses += 1
        return headers | told[responses // every % len(told)] if responses % every == 0 else headers

    line = Line(Simulation(), LIMIT, tamper=tamper, out_seconds=(0, late), held_seconds=(0.1, 0.1))
    ours = work(line, limiter=RateLimiter(line.simulation, LIMIT), seconds=40)
    assert find_rate(ours.admitted, FIRST, 40) >= 0.85 * LIMIT
    assert len(ours.refused) <= 2
