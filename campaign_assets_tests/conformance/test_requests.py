"""Our client asks every endpoint as HubSpot's SDK does: the same method, path, query and body."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from hubspot_sdk import APIResponseValidationError, HubSpot

from campaign_assets.hubspot import CampaignFields, HubSpotClient, HubSpotError, RetryPolicy
from campaign_assets_tests.hubspot.scripted_server import Received, ScriptedServer, json_response

FIRST, LAST = "2026-03-01", "2026-03-03"
THEIR_DAYS: dict[str, Any] = {"start_date": FIRST, "end_date": LAST}
OUR_DAYS: dict[str, Any] = {"start_date": date(2026, 3, 1), "end_date": date(2026, 3, 3)}
GUID, OTHER = "5d9b7a3e-0b0c-4a67-9a0e-3f5c1d2e4b6a", "6e9b7a3e-0b0c-4a67-9a0e-3f5c1d2e4b6b"
NAMES = ["hs_name", "hs_notes"]
ITEM: dict[str, Any] = {"name": "Print", "amount": 12.5, "order": 1, "description": "Flyers"}
OUR_ITEM = {**ITEM, "amount": Decimal("12.5")}
Ask = Callable[[Any], object]


@dataclass(frozen=True)
class Asked:
    """A request, without what may differ: headers, spelling and order."""

    line: tuple[str, str]
    query: dict[str, str]
    body: Any


def to_asked(request: Received) -> Asked:
    method, target = request.line.split(" ", 1)
    path, _, query = target.partition("?")
    return Asked((method, path), dict(parse_qsl(query)), json.loads(request.body) if request.body else None)


QUESTIONS: dict[str, tuple[Ask, Ask]] = {
    "campaigns.list": (
        lambda c: c.list(limit=7, sort="-updatedAt", name="a b", after="Mg==", properties=NAMES),
        lambda c: c.campaigns.search(limit=7, sort="-updatedAt", name="a b", after="Mg==", properties=NAMES),
    ),
    "campaigns.create": (
        lambda c: c.create(properties={"hs_name": "ü", "hs_start_date": FIRST}),
        lambda c: c.campaigns.create(CampaignFields(name="ü", start_date=date(2026, 3, 1))),
    ),
    "campaigns.get": (
        lambda c: c.get(GUID, properties=NAMES, **THEIR_DAYS),
        lambda c: c.campaigns.get(GUID, properties=NAMES, **OUR_DAYS),
    ),
    "campaigns.update": (
        lambda c: c.update(GUID, properties={"hs_notes": ""}),
        lambda c: c.campaigns.update(GUID, CampaignFields(notes="")),
    ),
    "campaigns.delete": (lambda c: c.delete(GUID), lambda c: c.campaigns.delete(GUID)),
    "batch.get": (
        lambda c: c.batch.get(inputs=[{"id": GUID}, {"id": OTHER}], properties=NAMES, **THEIR_DAYS),
        lambda c: c.campaigns.batch_read([GUID, OTHER], properties=NAMES, **OUR_DAYS),
    ),
    "batch.create": (
        lambda c: c.batch.create(inputs=[{"properties": {"hs_name": "x"}}]),
        lambda c: c.campaigns.batch_create([CampaignFields(name="x")]),
    ),
    "batch.update": (
        lambda c: c.batch.update(inputs=[{"id": GUID, "properties": {"hs_notes": "y"}}]),
        lambda c: c.campaigns.batch_update({GUID: CampaignFields(notes="y")}),
    ),
    "batch.delete": (
        lambda c: c.batch.delete(inputs=[{"id": GUID}]),
        lambda c: c.campaigns.batch_archive([GUID]),
    ),
    "assets.list": (
        lambda c: c.assets.list("FORM", campaign_guid=GUID, limit="3", after="Mg==", **THEIR_DAYS),
        lambda c: c.assets.get_page(GUID, "FORM", limit=3, after="Mg==", **OUR_DAYS),
    ),
    "assets.update": (
        lambda c: c.assets.update("7", campaign_guid=GUID, asset_type="FORM"),
        lambda c: c.assets.add(GUID, "FORM", "7"),
    ),
    "assets.delete": (
        lambda c: c.assets.delete("7", campaign_guid=GUID, asset_type="FORM"),
        lambda c: c.assets.remove(GUID, "FORM", "7"),
    ),
    "budget.get_totals": (lambda c: c.budget.get_totals(GUID), lambda c: c.budget.get_totals(GUID)),
    **{
        f"{kind}.{method}": pair
        for kind in ("budget", "spend")
        for method, pair in {
            "create": (
                lambda c, kind=kind: getattr(c, kind).create(GUID, **ITEM),
                lambda c, kind=kind: getattr(c, kind).create(GUID, **OUR_ITEM),
            ),
            "get": (
                lambda c, kind=kind: getattr(c, kind).get(7, campaign_guid=GUID),
                lambda c, kind=kind: getattr(c, kind).get(GUID, "7"),
            ),
            "update": (
                lambda c, kind=kind: getattr(c, kind).update(7, campaign_guid=GUID, **ITEM),
                lambda c, kind=kind: getattr(c, kind).update(GUID, "7", **OUR_ITEM),
            ),
            "delete": (
                lambda c, kind=kind: getattr(c, kind).delete(7, campaign_guid=GUID),
                lambda c, kind=kind: getattr(c, kind).delete(GUID, "7"),
            ),
        }.items()
    },
    "metrics.get_attribution_metrics": (
        lambda c: c.metrics.get_attribution_metrics(GUID, **THEIR_DAYS),
        lambda c: c.reports.get_metrics(GUID, **OUR_DAYS),
    ),
    "metrics.get_revenue_attribution": (
        lambda c: c.metrics.get_revenue_attribution(GUID, attribution_model="U_SHAPED", **THEIR_DAYS),
        lambda c: c.reports.get_revenue(GUID, attribution_model="U_SHAPED", **OUR_DAYS),
    ),
    "metrics.list_contact_ids_by_type": (
        lambda c: c.metrics.list_contact_ids_by_type(
            "influencedContacts", campaign_guid=GUID, limit=20, after="Mg==", **THEIR_DAYS
        ),
        lambda c: c.reports.get_contacts_page(GUID, "influencedContacts", limit=20, after="Mg==", **OUR_DAYS),
    ),
}


@pytest.fixture
def recorder() -> Iterator[ScriptedServer]:
    """Notes every request; its answer is none, which both clients refuse."""
    with ScriptedServer(lambda _: json_response({"results": None})) as server:
        yield server


@pytest.mark.parametrize("method", QUESTIONS)
def test_both_ask_the_same(recorder: ScriptedServer, method: str) -> None:
    theirs, ours = QUESTIONS[method]
    with (
        httpx.Client(trust_env=False) as http,
        HubSpot(
            access_token="x",
            base_url=recorder.url,
            max_retries=0,
            http_client=http,
            _strict_response_validation=True,
        ) as sdk,
        HubSpotClient("x", base_url=recorder.url, api_version="2026-03", retry=RetryPolicy(attempts=1)) as client,
    ):
        with suppress(APIResponseValidationError):
            theirs(sdk.marketing.campaigns)
        with suppress(HubSpotError):
            ours(client)
    asked_by_sdk, asked_by_us = map(to_asked, recorder.received)
    assert asked_by_us == asked_by_sdk


def list_methods(group: Any, name: str = "campaigns") -> Iterator[str]:
    """Every method of the SDK that asks for an endpoint of campaigns."""
    for part in (part for part in dir(group) if not part.startswith(("_", "with_"))):
        value = getattr(group, part)
        if type(value).__name__.endswith("Resource"):
            yield from list_methods(value, part)
        elif callable(value):
            yield f"{name}.{part}"


def test_every_endpoint_that_the_sdk_has_is_asked() -> None:
    with HubSpot(access_token="x") as sdk:
        assert set(list_methods(sdk.marketing.campaigns)) == set(QUESTIONS) and len(QUESTIONS) == 24
