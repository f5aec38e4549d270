"""The tables' files as a file system for DuckDB, where they lie on an object storage.

DuckDB's own way there is an extension that would be loaded from elsewhere, with credentials of its own. Here the store
reads the files as it reads them for everybody: whole, with its retries, and compared with their seals.
"""

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from fsspec import AbstractFileSystem
from upath import UPath

from campaign_assets.tables import MissingTable, StorageError, TableStore
from campaign_assets.threads import map_in_threads

PROTOCOL = "campaign-assets"
_THREADS = 16
_MOST_BYTES = 256 * 1024 * 1024
"""Bytes that are kept at once: DuckDB opens a file for its columns and again for its rows."""


class StoredFiles(AbstractFileSystem):  # type: ignore[misc]
    """The files that a question is about, to be read only.

    Attributes:
        failure: Why a file could not be read, which DuckDB tells in other words; None where all could.
    """

    protocol = PROTOCOL
    cachable = False

    def __init__(self, store: TableStore) -> None:
        super().__init__()
        self.failure: StorageError | None = None
        self._store = store
        self._kept: dict[str, bytes] = {}
        self._lock = Lock()

    def add(self, targets: Iterable[UPath]) -> list[str]:
        """Reads files, and gives the addresses by which DuckDB finds those that are there.

        Args:
            targets: The files.

        Raises:
            StorageError: One cannot be read.
        """
        places = [self._store.find_place(target) for target in targets]
        found = zip(places, map_in_threads(self._find, places, _THREADS), strict=True)
        return [f"{PROTOCOL}://{place}" for place, is_there in found if is_there]

    def open(self, path: str, mode: str = "rb", **_: Any) -> io.BytesIO:
        """A file, to be read."""
        return io.BytesIO(self._read(self._strip_protocol(path)))

    def size(self, path: str) -> int:
        """The size of a file in bytes."""
        return len(self._read(self._strip_protocol(path)))

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """What fsspec asks of a file."""
        return {"name": self._strip_protocol(path), "size": self.size(path), "type": "file"}

    def modified(self, path: str) -> datetime:
        """The same time for all: no file is read twice for being newer."""
        return datetime.fromtimestamp(0, UTC)

    def glob(self, path: str, **_: Any) -> list[str]:
        """The path itself: the files are named one by one."""
        return [path]

    def _find(self, place: str) -> bool:
        try:
            self._read(place)
        except MissingTable:
            return False
        return True

    def _read(self, place: str) -> bytes:
        kept = self._kept.get(place)
        if kept is not None:
            return kept
        try:
            data = self._store.read_bytes(self._store.root / place)
        except MissingTable:
            raise
        except StorageError as error:
            self.failure = error
            raise
        with self._lock:
            self._kept[place] = data
            while len(self._kept) > 1 and sum(map(len, self._kept.values())) > _MOST_BYTES:
                del self._kept[next(iter(self._kept))]
        return data
