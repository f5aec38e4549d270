"""The campaign reports as of the last run: one asset for each table, one step for each kind of request.

Each step fails for itself: what one report needs, such as a scope of its own, no other waits for.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.assets.metadata import build_spec, to_data_version, to_file_metadata, to_preview
from campaign_assets.defs.checks.report_checks import build_report_specs, check_report
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.resources import plain_failures
from campaign_assets.extract.report_plan import Report
from campaign_assets.load.campaign_reports import WrittenReport, WrittenTable, refresh_report
from campaign_assets.tables import TableSchema

GROUP = "campaign_reports"
AFTER_METRICS = {"dagster/priority": "-1"}
"""Where a run has the metrics too, they come first."""

_ONE_RUN = dg.BackfillPolicy.single_run()  # lets a range of days be asked for together with these


def build_campaign_report(portal: Portal, report: Report, calendar: Calendar) -> dg.AssetsDefinition:
    """The assets of a report's tables.

    Args:
        portal: Whose report.
        report: The report.
        calendar: The days of the account, and the present time.
    """

    @dg.multi_asset(
        name=portal.to_name(report.table.path[-1]),
        specs=[_build_spec(portal, report, table) for table in report.tables],
        check_specs=build_report_specs(portal, report.tables),
        pool=portal.pool,
        required_resource_keys={portal.hubspot, portal.tables},
        backfill_policy=_ONE_RUN,
        op_tags=AFTER_METRICS,
    )
    def campaign_report(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        with plain_failures(portal.name_variables):
            written = refresh_report(
                portal.get_hubspot(context).client,
                portal.get_store(context),
                report,
                calendar,
                log=context.log,
                asset_types=portal.asset_types,
            )
        for table in written.tables.values():
            yield _to_result(portal, written, table)
        yield from check_report(portal, written)
        if failures := written.describe_failures():
            raise dg.Failure(portal.name_variables(failures), allow_retries=False)

    return campaign_report


def _build_spec(portal: Portal, report: Report, table: TableSchema) -> dg.AssetSpec:
    return build_spec(portal, table, description=report.description, group=GROUP, deps=[portal.campaigns_key])


def _to_result(portal: Portal, written: WrittenReport, table: WrittenTable) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(
        asset_key=portal.key(table.schema),
        metadata={
            **to_report_metadata(written, table),
            "dagster/row_count": table.file.rows,
            "campaigns_failed": len(written.answers.failed),
            "preview": to_preview(table.rows),
        },
        data_version=dg.DataVersion(to_data_version(table.rows)),
    )


def to_report_metadata(written: WrittenReport, table: WrittenTable) -> dict[str, Any]:
    """What every materialization of a report says of it.

    Args:
        written: The report.
        table: Its table.
    """
    answers = written.answers
    return {
        **to_file_metadata(table.file, written.extracted_at, answers.repeated),
        "hubspot_requests_sent": written.requests,
        "planned_requests": written.plan.requests,
        "campaigns_asked": written.plan.campaigns,
        "campaigns_gone_meanwhile": len(answers.missing),
    }
