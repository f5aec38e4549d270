"""What lies in the folder of the tables, seen from outside: by a reader that knows nothing of the product."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from campaign_assets.tables import CAMPAIGN_ASSET_CHANGES


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
def watch_files(root: Path) -> Iterator[Watch]:
    """Reads every Parquet file below a folder, over and over, as long as the block lasts."""
    watch, stop = Watch(), threading.Event()
    thread = threading.Thread(target=_read_until, args=(root, watch, stop), daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join()


def find_leftovers(root: Path) -> list[str]:
    """What nobody asked for: files that are no tables, and whatever lies in the product's own folder."""
    own = root / ".campaign_assets"
    expected = {own, own / "tmp"}
    return [
        str(path)
        for path in root.rglob("*")
        if path not in expected and (own in path.parents or (path.is_file() and not _is_table(root, path)))
    ]


def _is_table(root: Path, file: Path) -> bool:
    log = root.joinpath(*CAMPAIGN_ASSET_CHANGES.path)
    return file.name == "data.parquet" or (file.suffix == ".parquet" and log in file.parents)


def _read_until(root: Path, watch: Watch, stop: threading.Event) -> None:
    while not stop.is_set():
        for file in _list_files(root):
            try:
                pq.ParquetFile(pa.BufferReader(file.read_bytes())).read()
                watch.read += 1
            except FileNotFoundError:
                continue  # deleted between the listing and the reading
            except (pa.ArrowException, OSError) as error:
                watch.broken.append(f"{file}: {error}")
            time.sleep(0.001)
        time.sleep(0.005)


def _list_files(root: Path) -> list[Path]:
    try:
        return list(root.rglob("*.parquet"))
    except FileNotFoundError:  # a folder was deleted meanwhile
        return []
