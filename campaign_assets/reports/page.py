"""The page: its sections in order, each from the figures.

How a piece of HTML is written is in `elements`, how it looks in `page.css`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from importlib.resources import files
from string import Template

from campaign_assets.reports import charts
from campaign_assets.reports.elements import Markup, make, make_chart, make_name, make_table, make_trend, render
from campaign_assets.reports.figures import HEADLINES, MIXED, PERIOD, QUIET, Figures, Headline, Money, Row
from campaign_assets.reports.notices import find_notices
from campaign_assets.reports.words import to_amount, to_change, to_day, to_days, to_number, to_short_day

_RANKED = 15
_CHARTED = 8
_LISTED = 100
"""Rows of a table at most: the page is to be mailed, and all of them are in marts/campaign_summary."""
_SMOOTH = 7


def write_page(figures: Figures, made_at: datetime, settle_days: int) -> str:
    """The report as one HTML file.

    Args:
        figures: What it shows.
        made_at: The present time, in the account's time zone.
        settle_days: Days after which HubSpot restates a day no more.
    """
    return fill_page(
        to_day(figures.as_of),
        describe_period(figures),
        write_sections(figures),
        write_foot(figures, made_at, settle_days),
    )


def fill_page(as_of: str, lead: str, sections: Sequence[Markup], foot: Markup) -> str:
    """One HTML file.

    Args:
        as_of: What its title names.
        lead: What it is about, in a sentence.
        sections: Its content.
        foot: What is to be known of the figures.
    """
    own = files(__package__)
    return Template(own.joinpath("page.html").read_text(encoding="utf-8")).substitute(
        as_of=render(as_of),
        style=own.joinpath("page.css").read_text(encoding="utf-8"),
        lead=render(lead),
        content="\n".join(sections),
        foot=foot,
    )


def write_sections(figures: Figures, prefix: str = "") -> list[Markup]:
    """The sections of one portal that have something to show.

    Args:
        figures: What they show.
        prefix: Stands before what the headline figures are called in the page's own addresses.
    """
    sections = [
        _write_headlines(figures, prefix),
        _write_notices(figures),
        _write_days(figures),
        _write_ranking(figures),
        _write_mix(figures),
        _write_money(figures),
        _write_quiet(figures),
    ]
    return [section for section in sections if section]


def describe_period(figures: Figures) -> str:
    """How many campaigns in which days."""
    if figures.as_of is None:
        return "There are no figures yet: materialize the metrics of some days first."
    first = figures.as_of - timedelta(days=PERIOD - 1)
    beside = f", beside the {PERIOD} days before" if figures.compares else ""
    return (
        f"{len(figures.campaigns):,} campaigns in the {PERIOD} days from {to_day(first)} to {to_day(figures.as_of)}"
        f"{beside}."
    )


def _section(title: str, *content: object, kind: str = "") -> Markup:
    return make("section", make("h2", title), *content, class_=kind)


def _write_headlines(figures: Figures, prefix: str) -> Markup:
    cards = [_write_card(headline, prefix) for headline in figures.headlines]
    return make("dl", *cards, class_="cards", aria_label="Headline figures") if cards else Markup("")


def _write_card(headline: Headline, prefix: str) -> Markup:
    change = to_change(headline.now, headline.before)
    beside = f"from {to_number(headline.before)}" if change else "nothing to compare with yet"
    return make(
        "div",
        make("dt", headline.label),
        make("dd", to_number(headline.now), class_="figure", id=f"{prefix}{headline.metric}"),
        make("dd", make("strong", change, class_=_find_tone(change)), " ", make("span", beside, class_="note")),
        class_="panel card",
    )


def _find_tone(change: str) -> str:
    """The class of a change: whether it is good news."""
    return "note" if change[:1] in ("", "±") else "bad" if change.startswith("−") else "good"


def _write_money_cards(money: Money) -> list[Markup]:
    """What was spent in a currency, and what came in: often another one, since deals have the account's."""
    name = money.currency or "no currency given"
    spent = (
        f"of {to_number(money.budget)} budgeted, {to_number(money.left)} left" if money.budget else "without a budget"
    )
    cards = [(f"Spend, {name}", money.spend, spent)] if money.budget or money.spend else []
    if money.revenue is not None:
        cards.append((f"Revenue, {name}", money.revenue, "attributed to all campaigns"))
    return [
        make(
            "div",
            make("dt", label),
            make("dd", to_number(amount), class_="figure"),
            make("dd", note, class_="note"),
            class_="panel card",
        )
        for label, amount, note in cards
    ]


