"""OAuth: an access token is bought, used, renewed in time, renewed after a 401, and never bought twice at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import pytest

from campaign_assets.hubspot import (
    CampaignFields,
    ConfigurationError,
    HubSpotClient,
    InvalidResponse,
    OAuthAuth,
    RetryPolicy,
    ServerFailed,
    TokenExpired,
    Unauthorized,
)
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.fake_clock import FakeClock
from campaign_assets_tests.hubspot.scripted_server import Received, ScriptedServer, json_response

EMPTY_PAGE = {"total": 0, "results": []}
VARIABLES = "HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET and HUBSPOT_REFRESH_TOKEN"


@pytest.fixture
def auth(clock: FakeClock) -> OAuthAuth:
    """The emulator's own app."""
    return OAuthAuth("emulator-client", "emulator-secret", "emulator-refresh", clock=clock)


def count_renewals(client: HubSpotClient) -> int:
    return client.counter.by_endpoint.get("oauth_token", 0)


def sell(**token: Any) -> bytes:
    return json_response({"access_token": "access-1", "refresh_token": "refresh-1", "expires_in": 1800, **token})


def test_one_token_serves_many_requests(serve: Serve, connect: Connect, auth: OAuthAuth, version: str) -> None:
    client = connect(serve(), auth, api_version=version)
    for _ in range(5):
        assert client.campaigns.search().total == 12
    assert client.counter.by_endpoint == {"oauth_token": 1, "search": 5}


@pytest.mark.parametrize(("api_version", "path"), [("v3", "/oauth/v1/token"), ("2026-03", "/oauth/2026-03/token")])
def test_the_form_goes_to_the_versions_own_endpoint(
    connect: Connect, clock: FakeClock, api_version: str, path: str
) -> None:
    def response(request: Received) -> bytes:
        return sell() if request.line.startswith("POST") else json_response(EMPTY_PAGE)

    with ScriptedServer(response) as server:
        connect(server, OAuthAuth("id", "s&c=t", "r+?%", clock=clock), api_version=api_version).campaigns.search()
        bought, asked = server.received
    assert bought.line == f"POST {path}"
    assert bought.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in bought.headers
    assert parse_qs(bought.body.decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": ["id"],
        "client_secret": ["s&c=t"],
        "refresh_token": ["r+?%"],
    }
    assert asked.headers["authorization"] == "Bearer access-1"


def test_a_token_is_renewed_a_minute_before_it_expires(
    serve: Serve, connect: Connect, clock: FakeClock, auth: OAuthAuth
) -> None:
    client = connect(serve(), auth)
    client.campaigns.search()
    clock.seconds += 1_739
    client.campaigns.search()
    assert count_renewals(client) == 1
    clock.seconds += 2
    client.campaigns.search()
    assert count_renewals(client) == 2


@pytest.mark.parametrize(("expires_in", "used"), [(20, 10), (60, 30), (120, 60), (7200, 7140)])
def test_a_token_that_lives_shortly_is_used_for_half_of_its_life(
    connect: Connect, clock: FakeClock, expires_in: int, used: int
) -> None:
    def response(request: Received) -> bytes:
        return sell(expires_in=expires_in) if request.line.startswith("POST") else json_response(EMPTY_PAGE)

    with ScriptedServer(response) as server:
        client = connect(server, OAuthAuth("id", "secret", "refresh", clock=clock))
        client.campaigns.search()
        clock.seconds += used - 1
        client.campaigns.search()
        assert count_renewals(client) == 1
        clock.seconds += 1
        client.campaigns.search()
        assert count_renewals(client) == 2


@pytest.mark.parametrize("expires_in", [None, "1800", -1, 0, True, 10**400, [5]])
def test_a_life_that_makes_no_sense_lasts_until_hubspot_calls_the_token_expired(
    connect: Connect, clock: FakeClock, expires_in: object
) -> None:
    def response(request: Received) -> bytes:
        return sell(expires_in=expires_in) if request.line.startswith("POST") else json_response(EMPTY_PAGE)

    with ScriptedServer(response) as server:
        client = connect(server, OAuthAuth("id", "secret", "refresh", clock=clock))
        client.campaigns.search()
        clock.seconds += 1_000_000
        client.campaigns.search()
        assert count_renewals(client) == 1


