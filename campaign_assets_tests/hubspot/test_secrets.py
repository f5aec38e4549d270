"""No token, secret or refresh token shows in a repr, a log line, an exception or a pickle."""

import copy
import logging
import pickle
from collections.abc import Callable, Iterator

import pytest

from campaign_assets.hubspot import HubSpotClient, HubSpotError, OAuthAuth, RetryPolicy, TokenAuth
from campaign_assets.hubspot.wire.request import Request
from campaign_assets_tests.hubspot.fake_clock import FakeClock
from campaign_assets_tests.hubspot.scripted_server import Received, ScriptedServer, http_response, json_response

SECRETS = {"oauth": ("client-SECRET", "refresh-SECRET", "access-SECRET"), "token": ("pat-na1-SECRET",)}
SOLD = {"access_token": "access-SECRET", "refresh_token": "refresh-SECRET", "expires_in": 1800}


def oauth() -> OAuthAuth:
    return OAuthAuth("client-id", "client-SECRET", "refresh-SECRET", clock=FakeClock())


def token() -> TokenAuth:
    return TokenAuth("pat-na1-SECRET")


def walk(error: BaseException | None) -> Iterator[str]:
    """Everything that an exception and those behind it say."""
    while error is not None:
        yield from (str(error), repr(error), repr(error.args), repr(vars(error)))
        response = getattr(error, "response", None)
        yield repr(getattr(response, "body", None))
        error = error.__cause__ or error.__context__


def echo(status: int) -> Callable[[Received], bytes]:
    """Answers a refusal that repeats what was sent."""
    return lambda request: json_response({"message": f"You sent {request.body.decode()}"}, status)


SERVERS: dict[str, Callable[[Received], bytes]] = {
    "a refusal that repeats the form": echo(400),
    "a failure that repeats the form": echo(500),
    "a token cut in half": lambda _: http_response('{"access_token":"access-SECRET","refresh_token":"refresh-SECRET'),
    "a token at the very beginning": lambda _: http_response("access-SECRET"),
    "a token of a wrong type": lambda _: json_response({"access_token": ["access-SECRET"]}),
    "a list of tokens": lambda _: json_response([SOLD]),
    "no response": lambda _: b"",
    "no http": lambda _: b"access-SECRET\r\n",
    "a failure after the token": lambda r: json_response(SOLD) if r.line.startswith("POST") else json_response({}, 404),
    "no response after the token": lambda r: json_response(SOLD) if r.line.startswith("POST") else b"",
    "html after the token": lambda r: json_response(SOLD) if r.line.startswith("POST") else http_response("<html>"),
}


@pytest.mark.parametrize("case", SERVERS)
@pytest.mark.parametrize("auth", [oauth, token])
def test_a_failure_and_its_log_hold_none(
    case: str, auth: Callable[[], OAuthAuth | TokenAuth], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    retry = RetryPolicy(attempts=2)
    with (
        ScriptedServer(SERVERS[case]) as server,
        HubSpotClient(auth(), base_url=server.url, retry=retry, clock=FakeClock()) as client,
        pytest.raises(HubSpotError) as caught,
    ):
        client.campaigns.search()
    said = [*walk(caught.value), caplog.text, *(repr(vars(record)) for record in caplog.records), repr(client)]
    said.append(pickle.dumps(caught.value).decode("latin-1"))
    assert any("httpcore" in record.name for record in caplog.records)  # the loudest logs were on
    for secret in SECRETS[auth.__name__]:
        assert not [text for text in said if secret in text]


def test_a_success_logs_none(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def response(request: Received) -> bytes:
        return json_response(SOLD if request.line.startswith("POST") else {"total": 0, "results": []})

    with ScriptedServer(response) as server, HubSpotClient(oauth(), base_url=server.url) as client:
        client.campaigns.search()
    said = caplog.text + "".join(repr(vars(record)) for record in caplog.records)
    assert said and "SECRET" not in said


@pytest.mark.parametrize("auth", [oauth, token])
def test_what_holds_secrets_shows_none_and_is_not_copied_anywhere(auth: Callable[[], OAuthAuth | TokenAuth]) -> None:
    holder = auth()
    for shown in (repr(holder), str(holder), f"{holder}"):
        assert "SECRET" not in shown
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds secrets") as caught:
            write(holder)
        assert "SECRET" not in str(caught.value)


def test_a_form_does_not_show_in_its_request() -> None:
    request = Request("oauth_token", "POST", "/oauth/v1/token", form={"client_secret": "client-SECRET"})
    assert "SECRET" not in f"{request} {request!r}"
