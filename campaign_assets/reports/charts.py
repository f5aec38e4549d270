"""The charts, drawn by Vega-Lite as SVG in this process: no browser, no network, no script in the page.

Colours are the style sheet's variables, so that a chart follows the page into the dark; a picture for elsewhere takes
values of its own. Texts of HubSpot's stand in the SVG as text: Vega escapes them. Nothing is stacked: for that Vega
clips bars by ids that it counts on from chart to chart, and a page would differ from the same page made again.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import altair as alt
import vl_convert

from campaign_assets.plain_text import to_line

PAGE = {
    "back": "transparent",
    **{name: f"var(--{name})" for name in ("ink", "muted", "rule", "main", "soft", "bad", "good")},
}
"""Colours of the page's style sheet."""
PAPER = {
    "back": "#ffffff",
    "ink": "#1b2230",
    "muted": "#5a6475",
    "rule": "#e3e6ec",
    "main": "#2b5fd9",
    "soft": "#b9cbf5",
    "bad": "#c2362b",
    "good": "#12805c",
}
"""The same by themselves, on white."""
_VERSION = "6.4"
_NARROW, _WIDE = 360, 520
"""Widths of whole charts in pixels, as wide as the page shows them: so their texts are as large as the page's."""
_LONGEST_LABEL = 30
_WEEK = 7
_EXACT = 2**53
"""Up to here every whole number is a double too."""


def draw_days(days: Sequence[Mapping[str, Any]], metric: str, colors: Mapping[str, str] = PAGE) -> dict[str, Any]:
    """A metric by day as bars, and its mean over seven days as a line.

    Args:
        days: Rows with `day` and the metric.
        metric: Which.
        colors: By name, as in `PAGE`.
    """
    values = [row[metric] for row in days]
    data = [
        {"day": _to_time(row["day"]), "value": row[metric], "mean": _mean(values, place)}
        for place, row in enumerate(days)
    ]
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%-d %b", tickCount=5, grid=False))
    bars = alt.Chart().mark_bar(color=colors["soft"], width=max(1, round(0.65 * _NARROW / len(data))))
    line = alt.Chart().mark_line(color=colors["main"], strokeWidth=2.5, interpolate="monotone")
    y = _make_axis()
    chart = alt.layer(
        bars.encode(x=x, y=alt.Y("value:Q", title=None, axis=y)), line.encode(x=x, y=alt.Y("mean:Q", title=None))
    )
    return _finish(chart, data, colors, _NARROW, 190)


def draw_parts(parts: Sequence[tuple[str, int]], colors: Mapping[str, str] = PAGE) -> dict[str, Any]:
    """Parts of a whole as bars, the largest first, each with its number."""
    main = colors["main"]
    data = [{"part": label, "value": value, "text": f"{value:,}", "color": main} for label, value in parts]
    return _draw_bars(data, colors, _NARROW)


def draw_spend(rows: Sequence[Mapping[str, Any]], colors: Mapping[str, str] = PAGE) -> dict[str, Any]:
    """What each campaign spent, as a bar in front of its budget; beyond the budget in another colour."""
    data = [
        {
            "part": label,
            "budget": float(row["budget_amount"] or 0),
            "spend": float(row["spend_amount"] or 0),
            "color": colors["bad"] if _is_over(row) else colors["main"],
        }
        for label, row in zip(_to_labels(rows), rows, strict=True)
    ]
    y = _keep_order(data)
    budget = alt.Chart().mark_bar(color=colors["soft"], height=16, cornerRadius=2)
    spend = alt.Chart().mark_bar(height=8, cornerRadius=2)
    x = _make_axis()
    chart = alt.layer(
        budget.encode(y=y, x=alt.X("budget:Q", title=None, axis=x, stack=None)),
        spend.encode(y=y, x=alt.X("spend:Q", title=None, stack=None), color=alt.Color("color:N", scale=None)),
    )
    return _finish(chart, data, colors, _WIDE, 30 + 26 * len(data))


