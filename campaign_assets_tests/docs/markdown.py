"""Markdown as far as our pages use it: headings and their anchors, links, tables, fenced blocks."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^ *```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
_CODE = re.compile(r"`[^`\n]*`")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    Attributes:
        page: Its page's path below the root.
        heading: The heading that it stands under.
        number: Its place among the blocks under that heading, from 1.
        language: What stands behind the fence.
        text: What stands between the fences, without the indent of a list.
    """

    page: str
    heading: str
    number: int
    language: str
    text: str

    @property
    def name(self) -> str:
        """What a person finds it by: `docs/recipes.md, Polars, 1`."""
        return f"{self.page}, {self.heading}, {self.number}"


def list_pages() -> list[Path]:
    """README and every page that it leads to, or should."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "deploy").rglob("*.md"))]


def to_place(page: Path) -> str:
    """A page's path below the root."""
    return page.relative_to(ROOT).as_posix()


def list_headings(text: str) -> list[tuple[int, str]]:
    """The headings outside of fenced blocks: how deep, and what they say."""
    return [(len(marks), title.strip()) for marks, title in _HEADING.findall(_FENCE.sub("", text))]


def list_anchors(text: str) -> list[str]:
    """The anchors that GitHub gives the headings, in their order."""
    seen = Counter[str]()
    anchors = []
    for _, title in list_headings(text):
        anchor = to_anchor(title)
        anchors.append(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return anchors


def to_anchor(title: str) -> str:
    """The anchor of a heading that stands once."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def list_links(text: str) -> list[str]:
    """Where links and pictures lead, outside of code."""
    found = _LINK.findall(_CODE.sub("", _FENCE.sub("", text)))
    return [plain or attribute for plain, attribute in found]


def list_blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in their order."""
    text = page.read_text(encoding="utf-8")
    counts = Counter[str]()
    for found in _FENCE.finditer(text):
        before = list_headings(text[: found.start()])
        heading = before[-1][1] if before else ""
        counts[heading] += 1
        lines = [line.removeprefix(found["indent"]) for line in found["text"].splitlines(keepends=True)]
        yield Block(to_place(page), heading, counts[heading], found["language"], "".join(lines))


def find_section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one that is as high or higher."""
    marks, _, _ = heading.partition(" ")
    end = rf"(?=\n#{{1,{len(marks)}}} |\Z)"
    found = re.search(rf"(?:\A|\n){re.escape(heading)}\n(.*?){end}", text, re.DOTALL)
    assert found, f"there is no heading {heading!r}"
    return found[1]


def list_rows(text: str) -> list[list[str]]:
    """The cells of every table's rows, without heads and rules."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rules = {index for index, line in enumerate(lines) if re.fullmatch(r"[|\-: ]+", line)}
    heads = {index - 1 for index in rules}
    return [split_row(line) for index, line in enumerate(lines) if index not in rules | heads]


def split_row(line: str) -> list[str]:
    """The cells of a row; a pipe with a backslash before it is text."""
    cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return [cell.strip().replace(r"\|", "|") for cell in cells]
