"""Runs in the process of a shell: each holds a lock while its process lives, so that one that is dead is found.

Dagster watches the processes that it has started itself. A run in somebody's shell would stay STARTED for ever where
that is killed, closed or loses its power: it would hold the pool and its days, and nobody's run would start any more.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import dagster as dg

_FOLDER = "shell_runs"
"""Below DAGSTER_HOME, a file for each run. Of other machines' it knows nothing, and leaves them alone."""
_REASON = "The process of the shell that ran it has ended before the run did: campaign-assets backfill --continue {}"


@contextmanager
def held_run(instance: dg.DagsterInstance) -> Iterator[str]:
    """The id for a run in this process, which counts as alive until the end of the block or of the process.

    Args:
        instance: Will keep the run.

    Raises:
        OSError: The folder of the instance cannot be written to.
    """
    run_id, folder = str(uuid4()), Path(instance.root_directory, _FOLDER)
    folder.mkdir(exist_ok=True)
    made, file = folder / f".{run_id}", folder / run_id
    try:
        with made.open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            made.rename(file)  # now, when it is locked: nobody takes it for a dead one's
            yield run_id
    finally:
        made.unlink(missing_ok=True)
        file.unlink(missing_ok=True)


def end_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Lets the runs fail whose shell is gone, so that others may have their place.

    Args:
        instance: Keeps the runs.

    Returns:
        Their ids.

    Raises:
        OSError: The folder of the instance cannot be read or written to.
    """
    folder = Path(instance.root_directory, _FOLDER)
    files = [file for file in folder.iterdir() if not file.name.startswith(".")] if folder.is_dir() else []
    return [file.name for file in files if _end_if_dead(instance, file)]


def _end_if_dead(instance: dg.DagsterInstance, file: Path) -> bool:
    try:
        with file.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            run = instance.get_run_by_id(file.name)
            is_left_behind = run is not None and not run.is_finished
            if run is not None and is_left_behind:
                instance.report_run_failed(run, _REASON.format(run.run_id))
            file.unlink(missing_ok=True)
            return is_left_behind
    except (BlockingIOError, FileNotFoundError):
        return False  # alive, or ended by itself meanwhile
