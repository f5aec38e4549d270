"""The plan: as few requests as any, and exactly those that the account is then sent, listings included."""

from collections.abc import Iterator
from itertools import chain, combinations

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign_assets.catalog import METRIC_ASSET_TYPES, get_metric_asset_type
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.extract import asset_metrics
from campaign_assets.extract.asset_metrics import DayExtract, read_days
from campaign_assets.extract.campaign_assets import read_campaign_assets
from campaign_assets.extract.plan import describe_seconds, plan_day
from campaign_assets.hubspot import HubSpotClient
from campaign_assets.hubspot.endpoints import campaign_batches
from campaign_assets.tables import CAMPAIGN_ASSETS
from campaign_assets_tests.conftest import Serve
from campaign_assets_tests.workplace import DAYS, NOW

TYPES = METRIC_ASSET_TYPES[:3]
Counts = list[dict[str, int]]
"""Assets of each campaign by type."""


def to_table(counts: Counts) -> pa.Table:
    rows = [
        {"campaign_id": f"c{number:03}", "asset_type": name, "asset_id": str(asset), "extracted_at": NOW}
        for number, of_campaign in enumerate(counts)
        for name, count in of_campaign.items()
        for asset in range(count)
    ]
    return pa.Table.from_pylist(rows, schema=CAMPAIGN_ASSETS.columns)


def pages(assets: int, first: int = 100) -> int:
    """Pages of a listing, counted one by one."""
    count = 0
    while assets > 0:
        assets -= first if count == 0 else 100
        count += 1
    return count


