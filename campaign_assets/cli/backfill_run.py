"""The run of `campaign-assets backfill`: one like any other, kept by the instance, where the UI shows it and its cells.

Here: which cells a run reads, the bar, and how it ends in words. What may be asked for is in `backfill`.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import click
import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from campaign_assets.cli.dagster_home import HOME, build_quietly, describe_reason
from campaign_assets.days import DayRange, RangeError
from campaign_assets.defs.instance.resume import to_continuation_tags
from campaign_assets.defs.instance.shell_runs import end_dead_runs, held_run
from campaign_assets.defs.portal import Portal
from campaign_assets.inspection.table_status import list_tables_by_day
from campaign_assets.load.progress import Progress
from campaign_assets.settings import Settings
from campaign_assets.tables import TableSchema


def run_range(
    console: Console, settings: Settings, instance: dg.DagsterInstance, tables: Sequence[TableSchema], days: DayRange
) -> None:
    """Reads days of tables.

    Args:
        console: Shows how far it is.
        settings: What the environment says.
        instance: Keeps the run.
        tables: The tables, which the settings turn on.
        days: The days.

    Raises:
        ClickException: The run failed; says how to go on.
    """
    portal = Portal.from_settings(settings)
    _run(console, settings, instance, [portal.key(table) for table in tables], days.to_tags())


def continue_run(console: Console, settings: Settings, instance: dg.DagsterInstance, run_id: str) -> None:
    """Reads what a run has not read of its days.

    Args:
        console: Shows how far it is.
        settings: What the environment says.
        instance: Keeps both runs.
        run_id: The run.

    Raises:
        ClickException: There is no such run, it read no days, or this one failed too.
    """
    run = instance.get_run_by_id(run_id)
    if run is None:
        raise click.ClickException(f"There is no run {run_id} in this {HOME}.")
    own = set(map(Portal.from_settings(settings).key, list_tables_by_day(settings)))
    keys = sorted(set(run.asset_selection or ()) & own)
    try:
        days = DayRange.from_tags(run.tags) if keys else None
    except RangeError:
        days = None  # partitions that are no days
    if days is None:
        raise click.ClickException(f"Run {run_id} read no range of metrics, nor of reports that are on.")
    _run(console, settings, instance, keys, {**days.to_tags(), **to_continuation_tags(run)})


def _run(
    console: Console,
    settings: Settings,
    instance: dg.DagsterInstance,
    keys: Sequence[dg.AssetKey],
    tags: Mapping[str, str],
) -> None:
    with _shown(console) as bar:
        logging.getLogger("dagster").setLevel(logging.CRITICAL)  # what goes wrong is said at the end, in a sentence
        job = build_quietly(settings, bar).resolve_implicit_global_asset_job_def()
        try:
            end_dead_runs(instance)
            with held_run(instance) as run_id:
                result = job.execute_in_process(
                    asset_selection=list(keys),
                    tags=dict(tags),
                    instance=instance,
                    run_id=run_id,
                    raise_on_error=False,
                    run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                )
        except Exception as error:  # of the instance, such as that its disk is full: a step's own is in the result
            raise click.ClickException(
                f"The instance of {HOME} cannot keep the run ({describe_reason(error)}): look at the folder's rights "
                "and space, and run again; what is read is in place."
            ) from None
    _conclude(console, bar, result)


@contextmanager
def _shown(console: Console) -> Iterator["_ShownProgress"]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[rate]}"),
    )
    with Bar(*columns, console=console) as bar:
        yield _ShownProgress(bar)


class _ShownProgress:
    """A bar that is told how far a run is.

    Attributes:
        last: What it was told last; None before the first day.
    """

    def __init__(self, bar: Bar) -> None:
        self.last: Progress | None = None
        self._bar = bar
        self._task = bar.add_task("Days", total=None, rate="")

    def __call__(self, progress: Progress) -> None:
        self.last = progress
        rate = (
            f"{progress.rows:,} rows, {progress.requests_per_ten_seconds:,.0f} of {progress.limit:,} requests in 10 s"
        )
        self._bar.update(self._task, completed=progress.days_done, total=progress.days, rate=rate)


def _conclude(console: Console, bar: _ShownProgress, result: dg.ExecuteInProcessResult) -> None:
    if bar.last is not None:
        console.print(bar.last.describe())
    elif result.success:
        console.print("All days are in place already.")
    if result.success:
        console.print(f"Run {result.run_id} succeeded.")
        return
    reasons = [_to_reason(event) for event in result.all_events if event.is_step_failure]
    raise click.ClickException(
        "\n".join([*reasons, f"To go on later: campaign-assets backfill --continue {result.run_id}"])
    )


def _to_reason(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    failure = data.user_failure_data
    return (failure.description if failure else None) or (data.error.message if data.error else "") or ""
