"""Dagster's own SQLite storage, quick enough for years of days: the same files and tables, so that either can go on.

Dagster opens a database anew several times for each event, and whoever closes it last copies its journal back and waits
for the disk; a range of a year has ten thousand events. It also notes, for each check of a run, every day of the
range as planned, although the check is one for all of them: more than half of what a range left in the database.
This keeps connections open, and notes a planned check once.

Named in `dagster.yaml` as `instance_class`. Where that file names another storage too, such as Postgres, nothing here
is used.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dagster as dg
import sqlalchemy

from campaign_assets.defs.dagster_core import (
    ConfigurableClassData,
    DagsterSqliteStorage,
    InstanceRef,
    SqliteEventLogStorage,
)
from campaign_assets.defs.planned_checks import plan_once

_INDEX = "index"
"""Dagster's name for the database of all runs' events; those of a single run are named by it."""
_KEPT = 4
"""Databases that stay open: the index, and those of the runs that were used last."""
_SECONDS_TO_WAIT = 30
"""For another process that writes. Dagster's own value."""


class Instance(dg.DagsterInstance):
    """A Dagster instance that stores its events as this module does, unless its file names another storage."""

    @staticmethod
    def config_schema() -> Mapping[str, Any]:
        """No keys in `dagster.yaml` beyond Dagster's own."""
        return {}

    @staticmethod
    def config_defaults(base_dir: str) -> Mapping[str, ConfigurableClassData | None]:
        """What is used where `dagster.yaml` says nothing.

        Args:
            base_dir: The instance's folder.
        """
        defaults = InstanceRef.config_defaults(base_dir)
        config = json.dumps({"base_dir": base_dir})  # which is YAML too
        return {**defaults, "storage": ConfigurableClassData(__name__, Storage.__name__, config)}


class Storage(DagsterSqliteStorage):
    """Runs, events and schedules below an instance's folder."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = EventLog(f"{base_dir}/history/runs/")

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Any) -> "Storage":
        """As Dagster makes it."""
        return cls.from_local(inst_data=inst_data, **config_value)


class EventLog(SqliteEventLogStorage):
    """The events of all runs, over connections that stay open.

    A commit waits for the operating system and not for the disk: a process that is killed loses nothing. A computer
    that loses its power may lose the last events; the cells that they told of are then read once more.
    """

    def __init__(self, base_dir: str) -> None:
        self._engines: OrderedDict[str, sqlalchemy.Engine] = OrderedDict()
        self._engines_lock = threading.Lock()
        self._tables: set[str] = set()
        super().__init__(base_dir)

    def run_connection(self, run_id: str | None = None) -> Any:
        """The connection to a run's events, in a transaction."""
        return self._connect_kept(str(run_id))

    def index_connection(self) -> Any:
        """The connection to all runs' events, in a transaction."""
        return self._connect_kept(_INDEX)

    @contextmanager
    def _connect_kept(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._engines_lock:
            if shard not in self._engines:
                with super().run_connection(shard):
                    pass  # makes the tables, where there are none
                self._engines[shard] = _open(self.conn_string_for_shard(shard))
                self._close_all_but(_KEPT)
            self._engines.move_to_end(shard)
            with self._engines[shard].begin() as connection:
                yield connection

    def _close_all_but(self, kept: int) -> None:
        while len(self._engines) > kept:
            self._engines.popitem(last=False)[1].dispose()

    def has_table(self, table_name: str) -> bool:
        """Whether there is a table; those of which that is known are not asked about again, once for each event."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def store_asset_check_event(self, event: Any, event_id: int | None) -> None:
        """Notes a planned or evaluated check; a planned one once, and not for each day of the run."""
        super().store_asset_check_event(plan_once(event), event_id)

    def wipe(self) -> None:
        """Deletes all events."""
        self.dispose()
        super().wipe()

    def dispose(self) -> None:
        """Closes all connections; the next use opens them again."""
        with self._engines_lock:
            self._close_all_but(0)
        super().dispose()


def _open(address: str) -> sqlalchemy.Engine:
    """An engine of one connection, which stays open."""
    engine = sqlalchemy.create_engine(
        address,
        poolclass=sqlalchemy.StaticPool,
        connect_args={"timeout": _SECONDS_TO_WAIT, "check_same_thread": False},
    )

    @sqlalchemy.event.listens_for(engine, "connect")
    def wait_for_no_disk(connection: Any, _: object) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine
