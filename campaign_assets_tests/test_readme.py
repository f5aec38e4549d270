"""The README is short, and says what is true; the pages that it leads to are held in `docs/`."""

import re
from importlib.util import find_spec

from campaign_assets.catalog import ASSET_TYPES, METRIC_ASSET_TYPES
from campaign_assets.settings import VARIABLES
from campaign_assets.tables import METRICS_TABLES
from campaign_assets_tests.docs.markdown import ROOT, find_section, list_blocks, list_pages, list_rows, to_place
from campaign_assets_tests.docs.tables_page import ALL_TABLES

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_is_read_in_a_few_minutes() -> None:
    assert len(README.splitlines()) <= 125


def test_what_lands_names_every_table() -> None:
    rows = list_rows(find_section(README, "## What lands"))
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row[0])}
    metrics = {table.name for table in METRICS_TABLES.values()}
    assert named == {table.name for table in ALL_TABLES} - metrics | {"hubspot/asset_metrics/…"}
    assert f"all {len(ASSET_TYPES)} known types" in README
    assert f"the {len(METRIC_ASSET_TYPES)} types with metrics" in README


def test_its_figures_are_those_of_the_pages_that_it_names() -> None:
    rows = [row for row in list_rows(find_section(README, "## What it takes")) if ".md)" in row[1]]
    assert rows
    for row in rows:
        page = re.search(r"\((docs/\w+\.md)\)", row[1])
        assert page
        text = (ROOT / page[1]).read_text(encoding="utf-8")
        assert all(figure in text for figure in re.findall(r"\d[\d,]*\d", row[1])), row
        assert f"\n{row[2].strip('`').removeprefix('make ')}:" in (ROOT / "Makefile").read_text()


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in list_pages():
        named = re.findall(r"`make (\w+)", page.read_text(encoding="utf-8"))
        named += [name for b in list_blocks(page) for name in re.findall(r"^make (\w+)", b.text, re.MULTILINE)]
        assert set(named) <= targets, to_place(page)


def test_every_variable_that_a_page_names_exists() -> None:
    known = {variable.name for variable in VARIABLES}
    for page in list_pages():
        named = re.findall(r"\b(?:HUBSPOT|CAMPAIGN_ASSETS)_[A-Z_]+\b", page.read_text(encoding="utf-8"))
        assert set(named) <= known, to_place(page)


def test_every_folder_of_the_package_is_on_the_map() -> None:
    design = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    for folder in (ROOT / "campaign_assets").iterdir():
        if (folder / "__init__.py").exists():
            assert f"| `campaign_assets/{folder.name}/` |" in design


def test_every_module_that_a_page_runs_exists() -> None:
    for page in list_pages():
        for name in re.findall(r"python -m (campaign_assets[\w.]*\w)", page.read_text(encoding="utf-8")):
            assert find_spec(name), f"{to_place(page)} runs {name}"
