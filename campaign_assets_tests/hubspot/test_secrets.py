"""No token, secret or refresh token shows in a repr, a log line, an exception or a pickle."""

import copy
import html
import json
import logging
import pickle
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from urllib.parse import quote, unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaign_assets.hubspot import HubSpotClient, HubSpotError, OAuthAuth, RetryPolicy, TokenAuth
from campaign_assets.hubspot.wire.error_responses import to_error
from campaign_assets.hubspot.wire.masking import Masker
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


ODD = "odd=S3CRET&x/+y~<z>"
"""A secret of characters that have many spellings."""


def escape_json(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" for c in text)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "capitals": str.upper,
    "small letters": str.lower,
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal in capitals": lambda text: text.encode().hex().upper(),
    "percent of capitals": lambda text: quote(text.upper(), safe=""),
    "json": escape_json,
    "json in upper case": lambda text: escape_json(text).upper().replace("\\U", "\\u"),
    "json in json": lambda text: json.dumps(json.dumps(text)),
    "slashes of json": lambda text: text.replace("/", "\\/"),
    "percent": lambda text: quote(text, safe=""),
    "percent in lower case": lambda text: "".join(f"%{ord(c):02x}" for c in text),
    "percent of percent": lambda text: quote(quote(text, safe=""), safe=""),
    "html": html.escape,
    "html by number": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "html by long number": lambda text: "".join(f"&#x{ord(c):04X};" for c in text),
    "html by name": lambda text: text.replace("&", "&amp;").replace("=", "&equals;").replace("/", "&sol;"),
    "html of html": lambda text: html.escape(html.escape(text)),
    "base64": lambda text: b64encode(f"id:{text}".encode()).decode(),
    "base64 of another place": lambda text: b64encode(f"user:{text} ".encode()).decode(),
    "base64 for addresses": lambda text: urlsafe_b64encode(f"i:{text}".encode()).decode(),
}


