"""Checks that run on their own: is any day due, and can every file be read.

Neither asks HubSpot. Checks of the rows belong to the run that writes them: `inspection`. What is due is decided in
`freshness`.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import dagster as dg
from pydantic import Field

from campaign_assets.days import Calendar
from campaign_assets.defs.checks.building import build_standing_checks, find_standing, list_checks
from campaign_assets.defs.instance.due_cells import find_due_cells
from campaign_assets.defs.partitions import split_days
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.resources import plain_failures
from campaign_assets.freshness import DueCell
from campaign_assets.plain_text import to_enumeration
from campaign_assets.quality.files import find_bad_changes, find_bad_files, find_strange_files
from campaign_assets.tables import (
    CAMPAIGN_ASSET_CHANGES,
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    METRIC_RESTATEMENTS,
    TABLES,
    ChangeLog,
    TableSchema,
    TableStore,
)

NO_DAY_DUE = "no_day_due"
FILES_READABLE = "files_readable"
LATE = timedelta(hours=6)
"""So long a day may be due before the check warns: the nightly run has had its time, and a second try."""
TOO_LATE = timedelta(hours=30)
"""So long a day may be due before the check is an error: a whole night was missed."""
_REMEDY = (
    "Materialize them, or turn on the sensors late_metrics and late_reports, which do; a later "
    "CAMPAIGN_ASSETS_START_DATE leaves out days that nobody wants."
)
_SHOWN = 5
_SNAPSHOTS = (CAMPAIGNS, CAMPAIGN_ASSETS, CAMPAIGN_ASSET_CHANGES, METRIC_RESTATEMENTS)
_TABLES = {dg.AssetKey(table.path): table for table in TABLES}


class FilesConfig(dg.Config):
    """What a person may choose for a look at the files."""

    read_rows: bool = Field(
        default=False,
        description="Read every row, not only each file's footer: finds damage in the middle of a file, and takes as "
        "long as reading all tables.",
    )


def build_no_day_due(portal: Portal, calendar: Calendar, reports_by_day: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The check `no_day_due` of each table by day.

    Args:
        portal: Whose tables.
        calendar: The days of the account, and the present time.
        reports_by_day: The tables of the campaign reports that are read by day.
    """
    keys = [*portal.metrics, *reports_by_day]

    def no_day_due(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckEvaluation]:
        timestamp, selected = calendar.now(), sorted(context.selected_asset_check_keys)
        tables = [key.asset_key for key in selected]
        due = find_due_cells(context.instance, portal, calendar, timestamp, context.log, tables)
        for key in selected:
            table = portal.to_table(key.asset_key)
            yield _to_due_result(portal, key, [cell for cell in due if cell.table == table], timestamp)

    return build_standing_checks(
        portal,
        NO_DAY_DUE,
        no_day_due,
        keys,
        description=f"No closed day has been due to be read for more than {_hours(LATE)} hours; past "
        f"{_hours(TOO_LATE)} hours it is an error.",
    )


def build_files_readable(portal: Portal, calendar: Calendar, reports: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The check `files_readable` of each table.

    Args:
        portal: Whose tables.
        calendar: The days of the account, and the present time.
        reports: The tables of the campaign reports that are read.
    """

    def files_readable(
        context: dg.AssetCheckExecutionContext, config: FilesConfig
    ) -> Iterator[dg.AssetCheckEvaluation]:
        keys = list_checks(portal, context, FILES_READABLE)
        standing = find_standing(context, keys)
        with plain_failures(portal.name_variables):
            for key in keys:
                yield standing.get(key) or _look_at_files(portal, context, key, config.read_rows, calendar.now())

    return build_standing_checks(
        portal,
        FILES_READABLE,
        files_readable,
        [*map(portal.key, _SNAPSHOTS), *portal.metrics, *reports],
        description="Every file of the table opens and has the documented columns, no materialized day lacks its file, "
        "and nothing else lies there. Materialize again what it names.",
    )


def describe_due(cells: list[DueCell]) -> str:
    """Which days are due, in a few words."""
    days = sorted({cell.day for cell in cells})
    named = ", ".join(map(str, days[-_SHOWN:]))
    return named if len(days) <= _SHOWN else f"{len(days):,} days, the last of them {named}"


def _to_due_result(
    portal: Portal, key: dg.AssetCheckKey, due: list[DueCell], timestamp: datetime
) -> dg.AssetCheckEvaluation:
    late = [cell for cell in due if timestamp - cell.since > LATE]
    oldest = min((cell.since for cell in due), default=timestamp)
    return dg.AssetCheckEvaluation(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not late,
        severity=dg.AssetCheckSeverity.ERROR if timestamp - oldest > TOO_LATE else dg.AssetCheckSeverity.WARN,
        description=portal.name_variables(_describe(due, oldest, is_late=bool(late))),
        metadata={"days_due": len(due), "days_late": len(late)},
    )


def _describe(due: list[DueCell], oldest: datetime, *, is_late: bool) -> str:
    if not due:
        return "None due."
    text = f"Due: {describe_due(due)}; the longest since {oldest:%Y-%m-%d %H:%M} UTC."
    return f"{text} {_REMEDY}" if is_late else text


def _look_at_files(
    portal: Portal, context: dg.AssetCheckExecutionContext, key: dg.AssetCheckKey, whole: bool, timestamp: datetime
) -> dg.AssetCheckEvaluation:
    table, store = _TABLES[portal.plain_key(key.asset_key)], portal.get_store(context)
    if table is CAMPAIGN_ASSET_CHANGES:
        log = ChangeLog(store, table.path)
        count, faults = len(log.list_files()), find_bad_changes(log)
    else:
        days = _list_expected(context, key.asset_key, store, table)
        count, faults = len(days), find_bad_files(store, table, days, whole=whole)
    bad, faults = len(faults), [*faults, *find_strange_files(store, table)]
    return dg.AssetCheckEvaluation(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not faults,
        description="; ".join([f"{bad:,} of {count:,} files: {faults[0]}", *faults[1:_SHOWN]])
        if faults
        else f"{count:,} {'file' if count == 1 else 'files'}, looked at on {timestamp:%Y-%m-%d %H:%M} UTC.",
        metadata={
            "files": count,
            "bad_files": bad,
            "strange_files": len(faults) - bad,
            "looked_at": dg.MetadataValue.timestamp(timestamp),
        },
    )


def _list_expected(
    context: dg.AssetCheckExecutionContext, key: dg.AssetKey, store: TableStore, table: TableSchema
) -> list[date] | list[None]:
    """The days whose files should be there: those that are, and those that were materialized."""
    if not table.daily:
        return [None] if store.exists(table.path) or context.instance.get_latest_materialization_event(key) else []
    materialized, others = split_days(context.instance.get_materialized_partitions(key))
    if others:
        context.log.warning(f"{table.name}: passed over the partitions {to_enumeration(others)}, which are no days.")
    return sorted({*store.list_days(table.path), *materialized})


def _hours(time: timedelta) -> int:
    return int(time.total_seconds() // 3600)
