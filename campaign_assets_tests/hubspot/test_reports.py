"""The three reports on a campaign, over both families of paths."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.hubspot import (
    AttributionMetrics,
    AttributionModel,
    ContactType,
    HubSpotClient,
    NotFound,
    RevenueAttribution,
)
from campaign_assets_tests.hubspot.conftest import Connect
from campaign_assets_tests.hubspot.scripted_server import ScriptedServer, http_response

YEAR: dict[str, Any] = {"start_date": date(2025, 3, 1), "end_date": date(2026, 3, 1)}


def list_ids(server: EmulatorServer) -> list[str]:
    return [str(campaign["id"]) for campaign in server.portal.truth.campaigns()]


def test_metrics_count_what_contacts_list(still: HubSpotClient, still_server: EmulatorServer) -> None:
    for campaign_id in list_ids(still_server)[:3]:
        metrics = still.reports.get_metrics(campaign_id)
        listed = {
            contact_type: [
                contact
                for page in still.reports.list_contacts_pages(campaign_id, contact_type)
                for contact in page.contact_ids
            ]
            for contact_type in ContactType
        }
        assert metrics.new_contacts_first_touch == len(listed[ContactType.FIRST_TOUCH])
        assert metrics.new_contacts_last_touch == len(listed[ContactType.LAST_TOUCH])
        assert metrics.influenced_contacts == len(listed[ContactType.INFLUENCED])
        assert metrics.sessions is not None


def test_days_narrow_a_report(still: HubSpotClient, still_server: EmulatorServer) -> None:
    ids = list_ids(still_server)
    whole = [still.reports.get_metrics(i).sessions or 0 for i in ids]
    part = [still.reports.get_metrics(i, **YEAR).sessions or 0 for i in ids]
    assert all(some <= every for some, every in zip(part, whole, strict=True))
    assert sum(part) < sum(whole)


@pytest.mark.parametrize("limit", [33, 100, 250])
def test_every_contact_is_listed_once_whatever_the_page(
    still: HubSpotClient, still_server: EmulatorServer, limit: int
) -> None:
    campaign_id = list_ids(still_server)[0]
    whole = [
        contact
        for page in still.reports.list_contacts_pages(campaign_id, "influencedContacts", **YEAR)
        for contact in page.contact_ids
    ]
    pages = list(still.reports.list_contacts_pages(campaign_id, ContactType.INFLUENCED, limit=limit, **YEAR))
    assert [contact for page in pages for contact in page.contact_ids] == whole
    assert len(set(whole)) == len(whole)
    assert len(whole) > 250 and len(pages) == -(-len(whole) // limit)
    assert all(len(page.contact_ids) == limit for page in pages[:-1])


def test_each_of_the_nine_models_credits_revenue(still: HubSpotClient, still_server: EmulatorServer) -> None:
    assert len(AttributionModel) == 9
    credited = 0
    for campaign_id in list_ids(still_server):
        default = still.reports.get_revenue(campaign_id)
        assert still.reports.get_revenue(campaign_id, attribution_model="LINEAR") == default
        if not default.deals_number:
            continue
        for model in AttributionModel:
            revenue = still.reports.get_revenue(campaign_id, attribution_model=model)
            assert isinstance(revenue.revenue_amount, Decimal)
            assert revenue.deal_amount is not None and revenue.revenue_amount <= revenue.deal_amount
            credited += 1
        break
    assert credited == 9


def test_the_model_and_the_days_are_asked_for(connect: Connect) -> None:
    with ScriptedServer(lambda _: http_response('{"sessions":0,"dealsNumber":0}')) as server:
        client = connect(server)
        client.reports.get_revenue("c", attribution_model=AttributionModel.J_SHAPED, end_date=date(2026, 3, 1))
        client.reports.get_metrics("c", start_date=date(2026, 3, 1))
        assert [request.target for request in server.received] == [
            "/marketing/v3/campaigns/c/reports/revenue?attributionModel=J_SHAPED&endDate=2026-03-01",
            "/marketing/v3/campaigns/c/reports/metrics?startDate=2026-03-01",
        ]


def test_what_hubspot_does_not_say_is_none_and_what_is_new_is_kept(connect: Connect) -> None:
    responses = iter(['{"sessions": 12.0, "bounces": 3}', '{"revenueAmount": 12345678901234567.89, "margin": 0.1}'])
    with ScriptedServer(lambda _: http_response(next(responses))) as server:
        client = connect(server)
        metrics, revenue = client.reports.get_metrics("c"), client.reports.get_revenue("c")
    assert metrics == AttributionMetrics(sessions=12, extra={"bounces": 3})
    assert revenue == RevenueAttribution(
        revenue_amount=Decimal("12345678901234567.89"), extra={"margin": Decimal("0.1")}
    )


def test_a_campaign_that_does_not_exist_is_not_found(still: HubSpotClient) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    for call in (still.reports.get_metrics, still.reports.get_revenue, still.budget.get_totals):
        with pytest.raises(NotFound):
            call(nobody)
