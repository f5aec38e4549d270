"""Who is measured: `python -m campaign_assets_tests.benchmarks.contenders NAME …` does one piece of work.

Each prints what it took as its last line. The emulated account counts the requests, not the contender.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pyarrow as pa

from campaign_assets.catalog import METRIC_ASSET_TYPES
from campaign_assets.days import Calendar, read_clock
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.extract.campaigns import list_existing
from campaign_assets.extract.plan import plan_day
from campaign_assets.hubspot import ASSETS_IN_BATCH, CAMPAIGNS_PER_BATCH, ROWS_PER_PAGE, HubSpotClient
from campaign_assets.load.associations import refresh_associations
from campaign_assets.load.campaigns import refresh_campaigns
from campaign_assets.load.cells import Summary, WrittenCell
from campaign_assets.load.metrics import MetricsWork, refresh_metrics
from campaign_assets.settings import ACCESS_TOKEN, Settings
from campaign_assets.tables import CAMPAIGN_ASSETS, CAMPAIGNS, TableStore
from campaign_assets_tests.benchmarks.usage import measure, to_text

Work = Callable[[], tuple[int, int]]
FIRST_DAY = date(2025, 1, 1)


def prepare_snapshots(url: str, storage: Path, days: list[date]) -> Work:
    """Campaigns, and what is tied to each: where the others begin."""

    def work() -> tuple[int, int]:
        store, calendar = TableStore(str(storage)), Calendar()
        with HubSpotClient(DEFAULT_TOKEN, base_url=url) as client:
            campaigns = refresh_campaigns(client, store, (), calendar.now()).file.rows
            table = refresh_associations(client, store, calendar).table
        return table.num_rows, count_least_requests(campaigns, table)

    return work


def count_least_requests(campaigns: int, associations: pa.Table) -> int:
    """Requests that no reading can do without: pages of the search, batches, what fits into none, the time zone."""
    counts = associations.group_by(["campaign_id", "asset_type"]).aggregate([([], "count_all")])["count_all"]
    overflow: int = sum(max(0, -(-(count - ASSETS_IN_BATCH) // ROWS_PER_PAGE)) for count in counts.to_pylist())
    return -(-campaigns // ROWS_PER_PAGE) + 1 + -(-campaigns // CAMPAIGNS_PER_BATCH) + overflow


SAMPLE = 6
"""Campaigns that the SDK reads, of one day: all of them would take hours."""


def prepare_sdk(url: str, storage: Path, days: list[date]) -> Work:
    """HubSpot's official SDK as a user would write it: one list call per campaign and type, on a few campaigns."""
    import pandas as pd
    from hubspot_sdk import HubSpot

    campaigns = list_existing(TableStore(str(storage)).read(CAMPAIGNS.path))
    sample = campaigns[:: max(1, len(campaigns) // SAMPLE)][:SAMPLE]
    client = HubSpot(access_token=DEFAULT_TOKEN, base_url=url)

    def list_assets(campaign_id: str, asset_type: str) -> Iterator[dict[str, Any]]:
        day = str(days[0])
        after: dict[str, str] = {}
        while True:
            page = client.marketing.campaigns.assets.list(
                asset_type, campaign_guid=campaign_id, start_date=day, end_date=day, limit="100", extra_query=after
            )
            for asset in page.results:
                yield {"campaign_id": campaign_id, "asset_id": asset.id, "name": asset.name, **(asset.metrics or {})}
            if page.paging is None or page.paging.next is None:
                return
            after = {"after": page.paging.next.after}

    def work() -> tuple[int, int]:
        rows = 0
        for asset_type in METRIC_ASSET_TYPES:
            found = [row for campaign_id in sample for row in list_assets(campaign_id, asset_type.name)]
            pd.DataFrame(found).to_parquet(storage / f"sdk_{asset_type.slug}.parquet")
            rows += len(found)
        return rows, 0

    return work


def prepare_load(url: str, storage: Path, days: list[date]) -> Work:
    """This product's load, without Dagster."""
    import_module("pandas")  # pyarrow loads it with its first array, which takes a second: the start is not measured

    def work() -> tuple[int, int]:
        store = TableStore(str(storage))
        plan, summary = (
            plan_day(store.read(CAMPAIGN_ASSETS.path), METRIC_ASSET_TYPES),
            Summary(METRIC_ASSET_TYPES, days),
        )
        settings = Settings.from_environ(os.environ)
        rate, at_once = settings.hubspot_rate_limit, settings.hubspot_max_in_flight
        with HubSpotClient(DEFAULT_TOKEN, base_url=url, rate_limit=rate, max_in_flight=at_once) as client:
            for outcome in refresh_metrics(client, store, plan, MetricsWork(days), read_clock):
                assert isinstance(outcome, WrittenCell), outcome
                summary.add(outcome)
        return summary.rows, plan.requests * len(days)

    return work


def prepare_dagster(url: str, storage: Path, days: list[date]) -> Work:
    """This product through Dagster, on an instance that keeps its events in SQLite."""
    import dagster as dg

    from campaign_assets.defs.building import build_definitions
    from campaign_assets.defs.keys import METRICS_KEYS
    from campaign_assets.load.progress import Progress

    os.environ.update({"HUBSPOT_BASE_URL": url, ACCESS_TOKEN: DEFAULT_TOKEN, "CAMPAIGN_ASSETS_STORAGE": str(storage)})
    told: list[Progress] = []
    definitions = build_definitions(Settings.from_environ(os.environ), listener=told.append)
    job = definitions.resolve_implicit_global_asset_job_def()
    home = storage / "dagster_home"
    home.mkdir(exist_ok=True)
    shutil.copy(Path(__file__).parents[2] / "dagster.yaml", home)

    def work() -> tuple[int, int]:
        with dg.DagsterInstance.from_config(str(home)) as instance:
            result = job.execute_in_process(
                asset_selection=list(METRICS_KEYS.values()),
                tags={
                    "dagster/asset_partition_range_start": str(days[0]),
                    "dagster/asset_partition_range_end": str(days[-1]),
                },
                instance=instance,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
        assert result.success
        plan = plan_day(TableStore(str(storage)).read(CAMPAIGN_ASSETS.path), METRIC_ASSET_TYPES)
        return told[-1].rows, plan.requests * len(days)

    return work


CONTENDERS: dict[str, Callable[[str, Path, list[date]], Work]] = {
    "snapshots": prepare_snapshots,
    "sdk": prepare_sdk,
    "load": prepare_load,
    "dagster": prepare_dagster,
}


@click.command()
@click.argument("name", type=click.Choice(list(CONTENDERS)))
@click.option("--url", required=True)
@click.option("--storage", required=True, type=click.Path(path_type=Path))
@click.option("--days", default=1)
def main(name: str, url: str, storage: Path, days: int) -> None:
    """Does one piece of work, and prints what it took."""
    work = CONTENDERS[name](url, storage, [FIRST_DAY + timedelta(days=n) for n in range(days)])
    click.echo(to_text(measure(work)))


if __name__ == "__main__":
    main()
