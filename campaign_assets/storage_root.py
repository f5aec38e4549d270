"""Where the tables lie: what CAMPAIGN_ASSETS_STORAGE may hold, and which place it means.

A relative folder means one place, whatever folder a process was started in: the web server, a run and the command line
may each have been started in another. It lies below DAGSTER_HOME, where Dagster remembers what is in the tables.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qsl, unquote

import fsspec

from campaign_assets.storage_drivers import check_driver

CREDENTIALS = "credentials do not belong in the address"
_LOCAL = ("file", "local")
_REASONS: Mapping[str, str] = {
    **dict.fromkeys(("http", "https"), "it can only be read"),
    "memory": "it ends with its process, and every run is one",
    **dict.fromkeys(
        ("zip", "tar", "libarchive", "data", "reference", "git", "github", "jupyter", "dask", "dir", "generic"),
        "no file can be replaced there",
    ),
    **dict.fromkeys(("cached", "blockcache", "filecache", "simplecache"), "a cache is no place of its own"),
}
"""Kinds of addresses that fsspec knows, and that no table can be kept at."""
_NAMED_ACCOUNT = frozenset({"abfs", "abfss", "wasb", "wasbs", "ftp", "hdfs", "sftp", "smb", "ssh", "webhdfs"})
"""Kinds whose addresses name a container or a user before an @, which is no secret."""
_WITH_PORT = frozenset({"arrow_hdfs", "ftp", "hdfs", "sftp", "smb", "ssh", "webhdfs"})
_HOSTLESS = frozenset({"hdfs", "arrow_hdfs", "viewfs"})
"""Kinds whose addresses may leave the host out: there is a default one."""
_ONE_SLASH = re.compile(r"(?P<kind>[A-Za-z][A-Za-z0-9+.-]+):(?!//)(?P<slash>/?)")
_HIVE_FOLDER = re.compile(r"/(?P<folder>[^/=]+=[^/]*)")
_SECRET = re.compile(r"key|secret|token|sig|pass|pwd|credential|auth", re.IGNORECASE)


def parse_storage(text: str) -> str:
    """A folder, or an fsspec address whose driver is installed.

    Raises:
        ValueError: Nothing can be stored there; its text is a hint, and may be empty.
    """
    kind, separator, rest = text.partition("://")
    if not text.isprintable() or (separator and not kind):
        raise ValueError("")
    if separator:
        _check_address(kind, rest)
    elif (found := _ONE_SLASH.match(text)) and (found["slash"] or found["kind"] in fsspec.available_protocols()):
        raise ValueError("an address has two slashes after the colon")
    return text


def anchor_storage(text: str, home: str) -> str:
    """The one place that a root means: an address as it is, a folder as an absolute path.

    Args:
        text: A root as it was parsed.
        home: What DAGSTER_HOME holds; where it is empty, a relative folder lies below the present one.

    Raises:
        ValueError: There is something else; its text is a hint.
    """
    kind, separator, rest = text.partition("://")
    if separator and kind not in _LOCAL:
        return text
    try:
        folder = Path(rest if separator else text).expanduser()
        folder = Path(home).expanduser().absolute() / folder if home else folder.absolute()
        if folder.exists() and not folder.is_dir():
            raise ValueError("it is a file")
    except (OSError, RuntimeError) as error:  # a name that is too long, the home of nobody
        raise ValueError(getattr(error, "strerror", None) or str(error)) from None
    _check_folders(str(folder))
    return str(folder)


def _check_folders(path: str) -> None:
    """Readers take each folder such as `metric_date=2026-03-01` for a column, above the tables too."""
    if found := _HIVE_FOLDER.search(path):
        raise ValueError(f"readers of the tables would take the folder {found['folder']} for a column")


def _check_address(kind: str, rest: str) -> None:
    if _holds_credentials(kind, rest):
        raise ValueError(CREDENTIALS)
    if "::" in kind:
        raise ValueError("one address is expected, not a chain of them")
    if kind in _REASONS:
        raise ValueError(_REASONS[kind])
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    _check_folders(re.split(r"[?#]", rest, maxsplit=1)[0].removeprefix(host))
    if kind in _LOCAL:
        if not rest.startswith("/"):
            raise ValueError("a folder's address has three slashes")
    elif not host and (kind not in _HOSTLESS or not rest.strip("/")):
        raise ValueError("it names no bucket")
    check_driver(kind)


def _holds_credentials(kind: str, rest: str) -> bool:
    """Whether an address names a password, a key, or a user where that may be a key."""
    host, _, path = unquote(rest).partition("/")
    user, at, _ = host.rpartition("@")
    if at and (":" in user or kind not in _NAMED_ACCOUNT):
        return True
    _, colon, port = host.partition(":")
    if "@" in path and not at and colon and not (port.isdigit() and kind in _WITH_PORT):
        return True  # a password may hold a slash
    query = re.sub(r"^[^?#]*[?#]?", "", rest).replace("?", "&").replace("#", "&").replace(";", "&")
    return any(_SECRET.search(name) for name, _ in parse_qsl(query, keep_blank_values=True))


def join_prefix(root: str, prefix: Sequence[str]) -> str:
    """The place of some folders below a root.

    Args:
        root: The root, as `anchor_storage` says it.
        prefix: The folders, each in the one before; none for the root itself.
    """
    return "/".join([root.rstrip("/"), *prefix]) if prefix else root
