"""Whatever is asked of the portal, it answers at once, never with a failure of its own, and refuses as HubSpot does.

The requests are like real ones with something wrong, and go over a socket as they are: no client tidies them.
"""

import json
import socket
from collections.abc import Iterator
from http.client import HTTPResponse

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from campaign_assets.emulator import DEFAULT_TOKEN, EmulatorServer, Portal
from campaign_assets.emulator.oddities import ODDITIES
from campaign_assets.emulator.routes import ENDPOINTS, endpoint_name
from campaign_assets_tests.emulator.conftest import NOW
from campaign_assets_tests.emulator.raw_requests import (
    BESIDE,
    REAL,
    ROOTS,
    Headers,
    asked,
    bodies,
    odd_headers,
    tokens,
    types,
)

LONGEST_WAIT = 20.0


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    """A portal with odd data in it, which the requests change as they like."""
    oddities = tuple(name for name in ODDITIES if name != "long_names")  # megabytes, which only take time here
    with EmulatorServer(Portal(campaigns=5, now=NOW, rate_limit=0, daily_limit=0, oddities=oddities)) as served:
        yield served


def send(server: EmulatorServer, method: str, target: str, headers: Headers, body: bytes) -> tuple[HTTPResponse, bytes]:
    """Send a request as it is and give what is answered."""
    host, port = server.url.removeprefix("http://").split(":")
    lines = [f"{method} {target} HTTP/1.1".encode(), *(name + b": " + value for name, value in headers)]
    with socket.create_connection((host, int(port)), timeout=LONGEST_WAIT) as connection:
        connection.sendall(b"\r\n".join([*lines, b"", body]))
        response = HTTPResponse(connection, method=method)
        response.begin()
        return response, response.read()


def find_campaign(portal: Portal) -> str:
    """Find a campaign to ask for; there is always one."""
    found = [campaign.id for campaign in portal.store if campaign.id.isascii() and campaign.id.isprintable()]
    usual = [campaign_id for campaign_id in found if "/" not in campaign_id and " " not in campaign_id]
    return usual[0] if usual else portal.add_campaign({"hs_name": "one more"}).id


def check(method: str, target: str, response: HTTPResponse, body: bytes) -> None:
    """Check that an answer is one that HubSpot gives."""
    assert response.status < 500, body[:300]
    if method == "HEAD" or response.status == 204:
        assert not body
        return
    content = json.loads(body)
    if response.status < 300:
        return
    assert (response.getheader("Content-Type") or "").startswith("application/json")
    assert content.keys() >= {"status", "message", "correlationId"}
    is_token = response.status == 400 and "error_description" in content
    assert content["status"] == "error" or (is_token and "/token" in target)


UPGRADE = [
    (b"Connection", b"Upgrade"),
    (b"Upgrade", b"h2c"),
]


@settings(max_examples=500, suppress_health_check=list(HealthCheck))
@given(asked(), st.just([]) | st.lists(odd_headers, max_size=2), types, tokens, bodies)
@example(("POST", "/marketing/v3/campaigns"), UPGRADE, b"application/json", b"Bearer nobody", b'{"properties":{}}')
def test_every_request_is_answered_and_none_breaks_the_portal(
    server: EmulatorServer, request_line: tuple[str, str], more: Headers, kind: bytes, token: bytes, body: bytes
) -> None:
    method, target = request_line
    there = find_campaign(server.portal)
    target, body = target.replace("{id}", there), body.replace(b"{id}", there.encode())
    names = {name for name, _ in more}
    headers = [(b"Host", b"localhost")] * (b"Host" not in names) + [(b"Authorization", token), (b"Content-Type", kind)]
    headers += more + [(b"Connection", b"close")] * (b"Connection" not in names)
    headers.append((b"Content-Length", str(len(body)).encode()))
    check(method, target, *send(server, method, target, headers, body))


def test_requests_are_near_every_endpoint_there_is() -> None:
    paths = [(method, root + path) for root in ROOTS for method, path in REAL] + BESIDE
    assert {endpoint_name(*line)[0] for line in paths} - {"unknown"} == {endpoint.name for endpoint in ENDPOINTS}


def test_the_portal_still_works(server: EmulatorServer) -> None:
    page = httpx.get(
        f"{server.url}/marketing/v3/campaigns", headers={"Authorization": f"Bearer {DEFAULT_TOKEN}"}, trust_env=False
    )
    assert page.status_code == 200