def _write_notices(figures: Figures) -> Markup:
    notices = [
        make(
            "li",
            make("span", notice.label, class_="label"),
            make("p", make("strong", make_name(notice.campaign, "")), ": ", notice.text),
            class_=f"panel {notice.tone}",
        )
        for notice in find_notices(figures)
    ]
    return _section("Worth a look", make("ul", *notices, class_="notices")) if notices else Markup("")


def _write_days(figures: Figures) -> Markup:
    if not figures.days:
        return Markup("")
    drawn = [
        make_chart(
            f"{HEADLINES[metric]} by day",
            f"{to_number(_add(figures.days, metric))} in {len(figures.days)} days. Bars are days, the line is the mean "
            f"of {_SMOOTH} days.",
            charts.to_svg(charts.draw_days(figures.days, metric)),
            make_table(
                f"{HEADLINES[metric]} by day",
                ["Day", HEADLINES[metric]],
                [[to_day(row["day"]), to_number(row[metric])] for row in reversed(figures.days)],
            ),
        )
        for metric in MIXED
    ]
    return _section("Over time", make("div", *drawn, class_="grid"))


def _write_ranking(figures: Figures) -> Markup:
    rows = [_to_ranked(row, figures) for row in figures.campaigns[:_RANKED]]
    if not rows or figures.as_of is None:
        return Markup("")
    heads = ["Campaign", "Trend of views", "Views", "Clicks", "Submissions", "Change", "New contacts"]
    caption = f"The last {PERIOD} days, ranked by submissions; the change is theirs beside the {PERIOD} days before"
    shown = make_table(caption, heads, rows, kind="ranking", plain=[1])
    rest = len(figures.campaigns) - len(rows)
    note = [make("p", f"{rest:,} more campaigns are in marts/campaign_summary.", class_="note")] if rest > 0 else []
    return _section("Campaigns", make("div", shown, *note, class_="panel long"), kind="ranked")


def _to_ranked(row: Row, figures: Figures) -> list[object]:
    change = to_change(row["submissions_last_28_days"] or 0, figures.find_before(row, "submissions"))
    trend = figures.trends.get(row["campaign_id"], [0] * len(figures.days))
    label = f"Views by day in {len(figures.days)} days, {to_number(max(trend, default=0))} at most"
    return [
        make_name(row["name"], row["campaign_id"]),
        make_trend(_smooth(trend), label),
        *(to_number(row[f"{metric}_last_28_days"]) for metric in MIXED),
        make("span", change or "–", class_=_find_tone(change)),
        to_number(row["contacts_first_touch_last_28_days"]),
    ]


def _write_mix(figures: Figures) -> Markup:
    drawn = []
    for metric, parts in figures.mix.items():
        if not parts:
            continue
        total = sum(value for _, value in parts)
        most, value = parts[0]
        drawn.append(
            make_chart(
                f"{HEADLINES[metric]} by asset type",
                f"{most} brought most: {round(100 * value / total)} % of {to_number(total)}.",
                charts.to_svg(charts.draw_parts(parts[:_CHARTED])),
                make_table(
                    f"{HEADLINES[metric]} of {PERIOD} days by asset type",
                    ["Asset type", HEADLINES[metric], "Share"],
                    [[label, to_number(count), f"{100 * count / total:.1f} %"] for label, count in parts],
                ),
            )
        )
    return _section("What brought it", make("div", *drawn, class_="grid")) if drawn else Markup("")


def _write_money(figures: Figures) -> Markup:
    drawn = [chart for money in figures.money for chart in _draw_currency(figures.funded, money.currency)]
    if not drawn:
        return Markup("")
    note = "Amounts are of a campaign's whole life. Those of different currencies are never added."
    cards = [card for money in figures.money for card in _write_money_cards(money)]
    return _section(
        "Money",
        make("p", note, class_="note"),
        make("dl", *cards, class_="cards"),
        make("div", *drawn, class_="grid two"),
    )


