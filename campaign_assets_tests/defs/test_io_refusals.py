"""What the I/O manager of a user's assets cannot store or load: a run says so in one sentence, and stores nothing."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pyarrow as pa
import pytest

from campaign_assets.defs.io_manager import ParquetIOManager
from campaign_assets.defs.resources import TablesResource
from campaign_assets.tables import CAMPAIGNS, METRICS_TABLES, REPORT_TABLES, TableStore
from campaign_assets_tests.workplace import DAYS

DAILY = dg.DailyPartitionsDefinition(DAYS[0].isoformat(), end_offset=10_000)
REGIONS = dg.StaticPartitionsDefinition(["eu-west", "us-east"])
BOTH = dg.MultiPartitionsDefinition({"day": DAILY, "region": REGIONS})


@pytest.fixture
def store(tmp_path: Path) -> TableStore:
    return TableStore(str(tmp_path / "root"))


def build_mine(value: Any, key: list[str], partitions: Any = None) -> dg.AssetsDefinition:
    """A user's asset that returns something."""

    @dg.asset(key=dg.AssetKey(key), partitions_def=partitions)
    def mine() -> Any:
        return value

    return mine


def materialize(
    store: TableStore, assets: Sequence[dg.AssetsDefinition | dg.AssetSpec], partition: str | None = None
) -> str:
    """Runs assets; what the failure says, in the one sentence that it is. Empty where the run succeeds."""
    manager = ParquetIOManager(tables=TablesResource(root=str(store.root)))
    result = dg.materialize(assets, resources={"io_manager": manager}, partition_key=partition, raise_on_error=False)
    failures = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    if not failures:
        assert result.success
        return ""
    (data,) = failures
    assert data.user_failure_data, data.error  # it is no traceback
    said = data.user_failure_data.description or ""
    assert said.endswith(".") and said.isprintable()
    return said


COLUMNS = {
    "complex numbers": pd.DataFrame({"v": [1 + 2j]}),
    "a function": pd.DataFrame({"v": [print]}),
    "text and numbers": pd.DataFrame({"v": ["a", 1, 2.5]}),
    "a number that is too large": pd.DataFrame({"v": [2**200]}),
    "one name twice": pd.DataFrame([[1, 2]], columns=["v", "v"]),
    "an index named like a column": pd.DataFrame({"v": [1]}, index=pd.Index([5], name="v")),
    "half of a surrogate pair": pd.DataFrame({"v": pd.Series(["\ud800"], dtype=object)}),
    "lists of lists and numbers": pd.DataFrame({"v": [[1], [[1]]]}),
    "an interval": pa.table({"v": pa.array([(1, 2, 3)], pa.month_day_nano_interval())}),
    "a union": pa.table({"v": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])}),
    "no fields": pa.table({"v": pa.array([{}], pa.struct([]))}),
    "the day twice": pa.Table.from_arrays([pa.array([DAYS[0]])] * 2, names=["metric_date"] * 2),
    "a day that is text": pa.table({"metric_date": ["soon"]}),
    "a day that is a list": pa.table({"metric_date": [[1]]}),
    "no table": 7,
}


@pytest.mark.parametrize("partitioned", [False, True], ids=["one file", "days"])
@pytest.mark.parametrize("kind", COLUMNS)
def test_columns_that_no_file_can_hold_are_named_and_nothing_is_stored(
    store: TableStore, kind: str, partitioned: bool
) -> None:
    mine = build_mine(COLUMNS[kind], ["mine"], DAILY if partitioned else None)
    said = materialize(store, [mine], str(DAYS[0]) if partitioned else None)
    if kind.startswith("a day that is") and not partitioned:
        assert said == ""  # it is a column like any other there
    else:
        assert "mine" in said and not Path(store.root.path).exists()


@pytest.mark.parametrize(("partitions", "key"), [(REGIONS, "eu-west"), (BOTH, f"{DAYS[0]}|eu-west")])
def test_partitions_that_are_no_days_are_named(store: TableStore, partitions: Any, key: str) -> None:
    said = materialize(store, [build_mine(pa.table({"n": [1]}), ["mine"], partitions)], key)
    assert said.startswith(f"mine has the partitions {key}, which are no days")


SOME = [CAMPAIGNS, METRICS_TABLES["FORM"], REPORT_TABLES[0]]
TAKEN = [
    *([*table.path] for table in SOME),
    *([*table.path, "more"] for table in SOME),
    ["hubspot"],
    ["hubspot", "asset_metrics"],
]


@pytest.mark.parametrize("key", TAKEN, ids="/".join)
def test_a_key_above_below_or_in_the_place_of_the_products_tables_is_refused(store: TableStore, key: list[str]) -> None:
    said = materialize(store, [build_mine(pa.table({"n": [1]}), key)])
    assert said.startswith(f"{'/'.join(key)} would lie where hubspot/")


@pytest.mark.parametrize("key", [["hubspot", "mine"], ["hubspot", "campaigns_2"], ["hubspot", "asset_metrics", "mine"]])
def test_a_key_beside_the_products_tables_is_stored(store: TableStore, key: list[str]) -> None:
    assert materialize(store, [build_mine(pa.table({"n": [1]}), key)]) == ""


@pytest.mark.parametrize("key", [["..", "mine"], ["a", ".hidden"]])
def test_a_key_that_is_no_place_is_refused(store: TableStore, key: list[str]) -> None:
    assert "cannot be the place of a table" in materialize(store, [build_mine(pa.table({"n": [1]}), key)])


def load(upstream: dg.AssetSpec, partitions: Any = None) -> Any:
    """A user's asset that loads another one."""

    @dg.asset(key=["loads"], ins={"rows": dg.AssetIn(upstream.key)}, partitions_def=partitions)
    def loads(rows: pa.Table) -> pa.Table:
        return rows

    return loads


@pytest.mark.parametrize("state", ["missing", "damaged", "another table's"])
@pytest.mark.parametrize("partitioned", [False, True], ids=["one file", "days"])
def test_a_table_that_cannot_be_loaded_is_named(store: TableStore, state: str, partitioned: bool) -> None:
    partitions, day = (DAILY, DAYS[0]) if partitioned else (None, None)
    upstream = dg.AssetSpec("mine", partitions_def=partitions)
    if state != "missing":
        store.write(("mine",), pa.table({"n": [1]}), day=day)
        other = store.write(("other",), pa.table({"n": [1]}), day=day)
        target = store.locate(("mine",), day).path
        shutil.copy(other.location, target) if state == "another table's" else Path(target).write_bytes(b"x")
    said = materialize(store, [load(upstream, partitions), upstream], str(day) if day else None)
    assert "mine" in said and "materialize" in said
