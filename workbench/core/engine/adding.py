"""Rows in the order of their keys, added up where the keys are the same: one pass, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MONEY = pa.decimal128(18, 4)


def added_up(batches: Iterable[pa.RecordBatch], keys: Sequence[str], amount: str) -> Iterator[pa.RecordBatch]:
    """Yield one row for each run of rows with the same keys, its amounts added up exactly.

    Parameters
    ----------
    batches
        Rows in the order of `keys`; no amount is missing.
    keys
        Columns by which rows belong together.
    amount
        Column of amounts, decimals of four places whose sums have 18 digits at most.

    Yields
    ------
    RecordBatch
        `keys` and `amount`; a run that goes on in the next batch comes with that one.

    Examples
    --------
    >>> from decimal import Decimal
    >>> import pyarrow as pa
    >>> rows = pa.table({"id": ["a", "a", "b"], "paid": pa.array([Decimal(n) for n in (1, 2, 5)], MONEY)})
    >>> [(r["id"], float(r["paid"])) for b in added_up(rows.to_batches(), ["id"], "paid") for r in b.to_pylist()]
    [('a', 3.0), ('b', 5.0)]
    """
    held: pa.RecordBatch | None = None
    for batch in batches:
        if not batch.num_rows:
            continue
        rows = batch if held is None else _one(held, batch)
        merged = _merged(rows.select([*keys, amount]), keys, amount)
        held = merged.slice(merged.num_rows - 1)
        if merged.num_rows > 1:
            yield merged.slice(0, merged.num_rows - 1)
    if held is not None:
        yield held


def _one(held: pa.RecordBatch, batch: pa.RecordBatch) -> pa.RecordBatch:
    table = pa.Table.from_batches([held, batch.select(held.schema.names).cast(held.schema)]).combine_chunks()
    (one,) = table.to_batches()
    return one


def _merged(rows: pa.RecordBatch, keys: Sequence[str], amount: str) -> pa.RecordBatch:
    values = _ten_thousandths(rows.column(amount))
    same = np.ones(max(rows.num_rows - 1, 0), dtype=bool)
    for key in keys:
        column = rows.column(key)
        same &= pc.equal(column.slice(1), column.slice(0, len(column) - 1)).to_numpy(zero_copy_only=False)
    first = np.flatnonzero(np.concatenate([[True], ~same]))
    if len(first) < rows.num_rows:
        values = np.add.reduceat(values, first)
        rows = rows.take(pa.array(first))
    return pa.record_batch([*(rows.column(k) for k in keys), _money(values)], names=[*keys, amount])


# a decimal is sixteen bytes, the lower half first; up to 18 digits the lower half is the number itself
def _ten_thousandths(amounts: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    told = amounts if amounts.type == MONEY else amounts.cast(MONEY)
    words: np.ndarray[tuple[int], np.dtype[np.int64]] = np.frombuffer(told.buffers()[1], dtype="<i8")
    return words[2 * told.offset : 2 * (told.offset + len(told)) : 2]


def _money(values: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
    words = np.stack([values, values >> 63], axis=1)
    return pa.Array.from_buffers(MONEY, len(values), [None, pa.py_buffer(np.ascontiguousarray(words))])
