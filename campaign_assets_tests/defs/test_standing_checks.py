"""The checks that run on their own: what is due, and whether every file is there and opens."""

from collections.abc import Sequence
from datetime import date, timedelta

import dagster as dg
import pytest

from campaign_assets.defs.keys import METRIC_RESTATEMENTS_KEY
from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, CAMPAIGNS, METRICS_TABLES, ChangeLog
from campaign_assets_tests.conftest import MakeFilled, MakeWorkplace
from campaign_assets_tests.defs.check_results import SLUGS, get_last_status, list_failed, run_job
from campaign_assets_tests.defs.ticks import collected_warnings
from campaign_assets_tests.workplace import DAYS, NOW, SNAPSHOTS, Workplace

pytestmark = pytest.mark.long

BLOG_POST = dg.AssetKey(METRICS_TABLES["BLOG_POST"].path)
START = {"CAMPAIGN_ASSETS_START_DATE": DAYS[0].isoformat()}


def test_a_day_that_is_due_is_a_warning_after_six_hours_and_an_error_after_thirty(
    make_workplace: MakeWorkplace,
) -> None:
    workplace = make_workplace({**START, "CAMPAIGN_ASSETS_SETTLE_DAYS": "0"})
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS).success
    found = run_job(workplace, "check_freshness")
    assert sorted(slug for slug, _ in found) == SLUGS
    assert [slug for slug in SLUGS if found[slug, "no_day_due"].passed] == ["blog_post"]

    closes = NOW.replace(hour=0) + timedelta(days=1)
    for hours, passed, severity in ((5, True, None), (7, False, "WARN"), (31, False, "ERROR")):
        workplace.now = lambda after=hours: closes + timedelta(hours=after)  # type: ignore[misc]
        result = run_job(workplace, "check_freshness")["blog_post", "no_day_due"]
        assert result.passed == passed
        assert severity in (None, result.severity.value)
        assert "2026-03-10" in (result.description or "")


def test_a_file_that_is_damaged_or_gone_is_named_and_materializing_it_again_mends_it(workplace: Workplace) -> None:
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS).success
    assert not list_failed(run_job(workplace, "check_files"))
    damaged, deleted = (workplace.store.locate(BLOG_POST.path, day) for day in DAYS[:2])
    damaged.write_bytes(damaged.read_bytes()[:-20])
    deleted.unlink()
    campaigns = workplace.store.locate(CAMPAIGNS.path)
    campaigns.write_bytes(b"no Parquet")

    found = run_job(workplace, "check_files")
    assert list_failed(found) == [("blog_post", "files_readable"), ("campaigns", "files_readable")]
    description = found["blog_post", "files_readable"].description or ""
    assert description.startswith("2 of 3 files: ")
    assert str(damaged) in description and str(deleted) in description
    assert str(campaigns) in (found["campaigns", "files_readable"].description or "")

    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS[:2]).success
    assert not list_failed(run_job(workplace, "check_files"))


def test_partitions_that_are_no_days_have_no_files_and_are_named_once(workplace: Workplace) -> None:
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS).success
    for partition in ("eu-west", "2026-02-30"):
        workplace.instance.report_runless_asset_event(dg.AssetMaterialization(BLOG_POST, partition=partition))
    with collected_warnings() as warnings:
        found = run_job(workplace, "check_files")
    assert len(warnings) == 1 and warnings[0].endswith("the partitions 2026-02-30, eu-west, which are no days.")
    assert not list_failed(found)
    assert found["blog_post", "files_readable"].metadata["files"].value == 3


def test_what_lies_below_a_table_and_is_no_part_of_it_is_named(make_filled: MakeFilled) -> None:
    workplace = make_filled(DAYS[:1], campaigns=3, assets_per_campaign=4)
    assert workplace.run(SNAPSHOTS).success  # the log of changes begins
    assert not list_failed(run_job(workplace, "check_files"))
    log = ChangeLog(workplace.store, CAMPAIGN_ASSET_CHANGES.path)
    ((_, file),) = log.list_files()
    file.write_bytes(b"garbage")
    foreign = workplace.store.locate(BLOG_POST.path, DAYS[0]).parent.parent / "metric_date=foo"
    foreign.mkdir()
    found = run_job(workplace, "check_files")
    assert list_failed(found) == [("blog_post", "files_readable"), ("campaign_asset_changes", "files_readable")]
    result = found["blog_post", "files_readable"]
    assert (result.metadata["bad_files"].value, result.metadata["strange_files"].value) == (0, 1)
    assert (result.description or "").startswith(
        f"0 of 1 files: {foreign} is no part of hubspot/asset_metrics/blog_post"
    )
    assert str(file) in (found["campaign_asset_changes", "files_readable"].description or "")


