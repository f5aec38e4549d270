"""Each failure is one class of the tree, whose message says what HubSpot said and what to do."""

import json
import pickle
from collections.abc import Callable, Iterable
from datetime import date

import pytest

from campaign_assets.emulator.options import TokenGrant
from campaign_assets.hubspot import (
    AccountMoving,
    AccountRefused,
    ApiError,
    BadRequest,
    CampaignFields,
    ConnectionFailed,
    DailyLimitReached,
    Forbidden,
    ForbiddenProperties,
    HubSpotClient,
    HubSpotError,
    InvalidResponse,
    Locked,
    MissingScopes,
    NotFound,
    RateLimited,
    RetryPolicy,
    ServerFailed,
    TokenExpired,
    Unauthorized,
    WrongRegion,
)
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.scripted_server import ScriptedServer, http_response, json_response

ONCE = RetryPolicy(attempts=1)


@pytest.mark.parametrize(
    ("status", "category", "expected"),
    [
        (400, "VALIDATION_ERROR", BadRequest),
        (401, "INVALID_AUTHENTICATION", Unauthorized),
        (401, "EXPIRED_AUTHENTICATION", TokenExpired),
        (403, None, Forbidden),
        (403, "MISSING_SCOPES", MissingScopes),
        (404, "OBJECT_NOT_FOUND", NotFound),
        (405, None, BadRequest),
        (409, "CONFLICT", BadRequest),
        (414, None, BadRequest),
        (415, None, BadRequest),
        (418, None, BadRequest),
        (423, None, Locked),
        (429, None, RateLimited),
        (477, None, AccountMoving),
        (488, None, WrongRegion),
        (500, None, ServerFailed),
        (502, None, ServerFailed),
        (503, None, ServerFailed),
        (504, None, ServerFailed),
        (521, None, ServerFailed),
        (523, None, ServerFailed),
        (524, None, ServerFailed),
        (599, None, ServerFailed),
        (302, None, ServerFailed),
    ],
)
def test_a_status_is_one_class_and_its_message_holds_what_hubspot_said(
    serve: Serve, connect: Connect, status: int, category: str | None, expected: type[ApiError]
) -> None:
    server = serve()
    server.portal.faults.add("search", status, message="Said so.", category=category)
    with pytest.raises(ApiError) as caught:
        connect(server, retry=ONCE).campaigns.search()
    error = caught.value
    assert type(error) is expected
    assert (error.status, error.message, error.category) == (status, "Said so.", category)
    assert error.correlation_id
    assert f"HubSpot answered {status} to GET /marketing/v3/campaigns: Said so." in str(error)
    assert error.correlation_id in str(error)


def test_a_missing_scope_is_named(serve: Serve, connect: Connect) -> None:
    server = serve(tokens=(TokenGrant("pat-na1-none", frozenset()),))
    with pytest.raises(MissingScopes, match=r"Grant the app the scope marketing\.campaigns\.read\.") as caught:
        connect(server, "pat-na1-none").campaigns.search()
    assert caught.value.required_scopes == ("marketing.campaigns.read",)
    assert caught.value.stops_run


def test_any_of_several_scopes_is_named_with_or(serve: Serve, connect: Connect) -> None:
    server = serve(tokens=(TokenGrant("pat-na1-read", frozenset({"marketing.campaigns.read"})),))
    campaign_id = server.portal.truth.campaigns()[0]["id"]
    with pytest.raises(MissingScopes, match=r"revenue\.read or marketing\.campaigns\.revenue\.lite\.read or"):
        connect(server, "pat-na1-read").reports.get_revenue(campaign_id)


def test_a_plan_without_campaigns_is_told_apart_from_a_transient_failure(serve: Serve, connect: Connect) -> None:
    with pytest.raises(MissingScopes) as caught:
        connect(serve(campaigns_in_plan=False)).campaigns.search()
    assert caught.value.stops_run


def test_a_rejected_property_is_named_with_its_remedy(serve: Serve, connect: Connect) -> None:
    with pytest.raises(ForbiddenProperties, match=r"\[nope\]\. Correct ones are") as caught:
        connect(serve()).campaigns.search(properties=["hs_name", "nope"])
    assert caught.value.stops_run
    assert caught.value.names == ("nope",)


def test_a_write_of_a_property_that_nobody_may_write_gets_advice_for_writes(serve: Serve, connect: Connect) -> None:
    with pytest.raises(ForbiddenProperties, match="Write only properties that the account has") as caught:
        connect(serve()).campaigns.create(CampaignFields(name="x", properties={"nope": "5"}))
    assert "CAMPAIGN_ASSETS_PROPERTIES" not in str(caught.value)


def test_a_wrong_token_names_its_variable(serve: Serve, connect: Connect) -> None:
    with pytest.raises(Unauthorized, match="HUBSPOT_ACCESS_TOKEN"):
        connect(serve(), "pat-na1-wrong").campaigns.search()