def unfold(text: str) -> str:
    """A text with everything undone that a reader could undo, in small letters."""
    before = ""
    while before != text:
        before = text
        text = unquote(html.unescape(re.sub(r"\\+u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)))
        text = re.sub(r"\\+([/\"])", r"\1", text)
    found = [text]
    for word in re.findall(r"[A-Za-z0-9_+/-]{8,}", text):
        for start in range(4):
            code = word[start:].replace("-", "+").replace("_", "/")
            code = code[:-1] if len(code) % 4 == 1 else code
            found.append(b64decode(code + "=" * (-len(code) % 4)).decode("latin-1"))
    for digits in re.findall(r"(?:[0-9a-fA-F]{2}){8,}", text):
        found.append(bytes.fromhex(digits).decode("latin-1"))
    return " ".join(found).lower()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_is_taken_out_however_it_is_spelled(spelling: str) -> None:
    spell = SPELLINGS[spelling]
    assert ODD.lower() in unfold(spell(ODD))  # else nothing is proved below

    @settings(max_examples=60)
    @given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=30))
    @example(ODD)
    def check(secret: str) -> None:
        masked = Masker([secret]).mask(f"before {spell(secret)} after")
        assert secret.lower() not in unfold(masked)
        assert masked.startswith("before ") and masked.endswith(" after")

    check()


def test_a_text_without_a_secret_stays_as_it_is() -> None:
    masker = Masker([ODD, "client-secret", "id"])
    for text in (
        "",
        "id",
        "The client's secret is another.",
        "x" * 100_000,
        "\\" * 20_000,
        "&amp;" * 20_000,
        "%25" * 20_000,
    ):
        assert masker.mask(text) == text
    assert Masker([]).mask(ODD) == ODD


def test_every_text_of_an_error_is_without_secrets() -> None:
    @settings(max_examples=40)
    @given(st.sampled_from(sorted(SPELLINGS)), st.sampled_from([400, 401, 403, 429, 451, 477, 488, 500]))
    def check(spelling: str, status: int) -> None:
        said = SPELLINGS[spelling](ODD)
        envelope: dict[str, object] = dict.fromkeys(("message", "category", "correlationId", "policyName", "odd"), said)
        envelope |= {said: [{said: said}], "errors": [{"context": {"requiredGranularScopes": [said]}}]}
        body = json.dumps(envelope).encode()
        error = to_error(Request("any", "GET", "/any"), status, {}, body, TokenAuth(ODD).masker)
        for text in (*walk(error), error.message, repr(error.response), error.advice, json.dumps(error.response.body)):
            assert ODD.lower() not in unfold(text)

    check()


def answer(body: str, status: int = 200) -> Callable[[Received], bytes]:
    return lambda _: http_response(body, status)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_sentence_over_the_wire_holds_one(spelling: str) -> None:
    said = SPELLINGS[spelling](ODD)
    for respond in (answer(f"<html>{said}"), answer(f"{'x' * 30}{said}"), answer(said, 404)):
        with (
            ScriptedServer(respond) as server,
            HubSpotClient(ODD, base_url=server.url, retry=RetryPolicy(1), clock=FakeClock()) as client,
            pytest.raises(HubSpotError) as caught,
        ):
            client.assets.get_page("c", "FORM")
        assert not [text for text in walk(caught.value) if ODD.lower() in unfold(text)]
        assert str(caught.value).isprintable()


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("status", [400, 401, 500])
def test_a_refusal_of_the_token_endpoint_holds_none(spelling: str, status: int) -> None:
    secrets = {name: f"{name}={ODD}" for name in ("client_id", "client_secret", "refresh_token")}
    said = " ".join(SPELLINGS[spelling](secret) for secret in secrets.values())
    auth = OAuthAuth(*secrets.values(), clock=FakeClock())
    with (
        ScriptedServer(lambda _: json_response({"message": said}, status)) as server,
        HubSpotClient(auth, base_url=server.url, retry=RetryPolicy(1), clock=FakeClock()) as client,
        pytest.raises(HubSpotError) as caught,
    ):
        client.campaigns.search()
    assert not [text for text in walk(caught.value) if ODD.lower() in unfold(text)]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", [ODD, "pat-na1-5f0c8a52-1b9e-4f6d-9c3e-7a2d4b6c8e10", "x9/Kq=" * 50])
def test_what_a_success_repeats_is_taken_out_before_it_becomes_data(spelling: str, secret: str) -> None:
    said = SPELLINGS[spelling](secret)
    assets = {"results": [{"id": "1", "name": f"a {said} b", "metrics": {said: 1}}, {"id": "2", "name": "ü%"}]}
    for text in (json.dumps(assets), json.dumps(assets, ensure_ascii=False)):
        with (
            ScriptedServer(answer(text)) as server,
            HubSpotClient(secret, base_url=server.url, clock=FakeClock()) as client,
        ):
            first, second = client.assets.get_page("c", "FORM").results
        assert secret.lower() not in unfold(f"{first.name} {first.metrics}")
        assert second.name == "ü%"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_of_any_length_is_taken_out_piece_by_piece(spelling: str) -> None:
    secret = "".join(chr(33 + 47 * i * i % 94) for i in range(1_000))
    masker, said = Masker([secret]), SPELLINGS[spelling](secret)
    shown = unfold(masker.mask(f"before {said} after"))
    assert not [i for i in range(0, 1_000, 40) if secret[i : i + 40].lower() in shown]
    assert masker.mask(f"before {secret[100:400]} after") != f"before {secret[100:400]} after"
    assert max(len(pattern.pattern) for pattern in masker._patterns) < 48 * 200  # a long one takes too long to compile


def test_tokens_that_were_bought_or_replaced_count_as_secrets_too() -> None:
    number = iter(range(100))

    def respond(request: Received) -> bytes:
        if request.line.startswith("POST"):
            bought = next(number)
            return json_response(
                {"access_token": f"access-{bought}-SECRET", "refresh_token": f"refresh-{bought}-SECRET"}
            )
        return json_response({"message": "access-0-SECRET refresh-0-SECRET access-1-SECRET first-SECRET"}, 401)

    auth = OAuthAuth("client-id", "client-SECRET", "first-SECRET", clock=FakeClock())
    with (
        ScriptedServer(respond) as server,
        HubSpotClient(auth, base_url=server.url, clock=FakeClock()) as client,
        pytest.raises(HubSpotError, match="HubSpot answered 401") as caught,
    ):
        client.campaigns.search()
    assert "SECRET" not in "".join(walk(caught.value))


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
