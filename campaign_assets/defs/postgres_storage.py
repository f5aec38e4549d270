"""Dagster's own Postgres storage, quick enough for years of days: the same tables, so that either can go on.

Outside of the webserver Dagster opens a connection anew for each question and each event, which costs more than the
event; and it notes each check of a run once for every day of its range. This keeps connections open, as Dagster's
webserver does, and notes a planned check once.

Named in `deploy/dagster.yaml` as `storage`.
"""

from typing import Any

import dagster as dg
from dagster_postgres import DagsterPostgresStorage
from dagster_postgres.event_log import PostgresEventLogStorage

from campaign_assets.defs.dagster_core import ConfigurableClassData
from campaign_assets.defs.planned_checks import plan_once

_LONGEST_STATEMENT = 600_000
"""Milliseconds after which Postgres gives up a statement: far more than any takes, so that none hangs for ever."""
_SECONDS_OF_A_CONNECTION = 3600
_MORE_AT_ONCE = 20
"""Connections beside the one that stays open, where several threads ask at the same time."""


class EventLog(PostgresEventLogStorage):
    """The events of all runs."""

    def store_asset_check_event(self, event: Any, event_id: int | None) -> None:
        """Notes a planned or evaluated check; a planned one once, and not for each day of the run."""
        super().store_asset_check_event(plan_once(event), event_id)


class Storage(DagsterPostgresStorage):
    """Runs, events and schedules in Postgres, over connections that stay open."""

    def __init__(self, postgres_url: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(postgres_url, inst_data=inst_data)
        self._event_log_storage = EventLog(postgres_url)
        for part in (self._event_log_storage, self._run_storage, self._schedule_storage):
            part.optimize_for_webserver(_LONGEST_STATEMENT, _SECONDS_OF_A_CONNECTION, _MORE_AT_ONCE)

    @classmethod
    def config_type(cls) -> Any:
        """The address alone."""
        return {"postgres_url": dg.StringSource}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "Storage":
        """As Dagster makes it."""
        return cls(config_value["postgres_url"], inst_data)