def test_a_token_that_hubspot_calls_expired_is_renewed_and_the_request_repeated(
    serve: Serve, connect: Connect, clock: FakeClock, auth: OAuthAuth
) -> None:
    server = serve()
    client = connect(server, auth)
    client.campaigns.search()
    server.portal.authenticator.expire_access_tokens()
    assert client.campaigns.search().total == 12
    assert client.counter.by_endpoint == {"oauth_token": 2, "search": 3}
    assert clock.slept == []


def test_a_second_401_is_raised(serve: Serve, connect: Connect, auth: OAuthAuth) -> None:
    server = serve()
    server.portal.faults.add("search", 401, times=None, category="EXPIRED_AUTHENTICATION")
    client = connect(server, auth)
    with pytest.raises(TokenExpired, match="HUBSPOT_REFRESH_TOKEN"):
        client.campaigns.search()
    assert client.counter.by_endpoint == {"oauth_token": 2, "search": 2}


@pytest.mark.parametrize(
    "fault",
    [
        {"category": "EXPIRED_AUTHENTICATION"},
        {"category": "INVALID_AUTHENTICATION"},
        {"category": None},
        {"kind": "body", "body": "{}"},
        {"kind": "body", "body": ""},
        {"kind": "html"},
    ],
)
def test_a_401_of_any_kind_is_worth_one_new_token_and_no_more(
    serve: Serve, connect: Connect, auth: OAuthAuth, fault: dict[str, Any]
) -> None:
    server = serve()
    server.portal.faults.add("search", 401, **fault)
    client = connect(server, auth)
    assert client.campaigns.search().total == 12
    assert client.counter.by_endpoint == {"oauth_token": 2, "search": 2}
    server.portal.faults.add("search", 401, times=None, **fault)
    with pytest.raises(Unauthorized, match="HUBSPOT_REFRESH_TOKEN"):
        client.campaigns.search()
    assert client.counter.by_endpoint == {"oauth_token": 3, "search": 4}


def test_a_create_that_met_a_401_is_sent_again_with_a_new_token(
    serve: Serve, connect: Connect, auth: OAuthAuth
) -> None:
    server = serve()
    server.portal.faults.add("create", 401)
    client = connect(server, auth)
    assert client.campaigns.create(CampaignFields(name="Once")).name == "Once"
    assert client.campaigns.search().total == 13


def test_a_fixed_token_that_expired_is_raised_at_once(serve: Serve, connect: Connect) -> None:
    server = serve()
    server.portal.faults.add("search", 401, times=None, category="EXPIRED_AUTHENTICATION")
    client = connect(server)
    with pytest.raises(TokenExpired, match="HUBSPOT_ACCESS_TOKEN"):
        client.campaigns.search()
    assert client.counter.by_endpoint == {"search": 1}


def test_renewing_does_not_use_up_the_other_attempts(serve: Serve, connect: Connect, auth: OAuthAuth) -> None:
    server = serve()
    server.portal.faults.add("search", 500, times=2)
    server.portal.faults.add("search", 401, category="EXPIRED_AUTHENTICATION")
    server.portal.faults.add("search", 500, times=2)
    client = connect(server, auth)
    assert client.campaigns.search().total == 12
    assert client.counter.by_endpoint == {"oauth_token": 2, "search": 6}


def test_several_threads_buy_one_token(serve: Serve, connect: Connect, auth: OAuthAuth) -> None:
    server = serve(latency_ms=20)
    client = connect(server, auth)

    def search_at_once(pool: ThreadPoolExecutor) -> None:
        barrier = threading.Barrier(8)

        def search(_: int) -> int:
            barrier.wait()
            return client.campaigns.search().total

        assert list(pool.map(search, range(8))) == [12] * 8

    with ThreadPoolExecutor(8) as pool:
        search_at_once(pool)
        assert count_renewals(client) == 1
        server.portal.authenticator.expire_access_tokens()
        search_at_once(pool)
        assert count_renewals(client) == 2


def test_two_clients_may_share_a_token(serve: Serve, connect: Connect, auth: OAuthAuth) -> None:
    server = serve()
    first, second = connect(server, auth), connect(server, auth)
    first.campaigns.search()
    second.campaigns.search()
    assert (count_renewals(first), count_renewals(second)) == (1, 0)


