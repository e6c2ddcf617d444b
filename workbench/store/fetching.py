"""Reading a kept table into memory: from its file, or, where it lies in a server, not too many rows of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.engine import Engine, as_table
from workbench.core.engine.collecting import ROWS_COLLECTED_MOST, most_collected, require_few
from workbench.core.engine.standin import stand_in
from workbench.core.names import CUSTOMER_ID

Among = Mapping[str, Sequence[str]] | None  # column → values of the rows that are read
# one row per person asked, answer or customer on a list: as many as were asked, whatever the number of customers
OF_THE_ASKED: Final = frozenset(
    {
        *("responses", "contacts", "panel", "posts", "regions"),
        *("sample", "released_sample", "panel_members", "spot_check"),
        *("respondents", "weight_replicates", "attitude_segments", "quotes", "outlook_list"),
    }
)


def fetch(
    name: str,
    path: Path,
    engine: Engine,
    *,
    columns: Sequence[str] | None = None,
    only: pd.Series | None = None,
    among: Among = None,
    most: int | None = None,
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
    among
        Column → values of the rows to read; all by default.
    most
        Most rows of a server's table that are read without `only`; 100,000 by default. Files are read whole; while a
        report is made, no more than it may collect, unless they are about those who were asked.

    Raises
    ------
    EngineError
        If there are more.

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
    wanted, place = None if columns is None else list(columns), str(path.parent)
    ids = None if only is None else only.dropna().drop_duplicates().astype(object)
    if (ids is not None and ids.empty) or not all((among or {}).values()):
        nothing = pq.read_schema(path).empty_table()
        return nothing if wanted is None else nothing.select(wanted)
    stands_for = stand_in(path)
    if stands_for is None:
        limit = None if name in OF_THE_ASKED else most_collected()
        chosen = [] if ids is None else [(CUSTOMER_ID, "in", ids.to_list())]
        chosen += [(c, "in", list(values)) for c, values in (among or {}).items()]
        if ids is None and limit is not None and not chosen:
            require_few(pq.read_metadata(path).num_rows, limit, of=name, where=place)
        rows_there = pq.read_table(path, columns=wanted, filters=chosen or None)
        if ids is None and limit is not None:
            require_few(rows_there.num_rows, limit, of=name, where=place)
        return rows_there
    table = as_table(path, engine)
    d, rows = engine.dialect, stands_for.rows
    listed = [f"{d.quote(c)} IN ({', '.join(d.literal(v) for v in values)})" for c, values in (among or {}).items()]
    if rows is None or listed:  # kept by hand, or some of them
        some = f" WHERE {' AND '.join(listed)}" if listed else ""
        rows = int(table.rows(f"SELECT count(*) AS n FROM {{table}} AS t{some}")["n"][0])
    if ids is None:
        require_few(rows, most_collected() or ROWS_COLLECTED_MOST if most is None else most, of=name, where=place)
    else:
        known = engine.register(pd.DataFrame({CUSTOMER_ID: ids}))
        listed.append(f"{CUSTOMER_ID} IN (SELECT {CUSTOMER_ID} FROM {known} AS named)")
    where = " AND ".join(listed)
    shape = engine.schema(table.source)
    found = engine.batches(table.query(wanted, where))
    return pa.Table.from_batches(found, shape if wanted is None else pa.schema([shape.field(c) for c in wanted]))
