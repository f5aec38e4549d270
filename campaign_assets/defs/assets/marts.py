"""The marts: what is made of the tables by SQL.

Those with days have the days of the tables, so that both are asked for together; a file of theirs holds a month, and
whoever makes a day makes the whole file anew, from the tables.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.assets.metadata import OWNERS, build_spec, to_data_version, to_preview
from campaign_assets.defs.keys import (
    ASSET_PERFORMANCE_KEY,
    CAMPAIGN_PERFORMANCE_KEY,
    CAMPAIGN_SUMMARY_KEY,
    DATABASE_KEY,
    SUMMARIZED_KEYS,
)
from campaign_assets.defs.partitions import build_partitions, to_days
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.resources import plain_failures
from campaign_assets.marts.building import (
    WrittenMart,
    build_asset_performance,
    build_campaign_performance,
    build_campaign_summary,
)
from campaign_assets.marts.database import DATABASE, WrittenDatabase, build_database
from campaign_assets.marts.schemas import ASSET_PERFORMANCE_DAILY, CAMPAIGN_PERFORMANCE_DAILY, CAMPAIGN_SUMMARY, Mart
from campaign_assets.tables import TableStore

GROUP = "marts"
KINDS = {"duckdb", "parquet"}


def build_daily_marts(
    portal: Portal, calendar: Calendar, condition: dg.AutomationCondition[Any]
) -> list[dg.AssetsDefinition]:
    """The assets `marts/asset_performance_daily` and `marts/campaign_performance_daily`.

    Args:
        portal: Whose marts.
        calendar: The days of the account.
        condition: When a day is made.
    """
    return [
        _build_daily(portal, ASSET_PERFORMANCE_DAILY, build_asset_performance, portal.metrics, calendar, condition),
        _build_daily(
            portal,
            CAMPAIGN_PERFORMANCE_DAILY,
            build_campaign_performance,
            [portal.key(ASSET_PERFORMANCE_KEY)],
            calendar,
            condition,
        ),
    ]


def _build_daily(
    portal: Portal,
    mart: Mart,
    build: Callable[[TableStore, date], WrittenMart],
    deps: Sequence[dg.AssetKey],
    calendar: Calendar,
    condition: dg.AutomationCondition[Any],
) -> dg.AssetsDefinition:
    spec = build_spec(
        portal,
        mart.table,
        description=f"{mart.description} A file holds a month.",
        group=GROUP,
        deps=deps,
        kinds=KINDS,
        automation_condition=condition,
        partitions_def=build_partitions(calendar),
    )

    @dg.multi_asset(
        name=portal.to_name(mart.query),
        specs=[spec],
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={portal.tables},
    )
    def daily(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        months = sorted({day.replace(day=1) for day in to_days(context.partition_keys)})
        with plain_failures(portal.name_variables):
            written = [build(portal.get_store(context), month) for month in months]
        return dg.MaterializeResult(
            metadata=to_mart_metadata(portal, mart, written),
            data_version=dg.DataVersion(to_data_version(written[-1].rows)),
        )

    return daily


def build_campaign_summary_asset(portal: Portal) -> dg.AssetsDefinition:
    """The asset `marts/campaign_summary`."""
    mart = CAMPAIGN_SUMMARY
    spec = build_spec(
        portal,
        mart.table,
        description=mart.description,
        group=GROUP,
        deps=list(map(portal.key, SUMMARIZED_KEYS)),
        kinds=KINDS,
    )

    @dg.multi_asset(
        name=portal.to_name(mart.query),
        specs=[spec],
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={portal.tables},
    )
    def campaign_summary(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        with plain_failures(portal.name_variables):
            written = build_campaign_summary(portal.get_store(context))
        return dg.MaterializeResult(
            metadata=to_mart_metadata(portal, mart, [written]),
            data_version=dg.DataVersion(to_data_version(written.rows)),
        )

    return campaign_summary


def build_database_asset(portal: Portal) -> dg.AssetsDefinition:
    """The asset `marts/campaigns_duckdb`: the file `campaigns.duckdb` at the root of the tables."""
    spec = dg.AssetSpec(
        key=DATABASE_KEY,
        deps=list(map(portal.key, [ASSET_PERFORMANCE_KEY, CAMPAIGN_PERFORMANCE_KEY, CAMPAIGN_SUMMARY_KEY])),
        group_name=GROUP,
        kinds={"duckdb"},
        owners=OWNERS,
        description=f"One file, `{DATABASE}` at the root of a local storage: a view for each table and the marts as "
        "tables, replaced as a whole, for `duckdb -readonly` or any BI tool.",
    )

    @dg.multi_asset(
        name=portal.to_name("__".join(DATABASE_KEY.path)),
        specs=[portal.translate(spec)],
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={portal.tables},
    )
    def campaigns_duckdb(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        with plain_failures(portal.name_variables):
            written = build_database(portal.get_store(context), context.log)
        if written is None:
            return dg.MaterializeResult(metadata={"left_out": "The tables do not lie in a folder of this machine."})
        return dg.MaterializeResult(metadata=to_database_metadata(written))

    return campaigns_duckdb


def to_database_metadata(written: WrittenDatabase) -> Mapping[str, Any]:
    """What a materialization says of a database, of one portal or over several."""
    return {
        "dagster/uri": dg.MetadataValue.path(written.location),
        "size_kb": written.bytes / 1000,
        "rows_of_marts": written.rows,
        "left_out": written.left_out,
    }


def to_mart_metadata(portal: Portal, mart: Mart, written: list[WrittenMart]) -> Mapping[str, Any]:
    """What a materialization says of the files that it wrote, and where their columns come from."""
    return {
        "dagster/uri": dg.MetadataValue.path(written[-1].file.location),
        "rows_in_file" if mart.table.monthly else "dagster/row_count": written[-1].file.rows,
        "dagster/column_lineage": to_column_lineage(portal, mart),
        "size_kb": sum(each.file.bytes for each in written) / 1000,
        "files_read": sum(each.files_read for each in written),
        "preview": to_preview(written[-1].rows),
    }


def to_column_lineage(portal: Portal, mart: Mart) -> dg.TableColumnLineage:
    """Which columns of which assets each column is made of."""
    return dg.TableColumnLineage(
        {
            column: [dg.TableColumnDep(asset_key=portal.key(table), column_name=name) for table, name in sources]
            for column, sources in mart.lineage.items()
        }
    )
