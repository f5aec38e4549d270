"""The Celery workers' settings: dagster-celery imports this module by its name, from the workers' PYTHONPATH."""

import json
import logging
import os
from datetime import timedelta
from typing import Any

from celery import signals

broker_url = os.environ["DAGSTER_CELERY_BROKER_URL"]
result_backend = os.environ["DAGSTER_CELERY_RESULT_URL"]
broker_connection_retry_on_startup = True

# A task is a run of minutes or hours: a worker takes one only when it has a process for it, and none in reserve, which
# would wait there while another worker is idle, and be lost with this one.
worker_disable_prefetch = True
# A process for each run, as Dagster's own launcher has: memory goes back, and the next run sees new code and settings.
worker_max_tasks_per_child = 1
# A run is confirmed when it begins, never when it ends: it is Dagster that tries it again, and one that Celery delivers
# twice would be ignored as a duplicate, and yet called a success.
task_acks_late = False
# Without it Celery takes over what the runs print, and the compute logs are empty.
worker_redirect_stdouts = False
# The state of a run is kept longer than the longest run (run_monitoring.max_runtime_seconds): where it is not there any
# more, Dagster takes the run for dead.
result_expires = timedelta(days=7)


class JsonFormatter(logging.Formatter):
    """A log record as a line of JSON, with the keys that Dagster's own `--log-format json` has."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's time, level, logger, message and, where there is one, its traceback."""
        line = {
            "timestamp": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


@signals.after_setup_logger.connect
@signals.after_setup_task_logger.connect
def log_as_json(logger: logging.Logger, **_: Any) -> None:
    """Has the workers log as the other processes do."""
    for handler in logger.handlers:
        handler.setFormatter(JsonFormatter())
