"""A response to another request is refused by its shape and its ids, where it has any that tell."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.hubspot import AttributionModel, HubSpotClient, InvalidResponse, RetryPolicy
from campaign_assets_tests.hubspot.scripted_server import ScriptedServer, http_response

VERSION = "2026-09-beta"
DAYS: dict[str, Any] = {"start_date": date(2026, 3, 1), "end_date": date(2026, 3, 3)}
Ask = Callable[[HubSpotClient, list[str]], Any]
QUESTIONS: dict[str, Ask] = {
    "search": lambda c, ids: c.campaigns.search(properties=["hs_name"]),
    "get": lambda c, ids: c.campaigns.get(ids[0], properties=["hs_name"]),
    "get another": lambda c, ids: c.campaigns.get(ids[1]),
    "get with metrics": lambda c, ids: c.campaigns.get(ids[0], **DAYS),
    "batch": lambda c, ids: c.campaigns.batch_read(ids[:5]),
    "another batch": lambda c, ids: c.campaigns.batch_read(ids[5:9]),
    "batch with metrics": lambda c, ids: c.campaigns.batch_read(ids[:5], **DAYS),
    "page": lambda c, ids: c.assets.get_page(ids[0], "FORM"),
    "page with metrics": lambda c, ids: c.assets.get_page(ids[0], "FORM", **DAYS),
    "page of another type": lambda c, ids: c.assets.get_page(ids[0], "MARKETING_EMAIL"),
    "totals": lambda c, ids: c.budget.get_totals(ids[0]),
    "metrics report": lambda c, ids: c.reports.get_metrics(ids[0]),
    "revenue report": lambda c, ids: c.reports.get_revenue(ids[0], attribution_model=AttributionModel.LINEAR),
    "contacts report": lambda c, ids: c.reports.get_contacts_page(ids[0], "influencedContacts"),
    "account": lambda c, ids: c.account.get_details(),
    "usage": lambda c, ids: c.account.get_daily_usage(),
    "types": lambda c, ids: c.clones.list_asset_types(),
    "types to clone": lambda c, ids: c.clones.list_cloneable_types(),
}
ALIKE = [
    {"get", "get with metrics"},
    {"batch", "batch with metrics"},
    {"page", "page with metrics", "page of another type"},
    {"types", "types to clone"},
]
"""Between these nothing tells: HubSpot's own number of a response has to, and the order on a connection."""
OTHERS: Mapping[str, str] = {
    "a refusal that says 200": '{"status":"error","message":"no","category":"VALIDATION_ERROR","correlationId":"c"}',
    "nothing": "",
    "null": "null",
    "a list": "[]",
}


@pytest.fixture(scope="module")
def bodies(still_server: EmulatorServer) -> Mapping[str, str]:
    """What the account answers to each question, and what nobody should answer to any."""
    found: dict[str, str] = {}
    ids = list_ids(still_server)
    with HubSpotClient(DEFAULT_TOKEN, base_url=still_server.url, api_version=VERSION, rate_limit=10**6) as client:
        parse = client._transport._parse
        for name, ask in QUESTIONS.items():

            def note(request: Any, body: bytes, make: Any, name: str = name) -> Any:
                found[name] = bytes(body).decode()
                return parse(request, body, make)

            client._transport._parse = note  # type: ignore[assignment]
            ask(client, ids)
    return {**found, **OTHERS}


def list_ids(server: EmulatorServer) -> list[str]:
    """The account's campaigns, one with forms first."""
    first = str(server.portal.truth.associations("FORM")[0]["campaign_id"])
    return sorted((str(c["id"]) for c in server.portal.truth.campaigns()), key=lambda i: (i != first, i))


def is_told(answer: Any) -> bool:
    """Whether an answer says itself that something of it is missing: a list of one odd thing costs that thing alone."""
    return bool(getattr(answer, "unreadable", 0) or getattr(answer, "missing", ()))


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_answers_another_question_is_refused(
    still_server: EmulatorServer, bodies: Mapping[str, str], question: str
) -> None:
    ids, current = list_ids(still_server), ""
    taken = set()
    with (
        ScriptedServer(lambda _: http_response(bodies[current])) as server,
        HubSpotClient("pat-x", base_url=server.url, api_version=VERSION, retry=RetryPolicy(attempts=1)) as client,
    ):
        for current in bodies:
            try:
                answer = QUESTIONS[question](client, ids)
            except InvalidResponse:
                continue
            if not is_told(answer):
                taken.add(current)
    alike = next((group for group in ALIKE if question in group), {question})
    # An asset may have an id and nothing else, as contacts do.
    allowed = alike | {"contacts report"} if "page" in question else alike
    assert question in taken and taken <= allowed


@pytest.mark.parametrize("question", ["metrics report", "revenue report", "usage"])
def test_a_report_may_say_nothing_only_where_hubspot_describes_that(question: str) -> None:
    empty = {"metrics report": "{}", "revenue report": "{}", "usage": '{"results":[{"name":"a limit"}]}'}[question]
    with (
        ScriptedServer(lambda _: http_response(empty)) as server,
        HubSpotClient("pat-x", base_url=server.url, retry=RetryPolicy(attempts=1)) as client,
    ):
        if question == "revenue report":
            assert client.reports.get_revenue("c").revenue_amount is None
            return
        with pytest.raises(InvalidResponse):
            QUESTIONS[question](client, ["c"])
