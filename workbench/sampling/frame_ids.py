"""Ids of a frame: repeated ones counted, listed and refused; permanent random numbers stored and verified."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from workbench.core.engine import as_table
from workbench.core.errors import InputError
from workbench.sampling.frame import Frame
from workbench.sampling.random_numbers import RECIPE, SPACE, check_salt, permanent_random_number

PART_ROWS = 2_000_000  # rows compared at a time


def count_duplicates(frame: Frame, within: str = "TRUE") -> tuple[int, int]:
    """Count the ids that occur more than once among the eligible, and their rows; `within` is an SQL condition."""
    q = frame.dialect.quote(frame.id)
    row = frame.rows(
        "SELECT count(*) AS ids, COALESCE(sum(many), 0) AS occurrences FROM (SELECT count(*) AS many FROM {table} AS t "
        f"WHERE {frame.where} AND {within} GROUP BY {q} HAVING count(*) > 1) AS repeated"
    )
    return int(row["ids"][0]), int(row["occurrences"][0])


def refuse_duplicates(frame: Frame, ids: int, occurrences: int) -> None:
    """Refuse a frame in which ids repeat."""
    if ids:
        raise InputError(
            "Every customer is in the frame once.",
            found=f"{ids:,} ids occur more than once, in {occurrences:,} rows",
            fix=f"Keep one row per {frame.id!r} (duplicate_rows(frame) lists the repeated ids).",
            where="frame",
        )


def duplicate_rows(frame: Frame, most: int = 1000) -> pd.DataFrame:
    """List up to `most` repeated ids with how often each occurs, most frequent first.

    Parameters
    ----------
    frame
        The frame.
    most
        Most ids to list.

    Returns
    -------
    DataFrame
        The id column and ``occurrences``.

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": ["a", "b", "a"]})
    >>> len(duplicate_rows(Frame(customers)))
    1
    """
    q = frame.dialect.quote(frame.id)
    return frame.rows(
        f"SELECT {q}, count(*) AS occurrences FROM {{table}} AS t WHERE {frame.where} GROUP BY {q} HAVING count(*) > 1 "
        f"ORDER BY occurrences DESC, {frame.id_order(q)} LIMIT {int(most)}"
    )


def check_stored_numbers(frame: Frame, salt: str) -> None:
    """Refuse a stored random number that this salt did not make."""
    if frame.prn is None:
        return
    d = frame.dialect
    some = frame.rows(f"SELECT {d.quote(frame.id)} AS id, {d.quote(frame.prn)} AS k FROM {{table}} AS t LIMIT 20")
    if some["k"].isna().any() or (permanent_random_number(some["id"], salt).to_numpy() != some["k"].to_numpy()).any():
        raise InputError(
            f"The stored random numbers were made with recipe {RECIPE} and the salt of this draw.",
            found=f"column {frame.prn!r} holds other numbers than salt {salt!r} gives",
            fix="Draw with the salt the numbers were stored with, or leave out `prn` so that they are computed.",
            where="prn",
        )


def store_random_numbers(frame: Frame, salt: str, path: str | Path) -> Frame:
    """Write the frame's table in the order of its permanent random numbers, so that later draws read next to nothing.

    Every id is compared with every other on the way, whatever the size of the frame.

    Parameters
    ----------
    frame
        A frame without stored numbers.
    salt
        The study's salt.
    path
        Parquet file to write; it has all columns of the table and ``prn``, by which its rows are ordered.

    Returns
    -------
    Frame
        The same frame over the new file, with ``prn="prn"``.

    Raises
    ------
    InputError
        If an id of an eligible customer occurs more than once.

    Examples
    --------
    >>> import tempfile
    >>> customers = pd.DataFrame({"customer_id": ["a", "b", "c"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     stored = store_random_numbers(Frame(customers), "study", Path(folder) / "frame.parquet")
    >>> stored.prn
    'prn'
    """
    check_salt(salt)
    target, engine = Path(path), frame.source.engine
    numbered = f"SELECT *, {frame.prn_sql(salt)} AS prn FROM {frame.source.source} AS t"
    engine.materialize(f"{numbered} ORDER BY prn, {frame.id_order(frame.dialect.quote(frame.id))}", target)
    stored = replace(frame, table=as_table(target, engine), prn="prn")
    try:
        _refuse_repeats(stored)
    except InputError:
        target.unlink()
        raise
    return stored


def _refuse_repeats(frame: Frame) -> None:
    """Refuse repeated ids part by part: equal ids have equal numbers, so they meet in the same part of the file."""
    rows = int(frame.rows("SELECT count(*) AS n FROM {table} AS t")["n"][0])
    parts = max(1, -(-rows // PART_ROWS))
    width = -(-SPACE // parts)
    found = [count_duplicates(frame, f"prn >= {i * width} AND prn < {(i + 1) * width}") for i in range(parts)]
    refuse_duplicates(frame, sum(ids for ids, _ in found), sum(rows for _, rows in found))
