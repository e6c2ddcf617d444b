"""Reading a kept table into memory: from its file, or, where it lies in a server, not too many rows of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.engine import Engine, as_table
from workbench.core.engine.standin import stand_in
from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.names import CUSTOMER_ID

MOST_FETCHED = 100_000


def fetch(
    name: str,
    path: Path,
    engine: Engine,
    *,
    columns: Sequence[str] | None = None,
    only: pd.Series | None = None,
    most: int = MOST_FETCHED,
) -> pa.Table:
    """Return the rows of a kept table, in their order.

    Parameters
    ----------
    name
        What the table is called.
    path
        Its file, or the one that stands for it.
    engine
        The wave's engine, for a table that lies there.
    columns
        Columns to read; all by default.
    only
        Customer ids to read, where the table has many more.
    most
        Most rows that leave the engine without `only`.

    Raises
    ------
    InputError
        If more than `most` rows were to leave the engine.

    Examples
    --------
    >>> import tempfile
    >>> from workbench.core.engine import open_engine
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.parquet"
    ...     pq.write_table(pa.table({"customer_id": ["a", "b"], "n": [1, 2]}), file)
    ...     fetch("a", file, open_engine(), only=pd.Series(["b"])).to_pylist()
    [{'customer_id': 'b', 'n': 2}]
    """
    wanted = None if columns is None else list(columns)
    ids = None if only is None else only.dropna().drop_duplicates().astype(object)
    if ids is not None and ids.empty:
        nothing = pq.read_schema(path).empty_table()
        return nothing if wanted is None else nothing.select(wanted)
    stands_for = stand_in(path)
    if stands_for is None:
        chosen = None if ids is None else [(CUSTOMER_ID, "in", ids.to_list())]
        return pq.read_table(path, columns=wanted, filters=chosen)
    table = as_table(path, engine)
    rows = stands_for.rows
    if rows is None:  # kept by hand
        rows = int(table.rows("SELECT count(*) AS n FROM {table}")["n"][0])
    if ids is None and rows > most:
        raise InputError(
            message("At most {most:int} rows leave the engine at once.", most=most),
            found=message("{name} has {n:int}", name=name, n=rows),
            fix=message("Add them up in the engine (wave.table), or name the customers wanted (only=)."),
            where=str(path.parent),
        )
    where = ""
    if ids is not None:
        where = f"{CUSTOMER_ID} IN (SELECT {CUSTOMER_ID} FROM {engine.register(pd.DataFrame({CUSTOMER_ID: ids}))})"
    shape = engine.schema(table.source)
    found = engine.batches(table.query(wanted, where))
    return pa.Table.from_batches(found, shape if wanted is None else pa.schema([shape.field(c) for c in wanted]))