def test_damage_in_the_middle_of_a_file_is_found_where_rows_are_read(workplace: Workplace) -> None:
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS[:1]).success
    path = workplace.store.locate(BLOG_POST.path, DAYS[0])
    data = bytearray(path.read_bytes())
    data[4:400] = bytes(396)
    path.write_bytes(bytes(data))
    found = run_job(workplace, "check_files", {"files_readable": {"read_rows": True}})
    assert list_failed(found) == [("blog_post", "files_readable")]


@pytest.mark.parametrize("days", [DAYS[:1], DAYS])
def test_a_run_that_materializes_leaves_what_the_checks_said_last(workplace: Workplace, days: list[object]) -> None:
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS).success
    workplace.store.locate(BLOG_POST.path, DAYS[0]).write_bytes(b"")
    assert list_failed(run_job(workplace, "check_files")) == [("blog_post", "files_readable")]
    assert workplace.run([BLOG_POST], DAYS[1 : 1 + len(days)]).success
    assert get_last_status(workplace, "BLOG_POST", "files_readable") == "FAILED"


def list_unevaluated(workplace: Workplace, keys: Sequence[dg.AssetKey]) -> list[dg.AssetCheckKey]:
    """The checks of some assets that the UI shows without a result: their last run has none, or is not the last run."""
    instance = workplace.instance
    checks = workplace.definitions.resolve_asset_graph().asset_check_keys
    of_these = [key for key in checks if key.asset_key in keys]
    last = instance.event_log_storage.get_latest_asset_check_execution_by_key(of_these)
    (run,) = instance.get_runs(limit=1)
    return sorted(
        key for key in of_these if key not in last or last[key].run_id != run.run_id or not last[key].evaluation
    )


@pytest.mark.parametrize("days", [DAYS[:1], DAYS])
def test_every_check_has_a_result_from_the_first_run_on_and_no_later_run_hides_it(
    workplace: Workplace, days: list[date]
) -> None:
    keys = [*SNAPSHOTS, BLOG_POST, dg.AssetKey(CAMPAIGN_ASSET_CHANGES.path), METRIC_RESTATEMENTS_KEY]
    assert workplace.run([*SNAPSHOTS, BLOG_POST], days).success
    assert not list_unevaluated(workplace, keys)
    assert workplace.run([*SNAPSHOTS, BLOG_POST], days).success
    assert not list_unevaluated(workplace, keys)


def test_the_job_of_the_campaigns_leaves_none_of_their_checks_without_a_result(workplace: Workplace) -> None:
    job = workplace.definitions.resolve_job_def("refresh_campaigns")
    assert job.execute_in_process(instance=workplace.instance).success
    assert not list_unevaluated(workplace, SNAPSHOTS)


def test_the_run_that_mends_what_a_check_found_turns_it_green(workplace: Workplace) -> None:
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS[:1]).success
    workplace.store.locate(BLOG_POST.path, DAYS[0]).unlink()
    assert list_failed(run_job(workplace, "check_files")) == [("blog_post", "files_readable")]
    assert workplace.run([BLOG_POST], DAYS[:1]).success
    assert get_last_status(workplace, "BLOG_POST", "files_readable") == "SUCCEEDED"


def test_a_day_that_is_read_is_due_no_more_as_soon_as_its_run_ends(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace({"CAMPAIGN_ASSETS_START_DATE": DAYS[-1].isoformat()})
    assert workplace.run(SNAPSHOTS).success
    run_job(workplace, "check_freshness")
    assert get_last_status(workplace, "BLOG_POST", "no_day_due") == "FAILED"
    assert workplace.run([BLOG_POST], DAYS[-1:]).success
    assert get_last_status(workplace, "BLOG_POST", "no_day_due") == "SUCCEEDED"
