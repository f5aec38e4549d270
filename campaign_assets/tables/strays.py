"""What lies below a table's folder and is no part of the table: readers that look at whole folders take it for rows."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from upath import UPath

from campaign_assets.tables.change_log import CHANGE_DATE, is_file_name
from campaign_assets.tables.objects import Objects
from campaign_assets.tables.schemas import CAMPAIGN_ASSET_CHANGES, METRIC_DATE, TableSchema
from campaign_assets.tables.store import FILE, TableStore, to_day

Entry = tuple[tuple[str, ...], bool]
"""Where something lies below the table's folder, and whether it is a folder."""


def list_strays(store: TableStore, table: TableSchema) -> list[UPath]:
    """Files and folders below a table that the product never wrote, in order; of a strange folder only itself.

    Args:
        store: Where the files lie.
        table: The table.

    Raises:
        OSError: The disk does not let the folder be listed.
        StorageError: The object storage does not.
    """
    folder = store.locate(table.path).parent
    if isinstance(store.files, Objects):
        found: Iterable[Entry] = ((parts, False) for parts in sorted(store.files.list_all(folder)))
    else:
        found = _walk(Path(folder.path), table)
    return [folder.joinpath(*parts) for parts, is_folder in found if not _belongs(parts, is_folder, table)]


def _belongs(parts: tuple[str, ...], is_folder: bool, table: TableSchema) -> bool:
    *folders, name = parts or ("",)
    if not parts:
        return is_folder
    if table is CAMPAIGN_ASSET_CHANGES or table.daily:
        column = METRIC_DATE if table.daily else CHANGE_DATE
        if is_folder:
            return not folders and name.startswith(f"{column}=") and to_day(name, column) is not None
        if len(folders) != 1 or not _belongs(tuple(folders), True, table):
            return False
        return name == FILE if table.daily else is_file_name(name)
    return not is_folder and not folders and name == FILE


def _walk(root: Path, table: TableSchema) -> Iterator[Entry]:
    if not root.is_dir():
        if os.path.lexists(root):
            yield (), False
        return
    for place, folders, files in os.walk(root, onerror=_fail):
        parts = Path(place).relative_to(root).parts
        folders.sort()
        yield from (((*parts, name), True) for name in folders)
        # What the store itself leaves for a while, where no other place will do, is hidden.
        yield from (((*parts, name), False) for name in sorted(files) if not name.startswith("."))
        folders[:] = [name for name in folders if _belongs((*parts, name), True, table)]


def _fail(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):  # somebody has removed the folder meanwhile
        raise error
