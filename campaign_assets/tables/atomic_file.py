"""One file, replaced as a whole: written beside the tables, made durable, then moved into its place.

A process that is killed between leaves a temporary file, which the next write removes. Object storages need none of it:
a key is replaced by one request, or not at all (`objects`).
"""

import errno
import fcntl
import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pyarrow as pa

from campaign_assets.tables.own_folder import find_obstacle, find_temporary_place, move_aside

logger = logging.getLogger(__name__)

_SUFFIX = ".tmp"
_CANNOT_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EACCES)
"""What file systems say that know no syncing of folders, or do not allow it: there is nothing better to do."""


def replace_file(root: Path, target: Path, data: pa.Buffer) -> None:
    """Puts data in a file's place: a reader sees the file before or the file after, never half of one.

    A link or a FIFO in the place is replaced like a file; a folder is moved aside, and so is what lies where a folder
    belongs.

    Args:
        root: The root of all tables.
        target: The place.
        data: What the file will hold.

    Raises:
        OSError: It cannot be written; what was there is still there.
    """
    folder = target.parent
    changed = {folder, *_make_folder(root, folder)}
    place = find_temporary_place(root, folder)
    _remove_orphans([*(place.glob(f"*{_SUFFIX}") if place else ()), *folder.glob(f".{target.name}.*{_SUFFIX}")])
    try:
        _write(root, place or folder, target, data)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _write(root, folder, target, data)  # mounts of one disk look alike until something is moved between them
    for path in changed:
        _sync_folder(path)


def _make_folder(root: Path, folder: Path) -> list[Path]:
    """Makes a folder, and those above it; the folders that have got a new entry by it."""
    if obstacle := find_obstacle(root, folder):
        aside = move_aside(root, obstacle)
        logger.warning("%s was no folder, where one belongs: it lies in %s now.", obstacle, aside)
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return [path.parent for path in missing]


def _write(root: Path, place: Path, target: Path, data: pa.Buffer) -> None:
    temporary, descriptor = _open_temporary(place, target)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            _move(root, temporary, target)  # still locked, so that nobody takes it for an orphan
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _move(root: Path, temporary: Path, target: Path) -> None:
    try:
        temporary.replace(target)
    except IsADirectoryError:
        aside = move_aside(root, target)
        logger.warning("%s was a folder, where a file belongs: it lies in %s now.", target, aside)
        temporary.replace(target)


def _open_temporary(place: Path, target: Path) -> tuple[Path, int]:
    """A new file, locked for as long as this process writes it.

    Its name begins with a dot and does not end in .parquet: where it has to lie beside the target, few readers of the
    folder take it for data.
    """
    while True:
        temporary = place / f".{target.name}.{uuid4().hex}{_SUFFIX}"
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return temporary, descriptor
        os.close(descriptor)  # another process took it for an orphan before it was locked


def _remove_orphans(temporary: Iterable[Path]) -> None:
    """Removes what killed processes left: temporary files that nobody holds a lock on."""
    for orphan in temporary:
        try:
            descriptor = os.open(orphan, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        except OSError:
            continue  # it is gone already, or somebody else's
        try:
            with suppress(OSError):  # else its writer is alive
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                orphan.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Makes a folder's entries durable: else a file that is in place is gone again when the power is."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
