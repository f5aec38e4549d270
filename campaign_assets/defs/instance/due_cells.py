"""Due days as runs to request: one for each range of days, and none ahead of the associations that it needs."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from campaign_assets.catalog import get_metric_asset_type
from campaign_assets.defs.instance.in_progress import find_cells_in_progress
from campaign_assets.defs.instance.last_reads import find_cell_states
from campaign_assets.defs.keys import ASSOCIATIONS_SINCE_TAG, CAMPAIGN_ASSETS_KEY, METRICS_KEYS
from campaign_assets.freshness import DueCell, DueRange, SettlingRule, find_due
from campaign_assets.settings import Settings


def make_rule(settings: Settings) -> SettlingRule:
    """The rule that the settings describe."""
    return SettlingRule(settings.time_zone, settings.settle_days)


def list_closed_days(settings: Settings, now: datetime) -> list[date]:
    """Every day of the tables, from the start date to the one that closed last."""
    last = make_rule(settings).find_last_closed(now)
    return [settings.start_date + timedelta(days=n) for n in range((last - settings.start_date).days + 1)]


def find_due_cells(instance: dg.DagsterInstance, settings: Settings, now: datetime) -> list[DueCell]:
    """The cells that are due, whether somebody reads them already or not."""
    rule = make_rule(settings)
    return find_due(rule, find_cell_states(instance, list_closed_days(settings, now), rule), now)


def leave_out_in_progress(instance: dg.DagsterInstance, due: Sequence[DueCell]) -> list[DueCell]:
    """The cells that nobody reads or will read yet."""
    in_progress = find_cells_in_progress(instance) if due else set()
    return [cell for cell in due if (cell.table, cell.day) not in in_progress]


def find_associations_timestamp(instance: dg.DagsterInstance) -> datetime | None:
    """When `campaign_assets` was read last, in UTC; None for never."""
    event = instance.get_latest_materialization_event(CAMPAIGN_ASSETS_KEY)
    materialization = event.asset_materialization if event else None
    noted = materialization.metadata.get("extracted_at") if materialization else None
    return datetime.fromtimestamp(noted.value, UTC) if isinstance(noted, dg.TimestampMetadataValue) else None


def to_run_request(due: DueRange, run_key: str) -> dg.RunRequest:
    """The run that reads a range.

    Args:
        due: The range.
        run_key: Requested twice under the same key, it runs once.
    """
    keys = [METRICS_KEYS[get_metric_asset_type(table).name] for table in due.tables]
    return dg.RunRequest(
        run_key=run_key,
        asset_selection=keys,
        tags={
            **to_partition_tags(due.first, due.last),
            ASSOCIATIONS_SINCE_TAG: due.last_settling_time.isoformat(),
        },
    )


def to_partition_tags(first: date, last: date) -> dict[str, str]:
    """The tags by which a run knows its days."""
    return {
        "dagster/asset_partition_range_start": first.isoformat(),
        "dagster/asset_partition_range_end": last.isoformat(),
    }
