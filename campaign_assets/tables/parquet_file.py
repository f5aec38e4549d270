"""One Parquet file: its rows or only its footer, and what can be wrong with it, always in the same three errors.

A file ends with its footer, so reading that costs a few kilobytes, however large the file is. What a footer says of the
file as a whole is read here and nowhere else. Where files lie, and how they are replaced, is in `store`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from campaign_assets.tables.columns import fill_columns, find_wrong_columns, find_wrong_values
from campaign_assets.tables.errors import DamagedFile, MissingTable, TableError
from campaign_assets.tables.file_bytes import LARGE, NoRegularFile
from campaign_assets.tables.files import Files
from campaign_assets.tables.schemas import EXTRACTED_AT, TableSchema
from campaign_assets.tables.seal import (
    BrokenSeal,
    add_seal,
    check_footer,
    check_whole,
    measure_sealed_footer,
)

_USUAL_FOOTER = 64 * 1024
"""Bytes that hold the footer of almost every file."""
_BEGIN = b"PAR1"
WRITTEN_TO = "written_to"
"""In a file's metadata: its place below the root, which holds table and day."""
_LONGEST = 200


class Remedy(NamedTuple):
    """What to do about a file that cannot be read, as a half sentence for a person.

    Attributes:
        missing: Where it is not there.
        damaged: Where it is damaged.
    """

    missing: str
    damaged: str


@dataclass(frozen=True, slots=True)
class Footer:
    """What a file says of itself.

    Attributes:
        rows: Rows in it.
        columns: Its columns, without `metric_date`, which is in the path.
        notes: What was noted of the file as a whole.
    """

    rows: int
    columns: pa.Schema
    notes: Mapping[str, str]


def read_rows(files: Files, target: UPath, place: str, remedy: Remedy, *, must_be_sealed: bool = False) -> pa.Table:
    """A file's rows.

    Args:
        files: Where it lies.
        target: The file.
        place: Its place below the root.
        remedy: What to do where it cannot be read.
        must_be_sealed: Take no file without a seal, which somebody else may have written.

    Raises:
        MissingTable: It is not there.
        DamagedFile: It is no Parquet, not what was written, or was written to another place.
        TableError: It cannot be read for another reason.
    """
    with _explained(target, remedy):
        data = files.read_whole(target, _check_large)
    with _damage_named(target, remedy):
        is_sealed = check_whole(data)
        if must_be_sealed and not is_sealed:
            raise BrokenSeal("it has no seal, so that nothing proves who wrote it")
        # In this thread: one of pyarrow's that still holds the bytes when the process ends aborts it.
        table = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True).read(use_threads=False)
        if not is_sealed:
            table.validate(full=True)  # else a text that is none fails whoever looks at it, much later
    if is_sealed:
        _check_place(table.schema, target, place, remedy)
    return table


def read_bytes(files: Files, target: UPath, place: str, remedy: Remedy) -> bytes:
    """All bytes of a file, compared with its seal.

    Args:
        files: Where it lies.
        target: The file.
        place: Its place below the root.
        remedy: What to do where it cannot be read.

    Raises:
        MissingTable: It is not there.
        DamagedFile: They are not what was written, or not what was written there.
        TableError: It cannot be read for another reason.
    """
    with _explained(target, remedy):
        data = files.read_whole(target, _check_large)
    with _damage_named(target, remedy):
        columns = pq.read_schema(pa.BufferReader(data)) if check_whole(data) else None
    if columns is not None:
        _check_place(columns, target, place, remedy)
    return data


def _check_large(size: int, read_last: Callable[[int], bytes]) -> None:
    """Refuses a file that is far larger than what its footer tells of, whose bytes no memory may hold.

    Raises:
        BrokenSeal: It is.
    """
    footer, _ = check_footer(read_last(measure_sealed_footer(read_last(_USUAL_FOOTER))))
    try:
        told = pq.ParquetFile(pa.BufferReader(_BEGIN + footer)).metadata
        groups = [told.row_group(number) for number in range(told.num_row_groups)]
        pages = sum(group.column(n).total_compressed_size for group in groups for n in range(group.num_columns))
    except Exception as error:  # pyarrow has one for each kind of damage
        raise BrokenSeal(to_half_sentence(error)) from error
    if size > LARGE + 2 * max(0, pages):
        raise BrokenSeal(f"it has {size:,} bytes, and its footer tells of {pages:,}")


def read_footer(files: Files, target: UPath, place: str, remedy: Remedy) -> Footer:
    """A file's footer.

    Args:
        files: Where it lies.
        target: The file.
        place: Its place below the root.
        remedy: What to do where it cannot be read.

    Raises:
        MissingTable: It is not there.
        DamagedFile: It is no Parquet, its footer is not what was written, or it was written to another place.
        TableError: It cannot be read for another reason.
    """
    with _explained(target, remedy):
        data = files.read_end(target, _USUAL_FOOTER)
    with _damage_named(target, remedy):
        size = measure_sealed_footer(data)
    if size > len(data):
        with _explained(target, remedy):
            data = files.read_end(target, size)
    with _damage_named(target, remedy):
        footer, is_sealed = check_footer(data)
        parquet = pq.ParquetFile(pa.BufferReader(_BEGIN + footer))
        columns = parquet.schema_arrow
    if is_sealed:
        _check_place(columns, target, place, remedy)
    return Footer(parquet.metadata.num_rows, columns, _read_notes(columns))


