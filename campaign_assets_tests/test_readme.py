"""The README says what is true."""

from pathlib import Path

import pytest

from campaign_assets.catalog import METRIC_ASSET_TYPES, Aggregation, AssetType
from campaign_assets.marts.schemas import ASSET_PERFORMANCE_DAILY, CAMPAIGN_PERFORMANCE_DAILY, CAMPAIGN_SUMMARY, PERIODS
from campaign_assets.settings import VARIABLES, Variable
from campaign_assets.tables import (
    CAMPAIGN_ASSET_CHANGES,
    CAMPAIGN_ASSETS,
    CAMPAIGNS,
    METRIC_RESTATEMENTS,
    REPORT_TABLES,
)

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
MARKS = {Aggregation.ADDITIVE: "", Aggregation.LEVEL: " ᴸ", Aggregation.RATIO: " ᴿ"}


def to_row(variable: Variable) -> str:
    """A setting's row in the table, which a changed setting is copied from."""
    default = f"`{variable.default}`" if variable.default else "none"
    return f"| `{variable.name}` | {default} | {variable.meaning} |"


def test_the_table_of_settings_is_what_the_settings_declare() -> None:
    section = README.split("\n### Settings\n")[1].split("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("| `")] == [to_row(v) for v in VARIABLES]


@pytest.mark.parametrize("asset_type", METRIC_ASSET_TYPES, ids=lambda asset_type: asset_type.slug)
def test_every_metrics_table_is_documented_with_its_metrics(asset_type: AssetType) -> None:
    (line,) = [line for line in README.splitlines() if line.startswith(f"| `{asset_type.slug}`")]
    assert line.endswith(f"| {', '.join(m.column + MARKS[m.aggregation] for m in asset_type.metrics)} |")


def test_the_columns_of_the_other_tables_are_documented() -> None:
    marts = [mart.table for mart in (ASSET_PERFORMANCE_DAILY, CAMPAIGN_PERFORMANCE_DAILY)]
    own = (CAMPAIGNS, CAMPAIGN_ASSETS, CAMPAIGN_ASSET_CHANGES, METRIC_RESTATEMENTS)
    for table in (*own, *REPORT_TABLES, *marts):
        (line,) = [line for line in README.splitlines() if line.startswith(f"| `{table.name}` |")]
        assert line.endswith(f"| {', '.join((['metric_date'] if table.daily else []) + table.columns.names)} |")


def test_the_columns_of_the_summary_are_documented() -> None:
    (line,) = [line for line in README.splitlines() if line.startswith(f"| `{CAMPAIGN_SUMMARY.table.name}` |")]
    columns = CAMPAIGN_SUMMARY.table.columns.names
    before, sums, after = line.split("|")[3].split("*")
    assert before.strip(" ,").split(", ") == columns[: columns.index("views")]
    assert after.strip(" ,").split(", ") == columns[columns.index("sessions") :]
    assert all(f"_{period}" in sums for period in PERIODS)


def test_every_folder_of_the_package_is_on_the_map() -> None:
    for folder in (ROOT / "campaign_assets").iterdir():
        if (folder / "__init__.py").exists():
            assert f"| `campaign_assets/{folder.name}/` |" in README


def test_every_picture_and_page_is_there() -> None:
    named = [
        part.split(")")[0] for part in README.split("](")[1:] if part.split(")")[0].endswith((".png", ".svg", ".md"))
    ]
    assert named
    assert all((ROOT / file).is_file() for file in named)
