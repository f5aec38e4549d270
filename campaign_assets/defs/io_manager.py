"""Tables in and out of a user's own assets, as pandas or pyarrow by the type that they annotate.

The product's own assets write their files themselves, cell by cell; what stands downstream of them loads the files
through this I/O manager, and may store its own result with it, in the same two shapes: one file, or one for each day.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import dagster as dg
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from campaign_assets.defs.keys import PLACE
from campaign_assets.defs.partitions import split_days
from campaign_assets.defs.resources import TablesResource, plain_failures
from campaign_assets.plain_text import to_enumeration, to_line
from campaign_assets.tables import METRIC_DATE, TABLES, describe_days

_LONGEST = 300


class ParquetIOManager(dg.ConfigurableIOManager):
    """Loads and stores tables as Parquet files below the product's root.

    An input annotated as `pyarrow.Table` arrives as one, any other as a `pandas.DataFrame`, whole numbers in it as
    nullable integers. A daily table arrives with `metric_date` as its first column, all days that the partition
    mapping names in one piece; days that were never read are left out and logged.
    """

    tables: dg.ResourceDependency[TablesResource]

    def load_input(self, context: dg.InputContext) -> pa.Table | pd.DataFrame:
        """The table of the upstream asset, or its days.

        Raises:
            Failure: It was never materialized, or none of its days was; a file is no Parquet; its days hold types that
                do not go together, or its partitions are no days.
        """
        with plain_failures():
            table = self._read(context)
        return table if context.dagster_type.typing_type is pa.Table else to_pandas(table)

    def _read(self, context: dg.InputContext) -> pa.Table:
        store, path = self.tables.store, _find_path(context)
        if context.has_asset_partitions:
            days = _to_days(context)
            there = set(store.list_days(path))
            missing = [day for day in days if day not in there]
            if missing:
                context.log.warning(
                    f"{context.asset_key.to_user_string()}: {describe_days(missing)} never read, left out."
                )
            return store.read_days(path, [day for day in days if day in there])
        return store.read(path)

    def handle_output(self, context: dg.OutputContext, obj: pa.Table | pd.DataFrame) -> None:
        """Stores what an asset returned; of several days at once, each row by its `metric_date`.

        Raises:
            Failure: It is no table, or does not say which of the run's days each row belongs to; its key is the place
                of a table of the product's, or none; or the disk does not let it be written.
        """
        _check_place(context)
        table = _to_arrow(context, obj)
        store, path = self.tables.store, context.asset_key.path
        with plain_failures():
            if not context.has_asset_partitions:
                files = [store.write(path, table)]
            else:
                parts = _split(context, table, _to_days(context))
                files = [store.write(path, part, day=day) for day, part in parts]
        context.add_output_metadata(
            {
                "dagster/row_count": sum(file.rows for file in files),
                "dagster/uri": dg.MetadataValue.path(files[-1].location),
                "size_kb": sum(file.bytes for file in files) / 1000,
            }
        )


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """A table as pandas, its whole numbers as nullable integers: a missing metric is no zero and no fraction."""
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    return frame


def _find_path(context: dg.InputContext) -> Sequence[str]:
    """Where the table of an input lies: where its key says, unless its asset says something else."""
    metadata = context.upstream_output.definition_metadata if context.upstream_output else {}
    place = metadata.get(PLACE)
    return str(place).split("/") if place else context.asset_key.path


def _to_days(context: dg.InputContext | dg.OutputContext) -> list[date]:
    days, others = split_days(context.asset_partition_keys)
    if others:
        raise dg.Failure(
            f"{context.asset_key.to_user_string()} has the partitions {to_enumeration(others)}, which are no days: "
            "this I/O manager keeps one file, or one for each day; give the asset another io_manager_key.",
            allow_retries=False,
        )
    return days


def _check_place(context: dg.OutputContext) -> None:
    """Refuses keys above, below or in the place of a table that the product writes: readers would mix them.

    Raises:
        Failure: It is such a one.
    """
    path = tuple(context.asset_key.path)
    for table in TABLES:
        common = min(len(path), len(table.path))
        if path[:common] == table.path[:common]:
            raise dg.Failure(
                f"{context.asset_key.to_user_string()} would lie where {table.name} lies, which the product writes: "
                "give the asset another key.",
                allow_retries=False,
            )


def _to_arrow(context: dg.OutputContext, obj: Any) -> pa.Table:
    if isinstance(obj, pd.DataFrame):
        try:
            # An index with a name is a column that somebody grouped by, not a mere numbering.
            frame = obj.reset_index() if any(name is not None for name in obj.index.names) else obj
            return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
        except Exception as error:  # pandas and pyarrow have one for each kind of column
            raise _refuse(context, f"a DataFrame that no Parquet file can hold ({to_line(error, _LONGEST)})") from error
    if isinstance(obj, pa.Table):
        return obj
    raise dg.Failure(
        f"{context.asset_key.to_user_string()} returned a {type(obj).__name__}, but this I/O manager stores a "
        "pandas DataFrame or a pyarrow Table: return one, or give the asset another io_manager_key.",
        allow_retries=False,
    )


def _split(context: dg.OutputContext, table: pa.Table, days: list[date]) -> list[tuple[date, pa.Table]]:
    if METRIC_DATE not in table.column_names:
        if len(days) == 1:
            return [(days[0], table)]
        raise dg.Failure(
            f"{context.asset_key.to_user_string()} returned {len(days)} days in one table without a column "
            f"{METRIC_DATE}: add it, so that each row finds its day.",
            allow_retries=False,
        )
    try:
        dates = table[METRIC_DATE].cast(pa.date32())
    except (pa.ArrowException, KeyError) as error:  # there is one for a column that is there twice
        raise _refuse(context, f"a column {METRIC_DATE} that holds no dates ({to_line(error, _LONGEST)})") from error
    rows = table.drop_columns([METRIC_DATE])
    parts = [(day, rows.filter(pc.equal(dates, pa.scalar(day, pa.date32())))) for day in days]
    lost = table.num_rows - sum(part.num_rows for _, part in parts)
    if lost:
        raise _refuse(context, f"{lost:,} rows whose {METRIC_DATE} is none of the run's days, {describe_days(days)}")
    return parts


def _refuse(context: dg.OutputContext, what: str) -> dg.Failure:
    return dg.Failure(f"{context.asset_key.to_user_string()} returned {what}: nothing is stored.", allow_retries=False)
