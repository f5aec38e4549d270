"""Can tables be written where the settings say, and is a file there replaced at once: tried with a file of its own."""

import shutil
from uuid import uuid4

import pyarrow as pa

from campaign_assets.inspection.findings import Finding
from campaign_assets.tables import TableError, TableStore

_BEFORE, _AFTER = b"before", b"after"


def check_storage(store: TableStore) -> list[Finding]:
    """Writes a small file beside the tables, replaces it while it is open, and removes it again.

    Args:
        store: Where the tables lie.
    """
    place = f".campaign_assets/check-{uuid4().hex}"
    target = store.root / place
    try:
        store.replace_other(place, pa.py_buffer(_BEFORE))
        with target.open("rb") as reader:
            store.replace_other(place, pa.py_buffer(_AFTER))
            seen = reader.read()
        replaced = target.read_bytes()
        target.unlink()
    except TableError as error:
        return [Finding("storage", False, str(error))]
    except OSError as error:
        return [Finding("storage", False, f"{target} cannot be read or removed: {error.strerror or error}.")]
    written = Finding("storage", True, f"{store.root} can be written to{_describe_space(store)}.")
    # A driver for a storage that is far away may fetch an open file's bytes when they are asked for.
    whole = replaced == _AFTER and seen in ((_BEFORE,) if store.local_root else (_BEFORE, _AFTER))
    if whole:
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
    if store.local_root is None:
        return ""
    return f"; {shutil.disk_usage(store.local_root).free / 1e9:,.1f} GB are free"
