"""The checks of the rows, as runs of the real assets report them."""

from datetime import date

import dagster as dg
import pytest

from campaign_assets.defs.checks.specs import METRICS_CHECKS
from campaign_assets.defs.instance.resume import to_continuation_tags
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES, TableSchema
from campaign_assets_tests.conftest import MakeFilled, MakeWorkplace
from campaign_assets_tests.defs.check_results import SLUGS, get_results, list_failed, run_job
from campaign_assets_tests.workplace import DAYS, METRICS, NOW, SNAPSHOTS, Workplace

BLOG_POST = dg.AssetKey(METRICS_TABLES["BLOG_POST"].path)


def add_post(workplace: Workplace, metrics: dict[str, int | float]) -> None:
    """A blog post whose metrics are the same on every day."""
    portal = workplace.server.portal
    portal.library.add("BLOG_POST", "4711", "odd", date.min.toordinal(), fixed=metrics)
    portal.add_association(portal.truth.campaigns()[0]["id"], "BLOG_POST", "4711")


def test_a_run_gives_one_result_for_each_check_and_table_however_many_days_it_has(
    workplace: Workplace,
) -> None:
    assert workplace.run(SNAPSHOTS).success
    result = workplace.run(METRICS, DAYS)
    assert result.success
    found = get_results(result)
    data = {key: e for key, e in found.items() if key[1] in METRICS_CHECKS}
    assert len(data) == 13 * 9 + 1  # only forms have a ratio
    assert {slug for slug, _ in data} == set(SLUGS)
    assert not list_failed(data)
    assert all(e.metadata["days"].value == 3 for e in data.values())


def test_a_failed_check_that_blocks_is_an_error_and_the_run_goes_on_and_ends_well(workplace: Workplace) -> None:
    add_post(workplace, {"VIEWS": -5})
    result = workplace.run([*SNAPSHOTS, BLOG_POST], DAYS)
    assert result.success
    found = get_results(result)[("blog_post", "counts_not_negative")]
    assert not found.passed
    assert found.severity is dg.AssetCheckSeverity.ERROR
    assert found.description and found.description.startswith("3 on 3 of 3 days: 2026-03-07: views -5")
    assert workplace.store.list_days(BLOG_POST.path) == DAYS
    spec = workplace.definitions.resolve_asset_graph().get_check_spec(dg.AssetCheckKey(BLOG_POST, found.check_name))
    assert spec.blocking


def test_a_run_that_fails_half_way_judges_what_it_wrote(workplace: Workplace) -> None:
    add_post(workplace, {"VIEWS": -5})
    assert workplace.run(SNAPSHOTS).success
    workplace.server.portal.faults.add(
        "batch_read", 401, times=None, where=lambda request: request.query.get("startDate") == str(DAYS[2])
    )
    result = workplace.run([BLOG_POST], DAYS)
    assert not result.success
    found = get_results(result)[("blog_post", "counts_not_negative")]
    assert not found.passed
    assert found.metadata["days"].value == len(workplace.store.list_days(BLOG_POST.path)) > 0


def test_a_run_that_continues_another_judges_the_days_of_both(workplace: Workplace) -> None:
    add_post(workplace, {"VIEWS": -5})
    assert workplace.run(SNAPSHOTS).success
    faults = workplace.server.portal.faults
    faults.add("batch_read", 400, times=None, where=lambda request: request.query.get("startDate") == str(DAYS[1]))
    first = workplace.run([BLOG_POST], DAYS)
    assert not first.success
    faults.clear()
    run = workplace.instance.get_run_by_id(first.run_id)
    assert run
    second = workplace.run([BLOG_POST], DAYS, tags=to_continuation_tags(run))
    assert second.success
    found = get_results(second)["blog_post", "counts_not_negative"]
    assert (found.metadata["days"].value, found.metadata["days_with_problems"].value) == (3, 3)


def test_new_metrics_and_types_are_named_with_the_recipe_to_add_them(make_workplace: MakeWorkplace) -> None:
    workplace = make_workplace(
        campaigns=40, unknown_types=("HOLOGRAM",), unknown_metrics=(("BLOG_POST", "SHARES"), ("CALL", "MINUTES"))
    )
    found = get_results(workplace.run_all(DAYS[:1]))
    assert ("blog_post", "other_metrics_empty") in list_failed(found)
    new = found["blog_post", "other_metrics_empty"]
    assert new.severity is dg.AssetCheckSeverity.WARN
    assert "SHARES" in (new.description or "")
    types = found["campaign_assets", "asset_types_known"]
    assert not types.passed and "HOLOGRAM" in (types.description or "")
    first = found[SLUGS[0], "other_metrics_empty"]
    assert "types that have no table: CALL (" in (first.description or "")
    assert "catalog/asset_types.py" in (first.description or "")


