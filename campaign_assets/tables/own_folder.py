"""The product's own folder below the root, beside the tables: for what is no table, and no reader of a table may meet.

    <root>/.campaign_assets/tmp/     files that are being written; empty when nobody writes
    <root>/.campaign_assets/aside/   what lay where a file belongs, and could not be read: kept for a person to look at

Polars, and DuckDB where it looks below a table with `**`, refuse a folder that holds anything but finished Parquet.
"""

import errno
from pathlib import Path
from uuid import uuid4

from upath import UPath

from campaign_assets.tables.file_bytes import is_local

_FOLDER = ".campaign_assets"
_NOT_THERE = (errno.EACCES, errno.EPERM, errno.EROFS)
"""The root itself may be nobody's to write to, where the folders of the tables are."""


def find_temporary_place(root: Path, folder: Path) -> Path | None:
    """The place for temporary files, made where it is not there yet; None where one would not move on from there.

    Args:
        root: The root of all tables.
        folder: Where the finished file will lie; a disk of its own may be mounted there.

    Raises:
        OSError: The place cannot be made.
    """
    place = root / _FOLDER / "tmp"
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in _NOT_THERE:
            return None
        raise
    return place if place.stat().st_dev == folder.stat().st_dev else None


def move_aside(root: UPath, target: UPath) -> str:
    """Moves what lies in a file's place out of the table, whatever it is; where it lies now.

    Args:
        root: The root of all tables.
        target: The place.

    Raises:
        OSError: It cannot be moved.
    """
    name = f"{target.name}.{uuid4().hex}"
    if is_local(root):
        return str(_move_local(Path(root.path), Path(target.path), name))
    aside = root / _FOLDER / "aside" / name
    root.fs.mv(target.path, aside.path, recursive=True)
    return str(aside)


def _move_local(root: Path, target: Path, name: str) -> Path:
    aside = root / _FOLDER / "aside" / name
    try:
        aside.parent.mkdir(parents=True, exist_ok=True)
        return target.rename(aside)
    except OSError as error:
        if error.errno not in (*_NOT_THERE, errno.EXDEV):
            raise
    return target.rename(target.with_name(f".{name}.aside"))
