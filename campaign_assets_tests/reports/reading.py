"""A page as a reader has it: its tables, its texts, what carries an id."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """A page that was read.

    Attributes:
        tables: The rows of each table by its caption, as text; the heads first.
        ids: The text of each element with an id.
        tags: Every tag that occurs.
        text: All text, the style sheet aside.
    """

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.ids: dict[str, str] = {}
        self.tags: set[str] = set()
        self.text = ""
        self._rows: list[list[str]] = []
        self._caption = ""
        self._inside: list[tuple[str, str]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins an element."""
        self.tags.add(tag)
        if tag in ("meta", "polyline"):
            return
        self._inside.append((tag, dict(attrs).get("id") or ""))
        if tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td"):
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """Ends an element, and those in it that need no end."""
        while self._inside and self._inside.pop()[0] != tag:
            pass
        if tag == "table":
            self.tables.setdefault(self._caption, self._rows)

    def handle_data(self, data: str) -> None:
        """Adds text to what it is in."""
        inside = {tag for tag, _ in self._inside}
        if "style" in inside:
            return
        self.text += data
        for _, name in self._inside:
            if name:
                self.ids[name] = self.ids.get(name, "") + data
        if "caption" in inside:
            self._caption += data
        elif inside & {"th", "td"}:
            self._rows[-1][-1] += data


def read_number(text: str) -> int | None:
    """A number as the page shows it."""
    return None if text == "–" else int(text.replace(",", "").replace("−", "-"))
