"""What the tables ask of the place where their files lie, and how a folder of this machine does it.

An object storage does it in `objects`. Nothing else asks a file system for a table's files.
"""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
from upath import UPath

from campaign_assets.tables.atomic_file import replace_file
from campaign_assets.tables.file_bytes import read_end, read_whole
from campaign_assets.tables.own_folder import move_aside

CheckLarge = Callable[[int, Callable[[int], bytes]], object]
"""Looks at a large file before all of it is read: takes its size, and what reads so many of its last bytes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file one folder below another.

    Attributes:
        folder: The name of its folder.
        name: Its own name.
        size: Its size in bytes; None where that takes another look.
        version: Another one once the file was replaced; empty likewise.
    """

    folder: str
    name: str
    size: int | None = None
    version: str = ""


class Files(Protocol):
    """The files below a root.

    What cannot be done is an OSError on this machine, and a StorageError, already in a sentence, elsewhere. A file that
    is not there is a FileNotFoundError in both.
    """

    def read_whole(self, target: UPath, check_large: CheckLarge) -> bytes:
        """All bytes of a file, in one piece.

        Args:
            target: The file.
            check_large: Looks at a large file before all of it is read.
        """

    def read_end(self, target: UPath, size: int) -> bytes:
        """The last bytes of a file; fewer where it has no more.

        Args:
            target: The file.
            size: How many.
        """

    def replace(self, target: UPath, data: pa.Buffer) -> None:
        """Puts data in a file's place: a reader sees the file before or the file after, never half of one."""

    def exists(self, target: UPath) -> bool:
        """Whether something lies in a file's place."""

    def measure(self, target: UPath) -> int:
        """The size of a file in bytes."""

    def list_entries(self, folder: UPath, prefix: str, name: str | None = None) -> list[Entry]:
        """The files that lie in the folders of a folder, in order; none where it is not there.

        Args:
            folder: The folder.
            prefix: What the names of its folders begin with.
            name: Only files of this name, which are looked at one by one.
        """

    def remove(self, target: UPath) -> None:
        """Removes a file."""

    def move_aside(self, target: UPath) -> str:
        """Moves what lies in a file's place out of its table; where it lies now."""

    def try_out(self) -> None:
        """Finds out whether files can be written, read and listed at all, where that can be told beforehand.

        Raises:
            StorageUnavailable: They cannot.
        """


class LocalFiles:
    """The files below a folder of this machine."""

    def __init__(self, root: UPath) -> None:
        """Takes the root; nothing is made before the first write."""
        self._root = root

    def read_whole(self, target: UPath, check_large: CheckLarge) -> bytes:
        """As `Files` says."""
        return read_whole(Path(target.path), check_large)

    def read_end(self, target: UPath, size: int) -> bytes:
        """As `Files` says."""
        return read_end(Path(target.path), size)

    def replace(self, target: UPath, data: pa.Buffer) -> None:
        """As `Files` says."""
        replace_file(Path(self._root.path), Path(target.path), data)

    def exists(self, target: UPath) -> bool:
        """As `Files` says."""
        return Path(target.path).exists()

    def measure(self, target: UPath) -> int:
        """As `Files` says."""
        found = Path(target.path).stat()
        if stat.S_ISDIR(found.st_mode):
            raise FileNotFoundError(str(target))
        return found.st_size

    def list_entries(self, folder: UPath, prefix: str, name: str | None = None) -> list[Entry]:
        """As `Files` says."""
        root = Path(folder.path)
        folders = sorted(path for path in root.iterdir() if path.name.startswith(prefix)) if root.is_dir() else []
        if name is None:
            return [Entry(path.name, file.name) for path in folders if path.is_dir() for file in sorted(path.iterdir())]
        return list(_look_at(folders, name))

    def remove(self, target: UPath) -> None:
        """As `Files` says."""
        Path(target.path).unlink()

    def move_aside(self, target: UPath) -> str:
        """As `Files` says."""
        return str(move_aside(Path(self._root.path), Path(target.path)))

    def try_out(self) -> None:
        """Nothing: a folder that takes no files now may do so by the time that there are some."""


def _look_at(folders: list[Path], name: str) -> Iterator[Entry]:
    for folder in folders:
        if (file := folder / name).exists():
            found = file.stat()
            yield Entry(folder.name, name, found.st_size, f"{found.st_mtime_ns} {found.st_size}")