def draw_returns(rows: Sequence[Mapping[str, Any]], colors: Mapping[str, str] = PAGE) -> dict[str, Any]:
    """Revenue for each unit that was spent, by campaign; what did not earn its spend in another colour."""
    data = [
        {
            "part": label,
            "value": row["return_on_spend"],
            "text": f"{row['return_on_spend']:,.1f} ×",
            "color": colors["good"] if row["return_on_spend"] >= 1 else colors["bad"],
        }
        for label, row in zip(_to_labels(rows), rows, strict=True)
    ]
    return _draw_bars(data, colors, _WIDE)


def to_svg(chart: Mapping[str, Any]) -> str:
    """A chart as an SVG element."""
    svg: str = vl_convert.vegalite_to_svg(dict(chart), vl_version=_VERSION)
    return svg


def _draw_bars(data: list[dict[str, Any]], colors: Mapping[str, str], width: int) -> dict[str, Any]:
    y = _keep_order(data)
    most = max((row["value"] for row in data), default=1) or 1
    x = alt.X("value:Q", title=None, axis=None, stack=None, scale=alt.Scale(domain=[0, 1.35 * most]))
    bars = alt.Chart().mark_bar(height=14, cornerRadius=2).encode(y=y, x=x, color=alt.Color("color:N", scale=None))
    texts = alt.Chart().mark_text(align="left", dx=5, color=colors["ink"]).encode(y=y, x=x, text="text:N")
    return _finish(alt.layer(bars, texts), data, colors, width, 12 + 25 * len(data))


def _make_axis() -> alt.Axis:
    """Numbers such as 0, 200 and 40k."""
    return alt.Axis(labelExpr="datum.value ? format(datum.value, '~s') : '0'", tickCount=4)


def _keep_order(data: Sequence[Mapping[str, Any]]) -> alt.Y:
    axis = alt.Axis(labelLimit=210, ticks=False, domain=False)
    return alt.Y("part:N", title=None, sort=[row["part"] for row in data], axis=axis)


def _finish(
    chart: Any, data: list[dict[str, Any]], colors: Mapping[str, str], width: int, height: int
) -> dict[str, Any]:
    data = [{name: _to_number(value) for name, value in row.items()} for row in data]
    text = {"labelColor": colors["muted"], "titleColor": colors["muted"], "labelFontSize": 12}
    finished = (
        chart.properties(data=alt.InlineData(values=data), width=width, height=height, background=colors["back"])
        .properties(autosize=alt.AutoSizeParams(type="fit", contains="padding"))
        .configure(aria=False, font="DejaVu Sans, sans-serif", padding=4)
        .configure_view(stroke=None)
        .configure_axis(gridColor=colors["rule"], domainColor=colors["rule"], tickColor=colors["rule"], **text)
        .configure_text(fontSize=12)
    )
    specification: dict[str, Any] = finished.to_dict()
    return specification


def _to_number(value: Any) -> Any:
    """A value as the renderer takes it: a whole number of more than 64 bits is none to it."""
    return float(value) if isinstance(value, int) and abs(value) > _EXACT else value


def _mean(values: Sequence[int | None], place: int) -> float | None:
    week = [value for value in values[max(0, place - _WEEK + 1) : place + 1] if value is not None]
    return sum(week) / _WEEK if len(week) == _WEEK else None


def _to_time(day: date) -> str:
    """A day as Vega reads it: with a time, since without one it takes it for midnight in another zone."""
    return f"{day.isoformat()}T00:00:00"


def _is_over(row: Mapping[str, Any]) -> bool:
    return bool(row["budget_amount"] and (row["remaining_budget"] or 0) < 0)


def _to_labels(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A label for each campaign, short, and no two the same: Vega would draw them as one."""
    labels: list[str] = []
    for row in rows:
        label, count = to_line(row["name"] or row["campaign_id"], _LONGEST_LABEL), 1
        while label in labels:
            count += 1
            label = f"{label} ({count})"
        labels.append(label)
    return labels
