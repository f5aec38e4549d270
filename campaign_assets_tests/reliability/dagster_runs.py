"""The main job as Dagster runs it, under faults: what its events call materialized is right, what is not is named."""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from campaign_assets.catalog import ASSET_TYPES, METRIC_ASSET_TYPES
from campaign_assets.defs.building import build_definitions
from campaign_assets.defs.resources import HubSpotResource
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.hubspot import HubSpotClient, RetryPolicy
from campaign_assets.quality.verdicts import ASSETS_ANSWERED
from campaign_assets.settings import Settings
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, METRICS_TABLES, TableStore
from campaign_assets_tests.reliability.account import NOW, hurry, list_days, serve
from campaign_assets_tests.reliability.cells import Cell, Figures
from campaign_assets_tests.reliability.clock import HurriedClock
from campaign_assets_tests.reliability.matrix import ALL, PASSING, Case, judge
from campaign_assets_tests.reliability.run import Run
from campaign_assets_tests.reliability.truth import Truth

_PATHS = [CAMPAIGNS.path, CAMPAIGN_ASSETS.path, *(METRICS_TABLES[t.name].path for t in METRIC_ASSET_TYPES)]
CASES = (
    Case("503", ("503",), 0.3),
    Case("503", ("503",), 1.0),
    Case("403", ("403",), 0.1),
    Case("cut_json", ("cut_json",), 0.3),
    Case("all that pass", PASSING, 0.1),
    Case("all that pass", PASSING, 0.3),
    Case("all", ALL, 0.1),
)


class HurriedHubSpot(HubSpotResource):
    """The product's resource with a client in a hurry."""

    def open_client(self, retry: RetryPolicy | None = None) -> HubSpotClient:
        """A new client, for the caller to close."""
        client = HubSpotClient(
            self.access_token or "", base_url=self.base_url, max_in_flight=8, retry=retry, clock=HurriedClock()
        )
        hurry(client)
        return client


def list_dagster_cases(folder: Path, seed: int, cases: tuple[Case, ...] = CASES) -> Iterator[Figures]:
    """A handful of the matrix, in real runs."""
    for number, case in enumerate(cases):
        yield run_in_dagster(case, folder / str(number), seed + number)


def run_in_dagster(case: Case, folder: Path, seed: int, days: int = 3) -> Figures:
    """One run of everything for a range of days, then one without faults."""
    figures, began = Figures(f"Dagster: {case.name} {case.share:.0%}"), time.monotonic()
    folder.mkdir(parents=True)
    with serve(seed=seed, faults=case.plan(seed)) as server, dg.instance_for_test() as instance:
        asked, store = list_days(days), TableStore(str(folder))
        truth = Truth.of(server.portal, asked)
        definitions = _define(server, folder)
        run = _materialize(definitions, instance, asked)
        figures.requests, figures.faults = server.stats.requests, server.stats.faults.total()
        deleted = truth.campaign_ids - Truth.of(server.portal, asked).campaign_ids
        judge(case, figures, run, store, truth, deleted, server.portal)
        server.portal.faults.clear()
        if not deleted:  # what becomes of deleted campaigns in a second run is the plain half's business
            server.portal.faults.unsaid.clear()
            server.portal.faults.garbled.clear()
            mended = Figures("mended")
            judge(
                Case("mended"), mended, _materialize(definitions, instance, asked), store, truth, set(), server.portal
            )
            for note in mended.notes:
                figures.blame(f"after a second run without faults: {note}")
    figures.seconds = time.monotonic() - began
    return figures


def _define(server: EmulatorServer, folder: Path) -> dg.Definitions:
    environ = {
        "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
        "HUBSPOT_BASE_URL": server.url,
        "CAMPAIGN_ASSETS_STORAGE": str(folder),
    }
    product = build_definitions(Settings.from_environ(environ), now=lambda: NOW)
    hubspot = HurriedHubSpot(access_token=DEFAULT_TOKEN, base_url=server.url)
    return dg.Definitions(
        assets=product.assets, resources={**(product.resources or {}), "hubspot": hubspot}, executor=product.executor
    )


def _materialize(definitions: dg.Definitions, instance: dg.DagsterInstance, days: list[date]) -> Run:
    job = definitions.resolve_implicit_global_asset_job_def()
    tags = {
        "dagster/asset_partition_range_start": days[0].isoformat(),
        "dagster/asset_partition_range_end": days[-1].isoformat(),
    }
    result = job.execute_in_process(
        asset_selection=[dg.AssetKey(path) for path in _PATHS],
        tags=tags,
        instance=instance,
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )
    run = Run(days)
    for event in result.all_events:
        if event.is_step_materialization:
            run.finished.update(_cells_of(event.step_materialization_data.materialization))
    for evaluation in result.get_asset_check_evaluations():
        if evaluation.check_name == "types_answered" and not evaluation.passed:
            run.refused.update(t.name for t in ASSET_TYPES if f"{t.name}: " in str(evaluation.description))
        if evaluation.check_name == "campaigns_answered" and not evaluation.passed:
            run.refused.update(t.name for t in ASSET_TYPES if f"of type {t.name} " in str(evaluation.description))
        if evaluation.check_name == ASSETS_ANSWERED and not evaluation.passed:
            table = "/".join(evaluation.asset_key.path)
            count = int(str(evaluation.metadata["problems"].value))
            run.left_out.update((cell, count) for cell in run.finished if cell.table == table)
    if not result.success:
        run.fail_rest("\n".join(_describe(event) for event in result.all_events if event.is_step_failure))
    return run


def _cells_of(materialization: dg.AssetMaterialization) -> list[Cell]:
    table = "/".join(materialization.asset_key.path)
    is_daily = materialization.asset_key.path not in (list(CAMPAIGNS.path), list(CAMPAIGN_ASSETS.path))
    return [Cell(table, materialization.partition or "" if is_daily else "")]


def _describe(event: Any) -> str:
    data = event.step_failure_data
    return str((data.user_failure_data.description if data.user_failure_data else None) or data.error.message)
