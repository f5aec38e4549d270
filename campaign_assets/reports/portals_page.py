"""The page over several portals: what each has, beside the others, and then a part for each.

Figures are never added up over portals, and amounts neither over portals nor over currencies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign_assets.reports.elements import Markup, make, make_table
from campaign_assets.reports.figures import HEADLINES, PERIOD, Figures
from campaign_assets.reports.page import describe_period, fill_page, write_foot, write_sections
from campaign_assets.reports.words import to_amount, to_day, to_number


@dataclass(frozen=True, slots=True)
class Part:
    """One portal on the page.

    Attributes:
        portal: Its name.
        figures: What it shows.
        made_at: The present time, in the account's time zone.
        settle_days: Days after which HubSpot restates a day no more.
    """

    portal: str
    figures: Figures
    made_at: datetime
    settle_days: int


def write_portals_page(parts: Sequence[Part], missing: Mapping[str, str]) -> str:
    """The report over several portals as one HTML file.

    Args:
        parts: The portals that have figures.
        missing: Those that have none, by name, and why.
    """
    names = ", ".join(part.portal for part in parts)
    sections = [_write_overview(parts), _write_money(parts), _write_missing(missing)]
    sections += [section for part in parts for section in _write_part(part)]
    feet = [_write_foot(part) for part in parts]
    lead = f"{len(parts)} HubSpot accounts: {names}." if parts else "No account has figures yet."
    return fill_page("all portals", lead, [section for section in sections if section], make("div", *feet))


def _write_overview(parts: Sequence[Part]) -> Markup:
    rows = [
        [
            part.portal,
            to_day(part.figures.as_of),
            to_number(len(part.figures.campaigns)),
            *(to_number(headline.now) for headline in part.figures.headlines),
        ]
        for part in parts
        if part.figures.headlines
    ]
    if not rows:
        return Markup("")
    caption = f"The {PERIOD} days of each portal up to its last day; they are not added up"
    table = make_table(caption, ["Portal", "Last day", "Campaigns", *HEADLINES.values()], rows)
    return make("section", make("h2", "Portals"), make("div", table, class_="panel long"))


def _write_money(parts: Sequence[Part]) -> Markup:
    rows = [
        [
            part.portal,
            money.currency or "no currency given",
            *(to_amount(amount) for amount in (money.budget, money.spend, money.left, money.revenue)),
        ]
        for part in parts
        for money in part.figures.money
    ]
    if not rows:
        return Markup("")
    caption = "Amounts of the campaigns' whole lives, of each portal and currency; none are added up"
    table = make_table(caption, ["Portal", "Currency", "Budget", "Spend", "Left", "Revenue"], rows)
    return make("section", make("h2", "Money of each portal"), make("div", table, class_="panel long"))


def _write_missing(missing: Mapping[str, str]) -> Markup:
    if not missing:
        return Markup("")
    rows = [make("li", make("strong", name), ": ", reason) for name, reason in missing.items()]
    return make("section", make("h2", "Without figures"), make("ul", *rows))


def _write_part(part: Part) -> list[Markup]:
    lead = make("p", describe_period(part.figures), class_="note")
    head = make("section", make("h2", f"Portal {part.portal}"), lead, id=f"portal-{part.portal}")
    return [head, *write_sections(part.figures, f"{part.portal}-")]


def _write_foot(part: Part) -> Markup:
    return write_foot(part.figures, part.made_at, part.settle_days, f"About the figures of {part.portal}")
