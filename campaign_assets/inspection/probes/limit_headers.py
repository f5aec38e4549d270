"""What responses say of the ten-second limit: compared with the requests that were sent, some of them at once."""

from collections.abc import Callable, Sequence

from campaign_assets.hubspot import HubSpotClient, LimitObservation
from campaign_assets.inspection.probes.answers import Answer, Unknown
from campaign_assets.threads import map_in_threads

HEADERS = Unknown(
    "Of which moment a response tells what is left of the ten-second limit",
    "Nothing: it may be that of the request's arrival or of the response, late, wrong or missing.",
)
WINDOW = Unknown("Whether the window of the ten-second limit rolls", "Nothing: it may roll or begin anew.")
_AT_ONCE = 2
"""No client begins with more: how many are worth it is found out from how long they take."""
_WAVES = 2
REQUESTS = 2 * _WAVES * _AT_ONCE + 1
_FIRST_PAUSE, _SECOND_PAUSE = 5.0, 5.5
"""Seconds between three looks, the last of which is more than a window after the first and less after the second."""


def probe_limit_headers(client: HubSpotClient, pause: Callable[[float], object]) -> list[Answer]:
    """Sends some requests at once, the same five seconds later, and one after the window of the first.

    Args:
        client: The account, which was asked other things before, one after the other.
        pause: Waits so many seconds.

    Raises:
        HubSpotError: A request failed.
    """
    _send_waves(client)
    seen = client.throttle.limiter.observations
    if not seen:
        silent = Answer(HEADERS, True, "of none: responses do not say what is left.")
        return [silent, Answer(WINDOW, None, "responses do not say what is left")]
    answer = _describe(seen)
    if not _is_steady([_count_others(one) for one in seen]):
        return [answer, Answer(WINDOW, None, "what responses say of the limit does not fit what was sent")]
    pause(_FIRST_PAUSE)
    _send_waves(client)
    pause(_SECOND_PAUSE)
    _send(client, 1)
    return [answer, _describe_window(client.throttle.limiter.observations[-_WAVES * _AT_ONCE - 1 :])]


def _send_waves(client: HubSpotClient) -> None:
    for _ in range(_WAVES):
        _send(client, _AT_ONCE)


def _send(client: HubSpotClient, requests: int) -> None:
    list(map_in_threads(lambda _: client.campaigns.search(limit=1), range(requests), requests))


def _describe(seen: Sequence[LimitObservation]) -> Answer:
    if _is_steady([_count_others(one) for one in seen]):
        at_once = seen[-_WAVES * _AT_ONCE :]
        verdicts = [_is_of_response(at_once[place : place + _AT_ONCE]) for place in range(0, len(at_once), _AT_ONCE)]
        if all(verdict is True for verdict in verdicts):
            return Answer(HEADERS, True, "of the moment at which it leaves.")
        if all(verdict is False for verdict in verdicts):
            return Answer(HEADERS, True, "of the moment at which the request arrives.")
        text = "of its own; whether of the request's arrival or of the response is not to be told."
        return Answer(HEADERS, True, text)
    if all(one.used >= one.limit for one in seen):
        return Answer(HEADERS, True, "of none: they say that nothing is left, and more is answered.")
    told = [one.used for one in seen]
    if told == sorted(told) and all(one.used <= one.own_at_arrival for one in seen):
        return Answer(HEADERS, True, "of an earlier one: they say less than was sent by then.")
    return Answer(HEADERS, True, "of none: what they say does not fit what was sent.")


def _count_others(seen: LimitObservation) -> int:
    """Requests of other programs, where the response tells of a moment between arrival and response."""
    return seen.used - min(max(seen.used, seen.own_at_arrival), seen.own_at_response)


def _is_steady(others: Sequence[int]) -> bool:
    """Whether other programs used the same all the time: the clocks of two windows are one request apart at most."""
    return max(others) - min(others) <= 1 and min(others) >= -1


def _is_of_response(wave: Sequence[LimitObservation]) -> bool | None:
    """Whether responses to requests that were on the way at once say the same; None where they were not.

    Which of the requests arrived first is not known, so that they are compared with each other and not with ours.
    """
    if len({one.own_at_response for one in wave}) > 1:
        return None
    return len({one.used for one in wave}) == 1


def _describe_window(seen: Sequence[LimitObservation]) -> Answer:
    if any(one.used < one.own_at_arrival - 1 for one in seen):
        return Answer(WINDOW, True, "it begins anew: less is used than was sent in the ten seconds before.")
    return Answer(WINDOW, True, "it rolls: what was sent in the ten seconds before is used.")