def test_a_refresh_token_that_hubspot_replaces_is_kept(connect: Connect, clock: FakeClock) -> None:
    def response(request: Received) -> bytes:
        if not request.line.startswith("POST"):
            return json_response(EMPTY_PAGE)
        number = int(parse_qs(request.body.decode())["refresh_token"][0].removeprefix("refresh-"))
        return sell(access_token=f"access-{number}", refresh_token=f"refresh-{number + 1}")

    with ScriptedServer(response) as server:
        client = connect(server, OAuthAuth("id", "secret", "refresh-1", clock=clock))
        for _ in range(3):
            client.campaigns.search()
            clock.seconds += 1_800
        headers = [r.headers["authorization"] for r in server.received if "authorization" in r.headers]
    assert headers == ["Bearer access-1", "Bearer access-2", "Bearer access-3"]


def test_a_renewal_without_a_refresh_token_keeps_the_old_one(connect: Connect, clock: FakeClock) -> None:
    def response(request: Received) -> bytes:
        return sell(refresh_token=None) if request.line.startswith("POST") else json_response(EMPTY_PAGE)

    with ScriptedServer(response) as server:
        client = connect(server, OAuthAuth("id", "secret", "refresh-0", clock=clock))
        client.campaigns.search()
        clock.seconds += 1_800
        client.campaigns.search()
        assert all(b"refresh-0" in r.body for r in server.received if r.line.startswith("POST"))


@pytest.mark.parametrize(
    "credentials",
    [
        ("wrong-client", "emulator-secret", "emulator-refresh"),
        ("emulator-client", "wrong-secret", "emulator-refresh"),
        ("emulator-client", "emulator-secret", "wrong-refresh"),
    ],
)
def test_credentials_that_are_refused_name_the_variables_and_are_not_sent_again(
    serve: Serve, connect: Connect, clock: FakeClock, credentials: tuple[str, str, str]
) -> None:
    client = connect(serve(), OAuthAuth(*credentials, clock=clock))
    for _ in range(3):
        with pytest.raises(ConfigurationError, match=rf"refuses to renew .* \(400: .*check {VARIABLES}\.") as caught:
            client.campaigns.search()
        assert caught.value.stops_run
        assert caught.value.__context__ is None
    assert client.counter.by_endpoint == {"oauth_token": 1}


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_any_refusal_of_the_token_endpoint_names_the_variables(connect: Connect, clock: FakeClock, status: int) -> None:
    with ScriptedServer(lambda _: json_response({}, status)) as server:
        client = connect(server, OAuthAuth("id", "secret", "refresh", clock=clock))
        with pytest.raises(ConfigurationError, match=VARIABLES):
            client.campaigns.search()


@pytest.mark.parametrize("fault", [{"kind": "reset"}, {"kind": "html"}, {"status": 503}, {"status": 429}])
def test_trouble_of_the_token_endpoint_is_waited_for(
    serve: Serve, connect: Connect, auth: OAuthAuth, fault: dict[str, Any]
) -> None:
    server = serve()
    server.portal.faults.add("oauth_token", times=2, **fault)
    client = connect(server, auth)
    assert client.campaigns.search().total == 12
    assert count_renewals(client) == 3


def test_trouble_of_the_token_endpoint_that_stays_is_raised_and_tried_again_by_the_next_request(
    serve: Serve, connect: Connect, auth: OAuthAuth
) -> None:
    server = serve()
    server.portal.faults.add("oauth_token", 503, times=2)
    client = connect(server, auth, retry=RetryPolicy(attempts=2))
    with pytest.raises(ServerFailed):
        client.campaigns.search()
    assert client.campaigns.search().total == 12


@pytest.mark.parametrize("token", [None, "", 5, "a b", "a\nb", "ü"])
def test_a_response_without_a_token_is_invalid(connect: Connect, clock: FakeClock, token: object) -> None:
    with ScriptedServer(lambda _: sell(access_token=token)) as server:
        client = connect(server, OAuthAuth("id", "secret", "refresh", clock=clock))
        with pytest.raises(InvalidResponse, match="holds no access token"):
            client.campaigns.search()


def test_credentials_that_are_not_set_are_named() -> None:
    with pytest.raises(ConfigurationError, match="^HUBSPOT_CLIENT_SECRET is not set: OAuth needs"):
        OAuthAuth("id", "", "refresh")
    with pytest.raises(ConfigurationError, match="^HUBSPOT_CLIENT_ID and HUBSPOT_REFRESH_TOKEN are not set"):
        OAuthAuth(" ", "secret", "")


def test_credentials_that_no_app_has_are_named() -> None:
    with pytest.raises(ConfigurationError, match="HUBSPOT_REFRESH_TOKEN: characters that no secret has") as caught:
        OAuthAuth("id", "secret", "reü\nfresh")
    assert "fresh" not in str(caught.value)
