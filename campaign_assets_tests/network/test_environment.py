"""The environment's proxies and certificates: used where they are right, named in one sentence where they are not."""

from pathlib import Path

import certifi
import pytest

from campaign_assets.hubspot import ConfigurationError, HubSpotClient
from campaign_assets.network import WrongEnvironment
from campaign_assets.network.environment import find_proxy, make_tls_context
from campaign_assets.settings import Settings, SettingsError
from campaign_assets.webhook import Webhook, WebhookError, is_webhook

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
API = "https://api.hubapi.com"
TOO_LONG = f"https://{'a' * 64}.example.com"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's own."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


BROKEN = [
    ("HTTPS_PROXY", "http://pass-WORD@:3128"),
    ("HTTPS_PROXY", "http://u:pass-WORD@proxy:port"),
    ("HTTPS_PROXY", "ftp://u:pass-WORD@proxy"),
    ("HTTPS_PROXY", "http://[pass-WORD"),
    ("HTTPS_PROXY", "://pass-WORD"),
    ("HTTPS_PROXY", f"http://{'pass-WORD' * 8}:1"),
    ("HTTPS_PROXY", "socks5://u:pass-WORD@proxy"),
    ("ALL_PROXY", "http://u:pass-WORD@proxy:99999"),
    ("SSL_CERT_FILE", "/nowhere/pass-WORD.pem"),
    ("SSL_CERT_FILE", "/"),
    ("SSL_CERT_FILE", __file__),
    ("SSL_CERT_DIR", "/nowhere/pass-WORD"),
]


@pytest.mark.parametrize(("name", "value"), BROKEN)
def test_what_cannot_be_meant_is_one_sentence_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as refused:
        HubSpotClient("pat-na1-x", base_url=API)
    with pytest.raises(WebhookError) as raised:
        Webhook("https://hooks.example.com/SECRET")
    for error in (refused.value, raised.value):
        assert f"The environment's {name} " in str(error) and str(error).endswith(".")
        assert "pass-WORD" not in str(error) and "SECRET" not in str(error)
        assert error.__context__ is None or error.__suppress_context__
    assert refused.value.stops_run


@pytest.mark.parametrize(("name", "value"), BROKEN)
def test_what_is_not_used_on_this_machine_breaks_nothing_there(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    HubSpotClient("pat-na1-x", base_url="http://127.0.0.1:1").close()
    Webhook("http://localhost:1/x")


@pytest.mark.parametrize(
    ("variables", "url", "expected"),
    [
        ({}, API, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, API, (b"http", b"proxy", 3128, None)),
        ({"https_proxy": "proxy:3128"}, API, (b"http", b"proxy", 3128, None)),
        ({"HTTPS_PROXY": "http://u:w%40rd@proxy"}, API, (b"http", b"proxy", 80, (b"u", b"w@rd"))),
        ({"HTTPS_PROXY": "https://proxy"}, API, (b"https", b"proxy", 443, None)),
        ({"ALL_PROXY": "http://proxy:1"}, API, (b"http", b"proxy", 1, None)),
        ({"HTTP_PROXY": "http://proxy:1"}, API, None),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "hubapi.com"}, API, None),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "*"}, API, None),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "example.com"}, API, (b"http", b"proxy", 1, None)),
        ({"HTTPS_PROXY": ""}, API, None),
    ],
)
def test_a_proxy_is_found_as_the_variables_say(
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    url: str,
    expected: tuple[bytes, bytes, int, tuple[bytes, bytes] | None] | None,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    proxy = find_proxy(url)
    assert (proxy and (proxy.url.scheme, proxy.url.host, proxy.url.port, proxy.auth)) == expected


def test_certificates_that_the_environment_names_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert make_tls_context().get_ca_certs()
    monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
    assert make_tls_context().get_ca_certs()
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert not make_tls_context().get_ca_certs()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    with pytest.raises(WrongEnvironment, match="SSL_CERT_FILE"):
        make_tls_context()


@pytest.mark.parametrize("address", [TOO_LONG, "https://.example.com", "https://a..example.com", "https://xn--\u00fc"])
def test_a_host_that_no_host_can_be_called_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match=r"base_url must be .*\(no host can have that name\)"):
        HubSpotClient("pat-na1-x", base_url=address)
    with pytest.raises(SettingsError, match="HUBSPOT_BASE_URL"):
        Settings.from_environ({"HUBSPOT_BASE_URL": address})
    assert not is_webhook(address)
    with pytest.raises(WebhookError):
        Webhook(address)


@pytest.mark.parametrize("address", ["https://bücher.example.com", "https://[2001:db8::1]", "https://a.example.com."])
def test_a_host_of_any_script_is_taken(address: str) -> None:
    HubSpotClient("pat-na1-x", base_url=address).close()
    assert is_webhook(address)
