"""A bad value costs its value, a refusal what was refused; what was asked for and not answered is told."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.emulator import properties
from campaign_assets.emulator.damage import Damaged
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.requests import ApiRequest
from campaign_assets.extract.plan import plan_day
from campaign_assets.hubspot import HubSpotClient, RetryPolicy
from campaign_assets.load.cells import FailedCell
from campaign_assets.load.metrics import MetricsWork, refresh_metrics
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES
from campaign_assets_tests.conftest import MakeFilled, MakeWorkplace
from campaign_assets_tests.workplace import DAYS, METRICS, NOW, SNAPSHOTS, Workplace, drop_timestamps

pytestmark = pytest.mark.long

BLOG_POST = METRICS_TABLES["BLOG_POST"]
SMS = METRICS_TABLES["MARKETING_SMS"]
Change = Callable[[dict[str, Any]], None]


def damage(workplace: Workplace, endpoint: str, change: Change, times: int | None = None) -> None:
    """Lets every response of an endpoint be changed."""

    def changed(_: ApiRequest, content: dict[str, Any], __: Random) -> Damaged:
        change(content)
        return Damaged(content)

    workplace.server.portal.faults.add(endpoint, kind="damage", damage=changed, times=times)


def get_checks(result: dg.ExecuteInProcessResult, name: str) -> list[dg.AssetCheckEvaluation]:
    return [evaluation for evaluation in result.get_asset_check_evaluations() if evaluation.check_name == name]


def read_campaigns(workplace: Workplace) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = workplace.store.read(CAMPAIGNS.path).to_pylist()
    return rows


def test_the_same_campaigns_in_capitals_are_the_same_campaigns(workplace: Workplace) -> None:
    assert workplace.run_all(DAYS[:1]).success
    before = read_campaigns(workplace)
    rows = drop_timestamps(workplace.read_metrics("BLOG_POST", DAYS[:1]))

    def capitalize(content: dict[str, Any]) -> None:
        for campaign in content["results"]:
            campaign["id"] = campaign["id"].upper()

    for endpoint in ("search", "batch_read"):
        damage(workplace, endpoint, capitalize)
    assert workplace.run_all(DAYS[:1]).success
    after = read_campaigns(workplace)
    assert [row["campaign_id"] for row in after] == [row["campaign_id"] for row in before]
    assert all(row["deleted_at"] is None for row in after)
    assert drop_timestamps(workplace.read_metrics("BLOG_POST", DAYS[:1])) == rows


SPELLINGS: dict[str, Callable[[str], str]] = {
    "braces": "{{{}}}".format,
    "no hyphens": lambda i: i.replace("-", ""),
    "blanks": " {}\n".format,
    "URN": lambda i: f"urn:uuid:{i.upper()}",
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_ids_and_types_in_another_spelling_are_the_same(make_filled: MakeFilled, spell: Callable[[str], str]) -> None:
    workplace = make_filled(DAYS[:1])
    paths: tuple[tuple[str, ...], ...] = (CAMPAIGNS.path, CAMPAIGN_ASSETS.path)
    before = [drop_timestamps(workplace.store.read(path)) for path in paths]
    rows = drop_timestamps(workplace.read_metrics("BLOG_POST", DAYS[:1]))

    def respell(content: dict[str, Any]) -> None:
        for campaign in content["results"]:
            campaign["id"] = spell(campaign["id"])
            if "assets" in campaign:
                campaign["assets"] = {name.lower(): page for name, page in campaign["assets"].items()}

    for endpoint in ("search", "batch_read"):
        damage(workplace, endpoint, respell)
    assert workplace.run_all(DAYS[:1]).success
    assert [drop_timestamps(workplace.store.read(path)) for path in paths] == before
    assert drop_timestamps(workplace.read_metrics("BLOG_POST", DAYS[:1])) == rows


def test_a_type_in_two_spellings_at_once_is_read_from_its_list(make_filled: MakeFilled) -> None:
    workplace = make_filled(DAYS[:1])
    rows = drop_timestamps(workplace.read_metrics("BLOG_POST", DAYS[:1]))

    def double(content: dict[str, Any]) -> None:
        for campaign in content["results"]:
            if "BLOG_POST" in campaign["assets"]:
                campaign["assets"]["blog_post"] = {"results": []}

    damage(workplace, "batch_read", double)
    assert workplace.run_all(DAYS[:1]).success
    assert drop_timestamps(workplace.read_metrics("BLOG_POST", DAYS[:1])) == rows


def test_a_table_that_spells_ids_in_capitals_is_mended(workplace: Workplace) -> None:
    assert workplace.run_all(DAYS[:1]).success
    for path, day in ((CAMPAIGNS.path, None), (CAMPAIGN_ASSETS.path, None), (BLOG_POST.path, DAYS[0])):
        table = workplace.store.read(path, day=day)
        table = table.drop_columns(["metric_date"]) if day else table
        place = table.schema.get_field_index("campaign_id")
        capitals = pa.array([i.upper() for i in table["campaign_id"].to_pylist()])
        workplace.store.write(path, table.set_column(place, table.schema.field(place), capitals), day=day)
    ids = [campaign["id"] for campaign in workplace.server.portal.truth.campaigns()]
    workplace.server.portal.delete_campaign(ids[0])
    assert workplace.run_all(DAYS[:1]).success
    rows = read_campaigns(workplace)
    assert sorted(row["campaign_id"] for row in rows) == sorted(ids)
    assert [row["campaign_id"] for row in rows if row["deleted_at"]] == [ids[0]]
    assert all(i == i.lower() for i in workplace.read_metrics("BLOG_POST", DAYS[:1])["campaign_id"].to_pylist())


def test_a_campaign_that_nobody_asked_for_fails_its_cells_and_the_files_before_stay(workplace: Workplace) -> None:
    assert workplace.run_all(DAYS[:1]).success
    before = workplace.read_metrics("BLOG_POST", DAYS[:1])

    def exchange(content: dict[str, Any]) -> None:
        content["results"][0]["id"] = "00000000-0000-4000-8000-00000000f00d"

    damage(workplace, "batch_read", exchange)
    plan = plan_day(workplace.store.read(CAMPAIGN_ASSETS.path), METRIC_ASSET_TYPES)
    once = RetryPolicy(attempts=1)
    with HubSpotClient(DEFAULT_TOKEN, base_url=workplace.server.url, retry=once) as client:
        outcomes = list(refresh_metrics(client, workplace.store, plan, MetricsWork(DAYS[:1]), lambda: NOW))
    assert len(outcomes) == 13
    assert all(isinstance(o, FailedCell) and "which was not asked for" in str(o.error) for o in outcomes)
    assert workplace.read_metrics("BLOG_POST", DAYS[:1]).equals(before)


@pytest.mark.parametrize(
    ("field", "value", "name", "text"),
    [
        ("businessUnits", [{"id": "brand-a"}], "businessUnits", '[{"id": "brand-a"}]'),
        ("businessUnits", [{"id": 10**25}], "businessUnits", f'[{{"id": {10**25}}}]'),
        ("createdAt", "half \ud800", "createdAt", "half \\ud800"),
        ("updatedAt", 1772323200000, "updatedAt", "1772323200000"),
        ("hs_budget_items_sum_amount", "1e9999999", "hs_budget_items_sum_amount", "1e9999999"),
        ("hs_budget_items_sum_amount", "NaN", "hs_budget_items_sum_amount", "NaN"),
        ("hs_start_date", "20260301", "hs_start_date", "20260301"),
    ],
)
def test_a_bad_value_of_a_campaign_costs_that_value_alone(
    workplace: Workplace, field: str, value: Any, name: str, text: str
) -> None:
    def change(content: dict[str, Any]) -> None:
        campaign = content["results"][0]
        holder = campaign["properties"] if field.startswith("hs_") else campaign
        holder[field] = value

    damage(workplace, "search", change)
    result = workplace.run(SNAPSHOTS[:1])
    assert result.success
    assert workplace.server.stats.by_endpoint["search"] == 1
    found = [row for row in read_campaigns(workplace) if dict(row["extra_properties"]).get(name) == text]
    assert len(found) == 1 and found[0]["name"]
    (check,) = get_checks(result, "values_readable")
    assert not check.passed
    assert found[0]["campaign_id"] in str(check.description) and name in str(check.description)


def test_nothing_with_a_huge_exponent_is_nothing(workplace: Workplace) -> None:
    damage(workplace, "search", lambda c: c["results"][0]["properties"].update(hs_spend_items_sum_amount="0e9999999"))
    result = workplace.run(SNAPSHOTS[:1])
    assert result.success
    assert get_checks(result, "values_readable")[0].passed


def test_a_metric_that_is_no_number_costs_that_value_alone(workplace: Workplace) -> None:
    assert workplace.run(SNAPSHOTS).success

    def change(content: dict[str, Any]) -> None:
        for campaign in content["results"]:
            for asset in campaign["assets"].get("BLOG_POST", {}).get("results", ()):
                asset["metrics"] = {**asset["metrics"], "VIEWS": "n/a", "SHARES": 2**60 + 1}

    damage(workplace, "batch_read", change)
    workplace.server.stats.reset()
    result = workplace.run([dg.AssetKey(BLOG_POST.path)], DAYS[:1])
    assert result.success
    assert workplace.server.stats.by_endpoint["batch_read"] == 1
    rows = workplace.read_metrics("BLOG_POST", DAYS[:1]).to_pylist()
    assert rows and all(row["views"] is None for row in rows)
    assert dict(rows[0]["other_metrics_text"]) == {"VIEWS": "n/a", "SHARES": str(2**60 + 1)}
    assert dict(rows[0]["other_metrics"]) == {"SHARES": float(2**60 + 1)}
    (check,) = get_checks(result, "values_readable")
    assert not check.passed and check.severity is dg.AssetCheckSeverity.WARN
    assert f"campaign {rows[0]['campaign_id']} asset {rows[0]['asset_id']}" in str(check.description)


@pytest.mark.parametrize("status", [400, 403, 409])
def test_a_type_that_hubspot_refuses_to_list_fails_alone(make_workplace: MakeWorkplace, status: int) -> None:
    workplace = make_workplace(campaigns=6, assets_per_campaign=300)
    assert workplace.run_all(DAYS[:1]).success
    before = {row["asset_id"] for row in workplace.store.read(CAMPAIGN_ASSETS.path).to_pylist()}
    listed = next(t.name for t in METRIC_ASSET_TYPES if count_longest(workplace, t.name) > 50)
    workplace.server.portal.faults.add(
        "list_assets", status, times=None, message="no", where=lambda r: r.path_values["asset_type"] == listed
    )
    result = workplace.run([*SNAPSHOTS, *METRICS], DAYS[:2])
    said = workplace.get_failure(result)
    slug = listed.lower()
    assert f"{DAYS[0]} {slug}: HubSpot answered {status}" in said and f"{DAYS[1]} {slug}: " in said
    associations = workplace.store.read(CAMPAIGN_ASSETS.path).to_pylist()
    assert {row["asset_id"] for row in associations} == before
    (check,) = get_checks(result, "types_answered")
    assert not check.passed and listed in str(check.description)
    for asset_type in METRIC_ASSET_TYPES:
        path = METRICS_TABLES[asset_type.name].path
        assert workplace.store.list_days(path) == (DAYS[:1] if asset_type.name == listed else DAYS[:2])


def count_longest(workplace: Workplace, asset_type: str) -> int:
    """The most assets of a type that one campaign has."""
    rows = workplace.server.portal.truth.associations(asset_type)
    campaigns = [row["campaign_id"] for row in rows]
    return max(map(campaigns.count, campaigns), default=0)


def test_an_asset_that_a_response_leaves_out_is_told_and_its_row_stays(workplace: Workplace) -> None:
    assert workplace.run_all(DAYS[:1]).success
    before = drop_timestamps(workplace.read_metrics("BLOG_POST", DAYS[:1]))
    lost: list[str] = []

    def leave_out(content: dict[str, Any]) -> None:
        lost.clear()
        for campaign in content["results"]:
            for asset in campaign["assets"].pop("BLOG_POST", {"results": []})["results"]:
                lost.append(asset["id"])

    damage(workplace, "batch_read", leave_out)
    result = workplace.run(METRICS, DAYS[:2])
    assert result.success
    assert drop_timestamps(workplace.read_metrics("BLOG_POST", DAYS[:1])) == before
    assert workplace.store.read(BLOG_POST.path, day=DAYS[1]).num_rows == 0
    failed = [check for check in get_checks(result, "assets_answered") if not check.passed]
    assert [check.asset_key.path[-1] for check in failed] == ["blog_post"]
    assert failed[0].metadata["problems"].value == 2 * len(before)
    assert lost[0] in str(failed[0].description) or "asset" in str(failed[0].description)


def test_an_asset_that_is_tied_no_more_leaves_and_is_not_missed(workplace: Workplace) -> None:
    assert workplace.run_all(DAYS[:1]).success
    row = workplace.read_metrics("BLOG_POST", DAYS[:1]).to_pylist()[0]
    workplace.server.portal.remove_association(row["campaign_id"], "BLOG_POST", row["asset_id"])
    result = workplace.run_all(DAYS[:1])
    assert result.success
    keys = [(r["campaign_id"], r["asset_id"]) for r in workplace.read_metrics("BLOG_POST", DAYS[:1]).to_pylist()]
    assert (row["campaign_id"], row["asset_id"]) not in keys
    assert all(check.passed for check in get_checks(result, "assets_answered"))


def refuse(workplace: Workplace, name: str) -> None:
    """Lets HubSpot refuse a property as it does one that it has never heard of."""
    workplace.server.portal.faults.add(
        status=400,
        times=None,
        message=f"Invalid request: 'Forbidden properties: [{name}]. Correct ones are [hs_name]'",
        where=lambda request: name in request.query.get("properties", "").split(","),
    )


def test_a_standard_property_that_hubspot_dropped_is_null_and_told(workplace: Workplace) -> None:
    refuse(workplace, "hs_color_hex")
    result = workplace.run(SNAPSHOTS)
    assert result.success
    rows = read_campaigns(workplace)
    assert len(rows) == 12 and all(row["color_hex"] is None and row["name"] for row in rows)
    (check,) = get_checks(result, "properties_answered")
    assert not check.passed and "no property hs_color_hex any more" in str(check.description)


@pytest.mark.parametrize(("name", "hint"), [("region", ""), ("hs_nam", ": did you mean hs_name?")])
def test_a_refused_property_of_the_settings_is_left_out_and_told(
    make_workplace: MakeWorkplace, name: str, hint: str
) -> None:
    workplace = make_workplace({"CAMPAIGN_ASSETS_PROPERTIES": name})
    refuse(workplace, name)
    result = workplace.run(SNAPSHOTS)
    assert result.success and all(row["name"] for row in read_campaigns(workplace))
    (check,) = get_checks(result, "properties_answered")
    said = f"HubSpot has no property {name}, which CAMPAIGN_ASSETS_PROPERTIES names{hint}"
    assert not check.passed and said in str(check.description)


def test_a_property_of_the_settings_that_no_campaign_has_is_told(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace({"CAMPAIGN_ASSETS_PROPERTIES": "cost_center"})

    def empty(content: dict[str, Any]) -> None:
        for campaign in content["results"]:
            campaign["properties"].pop("cost_center", None)

    damage(workplace, "search", empty)
    (check,) = get_checks(workplace.run(SNAPSHOTS), "properties_answered")
    assert not check.passed and "no campaign has a value of cost_center" in str(check.description)


def test_more_properties_than_an_address_holds_are_read_in_parts_and_joined(
    make_workplace: MakeWorkplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"a_custom_property_with_a_long_name_{number:03}" for number in range(300)]
    monkeypatch.setattr(properties, "KNOWN", properties.KNOWN.union(names))  # the account has them
    workplace = make_workplace({"CAMPAIGN_ASSETS_PROPERTIES": ",".join(names)}, campaigns=60)

    def answer(request: ApiRequest, content: dict[str, Any], _: Random) -> Damaged:
        for campaign in content["results"]:
            asked = set(names).intersection(request.query["properties"].split(","))
            campaign["properties"].update((name, f"{name} of {campaign['id']}") for name in asked)
        return Damaged(content)

    for endpoint in ("search", "batch_read"):
        workplace.server.portal.faults.add(endpoint, kind="damage", damage=answer, times=None)
    assert workplace.run(SNAPSHOTS[:1]).success
    for row in read_campaigns(workplace):
        assert row["name"]
        assert dict(row["extra_properties"]) == {name: f"{name} of {row['campaign_id']}" for name in names}
    assert workplace.server.stats.by_endpoint == {"search": 1, "batch_read": 4, "account_details": 1}


@pytest.mark.parametrize(
    ("account", "setting", "passes"),
    [
        ("UTC", "UTC", True),
        ("US/Eastern", "America/New_York", True),
        ("Europe/Berlin", "UTC", False),
        ("Europe/London", "UTC", False),  # the same in winter only
        ("Asia/Kolkata", "Asia/Calcutta", True),
    ],
)
def test_the_time_zone_of_the_setting_is_compared_with_the_accounts(
    make_workplace: MakeWorkplace, account: str, setting: str, passes: bool
) -> None:
    workplace = make_workplace({"CAMPAIGN_ASSETS_TIMEZONE": setting}, time_zone=account)
    result = workplace.run(SNAPSHOTS[:1])
    assert result.success
    (check,) = get_checks(result, "time_zone_is_the_accounts")
    assert check.passed is passes
    assert passes or (account in str(check.description) and check.severity is dg.AssetCheckSeverity.ERROR)
    assert workplace.server.stats.by_endpoint["account_details"] == 1


@pytest.mark.parametrize("body", [None, {"portalId": 1}, {"portalId": 1, "timeZone": "Mars/Olympus"}])
def test_a_time_zone_that_is_not_known_warns_and_costs_nothing_else(
    workplace: Workplace, body: dict[str, Any] | None
) -> None:
    if body is None:
        workplace.server.portal.faults.add("account_details", 403, times=None)
    else:
        workplace.server.portal.faults.add("account_details", kind="body", body=json.dumps(body))
    result = workplace.run(SNAPSHOTS)
    assert result.success
    (check,) = get_checks(result, "time_zone_is_the_accounts")
    assert not check.passed and check.severity is dg.AssetCheckSeverity.WARN
