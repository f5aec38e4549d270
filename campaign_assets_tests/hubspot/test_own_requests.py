"""How many of our own requests HubSpot's window may hold, and which are certainly gone from it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_assets.hubspot.limits.own_requests import LATEST_SECONDS, OwnRequests

WINDOW = 10.0
REQUESTS = st.lists(st.tuples(st.floats(0, 30), st.floats(0, LATEST_SECONDS), st.floats(0, 2)), min_size=1, max_size=40)
"""When each was sent, how late it arrived, and how long its response took from then."""


@settings(max_examples=100)
@given(requests=REQUESTS, at=st.floats(0, 45))
def test_a_window_never_holds_more_than_is_counted(requests: list[tuple[float, float, float]], at: float) -> None:
    own = OwnRequests()
    fastest = own.add(-1.0)
    own.answer(fastest, -1.0)  # no time at all: nothing of any response's time is spared
    events = [(sent, arrived, sent + arrived + took) for sent, arrived, took in sorted(requests)]
    arrivals = {event: own.add(event[0]) for event in events}
    for event in sorted(events, key=lambda event: event[2]):
        own.answer(arrivals[event], event[2])
    held = sum(at - WINDOW < sent + arrived <= at for sent, arrived, _ in events)
    assert own.count(at, WINDOW) >= held


def test_without_delay_a_request_leaves_the_window_as_it_would_by_its_sending() -> None:
    own = OwnRequests()
    for second in range(60):
        arrival = own.add(float(second))
        own.answer(arrival, second + 0.3)
    assert own.count(59.0, WINDOW) == 10
    assert own.find_leaving(0, 59.0, WINDOW) == 60.0


def test_a_request_that_was_forgotten_before_it_was_answered_leaves_no_trace() -> None:
    own = OwnRequests()
    slow, other = own.add(0.1), own.add(0.0)
    own.answer(other, 0.4)
    own.forget(0.45)
    own.answer(slow, 50.0)
    own.drop(slow)
    own.forget(50.0)
    assert own.count(50.0, WINDOW) == 0


def test_a_refused_request_does_not_count() -> None:
    own = OwnRequests()
    own.drop(own.add(0.0))
    assert own.count(0.0, WINDOW) == 0
