"""A data engineer's workplace for a test: an emulated account, a code location, an instance and tables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg
import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.defs.building import build_definitions
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES, TableStore

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
"""The time at which the emulated account stands still."""
DAYS = [date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9)]
SNAPSHOTS = [dg.AssetKey(CAMPAIGNS.path), dg.AssetKey(CAMPAIGN_ASSETS.path)]
METRICS = [dg.AssetKey(METRICS_TABLES[t.name].path) for t in METRIC_ASSET_TYPES]


@dataclass
class Workplace:
    """What a test works with.

    Attributes:
        server: The emulated account.
        instance: A Dagster instance of the test's own.
        settings: The settings of the code location.
        extra_assets: Assets of the user's own beside the product's.
        now: The moment that the product takes for the present.
    """

    server: EmulatorServer
    instance: dg.DagsterInstance
    settings: Settings
    extra_assets: Sequence[dg.AssetsDefinition] = ()
    now: Callable[[], datetime] = field(default=lambda: NOW)
    _built: tuple[Sequence[dg.AssetsDefinition], dg.Definitions] | None = None

    @property
    def store(self) -> TableStore:
        """The tables that the runs have written."""
        return TableStore(self.settings.storage)

    @property
    def definitions(self) -> dg.Definitions:
        """The code location, made once for the same extra assets."""
        if self._built is None or self._built[0] != self.extra_assets:
            product = build_definitions(self.settings, now=lambda: self.now())
            merged = dg.Definitions.merge(product, dg.Definitions(assets=list(self.extra_assets)))
            self._built = (self.extra_assets, merged)
        return self._built[1]

    def run(
        self, keys: Sequence[dg.AssetKey], days: Sequence[date] = (), tags: Mapping[str, str] | None = None
    ) -> dg.ExecuteInProcessResult:
        """Materializes assets in one run: without days, for one, or for a range from the first to the last."""
        tags = dict(tags or {})
        if len(days) == 1:
            tags["dagster/partition"] = days[0].isoformat()
        elif days:
            tags["dagster/asset_partition_range_start"] = days[0].isoformat()
            tags["dagster/asset_partition_range_end"] = days[-1].isoformat()
        job = self.definitions.resolve_implicit_global_asset_job_def()
        return job.execute_in_process(
            asset_selection=list(keys), tags=tags, instance=self.instance, raise_on_error=False
        )

    def run_all(self, days: Sequence[date]) -> dg.ExecuteInProcessResult:
        """Materializes everything for days, in one run."""
        return self.run([*SNAPSHOTS, *METRICS], days)

    def read_metrics(self, asset_type: str, days: Sequence[date]) -> pa.Table:
        """The metrics of one type."""
        return self.store.read_days(METRICS_TABLES[asset_type].path, days)

    def get_failure(self, result: dg.ExecuteInProcessResult) -> str:
        """What the run says of its failure, to a person."""
        failures = [e for e in result.all_events if e.is_step_failure]
        assert failures, "the run did not fail"
        data = failures[0].step_failure_data
        failure = data.user_failure_data
        return (failure.description if failure else None) or (data.error.message if data.error else "")


def drop_timestamps(table: pa.Table) -> list[dict[str, Any]]:
    """Rows without the time of their reading."""
    rows: list[dict[str, Any]] = table.drop_columns(["extracted_at"]).to_pylist()
    return rows