def _check_place(columns: pa.Schema, target: UPath, place: str, remedy: Remedy) -> None:
    """Refuses a file that is whole, but lies where another one belongs: its rows are those of another table or day.

    A file without a seal may have the note from a table that somebody made it of, and is not asked.
    """
    written_to = get_note(columns, WRITTEN_TO)
    if written_to and written_to != place:
        raise DamagedFile(
            f"{target} is another file, which was written to {to_half_sentence(written_to)}: {remedy.damaged}."
        )


def to_rows_of(table: TableSchema, rows: pa.Table, target: UPath, remedy: Remedy) -> pa.Table:
    """A file's rows as those of a table, with a null in each column that the file is too old to have.

    Args:
        table: What the file should hold.
        rows: What it holds.
        target: The file.
        remedy: What to do where it holds something else.

    Raises:
        DamagedFile: It holds something else: it is somebody else's file.
    """
    wrong = find_wrong_columns(rows.schema, table, old=True)
    if not wrong:
        rows = fill_columns(rows, table)
        wrong = find_wrong_values(rows, table)
    if wrong:
        raise DamagedFile(
            f"{target} does not hold {table.name} ({to_half_sentence(', '.join(wrong))}): {remedy.damaged}."
        )
    return rows


def to_bytes(table: pa.Table) -> pa.Buffer:
    """A table as a Parquet file, sealed.

    Raises:
        ValueError: Several columns have one name: the file could be written, and hardly be read.
        ArrowException: Parquet has no such type.
    """
    if len(set(table.column_names)) < table.num_columns:
        raise ValueError("several of its columns have one name")
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd", write_page_checksum=True)
    return add_seal(buffer.getvalue())


def with_notes(table: pa.Table, notes: Mapping[str, str]) -> pa.Table:
    """A table that says more of itself as a whole, in its file's footer; a note of the same name is replaced."""
    # As bytes, as pyarrow gives them back: "a" beside b"a" would be two notes, and the older one be read.
    added = {name.encode(): text.encode(errors="replace") for name, text in notes.items()}
    return table.replace_schema_metadata({**(table.schema.metadata or {}), **added})


def with_extracted_at(table: pa.Table, extracted_at: datetime) -> pa.Table:
    """A table that says when it was read from HubSpot, also where it has no rows."""
    return with_notes(table, {EXTRACTED_AT: extracted_at.astimezone(UTC).isoformat()})


def get_note(columns: pa.Schema, name: str) -> str:
    """What is noted of a file as a whole; empty where nothing is."""
    return _read_notes(columns).get(name, "")


def get_extracted_at(columns: pa.Schema) -> datetime | None:
    """When a file's rows were read from HubSpot, in UTC; None where it does not say."""
    try:
        noted = datetime.fromisoformat(get_note(columns, EXTRACTED_AT))
    except ValueError:
        return None
    return noted if noted.tzinfo else None


def _read_notes(columns: pa.Schema) -> dict[str, str]:
    metadata: Mapping[bytes, bytes] = columns.metadata or {}
    return {name.decode(errors="replace"): text.decode(errors="replace") for name, text in metadata.items()}


@contextmanager
def _explained(target: UPath, remedy: Remedy) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise MissingTable(f"{target} is not there: {remedy.missing}.") from None
    except NoRegularFile as error:
        raise DamagedFile(f"{target} is no file, but {error}: {remedy.damaged}.") from error
    except BrokenSeal as error:
        raise _to_damaged(target, error, remedy) from error
    except MemoryError as error:
        raise TableError(f"{target} cannot be read: it is larger than the memory of this machine.") from error
    except OSError as error:
        raise TableError(f"{target} cannot be read: {to_half_sentence(error)}.") from error


@contextmanager
def _damage_named(target: UPath, remedy: Remedy) -> Iterator[None]:
    """The bytes are here already: whatever is wrong now is in them.

    Damaged bytes lead pyarrow to any error there is: of values, of text, of memory, of overflow.
    """
    try:
        yield
    except Exception as error:
        raise _to_damaged(target, error, remedy) from error


def _to_damaged(target: UPath, error: Exception, remedy: Remedy) -> DamagedFile:
    return DamagedFile(f"{target} is no Parquet file that can be read ({to_half_sentence(error)}): {remedy.damaged}.")


def to_half_sentence(error: Exception | str) -> str:
    """What an error says, in one line that is not endless and without its last full stop."""
    text = " ".join(str(error).split()) or type(error).__name__
    text = "".join(letter if letter.isprintable() else "?" for letter in text).rstrip(".")
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