def test_campaign_values_that_cannot_be_read_are_counted_and_the_run_ends_well(workplace: Workplace) -> None:
    workplace.server.portal.add_campaign({"hs_name": "odd", "hs_start_date": "soon", "hs_end_date": "later"})
    result = workplace.run(SNAPSHOTS)
    assert result.success
    found = get_results(result)["campaigns", "values_readable"]
    assert not found.passed and found.severity is dg.AssetCheckSeverity.WARN
    campaign_id = workplace.server.portal.truth.campaigns()[-1]["id"]
    named = [f"campaign {campaign_id}: hs_end_date is 'later'", f"campaign {campaign_id}: hs_start_date is 'soon'"]
    assert found.description == f"2: {'; '.join(named)}"
    rest = [key for key in list_failed(get_results(result)) if key[1] != "files_readable"]
    assert rest == [("campaigns", "values_readable")]


def test_a_day_with_far_fewer_rows_than_the_weeks_before_is_a_warning(workplace: Workplace) -> None:
    assert workplace.run(SNAPSHOTS).success
    days = [date(2026, 2, 20 + n) for n in range(8)]
    assert workplace.run([BLOG_POST], days).success
    rows = workplace.store.read(BLOG_POST.path, day=days[-1]).drop_columns(["metric_date"])
    assert rows.num_rows > 5
    many = [rows] * 3
    for day in days[:-1]:
        workplace.store.write(
            BLOG_POST.path, type(rows).from_batches([b for t in many for b in t.to_batches()]), day=day
        )
    found = get_results(workplace.run([BLOG_POST], days[-1:]))["blog_post", "row_count_usual"]
    assert not found.passed and found.severity is dg.AssetCheckSeverity.WARN
    assert f"{rows.num_rows} rows, where the median of 7 earlier days is" in (found.description or "")


@pytest.mark.parametrize("table", [CAMPAIGNS, CAMPAIGN_ASSETS, METRICS_TABLES["BLOG_POST"]], ids=lambda t: t.name)
@pytest.mark.parametrize("data", [b"no Parquet", None], ids=["damaged", "missing"])
def test_no_check_that_is_executed_alone_fails_its_run_because_of_a_file(
    make_filled: MakeFilled, table: TableSchema, data: bytes | None
) -> None:
    workplace = make_filled(DAYS[:1], campaigns=3, assets_per_campaign=4)
    file = workplace.store.locate(table.path, DAYS[0] if table.daily else None)
    file.unlink()
    if data:
        file.write_bytes(data)
    job = workplace.definitions.resolve_implicit_global_asset_job_def()
    keys = {dg.AssetCheckKey(BLOG_POST, name) for name in ("campaigns_known", "key_unique")}
    rows = job.get_subset(asset_check_selection=keys).execute_in_process(instance=workplace.instance)
    if table is CAMPAIGNS:
        assert list_failed(get_results(rows)) == [("blog_post", "campaigns_known")]
        assert str(file) in (get_results(rows)["blog_post", "campaigns_known"].description or "")
    failed = list_failed(run_job(workplace, "audit_asset_metrics"))
    assert failed == ([(slug, "batch_equals_list") for slug in SLUGS] if table is CAMPAIGN_ASSETS else [])


def test_a_check_of_the_rows_that_is_executed_alone_looks_at_the_stored_days(workplace: Workplace) -> None:
    assert workplace.run([*SNAPSHOTS, BLOG_POST], DAYS).success
    rows = workplace.store.read(BLOG_POST.path, day=DAYS[1]).drop_columns(["metric_date"])
    workplace.store.write(BLOG_POST.path, type(rows).from_batches(rows.to_batches() * 2), day=DAYS[1], extracted_at=NOW)
    workplace.server.stats.reset()
    key = dg.AssetCheckKey(BLOG_POST, "key_unique")
    job = workplace.definitions.resolve_implicit_global_asset_job_def()
    result = job.get_subset(asset_check_selection={key}).execute_in_process(instance=workplace.instance)
    assert result.success
    found = get_results(result)
    assert list_failed(found) == [("blog_post", "key_unique")]
    assert found["blog_post", "key_unique"].metadata["days"].value == 3
    assert workplace.server.stats.requests == 0
