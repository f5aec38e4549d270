"""Days whose files differ: read as one table without a changed value, or named with column, types and days."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_assets.tables import TableError, TableStore
from campaign_assets.tables.unification import unify_days

PATH = ("mine", "daily")
FIRST = date(2026, 3, 1)
WORDS = pa.dictionary(pa.int8(), pa.string())
COUNTS = pa.map_(pa.string(), pa.int64())


def unify(*columns: pa.Array) -> pa.ChunkedArray:
    """The column `n` of days whose files hold it so."""
    parts = [(FIRST + timedelta(number), pa.table({"n": column})) for number, column in enumerate(columns)]
    return unify_days(parts, "mine/daily")["n"]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([pa.array([1, 2]), pa.array([1.0, None])], pa.float64()),
        ([pa.array([1], pa.int8()), pa.array([300], pa.int16())], pa.int16()),
        ([pa.array([1], pa.uint8()), pa.array([-1], pa.int8())], pa.int16()),
        ([pa.array([1.5], pa.float32()), pa.array([0.1])], pa.float64()),
        ([pa.array(["a"]), pa.array(["b"], pa.large_string())], pa.large_string()),
        ([pa.array(["a"]), pa.array(["b"], pa.string_view())], pa.large_string()),
        ([pa.array(["a"]).dictionary_encode(), pa.array(["b"])], pa.string()),
        ([pa.array(["a"], WORDS), pa.array(["b"], pa.dictionary(pa.int32(), pa.large_string()))], pa.large_string()),
        ([pa.array([FIRST]), pa.array([datetime(2026, 3, 1, 5)])], pa.timestamp("us")),  # noqa: DTZ001
        ([pa.array([1], pa.timestamp("s")), pa.array([1], pa.timestamp("ns"))], pa.timestamp("ns")),
        ([pa.array([1], pa.timestamp("s", "UTC")), pa.array([1], pa.timestamp("s", "Asia/Tokyo"))], None),
        ([pa.array([Decimal("1.5")]), pa.array([Decimal("20.25")])], pa.decimal128(4, 2)),
        ([pa.array([[1]]), pa.array([[0.5]])], pa.list_(pa.float64())),
        ([pa.array([[None]]), pa.array([["a"]])], pa.list_(pa.string())),
        ([pa.array([[1]]), pa.array([[2]], pa.large_list(pa.int64()))], pa.large_list(pa.int64())),
        ([pa.array([["a"]], pa.list_(WORDS)), pa.array([["b"]])], pa.list_(pa.string())),
        ([pa.array([{"a": 1}]), pa.array([{"a": 0.5, "b": "x"}])], None),
        ([pa.array([[("a", 1)]], COUNTS), pa.array([[("b", 0.5)]], pa.map_(WORDS, pa.float64()))], None),
    ],
    ids=lambda value: " ".join(str(each.type) for each in value) if isinstance(value, list) else "",
)  # fmt: skip
def test_types_that_hold_the_same_values_go_together(columns: list[pa.Array], expected: pa.DataType | None) -> None:
    for ordered in (columns, columns[::-1]):
        found = unify(*ordered)
        assert expected is None or found.type == expected
        assert [str(value) for value in found.to_pylist()] == [
            str(value) for column in ordered for value in column.cast(_part(found.type, column.type)).to_pylist()
        ]


def _part(common: pa.DataType, kind: pa.DataType) -> pa.DataType:
    """What a day's values are compared as: in the common type, where that is no dictionary."""
    return kind if pa.types.is_nested(kind) and pa.types.is_dictionary(kind) else common


@pytest.mark.parametrize(
    "other",
    [
        pa.array(["a"]),
        pa.array([1.5]),
        pa.array([[1]]),
        pa.array([{"a": 1}]),
        pa.array([FIRST]),
        pa.array([[("a", 1)]], COUNTS),
        pa.array(["a"], WORDS),
        pa.array([Decimal("1.5")]),
    ],
    ids=lambda column: str(column.type),
)
@pytest.mark.parametrize(
    "nothing",
    [pa.nulls(2), pa.nulls(2, pa.float64()), pa.nulls(2, pa.string()), pa.array([]), pa.array([], pa.float64())],
    ids=lambda column: f"{len(column)} {column.type}",
)
def test_a_day_without_values_takes_the_type_of_the_others(nothing: pa.Array, other: pa.Array) -> None:
    for ordered in ([nothing, other], [other, nothing]):
        found = unify(*ordered)
        assert found.type == other.type
        assert found.to_pylist() == [value for column in ordered for value in column.to_pylist()]


