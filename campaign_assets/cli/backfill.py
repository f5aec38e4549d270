"""`campaign-assets backfill`: a range of metrics through Dagster in this process, with a progress bar.

The run is one like any other: it is kept by the instance of DAGSTER_HOME, where the UI shows it and its cells.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from campaign_assets.cli.dagster_home import HOME, build_quietly, opened_instance
from campaign_assets.days import DayRange, RangeError
from campaign_assets.defs.instance.resume import to_continuation_tags
from campaign_assets.defs.portal import Portal
from campaign_assets.extract.estimate import to_asset_types
from campaign_assets.load.progress import Progress
from campaign_assets.settings import ACCESS_TOKEN, Settings, SettingsError
from campaign_assets.tables import CAMPAIGN_ASSETS, TableStore


@click.command()
@click.option("--from", "first", metavar="DAY", help="The first day, such as 2025-01-01.")
@click.option("--to", "last", metavar="DAY", help="The last day, inclusive; yesterday at most.")
@click.option("--types", multiple=True, metavar="TYPE,…", help="Asset types such as blog_post or BLOG_POST; else all.")
@click.option("--continue", "run_id", metavar="RUN", help="Instead of a range: go on where this run stopped.")
@click.pass_obj
def backfill(
    environ: Mapping[str, str], first: str | None, last: str | None, types: tuple[str, ...], run_id: str | None
) -> None:
    """Reads the metrics of a range through Dagster, and shows how far it is.

    What is read stays read: where the run fails, --continue reads just the days that are missing.
    """
    console = Console(highlight=False)
    if run_id is not None and (first or last or types):
        raise click.UsageError("--continue goes on with a range as it was: give it without --from, --to and --types.")
    settings = _read_settings(environ)
    portal = Portal.from_settings(settings)
    with _open_instance(environ) as instance:
        if run_id is not None:
            keys, tags = _find_work(instance, portal, run_id)
        elif first and last:
            keys, tags = _plan_work(settings, portal, first, last, types)
        else:
            raise click.UsageError("Give --from and --to, or --continue.")
        with _shown(console) as bar:
            result = _run(settings, instance, keys, tags, bar)
    _conclude(console, bar, result)


def _read_settings(environ: Mapping[str, str]) -> Settings:
    try:
        settings = Settings.from_environ(environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    if not settings.credentials:
        raise click.ClickException(f"{ACCESS_TOKEN} is not set: it names the account that is read.")
    if not TableStore(settings.storage).exists(CAMPAIGN_ASSETS.path):
        raise click.ClickException(
            f"{TableStore(settings.storage).locate(CAMPAIGN_ASSETS.path)} is not there: materialize hubspot/campaigns "
            "and hubspot/campaign_assets first (the job refresh_campaigns does)."
        )
    return settings


@contextmanager
def _open_instance(environ: Mapping[str, str]) -> Iterator[dg.DagsterInstance]:
    home = environ.get(HOME, "")
    if not home:
        raise click.ClickException(
            f"{HOME} is not set: it is the folder in which Dagster remembers runs and what they have done."
        )
    if not Path(home).is_dir():
        raise click.ClickException(f"{HOME} is {home}, but there is no such folder.")
    with opened_instance(Path(home).absolute(), HOME) as instance:
        yield instance


def _plan_work(
    settings: Settings, portal: Portal, first: str, last: str, types: Sequence[str]
) -> tuple[list[dg.AssetKey], dict[str, str]]:
    try:
        days = settings.build_calendar().parse_range(first, last)
        names = (name for text in types for name in text.split(",") if name.strip())
        chosen = to_asset_types(names, settings.list_asset_types())
    except RangeError as error:
        raise click.ClickException(str(error)) from None
    return [portal.metrics_keys[asset_type.name] for asset_type in chosen], days.to_tags()


def _find_work(instance: dg.DagsterInstance, portal: Portal, run_id: str) -> tuple[list[dg.AssetKey], dict[str, str]]:
    run = instance.get_run_by_id(run_id)
    if run is None:
        raise click.ClickException(f"There is no run {run_id} in this {HOME}.")
    keys = sorted(set(run.asset_selection or ()) & set(portal.metrics))
    try:
        days = DayRange.from_tags(run.tags) if keys else None
    except RangeError:
        days = None  # partitions that are no days
    if days is None:
        raise click.ClickException(f"Run {run_id} read no range of metrics.")
    return keys, {**days.to_tags(), **to_continuation_tags(run)}


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


def _run(
    settings: Settings,
    instance: dg.DagsterInstance,
    keys: list[dg.AssetKey],
    tags: Mapping[str, str],
    bar: _ShownProgress,
) -> dg.ExecuteInProcessResult:
    logging.getLogger("dagster").setLevel(logging.CRITICAL)  # what goes wrong is said at the end, in a sentence
    job = build_quietly(settings, bar).resolve_implicit_global_asset_job_def()
    return job.execute_in_process(
        asset_selection=keys,
        tags=dict(tags),
        instance=instance,
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )


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
