"""Days of a workplace's life, with a clock that a test holds: schedule and sensors tick, what they ask for runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import dagster as dg

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.tables import METRICS_TABLES
from campaign_assets_tests.workplace import METRICS, Workplace, drop_timestamps

REFRESH = "refresh_everything"
RUN_KEY_TAG = "dagster/run_key"
SENSOR_TAG = "dagster/sensor_name"


@dataclass
class Simulation:
    """A workplace in which time passes.

    Attributes:
        workplace: Its `now` and the emulated account's clock move together.
        cursors: What the sensors remember.
        seen: Run keys that were asked for.
        extracts: How often each day of each table was written, by slug and day.
    """

    workplace: Workplace
    cursors: dict[str, str | None] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    extracts: dict[tuple[str, str], int] = field(default_factory=dict)

    def move_to(self, timestamp: datetime) -> None:
        """Makes it that time."""
        self.workplace.now = lambda: timestamp
        self.workplace.server.portal.clock.set(timestamp)

    def tick_schedule(self, timestamp: datetime) -> list[dg.ExecuteInProcessResult]:
        """The nightly tick; its runs, executed in the order of their priority."""
        self.move_to(timestamp)
        repository = self.workplace.definitions.get_repository_def()
        context = dg.build_schedule_context(
            instance=self.workplace.instance, scheduled_execution_time=timestamp, repository_def=repository
        )
        requests = repository.get_schedule_def("daily_refresh").evaluate_tick(context).run_requests or []
        return self._run(requests, {"dagster/schedule_name": "daily_refresh"})

    def tick_sensor(self, name: str, timestamp: datetime) -> list[dg.ExecuteInProcessResult]:
        """A look of a sensor; its runs."""
        self.move_to(timestamp)
        definitions = self.workplace.definitions
        repository = definitions.get_repository_def()
        resources = {key: (definitions.resources or {})[key] for key in ("hubspot", "tables")}
        with dg.build_sensor_context(
            instance=self.workplace.instance,
            cursor=self.cursors.get(name),
            repository_def=repository,
            resources=resources,
        ) as context:
            tick = repository.get_sensor_def(name).evaluate_tick(context)
        self.cursors[name] = tick.cursor
        return self._run(tick.run_requests or [], {SENSOR_TAG: name})

    def _run(self, requests: Sequence[dg.RunRequest], tags: Mapping[str, str]) -> list[dg.ExecuteInProcessResult]:
        results = []
        for request in requests:
            if request.run_key in self.seen:
                continue  # as the daemon does
            self.seen.add(str(request.run_key))
            results.append(self._execute(request, tags))
        return results

    def _execute(self, request: dg.RunRequest, tags: Mapping[str, str]) -> dg.ExecuteInProcessResult:
        job = self.workplace.definitions.resolve_job_def(request.job_name or REFRESH)
        keys = set(request.asset_selection or ())
        if keys & set(METRICS):
            # Without the checks, which have tests of their own: they would be half of the events, and of the time.
            job = job.get_subset(asset_selection=keys, asset_check_selection=set())
        elif keys:
            job = job.get_subset(asset_selection=keys)
        if request.run_key:
            tags = {**tags, RUN_KEY_TAG: request.run_key}  # as the daemon does
        result: dg.ExecuteInProcessResult = job.execute_in_process(
            tags={**request.tags, **tags},
            run_config=dict(request.run_config or {}),
            instance=self.workplace.instance,
            raise_on_error=False,
        )
        for event in result.get_asset_materialization_events():
            if event.partition and event.asset_key in METRICS:
                cell = (event.asset_key.path[-1], event.partition)
                self.extracts[cell] = self.extracts.get(cell, 0) + 1
        return result

    def compare(self, days: Sequence[date]) -> list[tuple[str, date]]:
        """The cells that are not what the emulated account would answer now."""
        wrong = []
        for asset_type in METRIC_ASSET_TYPES:
            path = METRICS_TABLES[asset_type.name].path
            for day in days:
                rows = drop_timestamps(self.workplace.store.read(path, day=day))
                if [_to_metrics(asset_type, row) for row in rows] != self._expect(asset_type, day):
                    wrong.append((asset_type.slug, day))
        return wrong

    def _expect(self, asset_type: Any, day: date) -> list[tuple[Any, ...]]:
        truth = self.workplace.server.portal.truth.metrics(day, asset_type.name)
        rows = [
            (r["campaign_id"], r["asset_id"], *(r["metrics"].get(m.name) for m in asset_type.metrics)) for r in truth
        ]
        return sorted(rows, key=lambda row: row[:2])


def _to_metrics(asset_type: Any, row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["campaign_id"], row["asset_id"], *(row[metric.column] for metric in asset_type.metrics))


def list_days(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