def test_a_daily_limit_is_a_class_of_its_own(serve: Serve, connect: Connect) -> None:
    server = serve(daily_limit=1)
    client = connect(server, daily_reserve=0)
    client.campaigns.search()
    with pytest.raises(DailyLimitReached, match="midnight") as caught:
        client.campaigns.search()
    assert caught.value.stops_run


def test_an_account_that_is_moved_says_when_to_come_back(serve: Serve, connect: Connect) -> None:
    server = serve()
    server.portal.faults.add("search", 477, headers={"Retry-After": "5400"})
    with pytest.raises(AccountMoving, match="in 5400 seconds") as caught:
        connect(server).campaigns.search()
    assert caught.value.retry_after == 5400
    assert caught.value.stops_run


ELSEWHERE = "Hub 123 is unknown to this Hublet na1. It exists in Hublet eu1"


@pytest.mark.parametrize(
    ("envelope", "address"),
    [
        ({"message": ELSEWHERE}, "to https://api-eu1.hubapi.com,"),
        ({"message": "x", "context": {"correctHublet": ["eu1"]}}, "to https://api-eu1.hubapi.com,"),
        ({"message": "x", "correctHublet": "AP1"}, "to https://api-ap1.hubapi.com,"),
        ({"message": ELSEWHERE, "correctHublet": "na1"}, "to https://api.hubapi.com,"),
        ({"message": "x"}, "to the account's region, such as https://api-eu1.hubapi.com,"),
        ({"message": "x", "correctHublet": "evil.example"}, "to the account's region,"),
        ({"message": "x", "context": {"correctHublet": [None, {}, "eu1.evil.example"]}}, "to the account's region,"),
    ],
)
def test_another_region_is_named_with_its_address_and_stops_at_once(
    serve: Serve, connect: Connect, envelope: dict[str, object], address: str
) -> None:
    server = serve()
    server.portal.faults.add("search", 488, times=None, envelope=envelope)
    client = connect(server)
    with pytest.raises(WrongRegion) as caught:
        client.campaigns.search()
    assert f"Set HUBSPOT_BASE_URL {address}" in str(caught.value)
    assert caught.value.stops_run and client.counter.requests == 1


Ask = Callable[[HubSpotClient], object]


def get(campaign_id: str) -> Ask:
    return lambda client: client.campaigns.get(campaign_id)


def read_day(day: int) -> Ask:
    on = date(2026, 3, day)
    return lambda client: client.campaigns.batch_read(["a", "b"], start_date=on, end_date=on)


def ask(client: HubSpotClient, requests: Iterable[Ask]) -> list[type[Exception]]:
    """How each request ends."""
    ends: list[type[Exception]] = []
    for send in requests:
        try:
            send(client)
        except HubSpotError as error:
            assert error.stops_run is isinstance(error, AccountRefused)
            ends.append(type(error))
    return ends


@pytest.mark.parametrize("status", [402, 403, 410, 418, 451, 499])
def test_one_odd_refusal_to_several_requests_in_a_row_is_the_accounts(connect: Connect, status: int) -> None:
    with ScriptedServer(lambda _: json_response({"message": "No."}, status)) as server:
        client = connect(server)
        first = Forbidden if status == 403 else BadRequest
        assert ask(client, map(get, "abcd")) == [first, first, AccountRefused, AccountRefused]
        with pytest.raises(
            AccountRefused, match=rf"answered {status} to .*: No\. HubSpot answers so to every"
        ) as caught:
            client.campaigns.search()
    assert pickle.loads(pickle.dumps(caught.value)).stops_run  # noqa: S301 - our own


@pytest.mark.parametrize(
    ("statuses", "campaigns"),
    [
        ([451, 451, 200, 451, 451], "abcde"),  # an answer between
        ([451, 402, 451, 402, 451], "abcde"),  # another one each time
        ([451] * 5, "aabba"),  # only two different requests
        ([404] * 5, "abcde"),  # the API says whose fault it is
        ([451, 451, 404, 451, 451], "abcde"),
    ],
)
def test_odd_refusals_that_may_be_the_requests_are_the_requests(
    connect: Connect, statuses: list[int], campaigns: str
) -> None:
    said = iter(statuses)
    with ScriptedServer(lambda _: json_response({"id": "c", "properties": {}, "assets": {}}, next(said))) as server:
        assert AccountRefused not in ask(connect(server), map(get, campaigns))


@pytest.mark.parametrize("status", [403, 410, 422, 451])
def test_lists_and_days_that_are_refused_however_many_are_not_the_account(connect: Connect, status: int) -> None:
    def list_assets(campaign_id: str, asset_type: str) -> Ask:
        return lambda client: client.assets.get_page(campaign_id, asset_type)

    with ScriptedServer(lambda _: json_response({"message": "No."}, status)) as server:
        lists = [list_assets(c, t) for c in "abc" for t in ("FORM", "CTA", "BLOG_POST")]
        days = [read_day(day) for day in range(1, 9)]
        assert AccountRefused not in ask(connect(server), [*lists, *days])
        assert ask(connect(server), [*lists, *days, get("a")])[-1] is AccountRefused


