"""What each cell should hold, from the account's own data, and the comparison with what it holds.

Nothing here goes through the client or its parsers.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from campaign_assets.catalog import CAMPAIGN_PROPERTIES, METRIC_ASSET_TYPES, AssetType, PropertyKind
from campaign_assets.emulator.damage import Unsaid
from campaign_assets.emulator.portal import Portal
from campaign_assets.tables import METRICS_TABLES, TableStore
from campaign_assets_tests.reliability.cells import CAMPAIGN_ASSETS_CELL, CAMPAIGNS_CELL, Cell

Row = dict[str, Any]
Rows = dict[tuple[str, ...], Row]
_PARSERS: Mapping[PropertyKind, Any] = {
    PropertyKind.TEXT: str,
    PropertyKind.DATE: date.fromisoformat,
    PropertyKind.MONEY: lambda text: Decimal(text).quantize(Decimal("0.000001")),
}
_TYPES = {METRICS_TABLES[t.name].name: t for t in METRIC_ASSET_TYPES}


@dataclass(frozen=True)
class Truth:
    """The rows of every cell, by key, as the account held them at one time."""

    cells: Mapping[Cell, Rows]

    @classmethod
    def of(cls, portal: Portal, days: Collection[date]) -> "Truth":
        """The truth as of now."""
        with portal.lock:
            cells = {
                CAMPAIGNS_CELL: _by_key(_campaigns(portal), ("campaign_id",)),
                CAMPAIGN_ASSETS_CELL: _by_key(portal.truth.associations(), ("campaign_id", "asset_type", "asset_id")),
            }
            for table, asset_type in _TYPES.items():
                for day in days:
                    rows = _by_key(_metrics(portal, asset_type, day), ("campaign_id", "asset_id"))
                    cells[Cell(table, day.isoformat())] = rows
        return cls(cells)

    @property
    def campaign_ids(self) -> set[str]:
        """All campaigns."""
        return {key[0] for key in self.cells[CAMPAIGNS_CELL]}


def read_rows(store: TableStore, cell: Cell) -> list[Row]:
    """What a cell holds, times spelled as HubSpot does."""
    table = store.read(cell.path, day=cell.date)
    rows: list[Row] = table.drop_columns(
        [n for n in ("extracted_at", "metric_date") if n in table.column_names]
    ).to_pylist()
    for row in rows:
        for name in ("created_at", "updated_at"):
            if row.get(name) is not None:
                row[name] = row[name].isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return rows


def find_difference(
    rows: list[Row],
    truth: Rows,
    *,
    cell: Cell,
    deleted: Collection[str] = (),
    unsaid: Collection[Unsaid] = (),
    garbled: Collection[Unsaid] = (),
    left_out: int = 0,
    refused: Collection[str] = (),
) -> str | None:
    """The first thing about a cell that is not true, or None.

    Args:
        rows: What it holds.
        truth: What it should hold, by key.
        cell: Which cell it is.
        deleted: Campaigns that were deleted while the run went on: their rows may be missing, or as they were.
        unsaid: Numbers that HubSpot answered as null: null is right for these.
        refused: Asset types whose associations HubSpot refused to list: those beyond the first page may be missing.
        left_out: How many rows the run itself says are missing, since HubSpot left them out.
        garbled: Numbers that HubSpot answered as something else: null is right, with the text beside it.
    """
    found = {tuple(row[name] for name in _key_of(cell)): row for row in rows}
    if len(found) != len(rows):
        return "rows come twice"
    missing = [key for key in truth if key not in found and key[0] not in deleted]
    if cell == CAMPAIGN_ASSETS_CELL:
        missing = [key for key in missing if key[1] not in refused]
    if len(missing) > left_out:
        return f"{len(missing)} rows are missing, such as {missing[0]!r:.100}"
    for key, row in found.items():
        if key not in truth:
            return f"there is a row {key!r:.100} that should not be"
        if row != truth[key]:
            allowed = _Allowed(cell, row, truth[key], unsaid, garbled)
            wrong = [name for name in row if row[name] != truth[key].get(name) and not allowed.may_differ(name)]
            if wrong:
                return f"{wrong[0]} of {key!r:.100} is {row[wrong[0]]!r:.60} and not {truth[key].get(wrong[0])!r:.60}"
    return None


def _key_of(cell: Cell) -> tuple[str, ...]:
    if cell == CAMPAIGNS_CELL:
        return ("campaign_id",)
    return ("campaign_id", "asset_type", "asset_id") if cell == CAMPAIGN_ASSETS_CELL else ("campaign_id", "asset_id")


@dataclass(frozen=True)
class _Allowed:
    """In what a row may differ from the truth, since HubSpot answered something else."""

    cell: Cell
    row: Row
    truth: Row
    unsaid: Collection[Unsaid]
    garbled: Collection[Unsaid]

    def may_differ(self, column: str) -> bool:
        """Whether a column may hold something else than the truth."""
        if self.cell.table not in _TYPES:
            return False
        if column == "other_metrics_text":
            return all(
                self._place(name) in self.garbled for name in self._pairs(column) ^ self._pairs(column, truth=True)
            )
        if column == "other_metrics":
            missing = self._pairs(column, truth=True) - self._pairs(column)
            return self._pairs(column) <= self._pairs(column, truth=True) and all(map(self._is_excused, missing))
        return self.row[column] is None and self._is_excused(column.upper())

    def _is_excused(self, name: str) -> bool:
        told = name in self._pairs("other_metrics_text")
        return self._place(name) in self.unsaid or (self._place(name) in self.garbled and told)

    def _pairs(self, column: str, truth: bool = False) -> set[str]:
        return {name for name, _ in (self.truth if truth else self.row)[column] or ()}

    def _place(self, name: str) -> Unsaid:
        return self.row["campaign_id"], _TYPES[self.cell.table].name, self.row["asset_id"], name, self.cell.day


def _by_key(rows: list[Row], key: tuple[str, ...]) -> Rows:
    spelled = [{name: _spell(value) for name, value in row.items()} for row in rows]
    return {tuple(row[name] for name in key): row for row in spelled}


def _spell(value: Any) -> Any:
    """Text as a file can hold it: half of a surrogate pair is spelled out."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _campaigns(portal: Portal) -> list[Row]:
    rows = []
    for campaign in portal.truth.campaigns():
        row: Row = {"campaign_id": campaign["id"]}
        for known in CAMPAIGN_PROPERTIES:
            text = campaign["properties"].get(known.name)
            row[known.column] = None if text is None else _PARSERS[known.kind](text)
        row["business_unit_ids"] = [int(unit) for unit in campaign["businessUnits"]]
        row["created_at"], row["updated_at"] = campaign["createdAt"], campaign["updatedAt"]
        row["extra_properties"], row["deleted_at"] = [], None
        rows.append(row)
    return rows


def _metrics(portal: Portal, asset_type: AssetType, day: date) -> list[Row]:
    rows = []
    for asset in portal.truth.metrics(day, asset_type.name):
        row: Row = {name: asset[name] for name in ("campaign_id", "asset_id", "asset_name")}
        others: dict[str, float] = {}
        for metric in asset_type.metrics:
            value = asset["metrics"].get(metric.name)
            ratio = metric.column == "conversion_rate"
            fits = value is None or ratio or (value == int(value) and -(2**63) <= value < 2**63)
            row[metric.column] = (value if value is None or ratio else int(value)) if fits else None
            if not fits:
                others[metric.name] = float(value)
        known = {metric.name for metric in asset_type.metrics}
        others |= {name: float(value) for name, value in asset["metrics"].items() if name not in known}
        exact = {name: asset["metrics"][name] for name in others}
        texts = {name: str(value) for name, value in exact.items() if float(value) != value}
        row["other_metrics"] = sorted(others.items()) or None
        row["other_metrics_text"] = sorted(texts.items()) or None
        rows.append(row)
    return rows
