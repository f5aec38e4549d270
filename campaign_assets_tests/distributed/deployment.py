"""Dagster's processes, by the commands of deploy/compose.yaml, each with a folder of its own, as on its own machine."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import yaml

from campaign_assets.defs.keys import POOL as _POOL
from campaign_assets_tests.distributed.processes import Process, Processes, find_free_port, is_listening

_CHECKOUT = Path(__file__).parents[2]
_DEPLOY = _CHECKOUT / "deploy"
_PROGRAMS = Path(sys.executable).parent
_FILES = ("dagster.yaml", "workspace.yaml", "dagster_celery_config.py")
_EVERY_ADDRESS, _THIS_MACHINE = "0.0.0.0", "127.0.0.1"  # noqa: S104 - what containers listen on, and we do not


class Deployment:
    """The services of the compose file, on free ports of this machine.

    Args:
        processes: Starts and stops them.
        folder: Where their folders lie.
        settings: What `deploy/.env` holds elsewhere.
        module: The code location, instead of the product's own.

    Attributes:
        url: Where the webserver answers.
    """

    def __init__(self, processes: Processes, folder: Path, settings: Mapping[str, str], module: str) -> None:
        self._processes, self._folder = processes, folder
        self._words = {_EVERY_ADDRESS: _THIS_MACHINE, "campaign_assets.definitions": module}
        self._commands = read_commands()
        self._code_port, ui_port = find_free_port(), find_free_port()
        self.url = f"http://{_THIS_MACHINE}:{ui_port}"
        self._ports = {"code": self._code_port, "webserver": ui_port}
        self._environ = {
            "PATH": f"{_PROGRAMS}{os.pathsep}{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",
            "CAMPAIGN_ASSETS_CODE_HOST": _THIS_MACHINE,
            "CAMPAIGN_ASSETS_CODE_PORT": str(self._code_port),
            **settings,
        }

    def prepare(self, pools: Sequence[str]) -> None:
        """Makes the instance's tables, and limits each pool, as the services do that end.

        Raises:
            NotStarted: One fails.
        """
        self._start("migrate", "migrate").finish()
        limiting = []
        for pool in pools:
            self._words[_POOL] = pool
            limiting.append(self._start("pool", pool))
        for started in limiting:
            started.finish()

    def start(self, workers: int) -> list[Process]:
        """Starts the code server, the webserver, the daemon and workers, and gives the workers when all answer.

        Raises:
            NotStarted: One does not.
        """
        code = self._start("code", "code")
        names = [f"worker{number + 1}" for number in range(workers)]
        started = [self._start("worker", name, "-n", f"{name}@{_THIS_MACHINE}") for name in names]
        code.wait_until(lambda: is_listening(self._code_port))
        webserver = self._start("webserver", "webserver")
        self._start("daemon", "daemon")
        for worker in started:
            worker.wait_until(worker.has_printed(" ready."))
        webserver.wait_until(self._has_loaded)
        return started

    def watch(self) -> dict[str, str]:
        """What the commands print by which people look after it; what fails prints what is wrong.

        Raises:
            NotStarted: One of them fails.
        """
        watching = {
            "daemon": ["dagster-daemon", "liveness-check"],
            "code server": ["dagster", "api", "grpc-health-check", "-p", str(self._code_port)],
            "workers": ["celery", "-A", "dagster_celery.app", "status", "-t", "5"],
        }
        started = [self._run(f"watch {name}", command) for name, command in watching.items()]
        for process in started:
            process.finish()
        return {name: process.read_end_of_log() for name, process in zip(watching, started, strict=True)}

    def _start(self, service: str, name: str, *words: str) -> Process:
        return self._run(name, [*self._to_local(service), *words])

    def _run(self, name: str, command: Sequence[str]) -> Process:
        home = self._folder / name
        home.mkdir()
        for file in _FILES:
            shutil.copy(_DEPLOY / file, home)
        environ = {**self._environ, "DAGSTER_HOME": str(home), "PYTHONPATH": f"{home}{os.pathsep}{_CHECKOUT}"}
        return self._processes.start(name, command, environ, folder=home)

    def _to_local(self, service: str) -> list[str]:
        """A service's command, on a free port of this machine alone."""
        words = [self._words.get(word, word) for word in self._commands[service]]
        if service in self._ports:
            words[words.index("-p") + 1] = str(self._ports[service])
        return words

    def _has_loaded(self) -> bool:
        try:
            return httpx.get(f"{self.url}/server_info", trust_env=False).is_success
        except httpx.HTTPError:
            return False


def read_commands() -> dict[str, list[str]]:
    """The command of each service of the compose file."""
    compose: dict[str, Any] = yaml.safe_load((_DEPLOY / "compose.yaml").read_text())
    return {name: service["command"] for name, service in compose["services"].items() if "command" in service}
