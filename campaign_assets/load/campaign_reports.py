"""Refreshes the tables of a campaign report: every campaign that is asked about, as of now; all other rows stay.

A campaign whose request fails keeps its rows and is the only one failed.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES, AssetType
from campaign_assets.days import Calendar
from campaign_assets.extract.campaign_reports import ask_each
from campaign_assets.extract.campaigns import list_existing
from campaign_assets.extract.report_plan import Report, ReportPlan
from campaign_assets.hubspot import HubSpotClient, RequestCounter
from campaign_assets.load.before import read_before
from campaign_assets.load.progress import ProgressLog
from campaign_assets.load.report_answers import Answers
from campaign_assets.load.requests_left import count_metrics_of_a_night
from campaign_assets.load.retained_rows import normalize_ids
from campaign_assets.tables import CAMPAIGNS, TableSchema, TableStore, WrittenFile

logger = logging.getLogger(__name__)

LOST = "It is replaced now; rows of deleted campaigns in it are lost."


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """One table of a report, in place.

    Attributes:
        schema: Which one.
        file: Its file.
        rows: Its rows.
    """

    schema: TableSchema
    file: WrittenFile
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """The tables of a report, in place.

    Attributes:
        tables: The tables, by name.
        plan: What was to be asked.
        answers: What came.
        campaigns: The campaigns' table, which said whom to ask about.
        extracted_at: When the reading began, with its time zone.
        requests: Requests that it took.
        lost: What could not be read any more of the tables as they were, a sentence each.
    """

    tables: Mapping[str, WrittenTable]
    plan: ReportPlan
    answers: Answers
    campaigns: pa.Table
    extracted_at: datetime
    requests: int
    lost: Sequence[str] = ()

    def describe_failures(self) -> str | None:
        """Which campaigns failed and why, for a person; None where none did."""
        return self.answers.describe_failures(self.plan.campaigns)


def refresh_report(
    client: HubSpotClient,
    store: TableStore,
    report: Report,
    calendar: Calendar,
    *,
    log: logging.Logger = logger,
    asset_types: Sequence[AssetType] = METRIC_ASSET_TYPES,
) -> WrittenReport:
    """Asks the report's questions, and replaces its tables.

    Args:
        client: The account.
        store: Where the tables lie.
        report: The report.
        calendar: The days of the account, and the present time.
        log: Is told the plan, how far the run is, and what is strange.
        asset_types: The types whose metrics are read: their requests of one more night are left.

    Raises:
        HubSpotError: Not one question was answered; the tables are as they were.
        MissingTable: The campaigns were never read.
        StorageError: A table cannot be read or written; those that are not written yet are as they were.
    """
    store.try_out()
    counter, began = RequestCounter(), calendar.now()
    campaigns = store.read_table(CAMPAIGNS)
    left = {table.name: read_before(store, table) for table in report.tables}
    lost = [f"{of_table.damage} {LOST}" for of_table in left.values() if of_table.damage]
    for sentence in lost:
        log.warning(sentence)
    before = {name: None if of.rows is None else normalize_ids(of.rows) for name, of in left.items()}
    is_complete = all(rows is not None for rows in before.values())  # else every campaign is asked about again
    plan = report.plan(campaigns, before[report.table.name] if is_complete else None, calendar.find_last_closed())
    throttle = client.throttle
    log.info(f"Plan: {report.table.name}, {plan.describe(throttle.limiter.requests_per_second, throttle.quota.limit)}")
    leave = count_metrics_of_a_night(store, calendar, asset_types)
    answers = _ask(client.counted(counter), report, plan, began, leave, log)
    existing = list_existing(campaigns)
    tables = {}
    for table in report.tables:
        rows = answers.merge(table, before[table.name], report.variant_column, report.wanted, existing)
        tables[table.name] = WrittenTable(table, store.write(table.path, rows, extracted_at=began), rows)
    log.info(f"{answers.rows:,} rows of {plan.campaigns:,} campaigns with {counter.requests:,} requests.")
    return WrittenReport(tables, plan, answers, campaigns, began, counter.requests, lost)


def _ask(
    client: HubSpotClient, report: Report, plan: ReportPlan, began: datetime, leave: int, log: logging.Logger
) -> Answers:
    answers = Answers()
    progress = ProgressLog(client, len(plan.questions), log.info, unit="reports")
    try:
        for answer in ask_each(client, plan.questions, partial(report.read, began), leave):
            answers.add(answer)
            progress.add_done(answers.rows)
    finally:
        progress.finish()
    if plan.questions and not answers.answered and answers.failed:
        raise answers.stop or next(iter(answers.failed.values()))
    return answers
