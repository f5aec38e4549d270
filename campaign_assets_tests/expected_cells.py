"""What the tables have to hold, as the emulated account's own data has it, and the comparison of every cell."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from campaign_assets.catalog import CAMPAIGN_PROPERTIES, METRIC_ASSET_TYPES, AssetType, PropertyKind, find_asset_type
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS
from campaign_assets_tests.workplace import Workplace, drop_timestamps


def expect_campaigns(workplace: Workplace) -> list[dict[str, Any]]:
    """The rows of `hubspot/campaigns` as the account's own data has them."""
    parsers: dict[PropertyKind, Callable[[str], Any]] = {
        PropertyKind.TEXT: str,
        PropertyKind.DATE: date.fromisoformat,
        PropertyKind.MONEY: lambda text: Decimal(text).quantize(Decimal("0.000001")),
    }
    rows = []
    for campaign in workplace.server.portal.truth.campaigns():
        row: dict[str, Any] = {"campaign_id": campaign["id"]}
        for known in CAMPAIGN_PROPERTIES:
            text = campaign["properties"].get(known.name)
            row[known.column] = None if text is None else parsers[known.kind](text)
        custom = workplace.settings.properties
        row["business_unit_ids"] = [int(unit) for unit in campaign["businessUnits"]]
        row["created_at"], row["updated_at"] = campaign["createdAt"], campaign["updatedAt"]
        row["extra_properties"] = sorted((n, t) for n, t in campaign["properties"].items() if n in custom)
        row["deleted_at"] = None
        rows.append(row)
    return sorted(rows, key=lambda row: row["campaign_id"])


def read_campaigns(workplace: Workplace) -> list[dict[str, Any]]:
    """The rows of the table, times spelled as HubSpot does."""
    rows = drop_timestamps(workplace.store.read(CAMPAIGNS.path))
    for row in rows:
        for name in ("created_at", "updated_at"):
            row[name] = row[name].isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return rows


def expect_metrics(workplace: Workplace, asset_type: str, days: list[date]) -> list[dict[str, Any]]:
    """The rows of a metrics table as the account's own data has them."""
    known = find_asset_type(asset_type)
    assert known
    rows = []
    for day in days:
        for asset in workplace.server.portal.truth.metrics(day, asset_type):
            row: dict[str, Any] = {"metric_date": day}
            row.update({name: asset[name] for name in ("campaign_id", "asset_id", "asset_name")})
            row.update({metric.column: asset["metrics"].get(metric.name) for metric in known.metrics})
            others = {n: float(v) for n, v in asset["metrics"].items() if not known.find_metric(n)}
            row["other_metrics"] = sorted(others.items()) or None
            row["other_metrics_text"] = None
            rows.append(row)
    return sorted(rows, key=lambda row: (row["metric_date"], row["campaign_id"], row["asset_id"]))


def assert_all_tables_are_true(
    workplace: Workplace, days: list[date], asset_types: Sequence[AssetType] = METRIC_ASSET_TYPES
) -> None:
    """Compares every cell of every table."""
    assert read_campaigns(workplace) == expect_campaigns(workplace)
    associations = drop_timestamps(workplace.store.read(CAMPAIGN_ASSETS.path))
    key = CAMPAIGN_ASSETS.key
    truth = workplace.server.portal.truth.associations()
    assert associations == sorted(truth, key=lambda row: tuple(str(row[name]) for name in key))
    for asset_type in asset_types:
        rows = drop_timestamps(workplace.read_metrics(asset_type.name, days))
        assert rows == expect_metrics(workplace, asset_type.name, days), asset_type.name
