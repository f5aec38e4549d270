"""Each failure is one class of the tree, whose message says what HubSpot said and what to do."""

import pickle

import pytest

from campaign_assets.emulator.options import TokenGrant
from campaign_assets.hubspot import (
    AccountMoving,
    ApiError,
    BadRequest,
    CampaignFields,
    ConnectionFailed,
    DailyLimitReached,
    Forbidden,
    ForbiddenProperties,
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
)
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect

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
    with pytest.raises(Forbidden) as caught:
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
