"""Budget and spend items and their totals: exact to the last digit, over both families of paths."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from campaign_assets.hubspot import HubSpotClient, InvalidResponse, MoneyItem, NotFound, RetryPolicy
from campaign_assets.hubspot.endpoints.money import MoneyEndpoint
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.scripted_server import ScriptedServer, http_response
from campaign_assets_tests.workplace import NOW

KINDS = ("budget", "spend")


def get_items(client: HubSpotClient, kind: str) -> MoneyEndpoint:
    return client.budget if kind == "budget" else client.spend


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_is_created_read_replaced_and_deleted(serve: Serve, connect: Connect, version: str, kind: str) -> None:
    server = serve()
    campaign_id = server.portal.add_campaign({"hs_name": "Paid"}).id
    items = get_items(connect(server, api_version=version), kind)
    made = items.create(campaign_id, name="Print", amount=Decimal("1234567.89"), order=2, description="Flyers")
    assert (made.name, made.amount, made.order, made.description) == ("Print", Decimal("1234567.89"), 2, "Flyers")
    assert made.created_at == made.updated_at == NOW
    assert items.get(campaign_id, made.id) == made
    replaced = items.update(campaign_id, made.id, name="Press", amount=7, order=0)
    assert (replaced.name, replaced.amount, replaced.order, replaced.description) == ("Press", Decimal(7), 0, None)
    assert isinstance(replaced.amount, Decimal)
    items.delete(campaign_id, made.id)
    with pytest.raises(NotFound):
        items.get(campaign_id, made.id)


def test_totals_are_the_sums_of_the_items(serve: Serve, connect: Connect, version: str) -> None:
    server = serve()
    campaign_id = server.portal.add_campaign({"hs_name": "Paid", "hs_currency_code": "EUR"}).id
    client = connect(server, api_version=version)
    empty = client.budget.get_totals(campaign_id)
    assert (empty.budget_total, empty.spend_total, empty.remaining_budget) == (None, None, None)
    for amount in ("0.10", "0.20"):
        client.budget.create(campaign_id, name="a", amount=Decimal(amount), order=0)
    client.spend.create(campaign_id, name="b", amount=Decimal("0.05"), order=0)
    totals = client.budget.get_totals(campaign_id)
    assert totals.currency_code == "EUR"
    assert [item.amount for item in totals.budget_items] == [Decimal("0.1"), Decimal("0.2")]
    assert [item.amount for item in totals.spend_items] == [Decimal("0.05")]
    assert (totals.budget_total, totals.spend_total, totals.remaining_budget) == (
        Decimal("0.3"),
        Decimal("0.05"),
        Decimal("0.25"),
    )


@pytest.mark.parametrize(
    "amount", ["0.1", "0.30", "12345678901234567.89", "99999999999999999999.99", "5", "0.000001", "-3.5", "1E+3"]
)
def test_an_amount_keeps_its_digits_both_ways(connect: Connect, amount: str) -> None:
    def response(sent: bytes) -> bytes:
        number = sent.split(b'"amount":')[1].split(b",")[0]
        return http_response(b'{"id":"1","name":"a","amount":' + number + b',"order":0}')

    with ScriptedServer(lambda request: response(request.body)) as server:
        item = connect(server).budget.create("c", name="a", amount=Decimal(amount), order=0)
        (request,) = server.received
    assert item.amount == Decimal(amount)
    assert json.loads(request.body, parse_float=Decimal)["amount"] == Decimal(amount)
    assert b"E" not in request.body
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("amount", ["null", '"much"', "true", "[]", "1e99", "1e999999999999999999999"])
def test_an_amount_that_is_none_is_an_invalid_response(connect: Connect, amount: str) -> None:
    body = f'{{"id":"1","name":"a","amount":{amount},"order":0}}'
    with ScriptedServer(lambda _: http_response(body)) as server:
        client = connect(server, retry=RetryPolicy(attempts=1))
        with pytest.raises(InvalidResponse):
            client.budget.get("c", "1")


def test_times_are_milliseconds_since_1970_and_what_is_new_is_kept(connect: Connect) -> None:
    body = '{"id":5,"name":"a","amount":2.0,"createdAt":1767225600123,"updatedAt":1e3,"colour":"red"}'
    with ScriptedServer(lambda _: http_response(body)) as server:
        item = connect(server).spend.get("c", "5")
    assert item == MoneyItem(
        id="5",
        name="a",
        amount=Decimal("2.0"),
        created_at=datetime(2026, 1, 1, 0, 0, 0, 123_000, tzinfo=UTC),
        extra={"colour": "red"},
    )
