"""What of the pages is made of the product's declarations, between two marks that no reader sees."""

import re
from collections.abc import Callable, Mapping

from campaign_assets.settings import VARIABLES, Variable
from campaign_assets_tests.docs.markdown import ROOT
from campaign_assets_tests.docs.tables_page import write_metrics, write_overview, write_tables

DRAWING = ROOT / "docs" / "entities.svg"
_REGION = re.compile(r"<!-- generated: (?P<name>\w+) -->\n.*?\n<!-- end of generated -->", re.DOTALL)


def write_settings() -> str:
    """Every variable in a row."""
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *map(_to_row, VARIABLES)])


def _to_row(variable: Variable) -> str:
    default = f"`{variable.default}`" if variable.default else "none"
    return f"| `{variable.name}` | {default} | {variable.meaning} |"


REGIONS: Mapping[str, Callable[[], str]] = {
    "settings": write_settings,
    "overview": write_overview,
    "metrics": write_metrics,
    "tables": write_tables,
}
"""What makes each region, by the name in its mark."""


def list_regions(text: str) -> list[str]:
    """The names of a page's regions."""
    return [found["name"] for found in _REGION.finditer(text)]


def renew(text: str) -> str:
    """A page with its regions made anew."""

    def fill(found: re.Match[str]) -> str:
        name = found["name"]
        return f"<!-- generated: {name} -->\n\n{REGIONS[name]()}\n\n<!-- end of generated -->"

    return _REGION.sub(fill, text)
