"""The cells of a run of metrics: each written, then reported at once; what failed is kept in mind until the end.

A cell is one asset on one day. What is read, and when, is the asset's business.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import dagster as dg
import pyarrow as pa

from campaign_assets.catalog import AssetType
from campaign_assets.defs.assets.metadata import to_code_version, to_data_version, to_file_metadata, to_preview
from campaign_assets.defs.instance.resume import Cell
from campaign_assets.defs.instance.whole_read import DATA_VERSION_TAG, add_whole_read
from campaign_assets.defs.keys import METRICS_KEYS
from campaign_assets.extract.asset_metrics import DayExtract
from campaign_assets.extract.metric_rows import MetricRows, retain_rows
from campaign_assets.tables import METRICS_TABLES, DamagedFile, MissingTable, TableError, TableStore

CellEvent = dg.AssetMaterialization | dg.MaterializeResult[None]


@dataclass(slots=True)
class CellWriter:
    """Writes and reports the cells of one run.

    Attributes:
        store: Where the files lie.
        types: The types whose tables the run writes.
        days: The days of the run.
        deleted: Campaigns that are known not to exist any more; their rows stay.
        only: Where the run reads some campaigns only, these; the rows of all others stay.
        done: Cells that an earlier attempt has written; they are left alone.
        rows: Rows written so far.
        written: Cells written by this run so far.
        failures: Failed types and the first reason, by day.
        inspect: Is shown the rows of each cell that is in place.
    """

    store: TableStore
    types: Sequence[AssetType]
    days: Sequence[date]
    deleted: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    done: frozenset[Cell] = frozenset()
    rows: int = 0
    written: set[Cell] = field(default_factory=set)
    failures: dict[date, tuple[list[AssetType], Exception]] = field(default_factory=dict)
    inspect: Callable[[AssetType, date, pa.Table], object] = lambda *_: None

    def list_open_days(self) -> list[date]:
        """The days of which some cell is still to be written."""
        return [day for day in self.days if any(self._is_open(asset_type, day) for asset_type in self.types)]

    def write_day(self, context: dg.AssetExecutionContext, extract: DayExtract) -> Iterator[CellEvent]:
        """Writes each cell of a day, and reports it once its file is in place."""
        for asset_type in self.types:
            if not self._is_open(asset_type, extract.day):
                continue
            try:
                written = self._write(context, asset_type, extract)
            except TableError as error:
                self.add_failure(extract.day, [asset_type], error)
                continue
            if written:
                yield written

    def add_failure(self, day: date, types: Collection[AssetType], error: Exception) -> None:
        """Notes cells as failed; the others go on."""
        known, first = self.failures.get(day, ([], error))
        self.failures[day] = ([*known, *types], first)

    def describe_failures(self) -> str:
        """Which cells failed and why, for a person."""
        shown = [
            f"{day}{'' if len(types) == len(self.types) else ' ' + ', '.join(t.slug for t in types)}: {error}"
            for day, (types, error) in sorted(self.failures.items())[:10]
        ]
        more = len(self.failures) - len(shown)
        return (
            f"{len(self.failures)} of {len(self.days)} days failed; the others are in place. Re-execute from failure, "
            "or materialize these again:\n" + "\n".join(shown) + (f"\nand {more} more." if more else "")
        )

    def was_written(self, asset_type: AssetType) -> bool:
        """Whether this run has written some day of a type."""
        return any(key == METRICS_KEYS[asset_type.name] for key, _ in self.written)

    def _is_open(self, asset_type: AssetType, day: date) -> bool:
        cell = (METRICS_KEYS[asset_type.name], day.isoformat())
        if cell in self.written:
            return False
        # Done by an earlier attempt counts only as long as the file is there.
        return cell not in self.done or not self.store.exists(METRICS_TABLES[asset_type.name].path, day)

    def _write(self, context: dg.AssetExecutionContext, asset_type: AssetType, extract: DayExtract) -> CellEvent | None:
        table = METRICS_TABLES[asset_type.name]
        before = self._read_before(context, asset_type, extract)
        if self.only is not None and before is None:
            context.log.info(f"{table.name} of {extract.day} was never read whole: left to a whole reading.")
            return None
        rows = retain_rows(extract.rows[asset_type.name], before, self._list_retained(before, extract))
        extracted_at = self._find_extracted_at(before, extract)
        file = self.store.write(table.path, rows.table, day=extract.day, extracted_at=extracted_at)
        self.rows += file.rows
        self.written.add((METRICS_KEYS[asset_type.name], extract.day.isoformat()))
        self.inspect(asset_type, extract.day, rows.table)
        metadata: dict[str, Any] = {
            **to_file_metadata(file, extracted_at, extract.requests, rows.repeated),
            "dagster/partition_row_count": file.rows,
            "rows_kept": rows.retained,
        }
        if others := rows.other_metrics:
            metadata["other_metrics"] = others
        if extract.day == self.days[-1]:
            metadata["preview"] = to_preview(rows.table)
        return self._to_event(asset_type, extract.day, metadata, rows, extracted_at)

    def _read_before(
        self, context: dg.AssetExecutionContext, asset_type: AssetType, extract: DayExtract
    ) -> pa.Table | None:
        """The file as it is, where some of its rows may stay."""
        if self.only is None and not self.deleted and not extract.missing:
            return None
        try:
            return self.store.read(METRICS_TABLES[asset_type.name].path, day=extract.day)
        except MissingTable:
            return None
        except DamagedFile as error:
            if self.only is not None:
                raise
            context.log.warning(f"{error} It is replaced now; rows of deleted campaigns in it are lost.")
            return None

    def _list_retained(self, before: pa.Table | None, extract: DayExtract) -> frozenset[str]:
        """Campaigns whose rows stay as they are."""
        deleted = self.deleted | extract.missing
        if self.only is None or before is None:
            return deleted
        return deleted | (frozenset(before["campaign_id"].to_pylist()) - self.only)

    def _find_extracted_at(self, before: pa.Table | None, extract: DayExtract) -> datetime:
        """When the cell was read whole: a reading of some campaigns does not make the others any newer."""
        if self.only is None or before is None:
            return extract.extracted_at
        note = (before.schema.metadata or {}).get(b"extracted_at")
        return datetime.fromisoformat(note.decode()) if note else extract.extracted_at

    def _to_event(
        self, asset_type: AssetType, day: date, metadata: dict[str, Any], rows: MetricRows, extracted_at: datetime
    ) -> CellEvent:
        data_version = to_data_version(rows.table)
        if self.only is not None:
            data_version = add_whole_read(data_version, extracted_at)
        if len(self.days) == 1:
            return dg.MaterializeResult(
                asset_key=METRICS_KEYS[asset_type.name],
                metadata=metadata,
                data_version=dg.DataVersion(data_version),
            )
        # An event made by hand, one for each cell, turns it green at once; Dagster adds no versions to these.
        return dg.AssetMaterialization(
            asset_key=METRICS_KEYS[asset_type.name],
            partition=day.isoformat(),
            metadata=metadata,
            tags={
                "dagster/code_version": to_code_version(METRICS_TABLES[asset_type.name]),
                DATA_VERSION_TAG: data_version,
            },
        )
