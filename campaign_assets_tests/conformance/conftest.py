"""HubSpot's own SDK and our client, on the same account."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from hubspot_sdk import HubSpot

from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.hubspot import HubSpotClient
from campaign_assets_tests.workplace import NOW


@dataclass(frozen=True)
class Pair:
    """Two clients of one account.

    Attributes:
        portal: The account itself.
        url: Where it is.
        sdk: HubSpot's SDK; it refuses every response that is not as HubSpot's API description has it.
        ours: Our client, speaking the version that the SDK speaks.
    """

    portal: Portal
    url: str
    sdk: HubSpot
    ours: HubSpotClient


@pytest.fixture(scope="session")
def pair() -> Iterator[Pair]:
    """Tests change only what they have added to the account themselves."""
    portal = Portal(campaigns=60, assets_per_campaign=40, now=NOW, rate_limit=0)
    with (
        EmulatorServer(portal) as server,
        httpx.Client(trust_env=False) as http,
        HubSpot(
            access_token=DEFAULT_TOKEN,
            base_url=server.url,
            max_retries=0,
            http_client=http,
            _strict_response_validation=True,
        ) as sdk,
        HubSpotClient(DEFAULT_TOKEN, base_url=server.url, api_version="2026-03", rate_limit=10**6) as ours,
    ):
        yield Pair(portal, server.url, sdk, ours)
