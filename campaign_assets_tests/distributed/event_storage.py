"""`python -m campaign_assets_tests.distributed.event_storage`: a long backfill's events in SQLite and Postgres.

The same range of a small account is read by the product's own job into local tables, each time in a process and an
instance of its own; only where the instance keeps its events differs.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import dagster as dg
import sqlalchemy
import yaml

from campaign_assets.days import Calendar, DayRange
from campaign_assets.defs.building import build_definitions
from campaign_assets.defs.keys import CAMPAIGN_ASSETS_KEY, CAMPAIGNS_KEY, METRICS_KEYS
from campaign_assets.emulator.options import DEFAULT_TOKEN
from campaign_assets.emulator.portal import Portal
from campaign_assets.emulator.server import EmulatorServer
from campaign_assets.settings import Settings
from campaign_assets_tests.distributed.packages import install_missing
from campaign_assets_tests.distributed.processes import Processes
from campaign_assets_tests.distributed.servers import start_postgres

_OURS = {"instance_class": {"module": "campaign_assets.defs.sqlite_instance", "class": "Instance"}}
_URL = {"postgres_url": {"env": "EVENTS_URL"}}
_OUR_POSTGRES = {"module": "campaign_assets.defs.postgres_storage", "class": "Storage", "config": _URL}
_STORAGES: dict[str, Any] = {
    "none (in memory)": None,
    "SQLite, Dagster's own": {},
    "SQLite, ours": _OURS,
    "Postgres, Dagster's own": {"storage": {"postgres": _URL}},
    "Postgres, ours": {"storage": {"custom": _OUR_POSTGRES}},
}


@click.group()
def main() -> None:
    """Compares, or is one of those that are compared."""


@main.command()
@click.option("--days", default=365, show_default=True)
@click.option("--rounds", default=3, show_default=True)
def compare(days: int, rounds: int) -> None:
    """Measures each storage in turn, several times."""
    postgres = install_missing()
    with tempfile.TemporaryDirectory(prefix="events-") as name, Processes(Path(name)) as processes:
        folder = Path(name)
        folder.chmod(0o711)
        url = start_postgres(processes, folder, postgres)
        with EmulatorServer(Portal(campaigns=20, assets_per_campaign=6, rate_limit=0)) as server:
            for number in range(rounds):
                for storage in _STORAGES:
                    home = folder / f"{number} {storage}"
                    base = len(list(folder.iterdir()))
                    measured = _measure(home, storage, server.url, _create_database(url, f"round{base}"), days)
                    click.echo(f"{storage:24} {measured}")


def _create_database(url: str, name: str) -> str:
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{url.rpartition('/')[0]}/{name}"


def _measure(home: Path, storage: str, hubspot_url: str, events_url: str, days: int) -> str:
    home.mkdir()
    config = _STORAGES[storage]
    if config is not None:
        (home / "dagster.yaml").write_text(yaml.safe_dump({**config, "telemetry": {"enabled": False}}))
    environ = {
        **os.environ,
        "DAGSTER_HOME": str(home) if config is not None else "",
        "EVENTS_URL": events_url,
        "HUBSPOT_BASE_URL": hubspot_url,
        "HUBSPOT_ACCESS_TOKEN": DEFAULT_TOKEN,
        "CAMPAIGN_ASSETS_STORAGE": str(home / "tables"),
    }
    command = [sys.executable, "-W", "ignore", "-m", "campaign_assets_tests.distributed.event_storage", "read"]
    done = subprocess.run([*command, str(days)], env=environ, check=True, capture_output=True, text=True)  # noqa: S603
    found = json.loads(done.stdout.splitlines()[-1])
    size = _size_of_database(events_url) if "Postgres" in storage else _size_of(home / "history")
    return (
        f"{found['seconds']:7.1f} s, {found['cpu']:7.1f} s of CPU, {found['asked']:6.2f} s to list them, "
        f"{size / 1e6:7.1f} MB, {found['cells']} cells"
    )


def _size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _size_of_database(url: str) -> int:
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        return int(connection.execute(sqlalchemy.text("SELECT pg_database_size(current_database())")).scalar_one())


@main.command()
@click.argument("days", type=int)
def read(days: int) -> None:
    """Reads so many days, and prints what it took."""
    last = Calendar().find_last_closed()
    first = last - timedelta(days=days - 1)
    settings = Settings.from_environ({**os.environ, "CAMPAIGN_ASSETS_START_DATE": first.isoformat()})
    job = build_definitions(settings).resolve_implicit_global_asset_job_def()
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    instance = dg.DagsterInstance.get() if os.environ["DAGSTER_HOME"] else dg.DagsterInstance.ephemeral()
    with instance:
        snapshots, metrics = [CAMPAIGNS_KEY, CAMPAIGN_ASSETS_KEY], list(METRICS_KEYS.values())
        job.execute_in_process(asset_selection=snapshots, instance=instance, run_config=quiet)
        began, cpu = time.monotonic(), _count_cpu()
        tags = DayRange(first, last).to_tags()
        result = job.execute_in_process(asset_selection=metrics, tags=tags, instance=instance, run_config=quiet)
        seconds, cpu = time.monotonic() - began, _count_cpu() - cpu
        began = time.monotonic()
        cells = sum(len(instance.get_materialized_partitions(key)) for key in metrics)
        asked = time.monotonic() - began
    click.echo(json.dumps({"seconds": seconds, "cpu": cpu, "asked": asked, "cells": cells if result.success else 0}))


def _count_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