LONG = "a\x1b[31m\u202e\n\r\x00" + "z" * 5_000


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 423, 429, 451, 477, 488, 500])
@pytest.mark.parametrize("text", [LONG, "\n" * 5_000, "\u200b" * 5_000])
def test_whatever_is_said_an_error_is_one_sentence(connect: Connect, status: int, text: str) -> None:
    envelope = dict.fromkeys(("message", "category", "correlationId", "policyName", "correctHublet"), text)
    scopes = [{"context": {"requiredGranularScopes": [f"{number}{text}" for number in range(500)]}}]
    body = json_response({**envelope, "errors": scopes, "context": envelope}, status)
    with ScriptedServer(lambda _: body) as server, pytest.raises(ApiError) as caught:
        connect(server, retry=ONCE).campaigns.get(text[:300])
    error = caught.value
    assert str(error).isprintable() and len(str(error)) < 4_000
    for said in (error.message, error.category, error.correlation_id, error.response.policy_name, error.advice):
        assert (said or "").isprintable() and len(said or "") < 2_500


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"results": [{"id": None, "metrics": {LONG: LONG}}] * 2}),
        json.dumps({"results": [{"id": "1"}], "paging": {"next": {"after": LONG}}}),
        LONG,
    ],
)
def test_whatever_a_response_holds_its_error_is_one_sentence(connect: Connect, body: str) -> None:
    with ScriptedServer(lambda _: http_response(body)) as server, pytest.raises(InvalidResponse) as caught:
        list(connect(server, retry=ONCE).assets.list_pages("c", "FORM"))
    assert str(caught.value).isprintable() and len(str(caught.value)) < 1_500


@pytest.mark.parametrize(
    "envelope",
    [
        {"message": None, "correlationId": None},
        {"message": 5, "category": ["a"], "correlationId": {}, "policyName": 3},
        {"errors": "no list"},
        {"errors": [1, {"context": 3}, {"context": {"requiredGranularScopes": "x"}}]},
        {"errors": [{"context": {"requiredGranularScopes": [1, None]}}]},
    ],
)
def test_an_envelope_of_any_shape_is_still_the_error_of_its_status(
    serve: Serve, connect: Connect, envelope: dict[str, object]
) -> None:
    server = serve()
    server.portal.faults.add("search", 404, envelope=envelope)
    with pytest.raises(NotFound, match="HubSpot answered 404"):
        connect(server).campaigns.search()


def test_an_error_without_any_envelope_is_the_error_of_its_status(serve: Serve, connect: Connect) -> None:
    server = serve()
    server.portal.faults.add("search", kind="html", status=403)
    with pytest.raises(Forbidden, match="HubSpot answered 403"):
        connect(server).campaigns.search()


def test_a_long_message_is_cut_and_has_no_control_characters(serve: Serve, connect: Connect) -> None:
    server = serve()
    server.portal.faults.add("search", 400, message="a\nb\x1b[31m" + "x" * 10_000)
    with pytest.raises(BadRequest) as caught:
        connect(server).campaigns.search()
    assert len(str(caught.value)) < 1_000
    assert str(caught.value).isprintable()


def test_errors_survive_a_pickle(serve: Serve, connect: Connect) -> None:
    server = serve()
    server.portal.faults.add("search", 404, message="Gone.")
    with pytest.raises(NotFound) as caught:
        connect(server).campaigns.search()
    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert type(copied) is NotFound
    assert str(copied) == str(caught.value)
    lost = pickle.loads(pickle.dumps(ConnectionFailed("lost", sent=False)))  # noqa: S301 - our own
    assert not lost.sent


@pytest.mark.parametrize("kind", ["html", "cut_json"])
def test_a_body_that_is_no_json_is_an_invalid_response_that_shows_its_beginning(
    serve: Serve, connect: Connect, kind: str
) -> None:
    server = serve()
    server.portal.faults.add("search", kind=kind)
    with pytest.raises(InvalidResponse, match="is no JSON .* starts with"):
        connect(server, retry=ONCE).campaigns.search()


@pytest.mark.parametrize("kind", ["short_body", "reset"])
def test_a_connection_that_breaks_is_a_failed_connection(serve: Serve, connect: Connect, kind: str) -> None:
    server = serve()
    server.portal.faults.add("search", kind=kind)
    with pytest.raises(ConnectionFailed, match="No whole response came to GET /marketing/v3/campaigns") as caught:
        connect(server, retry=ONCE).campaigns.search()
    assert caught.value.sent
    assert caught.value.__context__ is None


def test_every_error_is_a_hubspot_error() -> None:
    classes = [ApiError, ConnectionFailed, InvalidResponse, NotFound]
    assert all(issubclass(kind, HubSpotError) for kind in classes)
