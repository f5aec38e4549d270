"""Who may do what."""

import pytest

from campaign_assets.emulator import TokenGrant
from campaign_assets.emulator.options import SCOPE_SETS
from campaign_assets_tests.emulator.conftest import Door, Serve

CAMPAIGNS = "/marketing/v3/campaigns"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nobody", "Basic abc", "pat-na1"])
def test_a_request_without_a_known_token_is_401_invalid_authentication(door: Door, header: str) -> None:
    response = door.client.get(CAMPAIGNS, headers={"Authorization": header})
    assert response.status_code == 401
    assert response.json()["category"] == "INVALID_AUTHENTICATION"
    assert response.json()["status"] == "error"
    assert response.json()["correlationId"]


def test_a_token_without_the_read_scope_is_403_and_names_the_scope(serve: Serve) -> None:
    door = serve(tokens=(TokenGrant("nothing", SCOPE_SETS["none"]),))
    response = door.client.get(CAMPAIGNS, headers={"Authorization": "Bearer nothing"})
    assert response.status_code == 403
    content = response.json()
    assert content["category"] == "MISSING_SCOPES"
    assert content["message"] == "This app hasn't been granted all required scopes to make this call."
    assert content["errors"] == [
        {
            "message": "One or more of the following scopes are required.",
            "context": {"requiredGranularScopes": ["marketing.campaigns.read"]},
        }
    ]


def test_a_read_only_token_reads_and_may_not_write(serve: Serve) -> None:
    door = serve(tokens=(TokenGrant("reader", SCOPE_SETS["read-only"]),))
    door.client.headers["Authorization"] = "Bearer reader"
    assert door.client.get(CAMPAIGNS).status_code == 200
    refused = door.client.post(CAMPAIGNS, json={"properties": {"hs_name": "x"}})
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["context"]["requiredGranularScopes"] == ["marketing.campaigns.write"]


def test_a_token_without_revenue_reads_all_but_the_revenue_report(serve: Serve) -> None:
    door = serve(tokens=(TokenGrant("poor", SCOPE_SETS["without-revenue"]),))
    door.client.headers["Authorization"] = "Bearer poor"
    campaign = door.client.get(CAMPAIGNS).json()["results"][0]["id"]
    assert door.client.get(f"{CAMPAIGNS}/{campaign}/reports/metrics").status_code == 200
    assert door.client.get(f"{CAMPAIGNS}/{campaign}/reports/revenue").status_code == 403


def test_a_plan_without_campaigns_answers_403(serve: Serve) -> None:
    door = serve(campaigns_in_plan=False)
    assert door.client.get(CAMPAIGNS).status_code == 403
    assert door.client.get("/account-info/v3/details").status_code == 200
