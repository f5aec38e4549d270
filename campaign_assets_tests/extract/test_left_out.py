"""What HubSpot leaves out by mistake: asked for again, or a clear end; never a table without it."""

import json
from datetime import UTC, date, datetime

import pytest

from campaign_assets.emulator.fault_plan import FaultPlan, PlannedFault
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.extract.asset_lists import Findings
from campaign_assets.extract.batches import read_batch
from campaign_assets.extract.campaigns import list_deleted, read_campaigns
from campaign_assets.hubspot import HubSpotClient, InvalidResponse
from campaign_assets_tests.conftest import Serve

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
DAY = date(2026, 3, 9)


def open_client(server: EmulatorServer) -> HubSpotClient:
    return HubSpotClient(DEFAULT_TOKEN, base_url=server.url)


def arm(server: EmulatorServer, kind: str, times: int | None = 1) -> None:
    FaultPlan((PlannedFault(kind, times=times),)).arm(server.portal.faults)


@pytest.mark.parametrize("kind", ["unnamed_errors", "omitted_campaign"])
def test_a_campaign_that_a_batch_leaves_out_is_asked_for_alone(serve: Serve, kind: str) -> None:
    server = serve(campaigns=6)
    ids = [campaign["id"] for campaign in server.portal.truth.campaigns()]
    arm(server, kind)
    with open_client(server) as client:
        extract = read_batch(client, ids, day=DAY)
    assert extract.missing == []
    assert server.stats.by_endpoint["get"] == 1
    read = {(campaign_id, asset.id) for assets in extract.assets.values() for campaign_id, asset in assets}
    assert read == {(row["campaign_id"], row["asset_id"]) for row in server.portal.truth.associations()}


def test_a_campaign_that_is_gone_is_confirmed_once_for_all_days(serve: Serve) -> None:
    server = serve(campaigns=6)
    ids = [campaign["id"] for campaign in server.portal.truth.campaigns()]
    server.portal.delete_campaign(ids[2])
    findings = Findings()
    with open_client(server) as client:
        extracts = [read_batch(client, ids, day=DAY, findings=findings) for _ in range(3)]
    assert [extract.missing for extract in extracts] == [[ids[2]]] * 3
    assert server.stats.by_endpoint["get"] == 1


def test_a_campaign_that_neither_search_nor_batch_answers_is_not_deleted_while_it_exists(serve: Serve) -> None:
    server = serve(campaigns=6)
    with open_client(server) as client:
        first = read_campaigns(client, (), None, NOW)
        others = server.portal.truth.campaigns()[1:]
        body = {"total": 5, "results": [{"id": campaign["id"], "properties": {}} for campaign in others]}
        server.portal.faults.add("search", kind="body", body=json.dumps(body))
        arm(server, "omitted_campaign")
        second = read_campaigns(client, (), first.table, NOW)
    assert list_deleted(second.table) == frozenset()
    assert second.table.num_rows == 6
    assert server.stats.faults["omitted_campaign"] == 1 and server.stats.by_endpoint["get"] == 1


def test_a_search_that_always_returns_fewer_than_it_says_ends_with_an_error(serve: Serve) -> None:
    server = serve(campaigns=6)
    server.portal.faults.add(
        "search", kind="body", times=None, body='{"total": 2, "results": [{"id": "a", "properties": {}}]}'
    )
    with (
        open_client(server) as client,
        pytest.raises(InvalidResponse, match="says 2 campaigns and returned 1, however"),
    ):
        read_campaigns(client, (), None, NOW)


def test_rows_that_single_scans_leave_out_are_put_together(serve: Serve) -> None:
    server = serve(campaigns=30)
    arm(server, "skipped_rows", times=3)
    with open_client(server) as client:
        extract = read_campaigns(client, (), None, NOW)
    assert extract.table.num_rows == 30
    assert server.stats.by_endpoint["search"] == 3
