"""Every version of the API that the page of endpoints names has what it says there, asked for by our own client."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from campaign_assets.hubspot import CampaignFields, HubSpotClient, HubSpotError, OAuthAuth
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect

VERSIONS = ("v3", "2025-09", "2026-03", "2026-09", "2026-09-beta")
PAGE = Path(__file__).parents[2] / "docs" / "endpoints.md"
Ask = Callable[[HubSpotClient, str, str], object]


def read_rows() -> Iterator[tuple[str, set[str]]]:
    """The emulator's name of each endpoint on the page, and the versions that have it."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and cells[3].startswith("`"):
            versions = set(VERSIONS) if cells[1] == "all" else set(re.findall(r"`([\w-]+)`", cells[1]))
            yield cells[3].strip("`"), versions


READING: dict[str, Ask] = {
    "search": lambda c, i, a: c.campaigns.search(),
    "get": lambda c, i, a: c.campaigns.get(i),
    "batch_read": lambda c, i, a: c.campaigns.batch_read([i]),
    "list_assets": lambda c, i, a: c.assets.get_page(i, "FORM"),
    "budget_totals": lambda c, i, a: c.budget.get_totals(i),
    "report_metrics": lambda c, i, a: c.reports.get_metrics(i),
    "report_revenue": lambda c, i, a: c.reports.get_revenue(i),
    "report_contacts": lambda c, i, a: c.reports.get_contacts_page(i, "influencedContacts"),
    "account_details": lambda c, i, a: c.account.get_details(),
    "daily_usage": lambda c, i, a: c.account.get_daily_usage(),
    "asset_types": lambda c, i, a: c.clones.list_asset_types(),
    "cloneable_asset_types": lambda c, i, a: c.clones.list_cloneable_types(),
}
WRITING: dict[str, Ask] = {
    "create": lambda c, i, a: c.campaigns.create(CampaignFields(name="made")),
    "update": lambda c, i, a: c.campaigns.update(i, CampaignFields(notes="x")),
    "batch_create": lambda c, i, a: c.campaigns.batch_create([CampaignFields(name="made in a batch")]),
    "batch_update": lambda c, i, a: c.campaigns.batch_update({i: CampaignFields(notes="y")}),
    "add_asset": lambda c, i, a: c.assets.add(i, "FORM", a),
    "remove_asset": lambda c, i, a: c.assets.remove(i, "FORM", a),
    "clone": lambda c, i, a: c.clones.create(i, "a copy"),
    "delete": lambda c, i, a: c.campaigns.delete(i),
    "batch_archive": lambda c, i, a: c.campaigns.batch_archive([i]),
}


def handle_money(client: HubSpotClient, campaign_id: str) -> None:
    """Asks for each of the eight endpoints of items once."""
    for items in (client.budget, client.spend):
        made = items.create(campaign_id, name="Print", amount=1, order=0)
        items.get(campaign_id, made.id)
        items.update(campaign_id, made.id, name="Press", amount=2, order=0)
        items.delete(campaign_id, made.id)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_has_the_endpoints_that_the_page_says(serve: Serve, connect: Connect, version: str) -> None:
    server = serve(campaigns=4)
    client = connect(server, api_version=version)
    form = server.portal.truth.associations("FORM")[0]
    campaign_id, asset_id = str(form["campaign_id"]), str(form["asset_id"])
    for name, ask in {**READING, **WRITING}.items():
        try:
            if name == "delete":
                handle_money(client, campaign_id)
            made = ask(client, campaign_id, asset_id)
            if name == "clone":
                client.clones.get_status(made.campaign_id)  # type: ignore[attr-defined]
        except HubSpotError as error:
            assert "has no such endpoint" in str(error), name
    app = server.portal.options.oauth_apps[0]
    connect(
        server, OAuthAuth(app.client_id, app.client_secret, app.refresh_token), api_version=version
    ).campaigns.search()
    assert set(server.stats.by_status) <= {200, 201, 202, 204}
    assert set(server.stats.by_endpoint) == {name for name, versions in read_rows() if version in versions}


def test_the_page_lists_the_28_endpoints_of_campaigns_and_three_beside_them() -> None:
    rows = list(read_rows())
    others = {"account_details", "daily_usage", "oauth_token"}
    assert len({name for name, _ in rows} - others) == 28 and len(rows) == 31
    assert sum(versions == {"2026-09-beta"} for _, versions in rows) == 4
    assert all(versions <= set(VERSIONS) and versions for _, versions in rows)
