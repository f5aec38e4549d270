"""One file, replaced as a whole: written beside its place, made durable, then moved there.

A process that is killed between leaves a temporary file, which the next write to the same folder removes. Object
stores need none of it: a key is replaced by one request, or not at all.
"""

import fcntl
import os
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
from upath import UPath

from campaign_assets.tables.file_bytes import is_local

_SUFFIX = ".tmp"


def replace_file(target: UPath, data: pa.Buffer) -> None:
    """Puts data in a file's place: a reader sees the file before or the file after, never half of one.

    Raises:
        OSError: It cannot be written; what was there is still there.
    """
    if is_local(target):
        local = Path(target.path)
        local.parent.mkdir(parents=True, exist_ok=True)
        _remove_orphans(local)
        _replace_local(local, data)
    else:
        # Whole bytes in one call: an error inside an open file would publish its half.
        target.fs.pipe_file(target.path, data.to_pybytes())


def _replace_local(target: Path, data: pa.Buffer) -> None:
    temporary, descriptor = _open_temporary(target)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            temporary.replace(target)  # still locked, so that nobody takes it for an orphan
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _open_temporary(target: Path) -> tuple[Path, int]:
    """A new file beside the target, locked for as long as this process writes it.

    Its name begins with a dot and does not end in .parquet: no reader of the folder takes it for data.
    """
    while True:
        temporary = target.with_name(f".{target.name}.{uuid4().hex}{_SUFFIX}")
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return temporary, descriptor
        os.close(descriptor)  # another process took it for an orphan before it was locked


def _remove_orphans(target: Path) -> None:
    """Removes what a killed process left beside the target: temporary files that nobody holds a lock on."""
    for orphan in target.parent.glob(f".{target.name}.*{_SUFFIX}"):
        try:
            descriptor = os.open(orphan, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            orphan.unlink(missing_ok=True)
        except BlockingIOError:
            continue  # its writer is alive
        finally:
            os.close(descriptor)
