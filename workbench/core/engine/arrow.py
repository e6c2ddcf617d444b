"""Arrow tables between engines: plain types that each of them knows, and batches written to a Parquet file."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

BATCH = 100_000
LOOKED_AT = 10_000  # rows that show in which columns values repeat


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Return the type that every engine knows for a column: text, whole number, number, date, time, yes or no.

    Examples
    --------
    >>> plain_type(pa.large_string()), plain_type(pa.uint32()), plain_type(pa.date32())
    (DataType(string), DataType(int64), DataType(date32[day]))
    """
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_unsigned_integer(kind) or pa.types.is_int8(kind):
        return pa.int64()
    if pa.types.is_date64(kind):
        return pa.date32()
    return pa.timestamp("us", kind.tz) if pa.types.is_timestamp(kind) else kind


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """Return a schema with plain types and without notes."""
    return pa.schema([pa.field(f.name, plain_type(f.type)) for f in schema])


def plain_text(frame: pd.DataFrame | pa.Table) -> pa.Table:
    """Return a frame as an Arrow table of plain types.

    Examples
    --------
    >>> plain_text(pd.DataFrame({"a": ["x"]})).schema.field("a").type
    DataType(string)
    """
    table = pa.Table.from_pandas(frame, preserve_index=False) if isinstance(frame, pd.DataFrame) else frame
    return table.cast(plain_schema(table.schema), safe=False)


def grouped(batches: Iterable[pa.RecordBatch], schema: pa.Schema, rows: int = BATCH) -> Iterator[pa.Table]:
    """Yield batches as tables of `rows` rows or a little more, at least one table, in plain types.

    Parameters
    ----------
    batches
        Arrow batches.
    schema
        Their columns.
    rows
        Rows of each table but the last.

    Examples
    --------
    >>> part = pa.record_batch({"a": [1, 2]})
    >>> [t.num_rows for t in grouped([part] * 3, part.schema, rows=4)]
    [4, 2]
    """
    held: list[pa.RecordBatch] = []
    plain = plain_schema(schema)
    waiting, given = 0, False
    for batch in batches:
        held.append(batch)
        waiting += batch.num_rows
        if waiting >= rows:
            yield pa.Table.from_batches(held).cast(plain, safe=False)
            held, waiting, given = [], 0, True
    if held:
        yield pa.Table.from_batches(held).cast(plain, safe=False)
    elif not given:
        yield plain.empty_table()


def repeating_columns(rows: pa.RecordBatch | pa.Table) -> list[str]:
    """Return the columns in which values repeat, so that a dictionary of them is worth its making.

    Parameters
    ----------
    rows
        The first rows of a table; ten thousand of them are looked at.

    Examples
    --------
    >>> repeating_columns(pa.table({"id": ["a", "b", "c", "d"], "region": ["N", "N", "S", "N"]}))
    ['region']
    """
    first = rows.slice(0, LOOKED_AT)
    most = first.num_rows / 2
    return [n for n in first.schema.names if pc.count_distinct(first.column(n), mode="all").as_py() <= most]


def parquet_writer(
    path: Path, schema: pa.Schema, first: pa.RecordBatch | pa.Table, *, compression: str = "zstd"
) -> pq.ParquetWriter:
    """Return a writer of one Parquet file; a dictionary of ids that hardly repeat would cost as much as all the rest.

    Parameters
    ----------
    path
        The file.
    schema
        Its columns.
    first
        The first rows, which show in which columns values repeat.
    compression
        How pages are packed.
    """
    repeating = repeating_columns(first)
    return pq.ParquetWriter(
        path, schema, compression=compression, use_dictionary=repeating, store_decimal_as_integer=True
    )


def write_parquet(batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path) -> Path:
    """Write batches to one Parquet file through a temporary name.

    Parameters
    ----------
    batches
        Arrow batches.
    schema
        Their columns.
    path
        The file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        left = iter(batches)
        first = next(left, None)
        if first is None:
            first = pa.RecordBatch.from_pylist([], schema)
        with parquet_writer(temporary, schema, first) as writer:
            for batch in chain([first], left):
                writer.write_batch(batch)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path
