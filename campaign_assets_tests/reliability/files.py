"""What lies in the folder of the tables, seen from outside: by a reader that knows nothing of the product."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from campaign_assets.marts.database import DATABASE
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
    """What nobody asked for: files that are no tables, and whatever lies in the product's own folder.

    What was moved aside, since it lay in a table's place, is kept there for whoever put it.
    """
    own = root / ".campaign_assets"
    aside, expected = own / "aside", {own, own / "tmp", own / "aside"}
    return [
        str(path)
        for path in root.rglob("*")
        if path not in expected and aside not in path.parents
        if own in path.parents or (path.is_file() and not _is_made(root, path))
    ]


def _is_made(root: Path, file: Path) -> bool:
    """Whether the product makes such a file: a table, the database of all tables, or the report."""
    log = root.joinpath(*CAMPAIGN_ASSET_CHANGES.path)
    is_table = file.name == "data.parquet" or (file.suffix == ".parquet" and log in file.parents)
    return is_table or file == root / DATABASE or root / "reports" in file.parents


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
