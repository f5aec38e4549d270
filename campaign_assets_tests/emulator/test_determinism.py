"""The same options give the same bytes."""

from datetime import timedelta

from campaign_assets.emulator import Portal
from campaign_assets_tests.emulator.conftest import NOW, Door, Serve

BATCH = "/marketing/v3/campaigns/batch/read?startDate=2026-10-01&endDate=2026-10-07&properties=hs_name,hs_notes"


def _response(door: Door) -> bytes:
    inputs = [{"id": campaign.id} for campaign in door.portal.store]
    return door.client.post(BATCH, json={"inputs": inputs}).content.replace(door.server.url.encode(), b"")


def test_the_same_seed_gives_the_same_response_and_another_seed_another(serve: Serve) -> None:
    assert _response(serve(seed=5)) == _response(serve(seed=5))
    assert _response(serve(seed=5)) != _response(serve(seed=6))


def test_a_portal_started_again_tomorrow_is_the_same_portal_a_day_later() -> None:
    today, tomorrow = Portal(now=NOW), Portal(now=NOW + timedelta(days=1))
    assert today.truth.associations() == tomorrow.truth.associations()
    day = (NOW - timedelta(days=30)).date()
    assert today.truth.metrics(day, "BLOG_POST") == tomorrow.truth.metrics(day, "BLOG_POST")
