"""The sensor that reads past days again for campaigns that something joined later.

Metrics of a past day follow today's associations, so an addition makes the days before it wrong. Only the campaigns
concerned are asked about, all additions since the last tick together. A run that failed is asked for again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import dagster as dg
import pyarrow as pa
from upath import UPath

from campaign_assets.days import Calendar
from campaign_assets.defs.automation.awaited_runs import Awaited
from campaign_assets.defs.automation.followed_log import FollowedLog
from campaign_assets.defs.automation.jobs import REFRESH_EVERYTHING
from campaign_assets.defs.instance.followed_changes import find_followed_until
from campaign_assets.defs.instance.run_outcomes import find_outcome
from campaign_assets.defs.keys import METRICS_OP
from campaign_assets.defs.portal import Portal
from campaign_assets.extract.association_changes import HistoryGap, find_history_gap
from campaign_assets.tables import (
    CAMPAIGN_ASSET_CHANGES,
    CAMPAIGNS,
    ChangeLog,
    DamagedFile,
    MissingTable,
    StorageError,
    StorageUnavailable,
    TableError,
    TableStore,
)

SECONDS_BETWEEN_TICKS = 300
FILES_PER_TICK = 500
"""A tick has a minute, and each file may be a round trip."""
MOST_CAMPAIGNS = 2_000
"""A run that names more of them reads all: their ids would be the greater part of the run's record."""


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """What could be read of some files of the log.

    Attributes:
        changes: The changes that they tell.
        left: Files that are to be tried again.
    """

    changes: pa.Table
    left: Sequence[str] = ()


