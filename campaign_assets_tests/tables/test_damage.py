"""Damaged files: whatever part of a file is hit, it is read as it was written or named, never as other rows."""

import random
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign_assets.tables import METRICS_TABLES, DamagedFile, TableStore, get_extracted_at
from campaign_assets.tables.seal import add_seal, check_whole

SEED = 20260310
TABLE = METRICS_TABLES["BLOG_POST"]
DAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def make_rows(count: int) -> pa.Table:
    numbers = random.Random(count)  # noqa: S311 - rows of a test
    rows = [
        {
            "campaign_id": f"campaign {number % 7}",
            "asset_id": str(number),
            "asset_name": "Größe" * numbers.randrange(3) or None,
            "views": numbers.randrange(10**6),
            "other_metrics": [("NEW", 0.5)] if number % 9 == 0 else None,
            "extracted_at": NOW,
        }
        for number in range(count)
    ]
    return pa.Table.from_pylist(rows, schema=TABLE.columns)


def damage(data: bytes, numbers: random.Random) -> bytes:
    """One damage as disks and copies make it: flipped bits, other bytes, an end that is missing, a block of zeros."""
    damaged, place = bytearray(data), numbers.randrange(len(data))
    kind = numbers.choice(["bit", "bytes", "end", "zeros"])
    if kind == "bit":
        damaged[place] ^= 1 << numbers.randrange(8)
    elif kind == "bytes":
        for _ in range(numbers.randrange(2, 8)):
            damaged[numbers.randrange(len(data))] ^= numbers.randrange(1, 256)
    elif kind == "end":
        del damaged[place:]
    else:
        size = min(numbers.choice([16, 64, 512, 4096]), len(data) - place)
        damaged[place : place + size] = bytes(size)
    return bytes(damaged)


def assert_a_sentence(error: DamagedFile, file: Path) -> None:
    assert str(error).startswith(f"{file} is no Parquet file that can be read (")
    assert str(error).endswith("materialize hubspot/asset_metrics/blog_post again.")
    assert str(error).isprintable() and len(str(error)) < 500


@pytest.mark.parametrize("count", [0, 3, 40, 2_000])
def test_a_damaged_file_is_named_or_read_as_it_was_written(tmp_path: Path, count: int) -> None:
    store, numbers, seen = TableStore(str(tmp_path)), random.Random(SEED + count), Counter[str]()  # noqa: S311
    file = Path(store.write(TABLE.path, make_rows(count), day=DAY, extracted_at=NOW).location)
    good, rows, footer = file.read_bytes(), store.read(TABLE.path, day=DAY), store.read_footer(TABLE.path, day=DAY)
    for _ in range(200):
        file.write_bytes(damage(good, numbers))
        try:
            assert store.read(TABLE.path, day=DAY).equals(rows, check_metadata=True)
        except DamagedFile as error:
            assert_a_sentence(error, file)
            seen["rows"] += 1
        try:
            assert store.read_footer(TABLE.path, day=DAY) == footer
        except DamagedFile as error:
            assert_a_sentence(error, file)
            seen["footer"] += 1
    assert seen["rows"] > 190  # the rest were zeros already
    assert seen["footer"] > 40


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(min_value=0), change=st.integers(1, 255))
def test_no_single_byte_of_a_file_can_change_unnoticed(tmp_path: Path, place: int, change: int) -> None:
    store = TableStore(str(tmp_path))
    file = Path(store.write(TABLE.path, make_rows(5), day=DAY).location)
    damaged = bytearray(file.read_bytes())
    damaged[place % len(damaged)] ^= change
    file.write_bytes(damaged)
    with pytest.raises(DamagedFile):
        store.read(TABLE.path, day=DAY)


def test_a_large_footer_is_checked_as_well(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    wide = pa.table({f"column {number} {'x' * 200}": pa.array([number]) for number in range(300)})
    file = Path(store.write(("wide",), wide).location)
    assert store.read_footer(("wide",)).columns.names == wide.schema.names
    damaged = bytearray(file.read_bytes())
    damaged[-100_000] ^= 1
    file.write_bytes(damaged)
    with pytest.raises(DamagedFile, match="its footer is not what was written"):
        store.read_footer(("wide",))


def write_unsealed(store: TableStore, table: pa.Table) -> Path:
    """A file as an older version, or somebody else, writes it."""
    file = Path(str(store.locate(TABLE.path, DAY)))
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, file)
    return file


def test_a_file_without_a_seal_is_read_as_it_is(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    write_unsealed(store, make_rows(40))
    assert store.read(TABLE.path, day=DAY).drop_columns(["metric_date"]).to_pylist() == make_rows(40).to_pylist()
    assert store.read_footer(TABLE.path, day=DAY).rows == 40


def test_a_table_that_somebody_reads_and_writes_anew_needs_no_seal(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    file = Path(store.write(TABLE.path, make_rows(40), day=DAY, extracted_at=NOW).location)
    pq.write_table(pq.ParquetFile(file).read().slice(0, 10), file)
    assert store.read(TABLE.path, day=DAY).num_rows == 10
    assert get_extracted_at(store.read_footer(TABLE.path, day=DAY).columns) == NOW


def test_a_damaged_file_without_a_seal_is_no_foreign_error(tmp_path: Path) -> None:
    store, numbers = TableStore(str(tmp_path)), random.Random(SEED)  # noqa: S311
    file = write_unsealed(store, make_rows(40))
    good, named = file.read_bytes(), 0
    for _ in range(400):
        file.write_bytes(damage(good, numbers))
        for read in (store.read, store.read_footer):
            try:
                read(TABLE.path, day=DAY)
            except DamagedFile as error:
                assert_a_sentence(error, file)
                named += 1
    assert named > 400


def test_a_text_that_is_none_is_damage(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    bad = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xff\xfe"]).buffers())
    write_unsealed(store, pa.table({"campaign_id": bad}))
    with pytest.raises(DamagedFile, match="Invalid UTF8"):
        store.read(TABLE.path, day=DAY)


def test_other_readers_read_a_sealed_file_and_verify_its_pages(tmp_path: Path) -> None:
    file = TableStore(str(tmp_path)).write(TABLE.path, make_rows(40), day=DAY).location
    assert check_whole(Path(file).read_bytes())
    assert pq.ParquetFile(file, page_checksum_verification=True).read().to_pylist() == make_rows(40).to_pylist()


def test_a_seal_binds_the_pages_to_their_footer() -> None:
    stream = pa.BufferOutputStream()
    pq.write_table(make_rows(3), stream)
    one = add_seal(stream.getvalue()).to_pybytes()
    assert check_whole(one)
    assert not check_whole(stream.getvalue().to_pybytes())
