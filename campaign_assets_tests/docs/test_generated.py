"""The generated parts of the pages are what the product declares now: `make docs` renews them."""

from collections import Counter

from campaign_assets.tables import CAMPAIGNS, METRICS_TABLES
from campaign_assets_tests.docs.entities import COLUMNS, draw
from campaign_assets_tests.docs.generated import DRAWING, REGIONS, list_regions, renew
from campaign_assets_tests.docs.markdown import list_pages, to_place
from campaign_assets_tests.docs.tables_page import ALL_TABLES


def test_every_generated_part_is_as_it_would_be_made_now() -> None:
    old = [to_place(page) for page in list_pages() if renew(text := page.read_text(encoding="utf-8")) != text]
    assert not old, f"make docs renews {old}"


def test_every_generated_part_stands_on_one_page() -> None:
    found = Counter(name for page in list_pages() for name in list_regions(page.read_text(encoding="utf-8")))
    assert found == Counter(REGIONS.keys())


def test_the_drawing_of_the_tables_has_all_of_them_with_their_keys() -> None:
    assert DRAWING.read_text(encoding="utf-8") == draw(), "make docs renews it"
    drawn = {table.name for tables in COLUMNS for table in tables} | {CAMPAIGNS.name}
    assert drawn | {table.name for table in METRICS_TABLES.values()} == {table.name for table in ALL_TABLES}
