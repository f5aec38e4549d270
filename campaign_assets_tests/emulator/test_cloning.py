"""What only the version 2026-09-beta has."""

import pytest

from campaign_assets.emulator import TokenGrant
from campaign_assets.emulator.options import SCOPE_SETS
from campaign_assets_tests.emulator.conftest import Door, Serve

BETA = "/marketing/campaigns/2026-09-beta"
NOBODY = "00000000-0000-4000-8000-000000000000"
ASKED = {"properties": "hs_name,hs_notes,hs_start_date,hs_business_unit_ids,region"}


def _source(door: Door) -> str:
    """Give a campaign with more assets than one page of a type holds."""
    return max(door.portal.store, key=lambda campaign: max(map(len, campaign.assets.values()), default=0)).id


def test_asset_types_are_those_that_the_account_has(serve: Serve) -> None:
    door = serve(campaigns=2)
    found = door.client.get(f"{BETA}/asset-types").json()["results"]
    assert found == sorted({str(row["asset_type"]) for row in door.portal.truth.associations()})
    door.portal.add_association(next(iter(door.portal.store)).id, "PODCAST_EPISODE", "1")
    assert "PODCAST_EPISODE" in door.client.get(f"{BETA}/asset-types").json()["results"]
    assert set(found) < set(door.client.get(f"{BETA}/clone/asset-types").json()["results"])


def test_a_clone_has_the_properties_and_assets_of_its_source_and_another_name(serve: Serve) -> None:
    door = serve(campaigns=30)
    source = _source(door)
    original = door.client.get(f"{BETA}/{source}", params=ASKED).json()
    names = []
    for _ in range(2):
        response = door.client.post(f"{BETA}/{source}/clone")
        assert response.status_code == 202
        made = response.json()["campaignGuid"]
        copy = door.client.get(f"{BETA}/{made}", params=ASKED).json()
        names.append(copy["properties"].pop("hs_name"))
        assert copy["properties"] == {n: v for n, v in original["properties"].items() if n != "hs_name"}
        rows = door.portal.truth.associations()
        assert [{**row, "campaign_id": made} for row in rows if row["campaign_id"] == source] == [
            row for row in rows if row["campaign_id"] == made
        ]
    name = original["properties"]["hs_name"]
    assert names == [f"{name} (clone)", f"{name} (clone 2)"]


def test_a_clones_name_can_be_chosen_and_must_be_free(serve: Serve) -> None:
    door = serve()
    source, url = _source(door), f"{BETA}/{_source(door)}/clone"
    for status in (202, 409):
        assert door.client.post(url, json={"name": "Copy", "sourceCampaignGuid": source}).status_code == status
    for body in ({"name": 7}, {"name": "x" * 257}, {"name": "y", "sourceCampaignGuid": NOBODY}):
        assert door.client.post(url, json=body).status_code == 400
    assert door.client.post(f"{BETA}/{NOBODY}/clone").status_code == 404


def test_a_clone_is_pending_and_then_complete_unless_it_was_deleted(serve: Serve) -> None:
    door = serve()
    made = door.client.post(f"{BETA}/{_source(door)}/clone").json()["campaignGuid"]
    url = f"{BETA}/clone/{made}/status"
    told = [door.client.get(url).json() for _ in range(3)]
    assert told == [{"campaignGuid": made, "status": status} for status in ("PENDING", "COMPLETE", "COMPLETE")]
    door.client.delete(f"{BETA}/{made}")
    assert door.client.get(url).json()["status"] == "FAILED"
    assert door.client.get(f"{BETA}/clone/{_source(door)}/status").status_code == 404
    assert door.client.get(f"{BETA}/clone/nobody/status").status_code == 400


@pytest.mark.parametrize("version", ["v3/campaigns", "campaigns/2025-09", "campaigns/2026-03", "campaigns/2026-09"])
def test_other_versions_do_not_have_them(door: Door, version: str) -> None:
    url, source = f"/marketing/{version}", _source(door)
    for path in ("asset-types", "clone/asset-types", f"clone/{source}/status"):
        assert door.client.get(f"{url}/{path}").status_code == 404
    assert door.client.post(f"{url}/{source}/clone").status_code == 404


def test_to_read_is_enough_for_types_and_not_for_a_clone(serve: Serve) -> None:
    door = serve(tokens=(TokenGrant("reader", SCOPE_SETS["read-only"]),))
    door.client.headers["Authorization"] = "Bearer reader"
    assert door.client.get(f"{BETA}/asset-types").status_code == 200
    assert door.client.post(f"{BETA}/{_source(door)}/clone").status_code == 403


def test_a_patch_ignores_what_cannot_be_written(serve: Serve) -> None:
    door = serve()
    campaign = _source(door)
    changes = {"properties": {"hs_notes": "new", "hs_owner": "7", "nope": "x"}}
    assert door.client.patch(f"/marketing/v3/campaigns/{campaign}", json=changes).status_code == 400
    changed = door.client.patch(f"{BETA}/{campaign}", json=changes)
    assert changed.status_code == 200
    assert changed.json()["properties"] == {"hs_notes": "new"}
    assert door.client.post(BETA, json={"properties": {"hs_name": "x", "nope": "x"}}).status_code == 400
