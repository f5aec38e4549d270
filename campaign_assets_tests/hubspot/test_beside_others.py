"""The whole limit and no more: alone, where requests arrive late, and beside other programs under the same token."""

import pytest

from campaign_assets_tests.hubspot.simulated_line import Line, Ours, Simulation, Theirs, find_rate

LIMIT = 190
FIRST, END = 10.0, 110.0
"""What is measured: ten windows, the first left out, for its allowance is free."""
KINDS = ("current", "counted")
"""Responses tell what was left when they left, or when the request arrived: HubSpot does not say which."""


def work(line: Line) -> Ours:
    ours = Ours(line)
    ours.start()
    line.simulation.run(END)
    return ours


@pytest.mark.parametrize("headers", KINDS)
@pytest.mark.parametrize("seconds", [0.0, 0.3, 2.0])
def test_alone_on_a_quiet_line_it_spends_the_limit(headers: str, seconds: float) -> None:
    ours = work(Line(Simulation(), LIMIT, headers, held_seconds=(seconds, seconds)))
    assert not ours.refused
    assert find_rate(ours.admitted, FIRST, END) >= 0.98 * LIMIT


@pytest.mark.parametrize("headers", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_where_requests_arrive_late_it_is_not_refused_and_spends_nearly_all(headers: str, seed: int) -> None:
    ours = work(Line(Simulation(), LIMIT, headers, out_seconds=(0, 0.4), held_seconds=(0.05, 0.05), seed=seed))
    assert not ours.refused
    assert find_rate(ours.admitted, FIRST, END) >= 0.96 * LIMIT


@pytest.mark.parametrize("headers", KINDS)
@pytest.mark.parametrize(
    ("burst", "period"), [(60, 10.02), (30, 5.02), (20, 3.35)], ids=["60 in 10 s", "30 in 5 s", "20 in 3.3 s"]
)
def test_it_takes_what_another_program_leaves_and_costs_it_nothing(headers: str, burst: int, period: float) -> None:
    line = Line(Simulation(), LIMIT, headers)
    theirs = Theirs(line, burst, (period, period))
    theirs.start()
    ours = work(line)
    assert not theirs.refused
    assert len(ours.refused) <= 2
    left = LIMIT - find_rate(theirs.admitted, FIRST, END)
    assert find_rate(ours.admitted, FIRST, END) >= 0.95 * left


@pytest.mark.parametrize("headers", KINDS)
def test_a_program_that_begins_when_the_limit_is_spent_gets_its_part_soon(headers: str) -> None:
    line = Line(Simulation(), LIMIT, headers)
    theirs = Theirs(line, 60, (10.02, 10.02))
    theirs.start(7)
    ours = work(line)
    assert max(theirs.refused) < 25
    assert max(ours.refused) < 25
