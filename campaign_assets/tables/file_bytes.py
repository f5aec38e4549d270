"""The bytes of one file, whole or its end, in one piece: a file that is replaced meanwhile is never mixed.

What lies in a file's place on this machine may be something else: a folder, or a FIFO, which keeps whoever opens it
waiting for ever. Nothing here waits, and what is no file is named.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from upath import UPath

_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


LARGE = 64 * 1024 * 1024
"""Bytes of a file that is worth a second look before all of it is read."""


class NoRegularFile(Exception):
    """What lies in a file's place is none; says in half a sentence what it is."""


def is_local(path: UPath) -> bool:
    """Whether a path lies in this machine's file system."""
    return path.protocol in ("", "file", "local")


def read_whole(target: Path, check_large: Callable[[int, Callable[[int], bytes]], object]) -> bytes:
    """All bytes of a file.

    Args:
        target: The file.
        check_large: Looks at a large file before all of it is read: it may be larger than any memory, and its end is
            enough to tell that it is none of ours. Takes its size, and what reads so many of its last bytes.

    Raises:
        NoRegularFile: Something else lies there.
        OSError: It cannot be read.
    """
    with _open_local(target) as file:
        size = os.fstat(file.fileno()).st_size
        if size > LARGE:
            check_large(size, partial(_read_end, file))
            file.seek(0)
        return file.read()


def read_end(target: Path, size: int) -> bytes:
    """The last bytes of a file; fewer where it has no more.

    Args:
        target: The file.
        size: How many.

    Raises:
        NoRegularFile: Something else lies there.
        OSError: It cannot be read.
    """
    with _open_local(target) as file:
        return _read_end(file, size)


def _read_end(file: BinaryIO, size: int) -> bytes:
    file.seek(-min(size, os.fstat(file.fileno()).st_size), os.SEEK_END)
    return file.read()


@contextmanager
def _open_local(path: Path) -> Iterator[BinaryIO]:
    try:
        _check_kind(path.stat().st_mode)  # before it is opened, since opening a device may set it going
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NoRegularFile("a link that leads back to itself") from error
        if error.errno == errno.ENOTDIR:
            raise NoRegularFile("a place below something that is no folder") from error
        if error.errno == errno.ENOENT and path.is_symlink():
            raise NoRegularFile("a link that leads nowhere") from error
        raise
    with os.fdopen(descriptor, "rb") as file:
        _check_kind(os.fstat(descriptor).st_mode)
        yield file


def _check_kind(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise NoRegularFile(next((name for is_kind, name in _KINDS if is_kind(mode)), "something else"))
