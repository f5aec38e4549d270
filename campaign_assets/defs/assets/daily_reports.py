"""The campaign reports by day: an asset for each, whose days are written and told one by one, as the metrics are."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import dagster as dg

from campaign_assets.days import Calendar
from campaign_assets.defs.assets.campaign_reports import AFTER_METRICS, GROUP, to_report_metadata
from campaign_assets.defs.assets.cell_events import CellEvent, to_day_event
from campaign_assets.defs.assets.day_runs import Downstream, check_days, explained
from campaign_assets.defs.assets.metadata import build_spec, to_data_version, to_preview
from campaign_assets.defs.checks.report_checks import DaysInspection, build_report_specs
from campaign_assets.defs.instance.resume import find_done_cells
from campaign_assets.defs.partitions import build_partitions, to_days
from campaign_assets.defs.portal import Portal
from campaign_assets.defs.resources import plain_failures
from campaign_assets.extract.daily_reports import DailyReport
from campaign_assets.load.daily_reports import DailyWork, FailedDay, WrittenDay, refresh_daily_report
from campaign_assets.load.progress import Listener
from campaign_assets.tables import CAMPAIGNS

_SHOWN_DAYS = 10


def build_daily_report(
    portal: Portal, report: DailyReport, margin: int, calendar: Calendar, listener: Listener | None = None
) -> dg.AssetsDefinition:
    """The asset of a report by day.

    Args:
        portal: Whose report.
        report: The report.
        margin: Days before its start and after its end on which a campaign counts as live.
        calendar: The days of the account.
        listener: Is told after each day how far a run is.
    """
    key = portal.key(report.table)
    spec = build_spec(
        portal,
        report.table,
        description=report.description,
        group=GROUP,
        deps=[portal.campaigns_key],
        skippable=True,
    )

    @dg.multi_asset(
        name=portal.to_name(report.table.path[-1]),
        specs=[spec],
        check_specs=build_report_specs(portal, [report.table]),
        partitions_def=build_partitions(calendar),
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,
        pool=portal.pool,
        required_resource_keys={portal.hubspot, portal.tables},
        op_tags=AFTER_METRICS,
    )
    def daily_report(context: dg.AssetExecutionContext) -> Iterator[CellEvent | dg.AssetCheckEvaluation]:
        if not context.selected_asset_keys:
            context.log.info("These checks judge what a run reads: materialize a day to have them.")
            return
        store = portal.get_store(context)
        with plain_failures(portal.name_variables):
            check_days(context.run.tags, calendar)
            days = to_days(context.partition_keys)
            done = _find_done(context, key, days)
            work = DailyWork(report, store.read_table(CAMPAIGNS), days, margin, done)
            run, downstream = _Run(portal, work, DaysInspection(report.table)), Downstream(context, [key])
            outcomes = refresh_daily_report(
                portal.get_hubspot(context).client,
                store,
                work,
                calendar,
                log=context.log,
                listener=listener,
                asset_types=portal.asset_types,
            )
            with explained(portal, lambda: len(work.list_open_days(store, run.whole)), len(days), calendar):
                yield from map(downstream.note, run.tell(context, outcomes))
        if run.failed:
            raise dg.Failure(portal.name_variables(run.describe_failures()), allow_retries=False)
        if len(days) > 1 or done:
            yield from downstream.tell([key])

    return daily_report


def _find_done(context: dg.AssetExecutionContext, key: dg.AssetKey, days: Sequence[date]) -> frozenset[date]:
    """The days of this run that an earlier attempt at the same work has written."""
    done = find_done_cells(context)
    return frozenset(day for day in days if (key, day.isoformat()) in done)


class _Run:
    """What has become of the days of a run so far.

    Attributes:
        failed: Days that failed, whole or for some campaigns, and why.
    """

    def __init__(self, portal: Portal, work: DailyWork, inspection: DaysInspection) -> None:
        self.failed: dict[date, str] = {}
        self._portal = portal
        self._work = work
        self._inspection = inspection
        self._whole: set[date] = set()

    @property
    def whole(self) -> frozenset[date]:
        """Days that are in place with every campaign."""
        return frozenset(self._whole)

    def tell(
        self, context: dg.AssetExecutionContext, outcomes: Iterable[WrittenDay | FailedDay]
    ) -> Iterator[CellEvent | dg.AssetCheckEvaluation]:
        """An event for each day that is whole, then the results of the checks; these also where the days end early."""
        try:
            for outcome in outcomes:
                yield from self._tell_day(outcome)
        finally:
            results = list(self._inspection.list_results(context.selected_asset_check_keys))
        yield from results

    def _tell_day(self, outcome: WrittenDay | FailedDay) -> Iterator[CellEvent]:
        if isinstance(outcome, FailedDay):
            self.failed[outcome.day] = str(outcome.error)
            return
        self._inspection.add(outcome.day, outcome.report)
        if failures := outcome.report.describe_failures():
            self.failed[outcome.day] = failures
            return
        self._whole.add(outcome.day)
        yield self._to_event(outcome)

    def _to_event(self, written: WrittenDay) -> CellEvent:
        table, days = written.table, self._work.days
        metadata = {
            **to_report_metadata(written.report, table),
            "dagster/partition_row_count": table.file.rows,
        }
        if written.day == days[-1]:
            metadata["preview"] = to_preview(table.rows)
        version, is_range = to_data_version(table.rows), len(days) > 1
        return to_day_event(self._portal, table.schema, written.day, metadata, version, is_range=is_range)

    def describe_failures(self) -> str:
        """Which days failed and why, for a person."""
        shown = [f"{day}: {reason}" for day, reason in sorted(self.failed.items())[:_SHOWN_DAYS]]
        more = len(self.failed) - len(shown)
        return (
            f"{len(self.failed)} of {len(self._work.days)} days failed; the others are in place. Re-execute from "
            "failure, or materialize these again:\n" + "\n".join(shown) + (f"\nand {more} more." if more else "")
        )
