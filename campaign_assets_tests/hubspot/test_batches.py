"""Batches: any number of campaigns, fifty in a request; what is missing is computed and nothing is silent."""

import json
from datetime import date

import pytest

from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.hubspot import (
    BatchInterrupted,
    CampaignFields,
    ConnectionFailed,
    DailyLimitReached,
    HubSpotClient,
    NotFound,
)
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.scripted_server import Received, ScriptedServer, json_response

NOBODY = "00000000-0000-4000-8000-000000000000"


def list_ids(server: EmulatorServer) -> list[str]:
    return [str(campaign["id"]) for campaign in server.portal.truth.campaigns()]


@pytest.mark.parametrize(("asked", "requests"), [(0, 0), (1, 1), (50, 1), (51, 2), (100, 2), (120, 3)])
def test_any_number_is_read_fifty_at_a_time(serve: Serve, connect: Connect, asked: int, requests: int) -> None:
    server = serve(campaigns=120, assets_per_campaign=1)
    ids = list_ids(server)[:asked]
    client = connect(server)
    batch = client.campaigns.batch_read(ids, properties=["hs_name"])
    assert sorted(campaign.id for campaign in batch.results) == sorted(ids)
    assert (batch.missing, batch.errors) == ((), ())
    assert client.counter.requests == requests


def test_one_that_is_named_twice_is_asked_for_once(still: HubSpotClient, still_server: EmulatorServer) -> None:
    ids = list_ids(still_server)[:2]
    assert len(still.campaigns.batch_read([*ids, *ids]).results) == 2


def test_what_is_found_comes_beside_what_is_missing_and_hubspots_errors(
    still: HubSpotClient, still_server: EmulatorServer
) -> None:
    found, *_ = list_ids(still_server)
    batch = still.campaigns.batch_read([NOBODY, found, "no-guid"])
    assert [campaign.id for campaign in batch.results] == [found]
    assert batch.missing == (NOBODY, "no-guid")
    assert [error["category"] for error in batch.errors] == ["OBJECT_NOT_FOUND", "VALIDATION_ERROR"]


def test_a_guid_is_found_in_any_case(still: HubSpotClient, still_server: EmulatorServer) -> None:
    batch = still.campaigns.batch_read([list_ids(still_server)[0].upper()])
    assert len(batch.results) == 1
    assert batch.missing == ()


def test_a_batch_has_the_assets_and_metrics_that_single_campaigns_have(
    still: HubSpotClient, still_server: EmulatorServer
) -> None:
    day = date(2026, 3, 1)
    batch = still.campaigns.batch_read(list_ids(still_server), properties=["hs_name"], start_date=day, end_date=day)
    for campaign in batch.results[:3]:
        assert still.campaigns.get(campaign.id, properties=["hs_name"], start_date=day, end_date=day) == campaign


def test_campaigns_are_created_changed_and_archived_in_batches(serve: Serve, connect: Connect, version: str) -> None:
    server = serve(campaigns=0)
    client = connect(server, api_version=version)
    made = client.campaigns.batch_create([CampaignFields(name=f"Number {i}") for i in range(70)])
    assert sorted(campaign.name or "" for campaign in made.results) == sorted(f"Number {i}" for i in range(70))
    assert (made.missing, made.errors) == ((), ())
    ids = [campaign.id for campaign in made.results]
    changed = client.campaigns.batch_update({i: CampaignFields(notes=f"of {i}") for i in ids})
    assert {campaign.id: campaign.properties["hs_notes"] for campaign in changed.results} == {i: f"of {i}" for i in ids}
    archived = client.campaigns.batch_archive([*ids, ids[0], NOBODY])
    assert (archived.results, archived.missing, archived.errors) == ((), (), ())
    assert server.portal.truth.campaigns() == []
    assert client.counter.by_endpoint == {"batch_create": 2, "batch_update": 2, "batch_archive": 2}


def test_names_that_were_not_created_are_missing(serve: Serve, connect: Connect) -> None:
    server = serve()
    taken = str(server.portal.truth.campaigns()[0]["properties"]["hs_name"])
    batch = connect(server).campaigns.batch_create([CampaignFields(name=taken), CampaignFields(name="Fresh")])
    assert [campaign.name for campaign in batch.results] == ["Fresh"]
    assert batch.missing == (taken,)
    assert [error["category"] for error in batch.errors] == ["CONFLICT"]


def test_campaigns_that_were_not_changed_are_missing(serve: Serve, connect: Connect) -> None:
    server = serve()
    known = list_ids(server)[0]
    changes = {known: CampaignFields(notes="x"), NOBODY: CampaignFields(notes="x")}
    batch = connect(server).campaigns.batch_update(changes)
    assert [campaign.id for campaign in batch.results] == [known]
    assert batch.missing == (NOBODY,)
    assert len(batch.errors) == 1


def test_an_error_of_an_archive_is_not_silent(connect: Connect) -> None:
    with ScriptedServer(lambda _: json_response({"errors": [{"message": "no"}]}, 207)) as server:
        assert connect(server).campaigns.batch_archive(["a"]).errors == ({"message": "no"},)


def test_a_write_that_fails_halfway_says_what_was_done_and_what_is_left(serve: Serve, connect: Connect) -> None:
    server = serve(campaigns=0)
    server.portal.faults.add("batch_create", kind="reset", skip=1, after_effect=True)
    client = connect(server)
    with pytest.raises(BatchInterrupted, match="50 inputs were answered and 60 were not: No whole response") as caught:
        client.campaigns.batch_create([CampaignFields(name=f"{i}") for i in range(110)])
    error = caught.value
    assert isinstance(error.error, ConnectionFailed) and error.error.sent
    assert sorted(campaign.name for campaign in error.done.results) == sorted(f"{i}" for i in range(50))
    assert [given["hs_name"] for given in error.remaining] == [f"{i}" for i in range(50, 110)]
    assert not error.stops_run


def test_a_write_whose_first_batch_fails_raises_that_failure(serve: Serve, connect: Connect) -> None:
    server = serve()
    server.portal.faults.add("batch_archive", 404)
    with pytest.raises(NotFound):
        connect(server).campaigns.batch_archive([str(i) for i in range(60)])


def test_an_interruption_stops_the_run_where_its_reason_does(serve: Serve, connect: Connect) -> None:
    server = serve(campaigns=0, daily_limit=1)
    ids = [f"00000000-0000-4000-8000-{i:012}" for i in range(60)]
    with pytest.raises(BatchInterrupted) as caught:
        connect(server, daily_reserve=0).campaigns.batch_archive(ids)
    assert isinstance(caught.value.error, DailyLimitReached)
    assert caught.value.stops_run
    assert caught.value.remaining == tuple(ids[50:])


def test_no_input_is_sent_twice_and_none_is_left_out(connect: Connect) -> None:
    sent: list[str] = []

    def response(request: Received) -> bytes:
        inputs = [entry["id"] for entry in json.loads(request.body)["inputs"]]
        assert len(inputs) <= 50
        sent.extend(inputs)
        return json_response({"results": [{"id": i, "properties": {}, "assets": {}} for i in reversed(inputs)]})

    with ScriptedServer(response) as server:
        ids = [f"c{i}" for i in range(173)]
        batch = connect(server).campaigns.batch_read(iter(ids))
    assert sent == ids
    assert sorted(campaign.id for campaign in batch.results) == sorted(ids)
