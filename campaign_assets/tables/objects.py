"""The files of an object storage: whole objects, each put and fetched by one request, through its fsspec driver.

Nothing is kept between two calls: a listing is asked for whenever it is wanted, for other processes write there too.
Whatever the driver raises is tried again where that may help, within bounds, and then told in a sentence that names the
object and holds no word of the driver's own (`object_errors`).
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from fsspec import AbstractFileSystem
from fsspec.asyn import sync
from upath import UPath

from campaign_assets.storage_drivers import EXTRAS, check_driver
from campaign_assets.tables.errors import StorageError, StorageUnavailable, TableError
from campaign_assets.tables.files import CheckLarge, Entry
from campaign_assets.tables.object_errors import EMPTY, MISSING, NO_BUCKET, NO_LISTING, Meaning, explain
from campaign_assets.tables.own_folder import name_aside, name_trial

_LARGEST_PUT = 5 * 1024**3
_S3 = {
    "max_concurrency": 1,
    "config_kwargs": {
        "connect_timeout": 5,
        "read_timeout": 15,
        "max_pool_connections": 64,
        "retries": {"mode": "standard", "total_max_attempts": 1},
    },
}
"""One try by the driver itself: how often and how long is decided here, once for all drivers."""
_OPTIONS: Mapping[str, Mapping[str, Any]] = {"s3": _S3, "s3a": _S3}
_SUFFIX_RANGES = frozenset({"s3", "s3a", "gs", "gcs", "memory"})
"""Kinds whose drivers fetch the last bytes of an object without knowing its size."""
_VERSION = ("ETag", "etag", "LastModified", "last_modified", "updated", "mtime", "created")
"""What drivers call the things that change once an object is replaced."""
_EXHAUSTED = 3
"""After so many objects in a row for which no try was enough, it is not the objects."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a request is tried.

    Attributes:
        tries: At most so many times.
        first_wait: Seconds before the second try; doubled with each further one, less a random part up to a half.
        longest_wait: Seconds between two tries at most.
        total_seconds: No try begins later than so many seconds after the first.
        longest_try: Seconds after which a try is given up in whatever state it is.
        sleep: Waits some seconds.
        clock: Seconds since some time in the past.
    """

    tries: int = 5
    first_wait: float = 0.5
    longest_wait: float = 8.0
    total_seconds: float = 45.0
    longest_try: float = 300.0
    sleep: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def find_wait(self, tried: int) -> float:
        """Seconds to wait after so many tries."""
        longest = min(self.longest_wait, self.first_wait * 2.0 ** (tried - 1))
        return longest * random.uniform(0.5, 1)  # noqa: S311 - keeps clients apart, no secret


def open_root(address: str) -> UPath:
    """A root on an object storage.

    Raises:
        StorageUnavailable: The driver is not installed.
    """
    kind = address.partition(":")[0]
    try:
        check_driver(kind)
    except ValueError as error:
        raise StorageUnavailable(f"{address} cannot be used: {error}.") from None
    # Only the drivers that are known to take the option: others would hand it on to their servers' clients.
    keep_nothing: Mapping[str, Any] = {"use_listings_cache": False} if kind in EXTRAS else {}
    options: Mapping[str, Any] = {**keep_nothing, **_OPTIONS.get(kind, {})}
    root: UPath = UPath(address, **options)
    return root


class Objects:
    """The objects below a root."""

    def __init__(self, root: UPath, patience: Patience | None = None) -> None:
        """Takes the root; nothing is asked before the first call.

        Args:
            root: As `open_root` gives it.
            patience: How often and how long a request is tried.
        """
        self._root = root
        self._patience = patience or Patience()
        self._exhausted = 0

    def read_whole(self, target: UPath, check_large: CheckLarge) -> bytes:
        """As `Files` says; what is large is not looked at first, which would take requests of its own."""
        return self._read(target)

    def read_end(self, target: UPath, size: int) -> bytes:
        """As `Files` says."""
        if self._root.protocol not in _SUFFIX_RANGES:
            return self._read(target)[-size:]
        try:
            return self._read(target, start=-size)
        except EOFError:
            return b""

    def replace(self, target: UPath, data: pa.Buffer) -> None:
        """As `Files` says: the bytes are complete before the one request that puts them there is sent."""
        # Drivers that know no bound would send a large object in parts, which are left where their writer dies.
        single = {"chunksize": _LARGEST_PUT} if self._root.protocol in _OPTIONS else {}
        try:
            self._ask(target, "cannot be written", "pipe_file", target.path, data.to_pybytes(), **single)
        except FileNotFoundError:  # there are no folders that could be missing
            raise _to_error(target, "cannot be written", NO_BUCKET, "404") from None

    def exists(self, target: UPath) -> bool:
        """As `Files` says."""
        try:
            self.measure(target)
        except FileNotFoundError:
            return False
        return True

    def measure(self, target: UPath) -> int:
        """As `Files` says."""
        found = self._ask(target, "cannot be looked at", "info", target.path)
        if found["type"] != "file":
            raise FileNotFoundError(str(target))
        return int(found["size"])

    def list_entries(self, folder: UPath, prefix: str, name: str | None = None) -> list[Entry]:
        """As `Files` says, by one request for every thousand objects."""
        entries = []
        for parts, found in self.list_all(folder).items():
            if len(parts) == 2 and parts[0].startswith(prefix) and name in (None, parts[1]):
                version = " ".join(str(found[key]) for key in _VERSION if key in found)
                entries.append(Entry(*parts, int(found["size"]), f"{version} {found['size']}"))
        return sorted(entries, key=lambda entry: (entry.folder, entry.name))

    def list_all(self, folder: UPath) -> dict[tuple[str, ...], Mapping[str, Any]]:
        """What the driver says of every object below a folder, by its place there; empty where there is none."""
        try:
            if self._root.protocol in _OPTIONS:
                found = self._list_s3(folder)
            else:
                found = self._ask(folder, "cannot be listed", "find", folder.path, detail=True)
        except FileNotFoundError:
            return {}
        start = len(folder.path.strip("/")) + 1
        places = {tuple(path.strip("/")[start:].split("/")): about for path, about in found.items()}
        return {parts: about for parts, about in places.items() if about["type"] == "file" and parts != ("",)}

    def _list_s3(self, folder: UPath) -> dict[str, Mapping[str, Any]]:
        """The same by the request itself: the driver takes any response that lists nothing for an empty listing.

        Raises:
            StorageUnavailable: A response was no listing, such as a gateway's page for people.
        """
        bucket, _, below = folder.path.partition("/")
        request = {"Bucket": bucket, "Prefix": f"{below}/" if below else ""}
        found: dict[str, Mapping[str, Any]] = {}
        while True:
            page = self._ask(folder, "cannot be listed", "call_s3", "list_objects_v2", **request)
            if "IsTruncated" not in page:
                raise _to_error(folder, "cannot be listed", NO_LISTING, "200")
            for each in page.get("Contents", ()):
                kind = "directory" if each["Key"].endswith("/") else "file"
                found[f"{bucket}/{each['Key']}"] = {**each, "size": each["Size"], "type": kind}
            following = page.get("NextContinuationToken", "")
            if not page["IsTruncated"]:
                return found
            if following in ("", request.get("ContinuationToken")):
                raise _to_error(folder, "cannot be listed", NO_LISTING, "200")
            request["ContinuationToken"] = following

    def remove(self, target: UPath) -> None:
        """As `Files` says; that an object is not there passes unnoticed by some storages."""
        self._ask(target, "cannot be removed", "rm_file", target.path)

    def move_aside(self, target: UPath) -> str:
        """As `Files` says: copied, then removed, since there is nothing else that moves an object."""
        aside = name_aside(self._root, target.name)
        self._ask(target, f"cannot be copied to {aside}", "cp_file", target.path, aside.path)
        self.remove(target)
        return str(aside)

    def try_out(self) -> None:
        """Writes an object beside the tables, reads it and lists its folder.

        It stays there, and is written over by the next: a run needs no right to remove anything.

        Raises:
            StorageUnavailable: Some of it cannot be done.
        """
        trial = name_trial(self._root)
        try:
            self.replace(trial, pa.py_buffer(b"Whoever can replace this object can write the tables.\n"))
            self._read(trial)
            if (trial.name,) not in self.list_all(trial.parent):
                raise StorageUnavailable(f"{trial} was written and is not listed: the storage is none for tables.")
        except FileNotFoundError:
            raise StorageUnavailable(f"{trial} was written and is not there: the storage is none for tables.") from None
        except TableError as error:  # a right that one object needs, all need
            raise StorageUnavailable(str(error)) from None

    def _read(self, target: UPath, **limits: int) -> bytes:
        data: bytes = self._ask(target, "cannot be read", "cat_file", target.path, **limits)
        return data

    @property
    def _driver(self) -> AbstractFileSystem:
        """The driver, without what it would keep or try again by itself."""
        driver = self._root.fs
        driver.dircache.use_listings_cache = False
        if hasattr(driver, "retries"):
            driver.retries = 1
        return driver

    def _ask(self, target: UPath, failed: str, method: str, *arguments: Any, **options: Any) -> Any:
        """What a method of the driver gives.

        Args:
            target: The object or folder that it is about.
            failed: What is to be said where it fails, after the object's name.
            method: The driver's method.
            arguments: Its arguments.
            options: Its further arguments.

        Raises:
            FileNotFoundError: The object is not there.
            EOFError: It has no bytes, of which some were asked for.
            StorageError: It failed for good.
        """
        patience, tried = self._patience, 0
        began = patience.clock()
        while True:
            tried += 1
            meaning, name = MISSING, ""
            try:
                given = _call(self._driver, method, patience.longest_try, *arguments, **options)
            except Exception as error:  # each driver has its own
                meaning, name = explain(error)
            else:
                self._exhausted = 0
                return given
            # Outside of the except: the driver's error, whose text is nobody's to see, is not the cause of ours.
            if meaning is MISSING:
                raise FileNotFoundError(str(target))
            if meaning is EMPTY:
                raise EOFError(str(target))
            wait = patience.find_wait(tried)
            is_last = tried == patience.tries or patience.clock() + wait - began > patience.total_seconds
            if not meaning.again or is_last:
                break
            patience.sleep(wait)
        raise self._count(_to_error(target, failed, meaning, name), meaning)

    def _count(self, error: StorageError, meaning: Meaning) -> StorageError:
        """An error as it is, or as one that all objects would meet: the storage has failed for several in a row."""
        self._exhausted += meaning.again
        if isinstance(error, TableError) and self._exhausted >= _EXHAUSTED:
            return StorageUnavailable(f"{error} So it was for {self._exhausted} files in a row.")
        return error


def _call(driver: AbstractFileSystem, method: str, seconds: float, *arguments: Any, **options: Any) -> Any:
    """One try. Where the driver waits in a loop of its own, it waits no longer than some seconds."""
    if driver.async_impl:
        return sync(driver.loop, getattr(driver, f"_{method}"), *arguments, timeout=seconds, **options)
    return getattr(driver, method)(*arguments, **options)


def _to_error(target: UPath, failed: str, meaning: Meaning, name: str) -> StorageError:
    kind = StorageUnavailable if meaning.stops else TableError
    return kind(f"{target} {failed}: {meaning.says} ({name}); {meaning.remedy}.")
