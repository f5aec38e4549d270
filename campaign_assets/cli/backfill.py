"""`campaign-assets backfill`: a range of days through Dagster in this process, with a progress bar.

Here: what may be asked for, and in which words it is refused. How it is run is in `backfill_run`.
"""

from collections.abc import Mapping, Sequence

import click
from rich.console import Console

from campaign_assets.cli.dagster_home import HOME, find_home, opened_instance
from campaign_assets.days import RangeError
from campaign_assets.extract.daily_reports import to_daily_reports
from campaign_assets.extract.estimate import to_asset_types
from campaign_assets.settings import ACCESS_TOKEN, Settings, SettingsError
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES, StorageError, TableSchema, TableStore


@click.command(epilog="Example: campaign-assets backfill --from 2025-01-01 --to 2025-03-31 --types blog_post,form")
@click.option("--from", "first", metavar="DAY", help="The first day, such as 2025-01-01.")
@click.option("--to", "last", metavar="DAY", help="The last day, inclusive; yesterday at most.")
@click.option("--types", multiple=True, metavar="TYPE,…", help="Asset types such as blog_post or BLOG_POST; else all.")
@click.option(
    "--reports", multiple=True, metavar="REPORT,…", help="Instead of metrics: reports by day, attribution or revenue."
)
@click.option("--continue", "run_id", metavar="RUN", help="Instead of a range: go on where this run stopped.")
@click.pass_obj
def backfill(
    environ: Mapping[str, str],
    first: str | None,
    last: str | None,
    types: tuple[str, ...],
    reports: tuple[str, ...],
    run_id: str | None,
) -> None:
    """Reads the metrics of a range through Dagster, and shows how far it is.

    What is read stays read: where the run fails, --continue reads just the days that are missing. With --reports it
    reads campaign reports by day, those that CAMPAIGN_ASSETS_DAILY_REPORTS turns on.
    """
    if run_id is not None and (first or last or types or reports):
        raise click.UsageError("--continue goes on with a range as it was: give it without any other option.")
    if run_id is None and not (first and last):
        raise click.UsageError("Give --from and --to, or --continue.")
    if types and reports:
        raise click.UsageError("--types is for metrics and --reports for reports: give one of them.")
    settings, home = _read_settings(environ), find_home(environ)
    try:
        days = settings.build_calendar().parse_range(first, last) if first and last else None
        tables = _choose_tables(settings, _split(types), _split(reports))
    except RangeError as error:
        raise click.ClickException(str(error)) from None
    if run_id is None:
        _check_needed(settings, tables)
    from campaign_assets.cli.backfill_run import continue_run, run_range  # it imports Dagster

    with opened_instance(home, HOME) as instance:
        console = Console(highlight=False)
        if days is not None:
            run_range(console, settings, instance, tables, days)
        elif run_id is not None:
            continue_run(console, settings, instance, run_id)


def _read_settings(environ: Mapping[str, str]) -> Settings:
    try:
        settings = Settings.from_environ(environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    if not settings.credentials:
        raise click.ClickException(f"{ACCESS_TOKEN} is not set: set it to the token of the account that is read.")
    return settings


def _choose_tables(settings: Settings, types: Sequence[str], reports: Sequence[str]) -> list[TableSchema]:
    """The tables that are read.

    Raises:
        RangeError: There is no such type or report, or the settings turn the report off.
    """
    if reports:
        return [report.table for report in to_daily_reports(settings, reports)]
    return [METRICS_TABLES[asset_type.name] for asset_type in to_asset_types(types, settings.list_asset_types())]


def _check_needed(settings: Settings, tables: Sequence[TableSchema]) -> None:
    """Refuses to begin without the table that says whom to ask about."""
    is_of_metrics = any(table in METRICS_TABLES.values() for table in tables)
    needed = CAMPAIGN_ASSETS if is_of_metrics else CAMPAIGNS
    try:
        store = TableStore(settings.storage)
        is_there = store.exists(needed.path)
    except StorageError as error:
        raise click.ClickException(str(error)) from None
    if not is_there:
        raise click.ClickException(
            f"{store.locate(needed.path)} is not there: materialize hubspot/campaigns and hubspot/campaign_assets "
            "first (the job refresh_campaigns does)."
        )


def _split(texts: Sequence[str]) -> list[str]:
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]
