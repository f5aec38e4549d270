"""What the product must never do, whatever its surroundings say: quick checks of docs/operations.md."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import dagster as dg
import pytest

from campaign_assets.cli.demo import demo
from campaign_assets.emulator.command import emulator
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.hubspot import HubSpotClient, HubSpotError, RetryPolicy
from campaign_assets.settings import VARIABLES, Settings, SettingsError
from campaign_assets.tables import METRICS_TABLES
from campaign_assets.webhook import Webhook, WebhookError, is_webhook
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.hubspot.scripted_server import ScriptedServer, http_response, json_response
from campaign_assets_tests.workplace import DAYS, SNAPSHOTS

FORMS = dg.AssetKey(METRICS_TABLES["FORM"].path)
ROOT = Path(__file__).parents[1]
HOSTILE = ("../../../../etc/passwd", "/etc/passwd", "..", "metric_date=1999-01-01", "a\x00b", "~root", "c:\\x")


@contextmanager
def two_servers(status: int) -> Iterator[tuple[ScriptedServer, ScriptedServer]]:
    """One that redirects each request to the other, which must never be asked."""
    with ScriptedServer(lambda _: json_response({"results": []})) as trap:
        location = {"Location": f"{trap.url}/trap"}
        with ScriptedServer(lambda _: http_response("", status, location)) as server:
            yield server, trap


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_carries_the_token_nowhere(status: int) -> None:
    with two_servers(status) as (server, trap), HubSpotClient("pat-x", base_url=server.url, retry=RetryPolicy(1)) as c:
        with pytest.raises(HubSpotError, match=str(status)):
            c.campaigns.search()
        assert trap.received == []


def test_a_redirect_carries_an_alert_nowhere() -> None:
    with two_servers(307) as (server, trap):
        with pytest.raises(WebhookError, match="answered 307"):
            Webhook(f"{server.url}/hook").post("text")
        assert trap.received == []


def test_ids_and_names_of_hubspots_never_become_paths(make_workplace: MakeWorkplace) -> None:
    clean, odd = (make_workplace(campaigns=3, assets_per_campaign=4) for _ in range(2))
    for text in HOSTILE:
        campaign = odd.server.portal.add_campaign({"hs_name": text}, campaign_id=text)
        odd.server.portal.add_association(campaign.id, "FORM", text, text)
    for workplace in (clean, odd):
        assert workplace.run([*SNAPSHOTS, FORMS], DAYS[-1:]).success
    names = [{str(p.relative_to(w.store.root)) for p in w.store.root.rglob("*.parquet")} for w in (clean, odd)]
    assert names[0] <= names[1]
    assert not [name for name in names[1] for text in HOSTILE if text in name]
    assert not list(odd.store.root.parent.rglob("passwd*"))
    assert {"../../../../etc/passwd"} <= set(odd.store.read(("hubspot", "campaigns"))["campaign_id"].to_pylist())


def test_no_variable_of_ours_switches_tls_off() -> None:
    for variable in VARIABLES:
        assert not {"TLS", "SSL", "VERIFY", "INSECURE", "CERT"} & set(variable.name.split("_")), variable.name


def test_a_certificate_that_nobody_vouches_for_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PYTHONHTTPSVERIFY", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "HUBSPOT_VERIFY", "HTTPX_VERIFY"):
        monkeypatch.setenv(name, "0" if "BUNDLE" not in name else "")
    with HubSpotClient("pat-x") as client:
        context = client._transport._http._maker._ssl_context
    assert context is not None
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize(
    "address",
    [
        "http://api.hubapi.com",
        "http://127.0.0.1.evil.example",
        "ftp://127.0.0.1",
        "https://u:p@h",
        "https://a b",
        "//h",
    ],
)
def test_an_address_that_is_not_https_is_refused_unless_it_is_this_machine(address: str) -> None:
    with pytest.raises(SettingsError):
        Settings.from_environ({"HUBSPOT_BASE_URL": address})
    assert not is_webhook(address) or "@" in address
    with pytest.raises(SettingsError):
        Settings.from_environ({"HUBSPOT_BASE_URL": address.replace("//", "//a\n", 1)})


def test_the_emulator_listens_on_this_machine_only() -> None:
    host = next(p for p in emulator.params if p.name == "host")
    assert host.default == "127.0.0.1"
    with EmulatorServer(Portal(campaigns=0)) as server:
        assert server.url.startswith("http://127.0.0.1:")


def test_the_ui_that_we_start_listens_on_this_machine_only() -> None:
    assert isinstance(demo, click.Command)
    text = (ROOT / "campaign_assets" / "cli" / "demo.py").read_text()
    assert text.count('"-h", "127.0.0.1"') == text.count('"dev"') == 1
    for path in (ROOT / "Makefile", ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        assert "0.0.0.0" not in path.read_text()  # noqa: S104 - searched for, not bound to
