"""Results with one row per customer: the rows stay in a file of their engine, only a small summary is shown."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.core.engine import Engine, Table, as_table, collecting
from workbench.core.engine.scratch import scratch_file
from workbench.core.language import Language
from workbench.core.results import Result

__all__ = ["BulkResult", "in_engine", "keep_rows", "scratch_file"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class BulkResult(Result):
    """A result of one row per customer.

    Attributes
    ----------
    source
        The rows as a `Table` of their engine; this is what millions of rows are read from.
    summary
        What is shown: a small table without a single customer in it.
    table
        The rows as a DataFrame, read when first asked for; for few customers.

    Examples
    --------
    >>> rows = as_table(pd.DataFrame({"customer_id": ["a", "b"], "amount": [1.0, 2.0]}))
    >>> result = BulkResult(source=rows, summary=pd.DataFrame({"customers": [2]}))
    >>> result.table["amount"].sum()
    np.float64(3.0)
    >>> result
    BulkResult
    customers
            2
    """

    source: Table
    summary: pd.DataFrame
    table: pd.DataFrame = field(init=False)

    def __getattr__(self, name: str) -> Any:
        if name != "table":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        frame = self.source.to_frame()
        object.__setattr__(self, "table", frame)
        return frame

    def first(self, most: int) -> pd.DataFrame:
        """Return the first rows, in their order: as many as a list for people is to have.

        Parameters
        ----------
        most
            Rows at most.

        Examples
        --------
        >>> rows = as_table(pd.DataFrame({"customer_id": ["a", "b", "c"]}))
        >>> BulkResult(source=rows, summary=pd.DataFrame()).first(2)["customer_id"].tolist()
        ['a', 'b']
        """
        with collecting(most):
            return self.source.rows(f"{self.source.query()} LIMIT {int(most)}")

    def shown_table(self, language: Language) -> pd.DataFrame:  # noqa: ARG002
        """Return the summary; customers are not shown."""
        return self.summary


def keep_rows(engine: Engine, sql: str, *, stem: str, path: str | Path | None = None) -> Table:
    """Run a query once, write its rows to `path` (or keep them as its engine does on the way), return them.

    Parameters
    ----------
    engine
        Engine that runs the query.
    sql
        Query with an ORDER BY over a unique key, so that the file is the same every time.
    stem
        Start of the file's name where no path is given.
    path
        Parquet file to write.

    Examples
    --------
    >>> from workbench.core.engine import open_engine
    >>> keep_rows(open_engine(), "SELECT 42 AS answer", stem="example").to_frame()["answer"].tolist()
    [42]
    """
    return as_table(engine.materialize(sql, Path(path)) if path is not None else engine.keep(sql, stem), engine)


def in_engine(table: Table, engine: Engine, *, stem: str = "moved") -> Table:
    """Return `table` as a table of `engine`, through a Parquet file where it belongs to another one and is none.

    Examples
    --------
    >>> from workbench.core.engine import open_engine
    >>> here = open_engine()
    >>> there = as_table(pd.DataFrame({"answer": [42]}))
    >>> in_engine(there, here).to_frame()["answer"].tolist()
    [42]
    """
    if table.engine is engine:
        return table
    if table.engine.dialect == engine.dialect and engine.dialect.is_file(table.source):
        return replace(table, engine=engine)
    return as_table(table.engine.hand_over(table.query(), stem), engine)
