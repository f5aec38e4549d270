"""Days of one table as one table, where their files differ: in age, or in what pandas made of a column that day.

A column that a day lacks is null there. One that holds nothing but nulls says nothing of its type, and takes that of
the other days. Types that hold the same values in other widths become the wider one; where a value would be lost or
become another, the days cannot be read together, and the error says which.
"""

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from campaign_assets.tables.errors import TableError

Part = tuple[date, pa.Table]


def unify_days(parts: Sequence[Part], name: str) -> pa.Table:
    """The rows of several days in one piece.

    Args:
        parts: Each day with its rows; at least one.
        name: The table, for an error.

    Raises:
        TableError: A column is of types that do not go together, or is there twice.
    """
    first = parts[0][1].schema
    if any(not rows.schema.equals(first) for _, rows in parts):
        for day, rows in parts:
            if len(set(rows.column_names)) < rows.num_columns:
                raise TableError(f"{name} of {day} has several columns of one name: materialize it again.")
        columns = list(dict.fromkeys(column for _, rows in parts for column in rows.column_names))
        fields = [_unify(column, parts, name) for column in columns]
        parts = [(day, _cast(rows, fields, day, name)) for day, rows in parts]
    return pa.concat_tables([rows for _, rows in parts])


def describe_days(days: Sequence[date]) -> str:
    """Days in words, for a log: how many, and the first and last of them."""
    days = sorted(days)
    return f"day {days[0]}" if len(days) == 1 else f"{len(days)} days between {days[0]} and {days[-1]}"


def _unify(column: str, parts: Sequence[Part], name: str) -> pa.Field:
    found = [(day, rows.schema.field(column), rows[column]) for day, rows in parts if column in rows.column_names]
    days: dict[pa.DataType, list[date]] = {}
    for day, field, values in found:
        if values.null_count < len(values):
            days.setdefault(field.type, []).append(day)
    types = list(days) or [field.type for _, field, _ in found if field.type != pa.null()] or [pa.null()]
    kind = types[0] if len(days) < 2 else _find_common(types)
    if kind is None:
        shown = ", ".join(f"{each} on {describe_days(of_type)}" for each, of_type in days.items())
        raise TableError(
            f"{name} cannot be read as one table: its column {column} is {shown}. Store one type on all days."
        )
    nullable = len(found) < len(parts) or any(field.nullable for _, field, _ in found)
    return pa.field(column, kind, nullable, found[0][1].metadata)


def _find_common(types: Sequence[pa.DataType]) -> pa.DataType | None:
    """The type that holds the values of all; None where there is none."""
    simple = _align_times([_simplify(kind) for kind in types])
    schemas = [pa.schema([("", kind)]) for kind in simple]
    try:
        common = pa.unify_schemas(schemas, promote_options="permissive").field(0).type
    except pa.ArrowException:
        return None
    return None if any(_changes(kind, common) for kind in simple) else common


def _simplify(kind: pa.DataType) -> pa.DataType:
    """The type of the values themselves, however they are encoded."""
    if pa.types.is_dictionary(kind):
        return _simplify(kind.value_type)
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        return pa.large_string() if pa.types.is_string_view(kind) else pa.large_binary()
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_simplify(field.type)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(_simplify(kind.key_type), _simplify(kind.item_type))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        item = kind.value_field.with_type(_simplify(kind.value_type))
        return pa.list_(item) if pa.types.is_list(kind) else pa.large_list(item)
    return kind


def _align_times(types: list[pa.DataType]) -> list[pa.DataType]:
    """Dates among timestamps as timestamps, and timestamps of several zones as of one: they are the same times."""
    zones = {kind.tz for kind in types if pa.types.is_timestamp(kind)}
    if zones == {None}:
        return [pa.timestamp("s") if pa.types.is_date(kind) else kind for kind in types]
    if len(zones) > 1 and None not in zones:
        return [pa.timestamp(kind.unit, "UTC") if pa.types.is_timestamp(kind) else kind for kind in types]
    return types


def _changes(kind: pa.DataType, common: pa.DataType) -> bool:
    """Whether values become others in the common type, though pyarrow takes it: text as bytes, money as fractions."""
    if pa.types.is_struct(kind):
        return any(_changes(field.type, common.field(field.name).type) for field in kind)
    if pa.types.is_nested(kind) and pa.types.is_nested(common):
        return any(_changes(kind.field(number).type, common.field(number).type) for number in range(kind.num_fields))
    if pa.types.is_decimal(kind):
        return bool(pa.types.is_floating(common))
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return bool(is_text and (pa.types.is_binary(common) or pa.types.is_large_binary(common)))


def _cast(rows: pa.Table, fields: Sequence[pa.Field], day: date, name: str) -> pa.Table:
    columns = []
    for field in fields:
        values = rows[field.name] if field.name in rows.column_names else None
        if values is None or values.null_count == len(values):
            columns.append(pa.nulls(rows.num_rows, field.type))
            continue
        try:
            columns.append(values.cast(field.type))
        except pa.ArrowException as error:
            raise TableError(
                f"{name} cannot be read as one table: its column {field.name} is {values.type} on day {day}, and not "
                f"all its values are {field.type}, which other days take ({error}). Store one type on all days."
            ) from error
    return pa.table(columns, schema=pa.schema(fields))
