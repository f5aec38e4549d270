"""What HubSpot does not say, each possible truth in turn: the main job is right, or a check says that it is not."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.emulator.fault_kinds import KNOWN_FAULTS
from campaign_assets.emulator.unsettled_options import NAMES
from campaign_assets.tables import CAMPAIGNS
from campaign_assets_tests.conftest import MakeWorkplace
from campaign_assets_tests.defs.check_results import list_failed, run_job
from campaign_assets_tests.reliability.cells import all_cells
from campaign_assets_tests.reliability.truth import Truth, find_difference, read_rows
from campaign_assets_tests.workplace import DAYS, SNAPSHOTS, Workplace

pytestmark = pytest.mark.long

AUDIT = "audit_asset_metrics"


def list_differences(workplace: Workplace) -> list[str]:
    """Every cell that is not what the account holds."""
    truth = Truth.of(workplace.server.portal, DAYS[:1])
    found = ((cell, read_rows(workplace.store, cell)) for cell in all_cells(DAYS[:1]))
    differences = [find_difference(rows, truth.cells[cell], cell=cell) for cell, rows in found]
    return [difference for difference in differences if difference]


@pytest.mark.parametrize(
    "options",
    [
        {"percent_rates": True, "ignore_unknown_properties": True, "unknown_assets": "not-found"},
        {"silent_missing": True, "undocumented_metrics": True, "unknown_assets": "invalid"},
        {"search_lag": 600.0, "associations_move_updated_at": True, "utc_days": True, "settled_after": 30},
    ],
    ids=str,
)
def test_every_cell_is_right_whatever_the_truth_is(make_workplace: MakeWorkplace, options: dict[str, Any]) -> None:
    workplace = make_workplace(campaigns=12, **options)
    assert workplace.run_all(DAYS[:1]).success
    assert list_differences(workplace) == []


def test_campaigns_that_a_batch_leaves_out_in_silence_are_known_to_be_deleted(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace(campaigns=12, silent_missing=True)
    assert workplace.run_all(DAYS[:1]).success
    lost = workplace.server.portal.truth.campaigns()[3]["id"]
    rows = len(workplace.read_metrics("BLOG_POST", DAYS[:1]))
    workplace.server.portal.delete_campaign(lost)
    assert workplace.run_all(DAYS[:1]).success
    campaigns = workplace.store.read(CAMPAIGNS.path).to_pylist()
    assert [row["campaign_id"] for row in campaigns if row["deleted_at"]] == [lost]
    assert len(workplace.read_metrics("BLOG_POST", DAYS[:1])) == rows


def test_metrics_of_types_that_have_none_documented_are_told(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace(campaigns=12, undocumented_metrics=True)
    result = workplace.run_all(DAYS[:1])
    told = [e for e in result.get_asset_check_evaluations() if e.check_name == "other_metrics_empty" and not e.passed]
    assert len(told) == 1 and "types that have no table" in str(told[0].description)


def test_the_audit_tells_when_the_last_day_does_not_count(make_workplace: MakeWorkplace) -> None:
    # A window of one day is empty then, so that every row would say nothing; this must not pass in silence.
    for exclusive in (False, True):
        workplace = make_workplace(campaigns=12, exclusive_end=exclusive)
        assert workplace.run_all(DAYS[:1]).success
        failed = list_failed(run_job(workplace, AUDIT))
        assert bool(failed) is exclusive
    assert {name for _, name in failed} == {"batch_equals_list"}


def tick(workplace: Workplace, cursor: str | None) -> Any:
    """A tick of the sensor that watches the campaigns."""
    repository = workplace.definitions.get_repository_def()
    resources = {"hubspot": (workplace.definitions.resources or {})["hubspot"]}
    with dg.build_sensor_context(
        instance=workplace.instance, cursor=cursor, repository_def=repository, resources=resources
    ) as context:
        return repository.get_sensor_def("campaign_changes").evaluate_tick(context)


def test_the_sensor_and_the_snapshot_catch_up_with_a_search_that_lags(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace(campaigns=12, search_lag=600.0)
    portal = workplace.server.portal
    first = tick(workplace, None)
    assert first.run_requests and workplace.run(SNAPSHOTS).success
    lost = portal.truth.campaigns()[0]["id"]
    portal.add_campaign({"hs_name": "brand new"})
    portal.delete_campaign(lost)
    portal.clock.advance(timedelta(minutes=5))
    assert not tick(workplace, first.cursor).run_requests  # nobody can know yet
    portal.clock.advance(timedelta(minutes=6))
    assert tick(workplace, first.cursor).run_requests
    assert workplace.run(SNAPSHOTS).success
    rows = workplace.store.read(CAMPAIGNS.path).to_pylist()
    assert len(rows) == 13 and "brand new" in {row["name"] for row in rows}
    assert [row["campaign_id"] for row in rows if row["deleted_at"]] == [lost]


def test_a_campaign_that_the_search_still_shows_but_is_deleted_costs_nothing(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace(campaigns=12, search_lag=600.0)
    assert workplace.run_all(DAYS[:1]).success
    lost = workplace.server.portal.truth.campaigns()[0]["id"]
    workplace.server.portal.delete_campaign(lost)
    result = workplace.run_all(DAYS[:1])
    assert result.success
    for asset_type in METRIC_ASSET_TYPES:
        rows = workplace.read_metrics(asset_type.name, DAYS[:1]).to_pylist()
        assert len({(row["campaign_id"], row["asset_id"]) for row in rows}) == len(rows)
    late = [e for e in result.get_asset_check_evaluations() if e.check_name == "assets_answered" and not e.passed]
    assert late == [] and isinstance(result, dg.ExecuteInProcessResult)


def test_the_page_of_unknowns_names_every_option_and_each_has_its_run() -> None:
    page = (Path(__file__).parents[1] / "docs" / "unknowns.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:2] == "| "]
    assert all(len(row) == 4 and all(row) for row in rows)
    assert {f"--{name.replace('_', '-')}" for name in NAMES} == set(re.findall(r"`(--[a-z-]+)`", page))
    assert {name for row in rows for name in re.findall(r"the fault `(\w+)`", row[3])} <= set(KNOWN_FAULTS)
    tried = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in NAMES if not re.search(rf'"{name}":|{name}=', tried)] == []
