"""Refreshes a campaign report day by day, and tells what became of each day once that is decided.

A day is written when all of its questions have ended. Where a campaign fails, what was answered is written all the
same, its rows stay as they were, and the day counts as failed, so that it is read again.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES, AssetType
from campaign_assets.days import Calendar
from campaign_assets.extract.campaign_reports import Question, ReportRows, ask_each
from campaign_assets.extract.daily_reports import DailyReport, DaysPlan, LiveCampaigns
from campaign_assets.extract.report_plan import ReportPlan
from campaign_assets.hubspot import HubSpotClient, RequestCounter
from campaign_assets.load.before import Before, read_before
from campaign_assets.load.campaign_reports import LOST, WrittenReport, WrittenTable
from campaign_assets.load.progress import Listener, ProgressLog
from campaign_assets.load.report_answers import Answers
from campaign_assets.load.requests_left import count_metrics_of_a_night
from campaign_assets.load.retained_rows import normalize_ids
from campaign_assets.tables import TableError, TableStore, get_extracted_at

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DailyWork:
    """Which days a run reads.

    Attributes:
        report: The report.
        campaigns: The campaigns' table, which says whom to ask about.
        days: The days, in the account's time zone.
        margin: Days before its start and after its end on which a campaign counts as live.
        done: Days that an earlier attempt has written; they are left alone as long as their files are there.
    """

    report: DailyReport
    campaigns: pa.Table
    days: Sequence[date]
    margin: int
    done: frozenset[date] = frozenset()

    def list_open_days(self, store: TableStore, written: frozenset[date] = frozenset()) -> list[date]:
        """The days that are still to be written.

        Args:
            store: Where the files lie.
            written: What the run has written so far.
        """
        done = {day for day in self.done if store.exists(self.report.table.path, day)}
        return [day for day in self.days if day not in done and day not in written]


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day whose file is in place, whole or but for the campaigns that failed.

    Attributes:
        day: The day.
        report: Its table and what was asked.
    """

    day: date
    report: WrittenReport

    @property
    def table(self) -> WrittenTable:
        """The day's table."""
        (table,) = self.report.tables.values()
        return table


@dataclass(frozen=True, slots=True)
class FailedDay:
    """A day whose file, if there is one, is as it was.

    Attributes:
        day: The day.
        error: Why.
    """

    day: date
    error: Exception


def refresh_daily_report(
    client: HubSpotClient,
    store: TableStore,
    work: DailyWork,
    calendar: Calendar,
    *,
    log: logging.Logger = logger,
    listener: Listener | None = None,
    asset_types: Sequence[AssetType] = METRIC_ASSET_TYPES,
) -> Iterator[WrittenDay | FailedDay]:
    """Reads days one after the other, the requests of several days in progress at once.

    Args:
        client: The account.
        store: Where the files lie.
        work: The days.
        calendar: The days of the account, and the present time.
        log: Is told the plan, how far the run is, and what is strange.
        listener: Is told after each day how far the run is.
        asset_types: The types whose metrics are read: their requests of one more night are left.

    Raises:
        HubSpotError: Of a kind that every further request would meet too; the days told of before are in place.
        StorageUnavailable: No file can be written any more; likewise.
    """
    store.try_out()
    days = work.list_open_days(store)
    if left := len(work.days) - len(days):
        log.info(f"{left} days are in place already from an earlier attempt.")
    plan = DaysPlan(work.report, LiveCampaigns(work.campaigns, work.margin), days)
    throttle = client.throttle
    log.info(
        f"Plan: {work.report.table.name}, {plan.describe(throttle.limiter.requests_per_second, throttle.quota.limit)}"
    )
    reading, rows = _Reading(client, plan, calendar.now), 0
    progress = ProgressLog(client, len(days), log.info, listener)
    try:
        for day, answers in reading.list_days(count_metrics_of_a_night(store, calendar, asset_types)):
            if answers.stop:
                raise answers.stop
            outcome = _write(store, work, plan, day, answers, reading, log)
            rows += outcome.table.file.rows if isinstance(outcome, WrittenDay) else 0
            yield outcome
            progress.add_done(rows)
    finally:
        progress.finish()


class _Reading:
    """The days that are being read: when each began, and the requests that it takes."""

    def __init__(self, client: HubSpotClient, plan: DaysPlan, now: Callable[[], datetime]) -> None:
        self.began: dict[date, datetime] = {}
        self.counters: dict[date, RequestCounter] = {}
        self._client = client
        self._plan = plan
        self._now = now

    def list_days(self, leave: int) -> Iterator[tuple[date, Answers]]:
        """What was answered of each day, in order.

        Args:
            leave: Requests of the day that are left to the metrics.
        """
        outcomes = ask_each(self._client, self._list_questions(), self._ask, leave)
        for day, count in zip(self._plan.days, self._plan.count_by_day(), strict=True):
            answers = Answers()
            for answer in islice(outcomes, count):
                answers.add(answer)
            yield day, answers

    def forget(self, day: date) -> tuple[datetime, int]:
        """When a day began, and the requests that it took; nothing of it is kept."""
        counter = self.counters.pop(day, None)
        return self.began.pop(day, None) or self._now(), counter.requests if counter else 0

    def _list_questions(self) -> Iterator[Question]:
        # Taken one by one as threads become free, so a day begins when its first question is near.
        for day in self._plan.days:
            self.began[day], self.counters[day] = self._now(), RequestCounter()
            yield from self._plan.list_questions(day)

    def _ask(self, client: HubSpotClient, question: Question) -> ReportRows:
        day = question.window.days.last if question.window else date.min
        return self._plan.report.read(self.began[day], client.counted(self.counters[day]), question)


def _write(
    store: TableStore,
    work: DailyWork,
    plan: DaysPlan,
    day: date,
    answers: Answers,
    reading: _Reading,
    log: logging.Logger,
) -> WrittenDay | FailedDay:
    began, requests = reading.forget(day)
    if answers.failed and not answers.answered:
        return FailedDay(day, next(iter(answers.failed.values())))
    report, table = work.report, work.report.table
    try:
        before = read_before(store, table, day=day)
        lost = [f"{before.damage} {LOST}"] if before.damage else []
        for sentence in lost:
            log.warning(sentence)
        known = None if before.rows is None else normalize_ids(before.rows)
        rows = answers.merge(table, known, report.variant_column, None, plan.live.existing)
        # Who finds the file alone must not take a day for whole that failed for some campaigns.
        whole_at = began if not answers.failed else _find_extracted_at(before)
        file = store.write(table.path, rows, day=day, extracted_at=whole_at)
    except TableError as error:
        return FailedDay(day, error)
    questions = ReportPlan(plan.list_questions(day), answers.asked)
    written = {table.name: WrittenTable(table, file, rows)}
    return WrittenDay(day, WrittenReport(written, questions, answers, work.campaigns, began, requests, lost))


def _find_extracted_at(before: Before) -> datetime | None:
    """When a day was last read whole; None for never."""
    return None if before.rows is None else get_extracted_at(before.rows.schema)
