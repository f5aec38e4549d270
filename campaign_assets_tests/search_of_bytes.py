"""Looks for texts in everything that lies below a folder, also where they are compressed or cut into pages."""

import base64
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import pyarrow.parquet as pq


def find_hits(texts: Iterable[str], sources: Iterable[tuple[str, bytes]]) -> list[str]:
    """Where a text stands, as it is, base64-encoded or quoted for an address; its first characters name it."""
    spellings = {spelling: text[:12] for text in texts for spelling in _spell(text)}
    return [f"{text}… in {name}" for name, data in sources for spelling, text in spellings.items() if spelling in data]


def read_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file with its bytes, and what compressed ones hold besides; the names of the files too."""
    for path in sorted(folder.rglob("*")):
        yield "the name of a file", str(path).encode()
        if path.is_file():
            data = path.read_bytes()
            yield str(path), data
            if data.startswith(b"SQLite format 3"):
                yield from _read_database(path)
            elif path.suffix == ".parquet":
                yield f"rows of {path}", _read_table(path)


def _spell(text: str) -> Iterator[bytes]:
    yield text.encode()
    yield quote(text, safe="").encode()
    for offset in range(3):  # base64 looks different by the place in a group of three
        encoded = base64.b64encode(b"\0" * offset + text.encode())
        yield encoded[4 if offset else 0 : -4]


def _read_database(path: Path) -> Iterator[tuple[str, bytes]]:
    connection = sqlite3.connect(path)
    try:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the file itself
            yield f"{table} of {path}", b"\n".join(_to_bytes(cell) for row in rows for cell in row)
    finally:
        connection.close()


def _to_bytes(cell: object) -> bytes:
    if not isinstance(cell, bytes):
        return str(cell).encode(errors="surrogateescape")
    try:
        return zlib.decompress(cell)
    except zlib.error:
        return cell


def _read_table(path: Path) -> bytes:
    table = pq.ParquetFile(path).read()
    return f"{table.schema.metadata} {table.schema} {table.to_pylist()}".encode()
