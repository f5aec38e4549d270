"""The three reports."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from campaign_assets.emulator.deals import MODELS
from campaign_assets_tests.emulator.conftest import Door

CAMPAIGNS = "/marketing/campaigns/2026-03"


def _busy(door: Door) -> str:
    """Give the URL of the campaign with the most contacts."""
    urls = [f"{CAMPAIGNS}/{campaign.id}" for campaign in door.portal.store]
    return max(urls, key=lambda url: int(door.client.get(f"{url}/reports/metrics").json()["influencedContacts"]))


def test_the_metrics_report_counts_the_contacts_the_contacts_report_lists(door: Door) -> None:
    url = _busy(door)
    counts = door.client.get(f"{url}/reports/metrics").json()
    assert set(counts) == {"sessions", "newContactsFirstTouch", "newContactsLastTouch", "influencedContacts"}
    for contact_type, count in (
        ("contactFirstTouch", counts["newContactsFirstTouch"]),
        ("contactLastTouch", counts["newContactsLastTouch"]),
        ("influencedContacts", counts["influencedContacts"]),
    ):
        ids, next_url = [], f"{url}/reports/contacts/{contact_type}?limit=97"
        while next_url:
            page = door.client.get(next_url).json()
            ids += [contact["id"] for contact in page["results"]]
            next_url = page.get("paging", {}).get("next", {}).get("link", "")
        assert len(ids) == len(set(ids)) == count > 0


def test_a_contacts_page_has_a_hundred_unless_asked(door: Door) -> None:
    page = door.client.get(f"{_busy(door)}/reports/contacts/influencedContacts").json()
    assert len(page["results"]) == 100 and "paging" in page
    more = door.client.get(f"{_busy(door)}/reports/contacts/influencedContacts?limit=250").json()
    assert len(more["results"]) == 250 and more["results"][:100] == page["results"]
    assert all(set(contact) == {"id"} and isinstance(contact["id"], str) for contact in page["results"])


def test_the_days_of_a_report_add_up_to_the_whole(door: Door) -> None:
    url = f"{_busy(door)}/reports/metrics"
    whole = door.client.get(url).json()
    halves = [
        door.client.get(url, params={"startDate": start, "endDate": end}).json()
        for start, end in (("2006-01-01", "2026-02-28"), ("2026-03-01", "2027-01-01"))
    ]
    assert {name: halves[0][name] + halves[1][name] for name in whole} == whole


def test_each_attribution_model_credits_its_own_revenue_and_linear_is_the_default(door: Door) -> None:
    reports = [f"{CAMPAIGNS}/{c.id}/reports/revenue" for c in door.portal.store if c.partner is not None]
    url = max(reports, key=lambda url: int(door.client.get(url).json()["dealsNumber"]))
    by_model = {model: door.client.get(url, params={"attributionModel": model}).json() for model in MODELS}
    assert len({response["revenueAmount"] for response in by_model.values()}) == 9
    assert len({response["dealAmount"] for response in by_model.values()}) == 1
    assert door.client.get(url).json() == by_model["LINEAR"]


def test_all_attribution_models_share_out_the_same_total(door: Door) -> None:
    urls = [f"{CAMPAIGNS}/{campaign.id}/reports/revenue" for campaign in door.portal.store]
    totals = {
        model: sum(
            Decimal(str(door.client.get(url, params={"attributionModel": model}).json()["revenueAmount"]))
            for url in urls
        )
        for model in MODELS
    }
    assert len(set(totals.values())) == 1
    assert totals["LINEAR"] > 0


def test_every_day_contacts_fit_the_assets_metrics_and_never_exceed_sessions(door: Door) -> None:
    day = date(2026, 11, 19)
    touched: Counter[tuple[str, str]] = Counter()
    for asset_type in ("BLOG_POST", "LANDING_PAGE", "SITE_PAGE"):
        for row in door.portal.truth.metrics(day, asset_type):
            for metric, value in row["metrics"].items():
                touched[row["campaign_id"], metric] += value
    for campaign in door.portal.store:
        params = {"startDate": str(day), "endDate": str(day)}
        url = f"{CAMPAIGNS}/{campaign.id}/reports"
        counts = door.client.get(f"{url}/metrics", params=params).json()
        revenue = door.client.get(f"{url}/revenue", params=params).json()
        assert counts["newContactsFirstTouch"] == touched[campaign.id, "CONTACTS_FIRST_TOUCH"]
        assert counts["newContactsLastTouch"] == touched[campaign.id, "CONTACTS_LAST_TOUCH"]
        new = max(counts["newContactsFirstTouch"], counts["newContactsLastTouch"])
        assert new <= counts["influencedContacts"] <= counts["sessions"]
        assert touched[campaign.id, "CUSTOMERS"] <= revenue["dealsNumber"] <= revenue["contactsNumber"]
        assert revenue["contactsNumber"] == counts["influencedContacts"]
        assert revenue["revenueAmount"] <= revenue["dealAmount"]


def test_revenue_by_day_adds_up_to_its_range(door: Door) -> None:
    url = f"{_busy(door)}/reports/revenue"
    days = [str(date(2026, 10, 5) + timedelta(days=number)) for number in range(14)]
    single = [door.client.get(url, params={"startDate": day, "endDate": day}).json() for day in days]
    whole = door.client.get(url, params={"startDate": days[0], "endDate": days[-1]}).json()
    for name in ("contactsNumber", "dealsNumber", "dealAmount", "revenueAmount"):
        assert sum(Decimal(str(response[name])) for response in single) == Decimal(str(whole[name])) > 0


@pytest.mark.parametrize(
    "path", ["revenue?attributionModel=GUESS", "contacts/everyone", "metrics?startDate=x", "contacts/x?limit=0"]
)
def test_unknown_models_types_and_dates_are_400(door: Door, path: str) -> None:
    campaign = next(iter(door.portal.store)).id
    assert door.client.get(f"{CAMPAIGNS}/{campaign}/reports/{path}").status_code == 400


def test_a_report_of_an_unknown_campaign_is_404(door: Door) -> None:
    for report in ("metrics", "revenue", "contacts/influencedContacts"):
        url = f"{CAMPAIGNS}/00000000-0000-4000-8000-000000000000/reports/{report}"
        assert door.client.get(url).status_code == 404


@pytest.mark.parametrize("report", ["metrics", "revenue", "contacts/influencedContacts"])
def test_each_date_of_a_report_has_its_own_default(door: Door, report: str) -> None:
    url = f"{_busy(door)}/reports/{report}"
    created = next(c.created_at.date() for c in door.portal.store if c.id in url)
    end, start = (str(created + timedelta(days=days)) for days in (40, 41))

    def ask(**days: str) -> Counter[str]:
        content = door.client.get(url, params={"limit": "10000", **days} if "contacts" in url else days).json()
        counted = {contact["id"]: 1 for contact in content.pop("results", [])}
        numbers = {name: number for name, number in content.items() if not isinstance(number, str)}
        return Counter({name: Decimal(str(number)) for name, number in {**numbers, **counted}.items()})

    before, since = ask(endDate=end), ask(startDate=start)
    assert before == ask(startDate="2006-01-01", endDate=end)
    assert since == ask(startDate=start, endDate="2026-11-22")
    assert before + since == +ask() and +before and +since
    assert not +ask(startDate="2027-01-01")


def test_a_campaign_without_deals_has_brought_nothing(door: Door) -> None:
    reports = [door.client.get(f"{CAMPAIGNS}/{c.id}/reports/revenue").json() for c in door.portal.store]
    without = [report for report in reports if report["dealsNumber"] == 0]
    assert without
    assert all(report["dealAmount"] == report["revenueAmount"] == 0 for report in without)
