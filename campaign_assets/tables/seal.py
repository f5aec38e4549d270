"""A file's seal: digests that tell a damaged file from the one that was written, whatever part of it was hit.

Parquet's own checksums cover its pages, and neither their headers nor the footer, so one flipped bit in either can be
read as other rows. The seal lies between the last page and the footer, where every reader looks only at what the footer
points to: others read a sealed file like any other, and a program that writes the table anew leaves the seal out with
the bytes that it was for. A file without one, written by an older version or by somebody else, is taken as it is.

A whole file in the place of another one is no damage to its bytes: what it was written as, table and day, is a note in
the footer, which the seal covers. Who reads compares it with the place (`parquet_file`).

    pages … | mark, digest of all before the mark, digest of all after the seal | footer, its length, "PAR1"
"""

import hashlib

import pyarrow as pa

_MARK = b"campaign_assets\x01"
_DIGEST = hashlib.sha256().digest_size
_SIZE = len(_MARK) + 2 * _DIGEST
_ENOUGH = 6
"""So many bytes of the mark that are right are no chance."""
_MAGIC = b"PAR1"
_END = 4 + len(_MAGIC)
"""The length of the footer, and the mark that every Parquet file ends with."""
_LONGEST_FOOTER = 64 * 1024 * 1024


class BrokenSeal(Exception):
    """The bytes are not those that were written; says in half a sentence why."""


def add_seal(data: pa.Buffer) -> pa.Buffer:
    """A Parquet file with a seal.

    Args:
        data: The file as pyarrow writes it.
    """
    split = data.size - measure_footer(data)
    pages, footer = data.slice(0, split), data.slice(split)
    sealed = pa.BufferOutputStream()
    for part in (pages, _MARK, _digest(pages), _digest(footer), footer):
        sealed.write(part)
    return sealed.getvalue()


def measure_footer(data: bytes | pa.Buffer) -> int:
    """How many bytes at the end of a file are its footer, with its length and the closing mark.

    Args:
        data: The file, or its end.

    Raises:
        BrokenSeal: It does not end as a Parquet file does, or says that its footer is longer than any.
    """
    end = bytes(memoryview(data)[-_END:])
    if len(end) < _END or not end.endswith(_MAGIC):
        raise BrokenSeal("it does not end as one does")
    size = int.from_bytes(end[:4], "little") + _END
    if size > _LONGEST_FOOTER:
        raise BrokenSeal(f"its footer would be {size:,} bytes long")
    return size


def measure_sealed_footer(data: bytes) -> int:
    """How many bytes at the end of a file are its footer and the seal before it, if it has one.

    Raises:
        BrokenSeal: It does not end as a Parquet file does.
    """
    return measure_footer(data) + _SIZE


def check_footer(data: bytes) -> tuple[memoryview, bool]:
    """The footer at the end of some bytes, compared with its seal, and whether there is one.

    Args:
        data: The end of a file, long enough for footer and seal.

    Raises:
        BrokenSeal: It is not the footer that was written.
    """
    footer, seal = _take_apart(data)
    if seal is not None and seal[_DIGEST:] != _digest(footer):
        raise BrokenSeal("its footer is not what was written")
    return footer, seal is not None


def check_whole(data: bytes) -> bool:
    """Compares a whole file with its seal, and answers whether it has one.

    Raises:
        BrokenSeal: It is not the file that was written.
    """
    footer, seal = _take_apart(data)
    if seal is None:
        return False
    pages = memoryview(data)[: len(data) - len(footer) - _SIZE]
    if seal != _digest(pages) + _digest(footer):
        raise BrokenSeal("its bytes are not what was written")
    return True


def _take_apart(data: bytes) -> tuple[memoryview, bytes | None]:
    """The footer and the two digests before it; None where there is no seal."""
    size = measure_footer(data)
    if size > len(data):
        raise BrokenSeal("its footer is longer than the file")
    view = memoryview(data)
    footer = view[len(data) - size :]
    seal = bytes(view[max(0, len(data) - size - _SIZE) : len(data) - size])
    mark, digests = seal[: len(_MARK)], seal[len(_MARK) :]
    if mark == _MARK:
        return footer, digests
    if _resembles(mark) or digests[_DIGEST:] == _digest(footer) or _MARK in data:
        raise BrokenSeal("its seal is broken, or not where it was put")
    return footer, None


def _resembles(mark: bytes) -> bool:
    """Whether bytes are what damage has left of the mark: then there was a seal."""
    return sum(one == other for one, other in zip(mark, _MARK, strict=False)) >= _ENOUGH


def _digest(data: pa.Buffer | memoryview) -> bytes:
    return hashlib.sha256(data).digest()
