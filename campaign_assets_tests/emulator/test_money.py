"""Budget and spend."""

from typing import Any

import pytest

from campaign_assets_tests.emulator.conftest import Serve

CAMPAIGNS = "/marketing/v3/campaigns"
ITEM = {"name": "Media", "amount": 10.5, "order": 0}


@pytest.mark.parametrize("kind", ["budget", "spend"])
def test_an_item_can_be_created_read_replaced_and_deleted(serve: Serve, kind: str) -> None:
    door = serve(campaigns=0)
    url = f"{CAMPAIGNS}/{door.portal.add_campaign({'hs_name': 'x'}).id}/{kind}"
    created = door.client.post(url, json={**ITEM, "description": "ads"})
    assert created.status_code == 201
    item = created.json()
    assert created.headers["Location"] == f"{door.server.url}{url}/{item['id']}"
    assert isinstance(item["id"], str)
    assert item == {
        **ITEM,
        "description": "ads",
        "id": item["id"],
        "createdAt": 1795348800000,
        "updatedAt": 1795348800000,
    }
    assert door.client.get(f"{url}/{item['id']}").json() == item
    door.client.post("/emulator/now", json={"seconds": 2})
    replaced = door.client.put(f"{url}/{item['id']}", json={**ITEM, "amount": 7})
    assert replaced.json() == {
        **ITEM,
        "amount": 7.0,
        "id": item["id"],
        "createdAt": 1795348800000,
        "updatedAt": 1795348802000,
    }
    assert door.client.delete(f"{url}/{item['id']}").status_code == 204
    assert door.client.get(f"{url}/{item['id']}").status_code == 404


def test_totals_list_the_items_in_order_and_add_them_up(serve: Serve) -> None:
    door = serve(campaigns=0)
    campaign = door.portal.add_campaign({"hs_name": "x", "hs_currency_code": "EUR"}).id
    url = f"{CAMPAIGNS}/{campaign}"
    empty = {"currencyCode": "EUR", "budgetItems": [], "spendItems": []}
    assert door.client.get(f"{url}/budget/totals").json() == empty
    for order, amount in ((1, 0.1), (0, 0.2)):
        door.client.post(f"{url}/budget", json={"name": f"item {order}", "amount": amount, "order": order})
    door.client.post(f"{url}/spend", json=ITEM)
    totals = door.client.get(f"{url}/budget/totals").json()
    assert [item["order"] for item in totals["budgetItems"]] == [0, 1]
    assert (totals["budgetTotal"], totals["spendTotal"], totals["remainingBudget"]) == (0.3, 10.5, -10.2)


def test_the_sums_are_properties_of_the_campaign_and_move_updated_at(serve: Serve) -> None:
    door = serve(campaigns=0)
    url = f"{CAMPAIGNS}/{door.portal.add_campaign({'hs_name': 'x'}).id}"
    asked = {"properties": "hs_budget_items_sum_amount,hs_spend_items_sum_amount"}
    before = door.client.get(url, params=asked).json()
    assert before["properties"] == {}
    door.client.post(f"{url}/budget", json={**ITEM, "amount": 2})
    after = door.client.get(url, params=asked).json()
    assert after["properties"] == {"hs_budget_items_sum_amount": "2.0"}
    assert after["updatedAt"] > before["updatedAt"]


@pytest.mark.parametrize(
    "item", [{}, {**ITEM, "amount": "ten"}, {**ITEM, "order": 1.5}, {**ITEM, "name": ""}, {**ITEM, "description": 4}]
)
def test_an_item_without_its_fields_is_400(serve: Serve, item: dict[str, Any]) -> None:
    door = serve(campaigns=1)
    url = f"{CAMPAIGNS}/{next(iter(door.portal.store)).id}/budget"
    assert door.client.post(url, json=item).status_code == 400


def test_a_missing_amount_is_told_from_a_negative_one(serve: Serve) -> None:
    door = serve(campaigns=1)
    url = f"{CAMPAIGNS}/{next(iter(door.portal.store)).id}/budget"
    missing = door.client.post(url, json={"name": "Media", "order": 0})
    negative = door.client.post(url, json={**ITEM, "amount": -0.5})
    assert missing.json()["message"] == "Some required fields were not set: [amount]"
    assert negative.json()["message"] == "'amount' must not be negative, but was -0.5"
    assert missing.status_code == negative.status_code == 400


def test_an_item_id_that_is_no_number_is_400_and_one_that_is_not_there_404(serve: Serve) -> None:
    door = serve(campaigns=1)
    url = f"{CAMPAIGNS}/{next(iter(door.portal.store)).id}/spend"
    assert door.client.get(f"{url}/seven").status_code == 400
    assert door.client.get(f"{url}/7").status_code == 404
