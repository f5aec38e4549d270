"""The audit: both endpoints, the same day, cell by cell."""

from datetime import date

import dagster as dg

from campaign_assets.catalog import find_asset_type
from campaign_assets.extract.endpoint_audit import choose_campaigns
from campaign_assets.tables import CAMPAIGN_ASSETS, METRICS_TABLES
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.defs.check_results import SLUGS, get_last_status, list_failed, run_job
from campaign_assets_tests.workplace import DAYS, SNAPSHOTS, Workplace

AUDIT = "audit_asset_metrics"
CHECK = "batch_equals_list"
TABLE = METRICS_TABLES["BLOG_POST"]
BLOG_POST = dg.AssetKey(TABLE.path)


def test_the_endpoints_agree_and_ordinary_runs_pay_nothing_for_it(workplace: Workplace) -> None:
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS[:2]).success
    stats = workplace.server.stats
    stats.reset()
    found = run_job(workplace, AUDIT)
    assert sorted(slug for slug, _ in found) == SLUGS
    assert not list_failed(found)
    assert found["blog_post", CHECK].metadata["day"].value == str(DAYS[1])  # the newest
    assert found["blog_post", CHECK].metadata["campaigns"].value == 3
    assert found["blog_post", CHECK].metadata["restated_since_read"].value == []
    assert 13 <= stats.by_endpoint["list_assets"] < 60 and stats.by_endpoint["batch_read"] == 3

    stats.reset()
    assert workplace.run([BLOG_POST], DAYS[:1]).success
    assert stats.as_dict()["by_endpoint"] == {"batch_read": 1}
    assert get_last_status(workplace, "BLOG_POST", CHECK) == "SUCCEEDED"


def test_a_day_that_was_restated_since_it_was_read_is_told_apart_from_endpoints_that_differ(
    make_workplace: MakeWorkplace,
) -> None:
    workplace = make_workplace({"HUBSPOT_RATE_LIMIT": "10000"})
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS[:1]).success
    rows = workplace.store.read(TABLE.path, day=DAYS[0]).drop_columns(["metric_date"])
    views = rows.schema.get_field_index("views")
    workplace.store.write(TABLE.path, rows.set_column(views, "views", [[10**6] * rows.num_rows]), day=DAYS[0])
    found = run_job(workplace, AUDIT, {CHECK: {"campaigns": 100}})["blog_post", CHECK]
    assert found.passed
    assert found.metadata["assets"].value == rows.num_rows
    assert f"HubSpot has restated {rows.num_rows} values since the table was read" in (found.description or "")
    assert "views is 1000000 in the table and " in (found.description or "")


def test_endpoints_that_differ_fail_the_check_asset_by_asset(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace()
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS[:1]).success
    # The list endpoint says that a campaign has no assets at all.
    workplace.server.portal.faults.add("list_assets", 404, times=None)
    found = run_job(workplace, AUDIT)["blog_post", CHECK]
    assert not found.passed
    assert "only the batch has it" in (found.description or "")


def test_the_sample_is_the_same_for_a_day_and_another_for_the_next(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace(campaigns=60)
    assert workplace.run(SNAPSHOTS).success
    table, asset_type = workplace.store.read(CAMPAIGN_ASSETS.path), find_asset_type("BLOG_POST")
    assert asset_type
    samples = [choose_campaigns(table, asset_type, date(2026, 3, day), 3) for day in (1, 1, 2, 3)]
    assert samples[0] == samples[1]
    assert len({tuple(sample) for sample in samples}) == 3
