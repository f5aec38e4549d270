"""All campaigns of an account as rows: none lost while the search moves, none forgotten when it is deleted."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.extract.campaigns import CampaignsExtract, list_deleted, list_existing, read_campaigns
from campaign_assets.hubspot import HubSpotClient
from campaign_assets_tests.conftest import Serve

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def read(server: EmulatorServer, before: pa.Table | None = None, now: datetime = NOW) -> CampaignsExtract:
    with HubSpotClient(DEFAULT_TOKEN, base_url=server.url) as client:
        return read_campaigns(client, ["region"], before, now)


def find(extract: CampaignsExtract, campaign_id: str) -> dict[str, Any]:
    (row,) = [row for row in extract.table.to_pylist() if row["campaign_id"] == campaign_id]
    return dict(row)


def test_a_campaign_that_is_deleted_keeps_its_row_and_the_timestamp_it_was_found_gone(serve: Serve) -> None:
    server = serve(campaigns=8)
    first = read(server)
    deleted = server.portal.truth.campaigns()[3]["id"]
    server.portal.delete_campaign(deleted)
    later = NOW + timedelta(days=1)
    second = read(server, first.table, later)
    expected = {**find(first, deleted), "deleted_at": later}
    assert find(second, deleted) == expected
    assert second.deleted == 1 and list_deleted(second.table) == {deleted}
    assert deleted not in list_existing(second.table) and len(list_existing(second.table)) == 7

    server.stats.reset()
    third = read(server, second.table, later + timedelta(days=1))
    assert find(third, deleted) == expected
    assert server.stats.as_dict()["by_endpoint"] == {"search": 1}  # it is not asked for again


def test_a_campaign_that_the_search_misses_is_asked_for_and_is_not_deleted(serve: Serve) -> None:
    server = serve(campaigns=8)
    first = read(server)
    missed = server.portal.truth.campaigns()[0]
    others = [row for row in server.portal.truth.campaigns() if row["id"] != missed["id"]]
    body = {"total": len(others), "results": [{"id": c["id"], "properties": {"hs_name": "x"}} for c in others]}
    server.portal.faults.add("search", kind="body", body=json.dumps(body))
    second = read(server, first.table)
    assert find(second, missed["id"])["deleted_at"] is None
    assert find(second, missed["id"])["name"] == missed["properties"]["hs_name"]
    assert second.deleted == 0


def test_values_that_do_not_parse_are_null_and_kept_as_text(serve: Serve) -> None:
    server = serve(campaigns=0)
    properties = {
        "hs_name": "odd",
        "hs_start_date": "soon",
        "hs_end_date": "2026-02-30",
        "hs_budget_items_sum_amount": "1.1234567",
        "hs_spend_items_sum_amount": "12345678901234567890.5",
        "hs_object_id": "9007199254740993",
        "hs_goal": "sunset",
        "region": "EMEA",
        "unasked": "kept",
    }
    campaign = {
        "id": "c-1",
        "properties": properties,
        "createdAt": "yesterday",
        "updatedAt": "2026-03-01T10:00:00.5Z",
    }
    server.portal.faults.add("search", kind="body", body=json.dumps({"total": 1, "results": [campaign]}))
    extract = read(server)
    row = find(extract, "c-1")
    assert row["start_date"] is None and row["end_date"] is None and row["budget_amount"] is None
    assert row["spend_amount"] == Decimal("12345678901234567890.500000")
    assert row["object_id"] == "9007199254740993"
    assert row["created_at"] is None and row["updated_at"] == datetime(2026, 3, 1, 10, 0, 0, 500000, UTC)
    assert dict(row["extra_properties"]) == {
        "hs_start_date": "soon",
        "hs_end_date": "2026-02-30",
        "hs_budget_items_sum_amount": "1.1234567",
        "createdAt": "yesterday",
        "region": "EMEA",
        "unasked": "kept",
    }
    assert [(value.campaign_id, value.name) for value in extract.unreadable] == [
        ("c-1", name) for name in ("createdAt", "hs_budget_items_sum_amount", "hs_end_date", "hs_start_date")
    ]


def test_dates_and_money_are_exact(serve: Serve) -> None:
    server = serve(campaigns=0)
    campaign = server.portal.add_campaign({"hs_name": "x", "hs_start_date": "2026-02-28"})
    row = find(read(server), campaign.id)
    assert row["start_date"] == date(2026, 2, 28)
    assert row["budget_amount"] is None or isinstance(row["budget_amount"], Decimal)
