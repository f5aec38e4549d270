"""What lies in the folder or bucket of the tables, seen from outside: by a reader that knows nothing of the product."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePath

import pyarrow as pa
import pyarrow.parquet as pq

from campaign_assets.marts.database import DATABASE
from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES
from campaign_assets_tests.object_storage.buckets import Bucket

Root = Path | Bucket
_TRIAL = "tables/.campaign_assets/trial/writable.txt"
"""The object that each run on an object storage writes over, to find out whether it may."""
_ASIDE = "tables/.campaign_assets/aside/"


@dataclass
class Watch:
    """What a reader saw while others wrote.

    Attributes:
        read: Files that it read whole.
        broken: Files that it found and could not read.
    """

    read: int = 0
    broken: list[str] = field(default_factory=list)


@contextmanager
def watch_files(root: Root) -> Iterator[Watch]:
    """Reads every Parquet file below a root, over and over, as long as the block lasts."""
    watch, stop = Watch(), threading.Event()
    thread = threading.Thread(target=_read_until, args=(root, watch, stop), daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join()


def find_leftovers(root: Root) -> list[str]:
    """What nobody asked for: files that are no tables, and whatever lies in the product's own folder.

    What was moved aside, since it lay in a table's place, is kept there for whoever put it.
    """
    if isinstance(root, Bucket):
        keys = [
            key for key in root.list_keys() if key != _TRIAL and not key.startswith("tables/.campaign_assets/aside/")
        ]
        return [key for key in keys if not _is_made(PurePath(key).relative_to("tables"))]
    own = root / ".campaign_assets"
    aside, expected = own / "aside", {own, own / "tmp", own / "aside"}
    return [
        str(path)
        for path in root.rglob("*")
        if path not in expected and aside not in path.parents
        if own in path.parents or (path.is_file() and not _is_made(path.relative_to(root)))
    ]


def _is_made(place: PurePath) -> bool:
    """Whether the product makes such a file: a table, the database of all tables, or the report."""
    log = PurePath(*CAMPAIGN_ASSET_CHANGES.path)
    is_table = place.name == "data.parquet" or (place.suffix == ".parquet" and log in place.parents)
    return is_table or place == PurePath(DATABASE) or PurePath("reports") in place.parents


def _read_until(root: Root, watch: Watch, stop: threading.Event) -> None:
    while not stop.is_set():
        for file, read in _list_files(root):
            try:
                pq.ParquetFile(pa.BufferReader(read())).read()
                watch.read += 1
            except FileNotFoundError:
                continue  # deleted between the listing and the reading
            except (pa.ArrowException, OSError) as error:
                watch.broken.append(f"{file}: {error}")
            time.sleep(0.001)
        time.sleep(0.005)


def _list_files(root: Root) -> list[tuple[str, Callable[[], bytes]]]:
    """The files at present, and what reads each."""
    if isinstance(root, Bucket):
        return [(key, partial(root.read, key)) for key in root.list_keys() if key.endswith(".parquet")]
    try:
        return [(str(file), file.read_bytes) for file in root.rglob("*.parquet")]
    except FileNotFoundError:  # a folder was deleted meanwhile
        return []
