"""Odd data: the portal serves it, and its truth says the same."""

from typing import Any
from urllib.parse import quote

import pytest

from campaign_assets.emulator import Portal
from campaign_assets.emulator.oddities import ODDITIES
from campaign_assets_tests.emulator.conftest import Door, Serve

CAMPAIGNS = "/marketing/v3/campaigns"
DAY = "2026-11-20"


def read_odd(door: Door) -> list[dict[str, Any]]:
    """Everything of the campaigns that the oddity has added, every page of it."""
    odd = [campaign["id"] for campaign in door.portal.truth.campaigns()[3:]]
    body = {"inputs": [{"id": campaign_id} for campaign_id in odd]}
    query = f"startDate={DAY}&endDate={DAY}"
    campaigns = door.client.post(f"{CAMPAIGNS}/batch/read?{query}", json=body).json()["results"]
    rows = []
    for campaign in campaigns:
        for asset_type, page in campaign["assets"].items():
            path = f"{CAMPAIGNS}/{quote(campaign['id'], safe='')}/assets/{quote(asset_type, safe='')}"
            while True:
                rows += [
                    {"campaign_id": campaign["id"], "asset_type": asset_type, **asset} for asset in page["results"]
                ]
                if "paging" not in page:
                    break
                page = door.client.get(f"{path}?{query}&after={page['paging']['next']['after']}").json()
    return rows


@pytest.mark.parametrize("oddity", ODDITIES)
def test_what_is_odd_is_served_as_the_truth_has_it(serve: Serve, oddity: str) -> None:
    door = serve(campaigns=3, oddities=(oddity,))
    truth = door.portal.truth
    odd = {campaign["id"] for campaign in truth.campaigns()[3:]}
    served = {(row["campaign_id"], row["asset_type"], row["id"]): row for row in read_odd(door)}
    expected = [row for row in truth.associations() if row["campaign_id"] in odd]
    assert odd and expected
    assert {key: row.get("name") for key, row in served.items()} == {
        (row["campaign_id"], row["asset_type"], row["asset_id"]): row["asset_name"] for row in expected
    }
    for asset_type in {str(row["asset_type"]) for row in expected}:
        for row in truth.metrics(door.portal.clock.today().replace(day=20), asset_type):
            if row["campaign_id"] in odd:
                assert served[row["campaign_id"], asset_type, row["asset_id"]]["metrics"] == row["metrics"]
    found = door.client.get(f"{CAMPAIGNS}?limit=100&properties=hs_name,hs_utm,hs_notes,hs_audience").json()["results"]
    names = {campaign["id"]: campaign["properties"]["hs_name"] for campaign in found}
    assert names == {campaign["id"]: campaign["properties"]["hs_name"] for campaign in truth.campaigns()}


def test_an_oddity_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no such oddity: strange; there are long_names"):
        Portal(campaigns=0, oddities=("strange",))


def test_oddities_change_nothing_of_the_rest() -> None:
    plain, odd = (
        Portal(campaigns=5),
        Portal(campaigns=5, oddities=tuple(name for name in ODDITIES if name != "unknown_types")),
    )
    assert odd.truth.campaigns()[:5] == plain.truth.campaigns()