def build_association_backfill(portal: Portal, calendar: Calendar, history_days: int) -> dg.SensorDefinition:
    """Requests the past days that additions have made wrong, one run for all of them.

    Args:
        portal: Whose days.
        calendar: The days of the account.
        history_days: Past days at most that are read again.
    """
    name = portal.to_name("association_backfill")

    @dg.sensor(
        name=name,
        job_name=portal.to_name(REFRESH_EVERYTHING),
        required_resource_keys={portal.tables},
        default_status=portal.to_sensor_status(False),
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        description="Reads a campaign's past days again when an asset joins it, from its start date on: HubSpot counts "
        "them by what is tied to the campaign today. A run that fails is asked for again.",
    )
    def association_backfill(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        store = portal.get_store(context)
        timestamp, followed = calendar.now(), _read_cursor(context, portal, calendar)
        log = ChangeLog(store, CAMPAIGN_ASSET_CHANGES.path)
        try:
            files = dict(log.list_files())
        except (StorageError, OSError) as error:
            context.log.warning(f"What has changed cannot be looked for: {error}")
            return dg.SkipReason(f"The log of changes cannot be listed; the next tick tries again. {error}")
        awaited = Awaited.sort(followed.awaited, partial(find_outcome, context.instance, name), timestamp)
        new = followed.list_new(files)
        if not (new or awaited.files):
            context.update_cursor(replace(followed, awaited=awaited.waiting).to_text())
            return dg.SkipReason("No association has changed since the last tick, and no run about one has failed.")
        try:
            start_dates = _find_start_dates(store, calendar)
        except (StorageError, KeyError) as error:
            context.log.warning(f"The campaigns cannot be read, so what has changed waits for them: {error}")
            count = len({*new, *awaited.files})
            return dg.SkipReason(f"{count} files of changes wait for hubspot/campaigns, which cannot be read.")
        for run in awaited.failed:
            context.log.warning(f"Asked for {run.times} times and failed: {run.run_key or ', '.join(run.files)}.")
        batch, again = new[:FILES_PER_TICK], awaited.files
        names = sorted({*batch, *again} & files.keys())  # a file that is gone told what the next one tells
        read = _read_files(context, log, {name: files[name] for name in names})
        left = min([*new[FILES_PER_TICK:], *(name for name in read.left if name in batch)], default=None)
        after = followed.add([name for name in batch if name not in read.left], timestamp, left)
        awaited = awaited.add("", [name for name in read.left if name not in batch], timestamp)
        gap = find_history_gap(
            read.changes,
            start_dates,
            earliest=calendar.start_date,
            last=calendar.find_last_closed(),
            history_days=history_days,
            asset_types=portal.metrics_keys,
        )
        if gap is None:
            context.update_cursor(replace(after, awaited=awaited.list_newest()).to_text())
            return dg.SkipReason("What has changed makes no past day wrong.")
        key = followed.asked.to_run_key(f"associations {names[0]} to {names[-1]}", timestamp)
        awaited = awaited.add(key, [name for name in names if name not in read.left], timestamp)
        after = replace(after, asked=followed.asked.add(timestamp), awaited=awaited.list_newest())
        return dg.SensorResult(run_requests=[_to_run_request(portal, gap, key)], cursor=after.to_text())

    return association_backfill


def _read_cursor(context: dg.SensorEvaluationContext, portal: Portal, calendar: Calendar) -> FollowedLog:
    try:
        if not context.cursor:
            return FollowedLog(find_followed_until(context.instance, portal))
        return FollowedLog.parse(context.cursor, calendar.now())
    except ValueError:
        context.log.warning("The cursor holds nothing that this sensor wrote, or lies in the future: it begins anew.")
        return FollowedLog()


def _read_files(context: dg.SensorEvaluationContext, log: ChangeLog, files: dict[str, UPath]) -> ReadFiles:
    """What files tell. One that is damaged or somebody else's is done with, one that fails otherwise is not."""
    tables, left = [CAMPAIGN_ASSET_CHANGES.columns.empty_table()], []
    names = list(files)
    for number, (name, file) in enumerate(files.items()):
        try:
            tables.append(_to_changes(log.read(file)))
        except MissingTable:
            continue  # the run that wrote it died, and the next one has told the same
        except (DamagedFile, pa.ArrowException, KeyError, ValueError) as error:
            context.log.warning(f"{file} tells no changes: passed over, what it told is lost. {error}")
        except StorageUnavailable as error:
            context.log.warning(f"{error} The next tick tries again.")
            left.extend(names[number:])
            break
        except TableError as error:
            context.log.warning(f"{error} The next tick tries again.")
            left.append(name)
    return ReadFiles(pa.concat_tables(tables), left)


def _to_changes(table: pa.Table) -> pa.Table:
    """The rows of a file.

    Raises:
        KeyError: It holds something else than changes.
        ValueError: Likewise.
    """
    schema = CAMPAIGN_ASSET_CHANGES.columns
    changes = table.select(schema.names).replace_schema_metadata().cast(schema)
    changes.validate(full=True)
    return changes


def _to_run_request(portal: Portal, gap: HistoryGap, run_key: str) -> dg.RunRequest:
    config: dict[str, Any] = {"config": {"campaign_ids": list(gap.campaign_ids)}}
    return dg.RunRequest(
        run_key=run_key,
        asset_selection=[portal.metrics_keys[name] for name in gap.asset_types],
        tags=gap.days.to_tags(),
        run_config={"ops": {portal.to_name(METRICS_OP): config}} if len(gap.campaign_ids) <= MOST_CAMPAIGNS else {},
    )


def _find_start_dates(store: TableStore, calendar: Calendar) -> dict[str, date | None]:
    """The first day of each campaign that exists: its start date, else the day of its creation.

    Raises:
        TableError: The campaigns' table cannot be read.
        KeyError: It is somebody else's.
    """
    rows = store.read(CAMPAIGNS.path).select(["campaign_id", "start_date", "created_at", "deleted_at"]).to_pylist()
    return {
        row["campaign_id"]: row["start_date"] or (calendar.to_day(row["created_at"]) if row["created_at"] else None)
        for row in rows
        if row["deleted_at"] is None
    }
