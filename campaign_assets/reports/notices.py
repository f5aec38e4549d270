"""What is worth a look, in a sentence each: what a person would pick out of the tables first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from campaign_assets.reports.figures import Figures, Row
from campaign_assets.reports.words import to_amount, to_change, to_number, to_short_day

_MOST = 2
"""Notices of one kind: the page has the whole list below."""
_FEW_SUBMISSIONS = 20
_COSTLY = 5
"""So many times what a submission of the currency's campaigns usually costs."""
_ENOUGH_CAMPAIGNS = 4


class Tone(StrEnum):
    """Whether a notice is good news."""

    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence about a campaign.

    Attributes:
        tone: Whether it is good news.
        label: What it is about, in a word or two.
        campaign: Name of the campaign, as HubSpot has it.
        text: What is to be said of it.
    """

    tone: Tone
    label: str
    campaign: str
    text: str


def find_notices(figures: Figures) -> list[Notice]:
    """The notices, good news first."""
    return [
        *_rising(figures),
        *_over_budget(figures.campaigns),
        *_costly(figures.campaigns),
        *_gone_quiet(figures.quiet),
    ]


def _rising(figures: Figures) -> Iterator[Notice]:
    rises = []
    for row in figures.campaigns:
        now, before = row["submissions_last_28_days"] or 0, figures.find_before(row, "submissions")
        if before is not None and now >= _FEW_SUBMISSIONS and now > before:
            rises.append((now - before, now, before, row))
    for _, now, before, row in sorted(rises, key=lambda rise: (-rise[0], rise[-1]["rank"]))[:_MOST]:
        change = to_change(now, before)
        how = f"{change} on the 28 days before" if before else "after none in the 28 days before"
        how = f"{change[2:]} times those of the 28 days before" if change.startswith("×") else how
        yield Notice(Tone.GOOD, "Rising", _name(row), f"{to_number(now)} submissions in 28 days, {how}.")


def _over_budget(campaigns: Sequence[Row]) -> Iterator[Notice]:
    over = [row for row in campaigns if (row["remaining_budget"] or 0) < 0 and row["budget_amount"]]
    for row in sorted(over, key=lambda row: (row["remaining_budget"] / row["budget_amount"], row["rank"]))[:_MOST]:
        excess = -row["remaining_budget"]
        share = round(100 * excess / row["budget_amount"])
        yield Notice(
            Tone.BAD,
            "Over budget",
            _name(row),
            f"{to_amount(excess, row['currency_code'])} more than budgeted, {share:,} % over.",
        )


def _costly(campaigns: Sequence[Row]) -> Iterator[Notice]:
    by_currency: dict[str, list[Row]] = {}
    for row in campaigns:
        if row["cost_per_submission"] and row["currency_code"]:
            by_currency.setdefault(row["currency_code"], []).append(row)
    found = []
    for rows in by_currency.values():
        usual = median(row["cost_per_submission"] for row in rows)
        if len(rows) >= _ENOUGH_CAMPAIGNS:
            found += [(row["cost_per_submission"] / usual, row) for row in rows]
    costly = [(times, row) for times, row in found if times >= _COSTLY]
    for times, row in sorted(costly, key=lambda pair: (-pair[0], pair[1]["rank"]))[:_MOST]:
        cost = to_amount(row["cost_per_submission"], row["currency_code"])
        yield Notice(Tone.BAD, "Costly", _name(row), f"{cost} a submission, {times:,.0f} times what is usual.")


def _gone_quiet(quiet: Sequence[Row]) -> Iterator[Notice]:
    for row in quiet[:_MOST]:
        since = to_short_day(row["last_activity_date"])
        yield Notice(
            Tone.WATCH, "Quiet", _name(row), f"nothing since {since}, {row['days_since_last_activity']:,} days ago."
        )


def _name(row: Row) -> str:
    return str(row["name"] or row["campaign_id"])
