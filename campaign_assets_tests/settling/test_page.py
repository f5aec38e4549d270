"""The page about settling says what is true, and its query runs."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from campaign_assets.settling.figures import AFTER, ENOUGH_DAYS, LITTLE, MUCH, VERY_MUCH
from campaign_assets.tables import METRIC_RESTATEMENTS, TableStore

PAGE = (Path(__file__).parents[2] / "docs" / "settling.md").read_text()
DAY = date(2026, 3, 1)


def test_every_column_is_on_the_page() -> None:
    assert all(f"`{name}`" in PAGE for name in ("metric_date", *METRIC_RESTATEMENTS.columns.names))


def test_the_rules_numbers_are_on_the_page() -> None:
    assert f"less than {LITTLE:.1%}".replace("%", " %") in PAGE
    assert f"more than {MUCH:.1%}".replace("%", " %") in PAGE
    assert f"more than {VERY_MUCH:.0%}".replace("%", " %") in PAGE
    assert f"before {ENOUGH_DAYS} days" in PAGE
    assert AFTER == (1, 3, 7)


def test_the_query_tells_how_often_and_how_much_later_numbers_change(tmp_path: Path) -> None:
    rows = [
        {
            "campaign_id": "c",
            "asset_type": "FORM",
            "asset_id": asset,
            "metric": "VIEWS",
            "noticed_at": datetime(2026, 3, 3, 0, 40, tzinfo=UTC),
            "before": before,
            "after": after,
        }
        for asset, before, after in (("1", 5.0, 7.0), ("2", 1.0, 2.0), ("3", None, 4.0))
    ]
    table = pa.Table.from_pylist(rows, schema=METRIC_RESTATEMENTS.columns)
    TableStore(str(tmp_path)).write(METRIC_RESTATEMENTS.path, table, day=DAY)
    query = PAGE.split("```sql")[1].split("```")[0].replace("data/", f"{tmp_path}/")
    with duckdb.connect() as connection:
        assert connection.execute(query.strip().rstrip(";")).fetchall() == [("FORM", "VIEWS", 1, 2, 3.0)]
