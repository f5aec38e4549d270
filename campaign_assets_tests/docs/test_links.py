"""Every link and picture of README and docs leads somewhere, and every page is reached from the README."""

from pathlib import Path

import pytest

from campaign_assets_tests.docs.markdown import (
    ROOT,
    list_anchors,
    list_headings,
    list_links,
    list_pages,
    to_place,
)

PAGES = list_pages()


def find_links(page: Path) -> list[tuple[Path, str]]:
    """The files of ours that a page leads to, each with the anchor."""
    own = [link for link in list_links(page.read_text(encoding="utf-8")) if "://" not in link]
    parts = [link.partition("#") for link in own]
    return [((page.parent / path).resolve() if path else page, anchor) for path, _, anchor in parts]


@pytest.mark.parametrize("page", PAGES, ids=to_place)
def test_every_link_leads_to_a_file_and_to_a_heading_of_it(page: Path) -> None:
    for file, anchor in find_links(page):
        assert file.exists(), f"{to_place(page)} leads to {file}"
        if anchor:
            assert anchor in list_anchors(file.read_text(encoding="utf-8")), f"{to_place(page)} leads to #{anchor}"


def test_every_page_and_picture_is_reached_from_the_readme() -> None:
    reached, new = {PAGES[0]}, [PAGES[0]]
    while new:
        found = {file for file, _ in find_links(new.pop())} - reached
        reached |= found
        new += [file for file in found if file.suffix == ".md"]
    pictures = [path for path in (ROOT / "docs").rglob("*") if path.suffix in (".png", ".svg")]
    assert not {to_place(path) for path in [*PAGES, *pictures]} - {to_place(path) for path in reached}


def test_the_index_names_every_page_of_docs() -> None:
    index = ROOT / "docs" / "README.md"
    named = {file for file, _ in find_links(index)}
    assert {page for page in PAGES if page.parent == index.parent} - {index} <= named


@pytest.mark.parametrize("page", PAGES, ids=to_place)
def test_a_page_has_one_title_and_its_headings_skip_no_level(page: Path) -> None:
    levels = [level for level, _ in list_headings(page.read_text(encoding="utf-8"))]
    assert levels[0] == 1 and 1 not in levels[1:]
    assert all(level <= before + 1 for before, level in zip(levels, levels[1:], strict=False))
