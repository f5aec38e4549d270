"""The check beside each table that says how much days still move."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.settling.comparison import Movement
from campaign_assets.settling.rereads import NOTE, Reread, to_note
from campaign_assets.tables import METRIC_RESTATEMENTS
from campaign_assets_tests.defs.check_results import get_results
from campaign_assets_tests.workplace import NOW, Workplace

SLUGS = [asset_type.slug for asset_type in METRIC_ASSET_TYPES]
EMPTY: pa.Table = METRIC_RESTATEMENTS.columns.empty_table()


def write_days(workplace: Workplace, moved: dict[str, tuple[float, float, float]], count: int = 20) -> None:
    """Files of days that were read at all settling times, and what each reading moved of a thousand."""
    for number in range(count):
        day = NOW.date() - timedelta(days=number + 9)
        times = [NOW.replace(hour=1) - timedelta(days=number + 8 - after) for after in (0, 1, 3, 7)]
        rereads = [
            Reread(slug, before, at, Movement(9, 9, share, 1000.0))
            for slug, shares in moved.items()
            for before, at, share in zip(times, times[1:], shares, strict=False)
        ]
        workplace.store.write(METRIC_RESTATEMENTS.path, EMPTY, day=day, notes={NOTE: to_note(rereads)})


def run_check(workplace: Workplace) -> Mapping[tuple[str, str], Any]:
    """The results of the job."""
    job = workplace.definitions.resolve_job_def("check_settling")
    return get_results(job.execute_in_process(instance=workplace.instance))


def test_each_table_tells_what_moves_and_all_together_what_would_fit(workplace: Workplace) -> None:
    write_days(workplace, dict.fromkeys(SLUGS, (70.0, 0.0, 0.0)) | {"form": (80.0, 0.0, 30.0)})
    found = run_check(workplace)
    form, blog_post = found["form", "settle_days_fit"], found["blog_post", "settle_days_fit"]
    assert form.metadata["moves_after_1_days"].value == 0.03 and form.metadata["days_known"].value == 20
    assert "moves_after_7_days" not in form.metadata
    assert not form.passed and blog_post.passed
    assert blog_post.description == (
        "How much of a day still moves: after 1 day 0.00%, after 3 days 0.00%, after 7 days unknown."
    )
    advice = found["metric_restatements", "settle_days_fit"]
    assert not advice.passed and advice.severity.value == "WARN"
    assert advice.description == (
        "It stops too early: after 7 days these tables still move: form (3.0%). It reads too often: 3 days after its "
        "close a day has changed by less than 0.1% in every table. Try CAMPAIGN_ASSETS_SETTLE_DAYS=0,1,7,14."
    )
    assert advice.metadata["suggested_settle_days"].value == "0,1,7,14"
    assert len(advice.metadata["still_moves"].records) == len(SLUGS)


def test_days_as_they_should_be_are_no_warning_and_neither_are_none(workplace: Workplace) -> None:
    assert all(result.passed for result in run_check(workplace).values())
    write_days(workplace, dict.fromkeys(SLUGS, (70.0, 20.0, 10.0)))
    found = run_check(workplace)
    assert all(result.passed for result in found.values()) and len(found) == len(SLUGS) + 1
    assert found["metric_restatements", "settle_days_fit"].description == (
        "Nothing speaks against CAMPAIGN_ASSETS_SETTLE_DAYS=0,1,3,7; 20 days are known."
    )


def test_a_damaged_day_shows_nothing_and_stops_nobody(workplace: Workplace) -> None:
    write_days(workplace, dict.fromkeys(SLUGS, (70.0, 20.0, 10.0)))
    workplace.store.locate(METRIC_RESTATEMENTS.path, NOW.date() - timedelta(days=9)).write_bytes(b"nonsense")
    assert run_check(workplace)["form", "settle_days_fit"].metadata["days_known"].value == 19