def count_fewest(counts: Counts, per_batch: int) -> int:
    """The fewest requests of all ways to read some campaigns in batches and to list the others."""
    asked = [c for c in counts if c]
    fewest = []
    for listed in chain.from_iterable(combinations(range(len(asked)), n) for n in range(len(asked) + 1)):
        batched = [c for number, c in enumerate(asked) if number not in listed]
        requests = -(-len(batched) // per_batch)
        # The first fifty come with the batch; where there are exactly so many, the list says whether these are all.
        requests += sum(pages(n, 50) - 1 + (n == 50) for c in batched for n in c.values())
        requests += sum(pages(n) for number in listed for n in asked[number].values())
        fewest.append(requests)
    return min(fewest)


some_campaigns = st.lists(
    st.dictionaries(
        st.sampled_from([t.name for t in TYPES]),
        st.sampled_from([1, 49, 50, 51, 99, 100, 101, 149, 150, 151, 200, 250, 251]),
    ),
    max_size=7,
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(counts=some_campaigns, per_batch=st.integers(1, 4))
def test_no_other_way_takes_fewer_requests(monkeypatch: pytest.MonkeyPatch, counts: Counts, per_batch: int) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(campaign_batches, "CAMPAIGNS_PER_BATCH", per_batch)
        plan = plan_day(to_table(counts), TYPES)
    assert plan.requests == count_fewest(counts, per_batch)
    assert len(plan.campaign_ids) == len([c for c in counts if c])


def test_only_the_types_and_campaigns_asked_for_count() -> None:
    table = to_table([{"BLOG_POST": 200}, {"CTA": 1}, {"CTA": 60, "CALL": 500}, {"CALL": 3}])
    plan = plan_day(table, [get_metric_asset_type("cta")])
    assert (len(plan.campaign_ids), plan.requests) == (2, 2)
    assert plan_day(table, [get_metric_asset_type("cta")], {"c001"}).requests == 1
    assert plan_day(table, [get_metric_asset_type("form")]).requests == 0


def add_assets(server: EmulatorServer, counts: Counts) -> None:
    """Makes campaigns with so many assets in the emulated account."""
    portal = server.portal
    for number, of_campaign in enumerate(counts):
        campaign = portal.add_campaign({"hs_name": f"Made {number}"})
        for name, count in of_campaign.items():
            for asset in range(count):
                portal.add_association(campaign.id, name, f"{number}{asset:04}", f"Asset {asset}")


@pytest.fixture
def big(serve: Serve) -> Iterator[tuple[EmulatorServer, HubSpotClient]]:
    """An account with two batches and campaigns that are cheaper to list."""
    server = serve(campaigns=70)
    add_assets(server, [{"FORM": 60}, {"CTA": 100, "FORM": 51}, {"CTA": 101}, {"FORM": 251, "CTA": 3}])
    with HubSpotClient(DEFAULT_TOKEN, base_url=server.url, rate_limit=10_000) as client:
        yield server, client


def read_associations(client: HubSpotClient) -> pa.Table:
    campaign_ids = [campaign.id for page in client.campaigns.list_pages() for campaign in page.results]
    return read_campaign_assets(client, campaign_ids, NOW).table


def test_the_account_is_sent_exactly_the_planned_requests_listings_included(
    big: tuple[EmulatorServer, HubSpotClient],
) -> None:
    server, client = big
    plan = plan_day(read_associations(client), METRIC_ASSET_TYPES)
    assert len(plan.listings) >= 2 and plan.overflow_requests > 0 and len(plan.batches) == 2
    server.stats.reset()
    for extract in read_days(client, DAYS, plan, METRIC_ASSET_TYPES, lambda: NOW):
        assert isinstance(extract, DayExtract) and extract.requests == plan.requests
        for name in ("FORM", "CTA"):
            read = extract.rows[name].table.select(["campaign_id", "asset_id"]).to_pylist()
            truth = server.portal.truth.metrics(extract.day, name)
            assert sorted(map(str, read)) == sorted(
                str({"campaign_id": row["campaign_id"], "asset_id": row["asset_id"]}) for row in truth
            )
    assert server.stats.as_dict()["by_endpoint"] == {
        "batch_read": len(DAYS) * len(plan.batches),
        "list_assets": len(DAYS) * (plan.overflow_requests + plan.listing_requests),
    }


@pytest.mark.parametrize("pieces", [2, 3])
def test_pieces_that_are_joined_as_they_come_give_the_same_rows_in_order(
    big: tuple[EmulatorServer, HubSpotClient], pieces: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, client = big
    plan = plan_day(read_associations(client), METRIC_ASSET_TYPES)
    assert len(plan.batches) + len(plan.listings) > pieces
    monkeypatch.setattr(asset_metrics, "_PIECES_TO_JOIN", pieces)
    (extract,) = read_days(client, DAYS[:1], plan, METRIC_ASSET_TYPES, lambda: NOW)
    assert isinstance(extract, DayExtract)
    for asset_type in METRIC_ASSET_TYPES:
        read = extract.rows[asset_type.name].table.select(["campaign_id", "asset_id"]).to_pylist()
        truth = server.portal.truth.metrics(extract.day, asset_type.name)
        assert [(row["campaign_id"], row["asset_id"]) for row in read] == sorted(
            (row["campaign_id"], row["asset_id"]) for row in truth
        )


@pytest.mark.parametrize("slug", ["form", "marketing_email", "web_interactive"])
def test_one_type_alone_takes_its_own_plan(big: tuple[EmulatorServer, HubSpotClient], slug: str) -> None:
    server, client = big
    types = [get_metric_asset_type(slug)]
    plan = plan_day(read_associations(client), types)
    server.stats.reset()
    list(read_days(client, DAYS[:1], plan, types, lambda: NOW))
    assert server.stats.requests == plan.requests


def test_a_campaign_that_is_deleted_meanwhile_is_missing_from_a_listing_too(serve: Serve) -> None:
    server = serve(campaigns=0)
    add_assets(server, [{"FORM": 60}])
    with HubSpotClient(DEFAULT_TOKEN, base_url=server.url) as client:
        plan = plan_day(read_associations(client), METRIC_ASSET_TYPES)
        (campaign_id,) = plan.listings
        server.portal.delete_campaign(campaign_id)
        (extract,) = read_days(client, DAYS[:1], plan, METRIC_ASSET_TYPES, lambda: NOW)
    assert isinstance(extract, DayExtract) and extract.missing == {campaign_id}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (89, "89 seconds"), (91, "2 minutes"), (5399, "90 minutes"), (7200, "2.0 hours")],
)
def test_a_time_is_as_exact_as_it_is_useful(seconds: float, words: str) -> None:
    assert describe_seconds(seconds) == words
