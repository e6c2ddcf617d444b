"""Parquet without one customer's rows, batch by batch; nothing is written where they do not stand in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.privacy.removal.sought import Sought, spellings

BATCH = 1 << 17

Keep = Callable[[pa.RecordBatch, pa.Array], pa.RecordBatch]


def without_rows(path: Path, sought: Sought, target: Path | None, *, keep: Keep | None = None) -> tuple[int, int]:
    """Write a Parquet file without a customer's rows; return how many there are, and how many traces in others' rows.

    Parameters
    ----------
    path
        The file.
    sought
        The customer.
    target
        Where to write, if there is something to take out; None to count only.
    keep
        Makes of a batch and of the marks of the customer's rows what is written, where rows must stay; by default they
        are left out.
    """
    source = pq.ParquetFile(path)
    rows, traces = count_theirs(source.iter_batches(BATCH), sought)
    if target is None or not (rows or traces):
        return rows, traces
    with pq.ParquetWriter(target, source.schema_arrow, compression="zstd") as writer:
        for batch in left_of(source.iter_batches(BATCH), sought, keep):
            writer.write_batch(batch)
    return rows, traces


def count_theirs(batches: Iterable[pa.RecordBatch], sought: Sought) -> tuple[int, int]:
    """Return how many rows are a customer's, and how many traces stand in others' rows.

    Parameters
    ----------
    batches
        The rows of a file or of a table.
    sought
        The customer.
    """
    rows = traces = 0
    for batch in batches:
        rows += int(np.count_nonzero(theirs(batch, sought)))
        traces += _in_texts(batch, sought)[1]
    return rows, traces


def left_of(batches: Iterable[pa.RecordBatch], sought: Sought, keep: Keep | None = None) -> Iterator[pa.RecordBatch]:
    """Yield what is left of rows without a customer's, one batch for each.

    Parameters
    ----------
    batches
        The rows of a file or of a table.
    sought
        The customer.
    keep
        As `without_rows` has it.
    """
    for batch in batches:
        marks = pa.array(theirs(batch, sought))
        kept = batch.filter(pc.invert(marks)) if keep is None else keep(batch, marks)
        yield _in_texts(kept, sought)[0]


def theirs(batch: pa.RecordBatch, sought: Sought) -> np.ndarray:
    """Return which rows of a batch are the customer's."""
    named = np.zeros(batch.num_rows, dtype=bool)
    somebody, distinctive = named.copy(), named.copy()
    ids, anywhere = (pa.array(sorted(v), pa.string()) for v in (sought.ids, sought.anywhere))
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        names_people = sought.is_id_column(name)
        texts = _texts(column)
        if texts is None and names_people and pa.types.is_integer(column.type):
            texts = column.cast(pa.string())
        if texts is None:
            continue
        cells = pc.utf8_trim_whitespace(texts.cast(pa.string()))
        distinctive |= np.asarray(pc.is_in(cells, value_set=anywhere).fill_null(False))
        if names_people:
            named |= np.asarray(pc.is_in(cells, value_set=ids).fill_null(False))
            somebody |= np.asarray(pc.not_equal(cells, "").fill_null(False))
    return named | (distinctive & ~somebody)


def _in_texts(batch: pa.RecordBatch, sought: Sought) -> tuple[pa.RecordBatch, int]:
    """Return a batch whose texts hold none of the values, and how many were taken out of rows of others."""
    forms = sorted({f for v in sought.anywhere for f in spellings(v)})
    if not forms or not batch.num_rows:
        return batch, 0
    quick = "|".join(_re2(f) for f in forms)
    own = theirs(batch, sought)
    total, columns = 0, list(batch.columns)
    for i, column in enumerate(batch.columns):
        texts = _texts(column)
        if texts is None:
            continue
        hit = np.asarray(pc.match_substring_regex(texts, quick, ignore_case=True).fill_null(False)) & ~own
        if not hit.any():
            continue
        cells = texts.to_pylist()
        for row in np.flatnonzero(hit):
            cells[row], n = sought.without(cells[row])
            total += n
        columns[i] = pa.array(cells, texts.type).cast(column.type)
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema), total


def _texts(column: pa.Array) -> pa.Array | None:
    kind = column.type
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(inner) or pa.types.is_large_string(inner)):
        return None
    return column if inner is kind else column.cast(pa.string())


def _re2(text: str) -> str:
    return "".join(c if c.isalnum() and c.isascii() else rf"\x{{{ord(c):x}}}" for c in text)
