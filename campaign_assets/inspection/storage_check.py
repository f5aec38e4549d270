"""Can tables be written where the settings say, and is a file there replaced at once: tried with a file of its own."""

import shutil
from uuid import uuid4

import pyarrow as pa

from campaign_assets.inspection.findings import Finding
from campaign_assets.tables import StorageError, TableStore

_BEFORE, _AFTER = b"before", b"after"


def check_storage(store: TableStore) -> list[Finding]:
    """Writes a small file beside the tables, replaces it, and removes it again; on a disk, while somebody reads it.

    Args:
        store: Where the tables lie.
    """
    return _check_objects(store) if store.local_root is None else _check_folder(store)


def _check_objects(store: TableStore) -> list[Finding]:
    """All that the tables ask of an object storage: to write, read, replace, list and remove."""
    place = f".campaign_assets/check/{uuid4().hex}"
    target, seen = store.root / place, []
    try:
        for data in (_BEFORE, _AFTER):
            store.replace_other(place, pa.py_buffer(data))
            seen.append(store.files.read_end(target, len(data)))
        listed = [entry.name for entry in store.files.list_entries(target.parent.parent, target.parent.name)]
        store.files.remove(target)
        is_gone = not store.files.exists(target)
    except StorageError as error:
        return [Finding("storage", False, str(error))]
    except FileNotFoundError:
        return [Finding("storage", False, f"{target} was written and is not there: the storage is none for tables.")]
    written = Finding("storage", True, f"{store.root} can be written to, read, listed and removed from.")
    if seen == [_BEFORE, _AFTER] and target.name in listed and is_gone:
        return [written, Finding("atomic replacement", True, "one request replaces an object, and everybody sees it.")]
    return [
        written,
        Finding(
            "atomic replacement",
            False,
            "an object that was replaced or removed was seen as it was before: put CAMPAIGN_ASSETS_STORAGE where "
            "whoever reads after a write sees it.",
        ),
    ]


def _check_folder(store: TableStore) -> list[Finding]:
    place = f".campaign_assets/check-{uuid4().hex}"
    target = store.root / place
    try:
        store.replace_other(place, pa.py_buffer(_BEFORE))
        with target.open("rb") as reader:
            store.replace_other(place, pa.py_buffer(_AFTER))
            seen = reader.read()
        replaced = target.read_bytes()
        target.unlink()
    except StorageError as error:
        return [Finding("storage", False, str(error))]
    except OSError as error:
        return [Finding("storage", False, f"{target} cannot be read or removed: {error.strerror or error}.")]
    written = Finding("storage", True, f"{store.root} can be written to{_describe_space(store)}.")
    if replaced == _AFTER and seen == _BEFORE:
        return [written, Finding("atomic replacement", True, "who reads a file sees the old one or the new one.")]
    return [
        written,
        Finding(
            "atomic replacement",
            False,
            "a file that was open while it was replaced was not read whole: put CAMPAIGN_ASSETS_STORAGE on a local "
            "disk or an object storage.",
        ),
    ]


def _describe_space(store: TableStore) -> str:
    return f"; {shutil.disk_usage(str(store.root)).free / 1e9:,.1f} GB are free"
