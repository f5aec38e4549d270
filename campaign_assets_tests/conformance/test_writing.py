"""HubSpot's SDK writes to the emulator and our client reads it, and the other way round."""

from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hubspot_sdk import BadRequestError, ConflictError, NotFoundError
from hubspot_sdk.types.auth.access_token_response import AccessTokenResponse

from campaign_assets.hubspot import BadRequest, CampaignFields, NotFound
from campaign_assets_tests.conformance.conftest import Pair
from campaign_assets_tests.conformance.test_reading import same_campaign, to_item

WRITTEN = {"hs_name": "By the SDK", "hs_start_date": "2026-01-05", "hs_campaign_status": "active", "hs_notes": "ü"}


def test_create_update_and_delete_by_the_sdk_are_read_by_us(pair: Pair) -> None:
    campaigns = pair.sdk.marketing.campaigns
    made = campaigns.create(properties=WRITTEN)
    read = pair.ours.campaigns.get(made.id, properties=list(WRITTEN))
    assert same_campaign(made, read)
    changed = campaigns.update(made.id, properties={"hs_notes": "", "hs_utm": "spring"})
    read = pair.ours.campaigns.get(made.id, properties=[*WRITTEN, "hs_utm"])
    assert changed.updated_at == read.updated_at
    assert "hs_notes" not in read.properties and read.properties["hs_utm"] == "spring"
    campaigns.delete(made.id)
    campaigns.delete(made.id)
    with pytest.raises(NotFound):
        pair.ours.campaigns.get(made.id)


def test_create_update_and_delete_by_us_are_read_by_the_sdk(pair: Pair) -> None:
    fields = CampaignFields(name="By us", start_date=date(2026, 1, 5), status="active", notes="ü")
    made = pair.ours.campaigns.create(fields)
    names = list(fields.to_properties())
    assert same_campaign(pair.sdk.marketing.campaigns.get(made.id, properties=names), made)
    pair.ours.campaigns.update(made.id, CampaignFields(notes=""))
    assert "hs_notes" not in pair.sdk.marketing.campaigns.get(made.id, properties=names).properties
    pair.ours.campaigns.delete(made.id)
    with pytest.raises(NotFoundError):
        pair.sdk.marketing.campaigns.get(made.id)


def test_business_units_are_written_by_both(pair: Pair) -> None:
    made = pair.ours.campaigns.create(CampaignFields(name="Units", properties={"hs_business_unit_ids": "0;7"}))
    assert made.business_unit_ids == (0, 7)
    changed = pair.sdk.marketing.campaigns.update(made.id, properties={"hs_business_unit_ids": "7"})
    assert [unit.id for unit in changed.business_units] == [7]
    assert pair.ours.campaigns.get(made.id).business_unit_ids == (7,)
    pair.ours.campaigns.delete(made.id)


def test_batches_by_the_sdk_are_read_by_us(pair: Pair) -> None:
    batch = pair.sdk.marketing.campaigns.batch
    inputs: Any = [{"properties": {"hs_name": f"SDK {i}"}} for i in range(50)]
    made = batch.create(inputs=inputs)
    ids = [campaign.id for campaign in made.results]
    assert len(pair.ours.campaigns.batch_read(ids).results) == 50
    changes: Any = [{"id": i, "properties": {"hs_notes": "x"}} for i in ids]
    assert len(batch.update(inputs=changes).results) == 50
    read = pair.ours.campaigns.batch_read(ids, properties=["hs_notes"])
    assert {campaign.properties["hs_notes"] for campaign in read.results} == {"x"}
    deleted: Any = [{"id": i} for i in ids]
    batch.delete(inputs=deleted)
    assert pair.ours.campaigns.batch_read(ids).missing == tuple(ids)


def test_a_batch_of_which_a_part_fails_is_accepted_by_the_sdk(pair: Pair) -> None:
    taken = pair.ours.campaigns.search(limit=1, properties=["hs_name"]).results[0].name or ""
    inputs: Any = [{"properties": {"hs_name": taken}}, {"properties": {"hs_name": "Half"}}]
    made = pair.sdk.marketing.campaigns.batch.create(inputs=inputs)
    assert [campaign.properties["hs_name"] for campaign in made.results] == ["Half"]
    pair.ours.campaigns.delete(made.results[0].id)