def test_days_that_hold_nothing_at_all_go_together() -> None:
    assert unify(pa.nulls(1), pa.nulls(1)).type == pa.null()
    assert unify(pa.nulls(1), pa.nulls(1, pa.string()), pa.nulls(1, pa.float64())).type == pa.string()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pa.array([1]), pa.array(["a"])),
        (pa.array([1]), pa.array([True])),
        (pa.array(["a"]), pa.array([b"a"])),
        (pa.array([["a"]]), pa.array([[b"a"]])),
        (pa.array([{"a": "a"}]), pa.array([{"a": b"a"}])),
        (pa.array([Decimal("0.1")]), pa.array([0.1])),
        (pa.array([1]), pa.array([[1]])),
        (pa.array([FIRST]), pa.array([1], pa.timestamp("s", "UTC"))),
        (pa.array([1], pa.timestamp("s")), pa.array([1], pa.timestamp("s", "UTC"))),
        (pa.array([2**60 + 1]), pa.array([0.5])),  # a fraction cannot hold it
        (pa.array([2**63], pa.uint64()), pa.array([-1])),
    ],
    ids=lambda column: str(column.type),
)
def test_types_that_do_not_go_together_are_named_with_column_and_days(one: pa.Array, other: pa.Array) -> None:
    for ordered in ([one, one, other], [other, one, one]):
        with pytest.raises(TableError, match=r"^mine/daily cannot be read as one table: its column n is ") as raised:
            unify(*ordered)
        assert str(one.type) in str(raised.value) and str(other.type) in str(raised.value)
        assert "on day 2026-03-0" in str(raised.value) and "\n" not in str(raised.value)


def test_a_column_that_is_there_twice_is_named() -> None:
    twice = pa.table([[1], [2]], names=["n", "n"])
    with pytest.raises(TableError, match="mine/daily of 2026-03-02 has several columns of one name"):
        unify_days([(FIRST, pa.table({"n": [1]})), (FIRST + timedelta(1), twice)], "mine/daily")


def test_columns_that_a_day_lacks_are_null_there_and_their_documentation_stays() -> None:
    field = pa.field("n", pa.int64(), nullable=False, metadata={"unit": "clicks"})
    parts = [(FIRST, pa.table([[1]], schema=pa.schema([field]))), (FIRST, pa.table({"m": ["a"]}))]
    found = unify_days(parts, "mine/daily")
    assert found.to_pylist() == [{"n": 1, "m": None}, {"n": None, "m": "a"}]
    assert found.schema.field("n").metadata == {b"unit": b"clicks"} and found.schema.field("n").nullable


numbers = st.one_of(st.none(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, width=32))


@given(days=st.lists(st.lists(numbers, max_size=4), min_size=1, max_size=4))
def test_numbers_are_read_as_they_were_whatever_type_pandas_made_of_them(days: Sequence[list[Any]]) -> None:
    store = TableStore("memory://numbers")
    dates = [FIRST + timedelta(number) for number in range(len(days))]
    for day, values in zip(dates, days, strict=True):
        table = pa.Table.from_pandas(pd.DataFrame({"n": values}), preserve_index=False)
        store.write(PATH, table, day=day)
    assert store.read_days(PATH, dates)["n"].to_pylist() == [value for values in days for value in values]


def test_days_of_pandas_frames_keep_their_type(tmp_path: Path) -> None:
    store = TableStore(str(tmp_path))
    frames: list[dict[str, Any]] = [{"n": [1, 2]}, {"n": [1.0, float("nan")]}, {"n": [None, None]}, {"n": []}]
    for number, frame in enumerate(frames):
        table = pa.Table.from_pandas(pd.DataFrame(frame), preserve_index=False)
        store.write(PATH, table, day=FIRST + timedelta(number))
    found = store.read_days(PATH, store.list_days(PATH))["n"]
    assert (found.type, found.to_pylist()) == (pa.float64(), [1, 2, 1, None, None, None])
