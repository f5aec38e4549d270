"""The product's own folder below the root, beside the tables: for what is no table, and no reader of a table may meet.

    <root>/.campaign_assets/tmp/     files that are being written; empty when nobody writes
    <root>/.campaign_assets/aside/   what lay where a file belongs, and could not be read: kept for a person to look at
    <root>/.campaign_assets/trial/   on an object storage, what each run writes over to find out whether it may

Polars, and DuckDB where it looks below a table with `**`, refuse a folder that holds anything but finished Parquet.
"""

import errno
import os
from pathlib import Path
from uuid import uuid4

from upath import UPath

_FOLDER = ".campaign_assets"
_NOT_THERE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR)
"""The root itself may be nobody's to write to, where the folders of the tables are; or a file has the folder's name."""


def name_aside(root: UPath, name: str) -> UPath:
    """A place for an object that is moved out of its table; its own each time."""
    return root / _FOLDER / "aside" / f"{name}.{uuid4().hex}"


def name_trial(root: UPath) -> UPath:
    """The place of the object by which a run finds out whether it may write."""
    return root / _FOLDER / "trial" / "writable.txt"


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


def find_obstacle(root: Path, folder: Path) -> Path | None:
    """What lies where a folder belongs, and is none: a file, or a link that leads nowhere; None where nothing does.

    Args:
        root: The root of all tables, which is nobody's to move.
        folder: The folder; those between it and the root are looked at as well.
    """
    between = [path for path in (*reversed(folder.parents), folder) if path != root and path.is_relative_to(root)]
    return next((path for path in between if os.path.lexists(path) and not path.is_dir()), None)


def move_aside(root: Path, target: Path) -> Path:
    """Moves what lies in a file's place out of the table, whatever it is; where it lies now.

    Where the place is below something that is no folder, that is moved.

    Args:
        root: The root of all tables.
        target: The place.

    Raises:
        OSError: It cannot be moved.
    """
    target = find_obstacle(root, target.parent) or target
    name = f"{target.name}.{uuid4().hex}"
    aside = root / _FOLDER / "aside" / name
    try:
        aside.parent.mkdir(parents=True, exist_ok=True)
        return target.rename(aside)
    except OSError as error:
        if error.errno not in (*_NOT_THERE, errno.EXDEV):
            raise
    return target.rename(target.with_name(f".{name}.aside"))
