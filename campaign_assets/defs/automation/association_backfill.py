"""The sensor that reads past days again for campaigns that something joined later.

Metrics of a past day follow today's associations, so an addition makes the days before it wrong. Only the campaigns
concerned are asked about, all additions since the last tick together.
"""

from datetime import date

import dagster as dg
import pyarrow as pa

from campaign_assets.catalog import find_asset_type
from campaign_assets.days import Calendar
from campaign_assets.defs.automation.jobs import REFRESH_EVERYTHING
from campaign_assets.defs.keys import METRICS_KEYS
from campaign_assets.defs.resources import TablesResource
from campaign_assets.extract.association_changes import HistoryGap, find_history_gap
from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES, CAMPAIGNS, ChangeLog, TableStore

SECONDS_BETWEEN_TICKS = 300


def build_association_backfill(calendar: Calendar, history_days: int) -> dg.SensorDefinition:
    """Requests the past days that additions have made wrong, one run for all of them.

    Args:
        calendar: The days of the account.
        history_days: Past days at most that are read again.
    """

    @dg.sensor(
        name="association_backfill",
        job_name=REFRESH_EVERYTHING,
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        description="When an asset joins a campaign, reads the past days of that campaign again, from its start date "
        "on: HubSpot counts them by what is tied to the campaign today.",
    )
    def association_backfill(
        context: dg.SensorEvaluationContext, tables: TablesResource
    ) -> dg.SensorResult | dg.SkipReason:
        log = ChangeLog(tables.store, CAMPAIGN_ASSET_CHANGES.path)
        files = log.list_files(after=context.cursor or "")
        if not files:
            return dg.SkipReason("No association has changed since the last tick.")
        cursor = files[-1][0]
        gap = find_history_gap(
            pa.concat_tables([log.read(file).replace_schema_metadata() for _, file in files]),
            _find_start_dates(tables.store, calendar),
            earliest=calendar.start_date,
            last=calendar.find_last_closed(),
            history_days=history_days,
        )
        if gap is None:
            context.update_cursor(cursor)
            return dg.SkipReason("What has changed makes no past day wrong.")
        return dg.SensorResult(run_requests=[_to_run_request(gap, cursor)], cursor=cursor)

    return association_backfill


def _to_run_request(gap: HistoryGap, run_key: str) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=f"associations {run_key}",
        asset_selection=[METRICS_KEYS[name] for name in gap.asset_types if find_asset_type(name)],
        tags=gap.days.to_tags(),
        run_config={"ops": {"asset_metrics": {"config": {"campaign_ids": list(gap.campaign_ids)}}}},
    )


def _find_start_dates(store: TableStore, calendar: Calendar) -> dict[str, date | None]:
    """The first day of each campaign that exists: its start date, else the day of its creation."""
    rows = store.read(CAMPAIGNS.path).select(["campaign_id", "start_date", "created_at", "deleted_at"]).to_pylist()
    return {
        row["campaign_id"]: row["start_date"] or (calendar.to_day(row["created_at"]) if row["created_at"] else None)
        for row in rows
        if row["deleted_at"] is None
    }
