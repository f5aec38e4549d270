"""Postgres, Redis and an S3 of moto's on free ports of this machine, all below one folder."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

from campaign_assets_tests.distributed.processes import Processes, find_free_port, is_listening

_BUCKET = "tables"
TABLES = f"s3://{_BUCKET}"
"""The root of all portals' tables."""
_LOGS_BUCKET = "compute-logs"


@dataclass(frozen=True)
class Servers:
    """Where the servers answer.

    Attributes:
        postgres_url: Of the database, for SQLAlchemy.
        redis_url: Without the number of the database.
        s3_url: Of the object store.
    """

    postgres_url: str
    redis_url: str
    s3_url: str

    def to_environ(self) -> dict[str, str]:
        """The settings of each process of Dagster's that concern them."""
        return {
            "DAGSTER_POSTGRES_URL": self.postgres_url,
            "DAGSTER_CELERY_BROKER_URL": f"{self.redis_url}/0",
            "DAGSTER_CELERY_RESULT_URL": f"{self.redis_url}/1",
            "DAGSTER_COMPUTE_LOGS_BUCKET": _LOGS_BUCKET,
            "CAMPAIGN_ASSETS_STORAGE": TABLES,
            "AWS_ENDPOINT_URL": self.s3_url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
        }


def start_servers(processes: Processes, folder: Path, postgres: Path) -> Servers:
    """Starts all three, and returns when they answer.

    Args:
        processes: Starts and stops them.
        folder: Where their files lie.
        postgres: The folder of Postgres' programs.

    Raises:
        NotStarted: One of them does not.
    """
    return Servers(
        start_postgres(processes, folder, postgres), _start_redis(processes, folder), _start_s3(processes, folder)
    )


def start_postgres(processes: Processes, folder: Path, programs: Path) -> str:
    """Starts a Postgres server with an empty database, and gives its address for SQLAlchemy.

    It refuses to run as root: there it runs as the user that Debian's package makes.
    """
    user = "postgres" if os.geteuid() == 0 else None
    data, password, port = folder / "postgres", secrets.token_hex(16), find_free_port()
    data.mkdir(mode=0o700)
    password_file = data.with_suffix(".password")
    password_file.write_text(password)
    for path in (data, password_file):
        if user:
            shutil.chown(path, user)
    words = ["-U", "dagster", "-A", "scram-sha-256", f"--pwfile={password_file}", "-E", "UTF8", "--locale=C"]
    environ = {"PATH": os.environ["PATH"]}
    subprocess.run(  # noqa: S603 - words of our own
        [programs / "initdb", "-D", data, *words],
        user=user,
        env=environ,
        cwd=data,
        check=True,
        capture_output=True,
    )
    command = [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", port, "-k", data]
    server = processes.start(
        "postgres", list(map(str, command)), environ, folder=data, user=user, stop_signal=signal.SIGINT
    )
    server.wait_until(server.has_printed("ready to accept connections"))
    return f"postgresql+psycopg2://dagster:{password}@127.0.0.1:{port}/postgres"


def _start_redis(processes: Processes, folder: Path) -> str:
    data, port = folder / "redis", find_free_port()
    data.mkdir()
    words = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(data), "--appendonly", "yes", "--save", ""]
    server = processes.start("redis", ["redis-server", *words], {"PATH": os.environ["PATH"]}, folder=data)
    server.wait_until(lambda: is_listening(port))
    return f"redis://127.0.0.1:{port}"


def _start_s3(processes: Processes, folder: Path) -> str:
    port = find_free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = processes.start("s3", command, {"PATH": os.environ["PATH"]}, folder=folder)
    server.wait_until(lambda: is_listening(port))
    url = f"http://127.0.0.1:{port}"
    for bucket in (_BUCKET, _LOGS_BUCKET):
        httpx.put(f"{url}/{bucket}", trust_env=False).raise_for_status()
    return url
