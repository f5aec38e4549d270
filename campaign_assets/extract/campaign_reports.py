"""One question about one campaign at a time, many in progress at once: each is answered or fails for itself.

HubSpot has no batch form of a campaign's money, attribution and contacts. How a question is asked and what becomes of
its answer is in `report_rows`, which questions there are in `report_plan`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from campaign_assets.days import DayRange
from campaign_assets.extract.by_id import find_campaign, forget_frames
from campaign_assets.extract.campaign_rows import UnreadableValue
from campaign_assets.hubspot import HubSpotClient, HubSpotError, NotFound
from campaign_assets.threads import map_in_threads

PATIENCE = 100
"""Questions that may fail before one is answered."""
Key = tuple[str, str, str]
"""What a question is about: campaign, window and variant; empty where the report has none."""


@dataclass(frozen=True, slots=True)
class Window:
    """Days that a report covers together.

    Attributes:
        name: What the table calls it.
        days: The days, in the account's time zone.
    """

    name: str
    days: DayRange


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one campaign.

    Attributes:
        campaign_id: The campaign.
        window: The days; None where the report has none.
        variant: The attribution model or the contact type; empty where the report has neither.
    """

    campaign_id: str
    window: Window | None = None
    variant: str = ""

    @property
    def key(self) -> Key:
        """What tells it from other questions of the report."""
        return self.campaign_id, self.window.name if self.window else "", self.variant


@dataclass(frozen=True, slots=True)
class ReportRows:
    """What HubSpot answered to a question, as rows.

    Attributes:
        tables: The rows of each table that the report fills, by the table's name.
        unreadable: Values that their column does not hold exactly; null there.
        repeated: Rows that came more than once, collapsed into one.
    """

    tables: Mapping[str, pa.Table]
    unreadable: Sequence[UnreadableValue] = ()
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a question.

    Attributes:
        question: The question.
        rows: The answer; None where there is none.
        error: Why there is none; None where there is, and where the campaign does not exist any more.
        stops: Whether nothing more is asked after that error.
    """

    question: Question
    rows: ReportRows | None = None
    error: HubSpotError | None = None
    stops: bool = False


Read = Callable[[HubSpotClient, Question], ReportRows]
"""Asks a question, with one request or, for what has pages, one for each page."""


def ask_each(client: HubSpotClient, questions: Iterable[Question], read: Read, leave: int = 0) -> Iterator[Answer]:
    """Asks questions, and gives the answers in their order.

    A question that fails costs no other. After an error that every further request would meet too, or where so many
    fail and none is answered that it is not theirs, nothing more is asked, and all other questions end with that error.

    Args:
        client: The account.
        questions: The questions; each is taken when it is about to be asked.
        read: Asks one.
        leave: Requests of the day that are left to what matters more, beside the reserve.
    """
    findings = _Findings(leave)
    concurrency = client.throttle.concurrency
    return map_in_threads(
        lambda question: _ask(client, question, read, findings),
        questions,
        client.max_in_flight,
        lambda: concurrency.target,
    )


@dataclass(slots=True)
class _Findings:
    """What several questions find out together, and need not find out twice."""

    leave: int
    deleted: set[str] = field(default_factory=set)
    stop: HubSpotError | None = None
    failures: int = 0
    is_answered: bool = False

    def note_failure(self, error: HubSpotError) -> None:
        self.failures += 1
        if error.stops_run or (self.failures >= PATIENCE and not self.is_answered):
            self.stop = error


def _ask(client: HubSpotClient, question: Question, read: Read, findings: _Findings) -> Answer:
    if findings.stop:
        return Answer(question, error=findings.stop, stops=True)
    if question.campaign_id in findings.deleted:
        return Answer(question)
    try:
        client.throttle.quota.check(findings.leave)
        try:
            answer = Answer(question, read(client, question))
            findings.is_answered = True
            return answer
        except NotFound:  # of the report: that the campaign is gone, only the campaign itself tells
            if find_campaign(client, question.campaign_id):
                raise
    except HubSpotError as error:
        findings.note_failure(forget_frames(error))
        return Answer(question, error=error, stops=findings.stop is error)
    findings.deleted.add(question.campaign_id)
    return Answer(question)


def list_keys(rows: pa.Table, variant_column: str) -> list[Key]:
    """Which question each row answers.

    Args:
        rows: Rows of a report's table.
        variant_column: The column of the question's variant; empty where there is none.
    """
    columns = [
        rows[name].to_pylist() if name in rows.column_names else [""] * rows.num_rows
        for name in ("campaign_id", "window", variant_column)
    ]
    return list(zip(*columns, strict=True))
