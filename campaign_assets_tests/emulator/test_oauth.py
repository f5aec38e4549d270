"""OAuth: tokens that are bought and expire."""

import httpx
import pytest

from campaign_assets.emulator import OAuthApp
from campaign_assets_tests.emulator.conftest import Door, Serve

CAMPAIGNS = "/marketing/v3/campaigns"
FORM = {
    "grant_type": "refresh_token",
    "client_id": "emulator-client",
    "client_secret": "emulator-secret",
    "refresh_token": "emulator-refresh",
}


def _buy(door: Door, path: str = "/oauth/v1/token", **changes: str) -> httpx.Response:
    return door.client.post(path, data={**FORM, **changes}, headers={"Authorization": ""})


@pytest.mark.parametrize("path", ["/oauth/v1/token", "/oauth/2026-03/token"])
def test_a_refresh_token_buys_an_access_token(door: Door, path: str) -> None:
    response = _buy(door, path)
    assert response.status_code == 200
    bought = response.json()
    assert bought["token_type"] == "bearer"
    assert bought["refresh_token"] == "emulator-refresh"
    assert bought["expires_in"] == 1800
    assert bought["token_use"] == "access_token"
    assert ("hub_id" in bought) is (path != "/oauth/v1/token")
    read = door.client.get(CAMPAIGNS, headers={"Authorization": f"Bearer {bought['access_token']}"})
    assert read.status_code == 200


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("grant_type", "BAD_GRANT_TYPE"),
        ("client_id", "BAD_CLIENT_ID"),
        ("client_secret", "BAD_CLIENT_SECRET"),
        ("refresh_token", "BAD_REFRESH_TOKEN"),
    ],
)
def test_anything_wrong_in_the_form_is_400_and_named(door: Door, name: str, reason: str) -> None:
    response = _buy(door, **{name: "wrong"})
    assert response.status_code == 400
    assert response.json()["status"] == reason


def test_a_token_request_that_is_no_form_is_415(door: Door) -> None:
    assert door.client.post("/oauth/v1/token", json=FORM).status_code == 415


def test_an_access_token_expires_on_the_portals_clock(serve: Serve) -> None:
    door = serve(oauth_apps=(OAuthApp(expires_in=60),))
    door.client.headers["Authorization"] = f"Bearer {_buy(door).json()['access_token']}"
    door.client.post("/emulator/now", json={"seconds": 59})
    assert door.client.get(CAMPAIGNS).status_code == 200
    door.client.post("/emulator/now", json={"seconds": 1})
    response = door.client.get(CAMPAIGNS)
    assert response.status_code == 401
    assert response.json()["category"] == "EXPIRED_AUTHENTICATION"
    assert response.json()["message"] == "The OAuth token used to make this call expired 0 second(s) ago."


def test_access_tokens_can_be_made_to_expire_at_once(serve: Serve) -> None:
    door = serve()
    door.client.headers["Authorization"] = f"Bearer {_buy(door).json()['access_token']}"
    door.client.post("/emulator/oauth/expire-tokens")
    assert door.client.get(CAMPAIGNS).json()["category"] == "EXPIRED_AUTHENTICATION"


def test_an_oauth_app_has_its_own_limit_and_no_daily_headers(serve: Serve) -> None:
    door = serve(rate_limit=190, daily_limit=1)
    headers = {"Authorization": f"Bearer {_buy(door).json()['access_token']}"}
    for _ in range(2):
        response = door.client.get(CAMPAIGNS, headers=headers)
        assert response.status_code == 200
    assert response.headers["X-HubSpot-RateLimit-Max"] == "110"
    assert "X-HubSpot-RateLimit-Daily" not in response.headers
