"""What a response that is too large leaves behind: an error, and none of its bytes."""

from collections.abc import Iterator
from types import FrameType

import pytest

from campaign_assets.emulator.fault_plan import FaultPlan, PlannedFault
from campaign_assets.hubspot.errors import HubSpotError, ResponseTooLarge
from campaign_assets.hubspot.wire import exchange
from campaign_assets_tests.reliability.account import open_client, serve

_LIMIT = 4_000_000


@pytest.mark.parametrize("kind", ["huge", "gzip_bomb"])
def test_an_error_that_a_run_keeps_does_not_keep_the_response_that_it_speaks_of(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "RESPONSE_BYTES", _LIMIT)
    plan = FaultPlan((PlannedFault(kind),))
    with serve(1, faults=plan) as server, open_client(server.url) as client:
        with pytest.raises(ResponseTooLarge) as caught:
            client.campaigns.search()
        assert sum(map(_count_bytes, _list_frames(caught.value))) < 100_000


def _list_frames(error: HubSpotError) -> Iterator[FrameType]:
    """The frames that an error keeps alive, but for this test's own."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename != __file__:
            yield trace.tb_frame
        trace = trace.tb_next


def _count_bytes(frame: FrameType) -> int:
    total = 0
    for value in frame.f_locals.values():
        parts = value if isinstance(value, list) else [value]
        total += sum(len(part) for part in parts if isinstance(part, bytes | bytearray))
    return total
