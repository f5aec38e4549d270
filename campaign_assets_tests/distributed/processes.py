"""Processes of our own, each in a session of its own, that all end with the block, however it ends."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_SECONDS_TO_STOP = 10.0


class NotStarted(Exception):
    """A process has ended, or does not answer in time; the end of its log says why."""


class Process:
    """A process and all that it starts.

    Attributes:
        name: Ours for it.
        log: What it prints.
    """

    def __init__(self, name: str, process: "subprocess.Popen[bytes]", log: Path, stop_signal: int) -> None:
        self.name, self.log = name, log
        self._process, self._stop_signal = process, stop_signal

    def has_started(self, pid: int) -> bool:
        """Whether a process is this one, or one that it started."""
        try:
            return os.getsid(pid) == self._process.pid
        except ProcessLookupError:
            return False

    def kill(self) -> None:
        """Ends it at once with all that it started, as a machine that loses its power does."""
        with suppress(ProcessLookupError):  # nothing of it is left
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def ask_to_end(self) -> None:
        """Sends the signal at which it ends by itself."""
        if self._process.poll() is None:
            self._process.send_signal(self._stop_signal)

    def end(self, deadline: float) -> None:
        """Waits until it has ended; at the deadline ends it, with all that it left running."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, deadline - time.monotonic()))
        self.kill()

    def wait_until(self, is_ready: Callable[[], bool], seconds: float = 60.0) -> None:
        """Waits until it answers.

        Raises:
            NotStarted: It has ended, or does not answer in time.
        """
        deadline = time.monotonic() + seconds
        while not is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise NotStarted(f"{self.name} did not start. Its log ends with:\n{self.read_end_of_log()}")
            time.sleep(0.1)

    def finish(self, seconds: float = 60.0) -> None:
        """Waits until it has done what it is for.

        Raises:
            NotStarted: It fails, or takes longer.
        """
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = -1
        if code:
            raise NotStarted(f"{self.name} did not succeed. Its log ends with:\n{self.read_end_of_log()}")

    def has_printed(self, words: str) -> Callable[[], bool]:
        """Tells whether words stand in its log, whenever that is asked."""
        return lambda: words in self.log.read_text(errors="replace")

    def read_end_of_log(self) -> str:
        """The last lines that it printed."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])


class Processes:
    """Starts processes, and stops them all at the end of the block.

    Args:
        logs: The folder of what they print.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._all: list[Process] = []

    def start(
        self,
        name: str,
        command: Sequence[str],
        environ: Mapping[str, str],
        *,
        folder: Path | None = None,
        user: str | None = None,
        stop_signal: int = signal.SIGTERM,
    ) -> Process:
        """Starts one.

        Args:
            name: Ours for it.
            command: Its words.
            environ: Its whole environment.
            folder: Where it runs.
            user: Whose it is; ours where None.
            stop_signal: What asks it to end.
        """
        path = self._logs / f"{name}.log"
        with path.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - words of our own
                list(command),
                env=dict(environ),
                cwd=folder,
                user=user,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        started = Process(name, process, path, stop_signal)
        self._all.append(started)
        return started

    def __enter__(self) -> "Processes":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._all:
            process.ask_to_end()
        deadline = time.monotonic() + _SECONDS_TO_STOP
        for process in self._all:
            process.end(deadline)


def find_free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def is_listening(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return True
    except OSError:
        return False