def test_batches_by_us_are_read_by_the_sdk(pair: Pair) -> None:
    made = pair.ours.campaigns.batch_create([CampaignFields(name=f"Ours {i}") for i in range(60)])
    ids = [campaign.id for campaign in made.results]
    pair.ours.campaigns.batch_update({i: CampaignFields(notes="y") for i in ids})
    read = pair.sdk.marketing.campaigns.get(ids[-1], properties=["hs_notes"])
    assert read.properties == {"hs_notes": "y"}
    pair.ours.campaigns.batch_archive(ids)
    with pytest.raises(NotFoundError):
        pair.sdk.marketing.campaigns.get(ids[0])


def test_an_asset_is_added_and_removed_by_both(pair: Pair) -> None:
    campaign_id = pair.portal.add_campaign({"hs_name": "Assets"}).id
    known = str(pair.portal.truth.associations("FORM")[0]["asset_id"])
    assets = pair.sdk.marketing.campaigns.assets
    assets.update(known, campaign_guid=campaign_id, asset_type="FORM")
    assert [asset.id for asset in pair.ours.assets.get_page(campaign_id, "FORM").results] == [known]
    pair.ours.assets.remove(campaign_id, "FORM", known)
    assert assets.list("FORM", campaign_guid=campaign_id).results == []
    pair.ours.assets.add(campaign_id, "FORM", known)
    assets.delete(known, campaign_guid=campaign_id, asset_type="FORM")
    assert pair.ours.assets.get_page(campaign_id, "FORM").results == ()
    pair.portal.delete_campaign(campaign_id)


@pytest.mark.parametrize("kind", ["budget", "spend"])
def test_money_by_the_sdk_is_read_by_us_and_the_other_way_round(pair: Pair, kind: str) -> None:
    campaign_id = pair.portal.add_campaign({"hs_name": f"Money {kind}"}).id
    theirs: Any = getattr(pair.sdk.marketing.campaigns, kind)
    ours = pair.ours.budget if kind == "budget" else pair.ours.spend
    made = theirs.create(campaign_id, name="Print", amount=12.5, order=0, description="Flyers")
    assert ours.get(campaign_id, made.id) == to_item(made)
    changed = theirs.update(int(made.id), campaign_guid=campaign_id, name="Press", amount=0.1, order=1)
    assert ours.get(campaign_id, made.id) == to_item(changed)
    replaced = ours.update(campaign_id, made.id, name="Radio", amount=Decimal("0.30"), order=2)
    assert to_item(theirs.get(int(made.id), campaign_guid=campaign_id)) == replaced
    theirs.delete(int(made.id), campaign_guid=campaign_id)
    with pytest.raises(NotFound):
        ours.get(campaign_id, made.id)
    again = ours.create(campaign_id, name="Web", amount=3, order=0)
    assert to_item(theirs.get(int(again.id), campaign_guid=campaign_id)) == again
    ours.delete(campaign_id, again.id)
    pair.portal.delete_campaign(campaign_id)


def test_a_name_that_is_taken_is_a_conflict_for_both(pair: Pair) -> None:
    name = pair.ours.campaigns.search(limit=1, properties=["hs_name"]).results[0].name or ""
    with pytest.raises(ConflictError):
        pair.sdk.marketing.campaigns.create(properties={"hs_name": name})
    with pytest.raises(BadRequest, match="409"):
        pair.ours.campaigns.create(CampaignFields(name=name))


def test_a_property_that_does_not_exist_is_a_bad_request_for_both(pair: Pair) -> None:
    with pytest.raises(BadRequestError):
        pair.sdk.marketing.campaigns.create(properties={"hs_name": "x", "nope": "y"})
    with pytest.raises(BadRequest, match="400"):
        pair.ours.campaigns.create(CampaignFields(name="x", properties={"nope": "y"}))


def test_the_response_of_the_token_endpoint_is_as_described(pair: Pair) -> None:
    # The SDK of today sends JSON there, against HubSpot's own guide, so only its model of the response is used.
    form = {
        "grant_type": "refresh_token",
        "client_id": "emulator-client",
        "client_secret": "emulator-secret",
        "refresh_token": "emulator-refresh",
    }
    with httpx.Client(trust_env=False) as http:
        response = http.post(f"{pair.url}/oauth/2026-03/token", data=form).json()
    described = AccessTokenResponse.model_validate(response)
    assert described.expires_in == 1800
