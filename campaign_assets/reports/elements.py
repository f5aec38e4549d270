"""Pieces of HTML: tables, charts, trend lines. What comes from outside is escaped here, and nowhere else.

A piece is `Markup`: text that is HTML already. Any other text that goes into one is escaped on its way.
"""

from collections.abc import Sequence
from html import escape

from campaign_assets.plain_text import to_line

_LONGEST_NAME = 120
_TREND = (120, 26)


class Markup(str):
    """A text that is HTML."""

    __slots__ = ()


def render(text: object) -> str:
    """A text as HTML: escaped, unless it is that already."""
    return text if isinstance(text, Markup) else escape(str(text), quote=True)


def make(tag: str, *content: object, **attributes: str) -> Markup:
    """An element.

    Args:
        tag: Its name.
        *content: What it holds; text is escaped.
        **attributes: `class_` stands for class, and other underscores for hyphens; one without a value is left out.
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(text, quote=True)}"' for name, text in attributes.items()
    )
    return Markup(f"<{tag}{written}>{''.join(render(part) for part in content)}</{tag}>")


def make_name(name: str | None, otherwise: str) -> Markup:
    """A name from outside: on one line, not endless, and its writing direction its own."""
    return make("bdi", to_line(name or otherwise, _LONGEST_NAME))


def make_table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[object]], *, kind: str = "", plain: Sequence[int] = ()
) -> Markup:
    """A table whose first column names the rows, in a frame that scrolls sideways where it is too wide.

    Args:
        caption: What it shows.
        heads: The columns.
        rows: Their cells.
        kind: A class for the style sheet.
        plain: Columns that need no label where each row is a block of its own.
    """
    # The roles are the elements' own, which they lose where the style sheet makes blocks of them.
    heads_of = [
        make("th", text, scope="col", role="columnheader", class_="" if n else "name") for n, text in enumerate(heads)
    ]
    body = [
        make(
            "tr",
            make("th", row[0], scope="row", role="rowheader", class_="name"),
            *(
                make("td", cell, role="cell", data_label=heads[n], class_="plain" if n in plain else "")
                for n, cell in enumerate(row[1:], 1)
            ),
            role="row",
        )
        for row in rows
    ]
    table = make(
        "table",
        make("caption", caption),
        make("thead", make("tr", *heads_of, role="row"), role="rowgroup"),
        make("tbody", *body, role="rowgroup"),
        class_=kind,
        role="table",
    )
    return make("div", table, class_="scroll", tabindex="0", role="region", aria_label=caption)


def make_chart(title: str, description: str, svg: str, table: Markup) -> Markup:
    """A chart with its title, what it shows in a sentence, and the table behind it.

    Args:
        title: Its title.
        description: What it shows, for those who do not see it too.
        svg: The chart, as the renderer wrote it.
        table: Its figures.
    """
    label = f'<svg role="img" aria-label="{escape(f"{title}. {description}", quote=True)}"'
    return make(
        "figure",
        make("figcaption", make("h3", title), make("p", description)),
        Markup(svg.replace("<svg", label, 1)),
        make("details", make("summary", "The figures"), table),
        class_="panel",
    )


def make_trend(values: Sequence[int], label: str) -> Markup:
    """A line as high as a word: how a figure went, day by day.

    Args:
        values: One for each day.
        label: What it shows, for those who do not see it.
    """
    width, height = _TREND
    most = max(values, default=0) or 1
    step = width / max(1, len(values) - 1)
    points = " ".join(f"{n * step:.1f},{height - 2 - (height - 4) * v / most:.1f}" for n, v in enumerate(values))
    line = f'<polyline points="{points}" fill="none" stroke="var(--main)" stroke-width="1.5"/>'
    box = f'viewBox="0 0 {width} {height}" preserveAspectRatio="none"'
    return Markup(f'<svg class="trend" role="img" aria-label="{escape(label, quote=True)}" {box}>{line}</svg>')