def _draw_currency(funded: Sequence[Row], currency: str) -> list[Markup]:
    """Spend against budget, and what came back, of the campaigns of one currency."""
    rows = [row for row in funded if (row["currency_code"] or "") == currency]
    rows.sort(key=lambda row: (-(row["spend_amount"] or 0), -(row["budget_amount"] or 0), row["rank"]))
    name = currency or "no currency given"
    spent = [row for row in rows if row["budget_amount"] or row["spend_amount"]]
    over = sum((row["remaining_budget"] or 0) < 0 for row in spent)
    table = make_table(
        f"Money of each campaign in {name}{_describe_rest(rows)}",
        ["Campaign", "Budget", "Spend", "Left", "Revenue", "Revenue per spend"],
        [
            [
                make_name(row["name"], row["campaign_id"]),
                *(to_amount(row[column]) for column in ("budget_amount", "spend_amount", "remaining_budget")),
                to_amount(row["revenue_amount"], row["revenue_currency_code"]),
                to_amount(row["return_on_spend"], "×" if row["return_on_spend"] is not None else "", 1),
            ]
            for row in rows[:_LISTED]
        ],
    )
    drawn = []
    if spent:
        how = f"{over} of {len(spent)} campaigns are over budget" if over else "No campaign is over budget"
        drawn.append(
            make_chart(
                f"Spend and budget, {name}",
                f"{how}. The pale bar is the budget, the dark one the spend, red where it is more.",
                charts.to_svg(charts.draw_spend(spent[:_CHARTED])),
                table,
            )
        )
    earned = [row for row in rows if row["return_on_spend"] is not None]
    earned.sort(key=lambda row: (-row["return_on_spend"], row["rank"]))
    if earned:
        drawn.append(
            make_chart(
                f"Revenue for each {name} spent",
                "Attributed revenue divided by spend; red below 1, where less came back than went out.",
                charts.to_svg(charts.draw_returns(earned[:_CHARTED])),
                table,
            )
        )
    return drawn


def _write_quiet(figures: Figures) -> Markup:
    rows = [
        [
            make_name(row["name"], row["campaign_id"]),
            to_day(row["last_activity_date"]),
            f"{row['days_since_last_activity']:,}",
            to_day(row["end_date"]),
        ]
        for row in figures.quiet[:_LISTED]
    ]
    if not rows:
        return Markup("")
    rest = _describe_rest(figures.quiet)
    caption = (
        f"Campaigns that have not ended, and had neither views nor clicks nor anything else for {QUIET} days{rest}"
    )
    table = make_table(caption, ["Campaign", "Last active", "Days ago", "Ends"], rows, kind="ranking")
    return _section("Gone quiet", make("div", table, class_="panel long"))


def write_foot(figures: Figures, made_at: datetime, settle_days: int, title: str = "About these figures") -> Markup:
    """What is to be known of the figures.

    Args:
        figures: The figures.
        made_at: The present time, in the account's time zone.
        settle_days: Days after which HubSpot restates a day no more.
        title: Its heading.
    """
    return make("div", make("h2", title), make("ul", *_list_remarks(figures, made_at, settle_days)))


def _list_remarks(figures: Figures, made_at: datetime, settle_days: int) -> list[Markup]:
    remarks = [f"Made on {to_day(made_at.date())} at {made_at:%H:%M} ({made_at:%Z})."]
    if figures.as_of is not None:
        read = f", read from HubSpot on {to_day(figures.read_at.date())}" if figures.read_at else ""
        remarks.append(f"The last day is {to_day(figures.as_of)}{read}.")
        behind = (made_at.date() - figures.as_of).days - 1
        if behind > 0:
            remarks.append(f"It is {behind} {'day' if behind == 1 else 'days'} behind: newer days were not read.")
        restated = figures.as_of - timedelta(days=settle_days - 1)
        remarks.append(f"HubSpot may still raise the figures of the days from {to_short_day(restated)} on.")
    remarks += _describe_gaps(figures.gaps, len(figures.days))
    if figures.funded and not any(row["revenue_amount"] is not None for row in figures.funded):
        remarks.append("Revenue is missing: it was not read, or HubSpot attributes none.")
    remarks.append(
        "Views, clicks and submissions are sums over a campaign's assets: what HubSpot counts for a form and for its "
        "page counts for both. New contacts are those whose first interaction was with one of its pages."
    )
    return [make("li", remark) for remark in remarks]


def _describe_gaps(gaps: Mapping[str, Sequence[date]], days: int) -> list[str]:
    if not gaps:
        return [f"No day is missing: all {days} days shown were read for every asset type."] if days else []
    return [
        f"{label}: {len(missing)} of {days} days were not read ({to_days(missing)})." for label, missing in gaps.items()
    ]


def _describe_rest(rows: Sequence[Row]) -> str:
    return f", the first {_LISTED} of {len(rows):,}" if len(rows) > _LISTED else ""


def _add(days: Sequence[Row], metric: str) -> int:
    return sum(row[metric] or 0 for row in days)


def _smooth(values: Sequence[int]) -> list[int]:
    """Sums of seven days up to each: a week's rhythm would hide the trend."""
    return [sum(values[place - _SMOOTH + 1 : place + 1]) for place in range(_SMOOTH - 1, len(values))]
