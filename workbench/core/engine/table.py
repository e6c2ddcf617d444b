"""The engine protocol, and a table of an engine as a value that can be passed around."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd
import pyarrow as pa

from workbench.core.engine.dialect import Dialect
from workbench.core.engine.duckdb import DuckDBEngine
from workbench.core.errors import EngineError


class Engine(Protocol):
    """What a room may ask of an SQL engine."""

    @property
    def dialect(self) -> Dialect:
        """The engine's spellings."""

    def rows(self, sql: str) -> pd.DataFrame:
        """Run a query whose answer is small and return it."""

    def materialize(self, sql: str, path: Path, *, chunks: int | None = None) -> Path:
        """Write a query's rows to one Parquet file, in the query's order, through a temporary name.

        With `chunks`, ``{chunk}`` in `sql` runs over ``0 … chunks − 1`` so that memory stays bounded.
        """

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Run a query whose answer is large and yield it in Arrow batches."""

    def columns(self, source: str) -> dict[str, str]:
        """Return column name → type of a FROM item."""

    def register(self, frame: pd.DataFrame | pa.Table) -> str:
        """Make an in-memory table known to the engine and return its FROM item."""


@dataclass(frozen=True)
class Table:
    """A table that stays in its engine: an engine and the text of a FROM item.

    Examples
    --------
    >>> t = as_table(pd.DataFrame({"customer_id": ["a", "b"]}))
    >>> t.columns
    {'customer_id': 'VARCHAR'}
    >>> int(t.rows("SELECT count(*) AS n FROM {table}")["n"][0])
    2
    """

    engine: Engine
    source: str

    @property
    def columns(self) -> dict[str, str]:
        """Column name → type."""
        return self.engine.columns(self.source)

    def rows(self, sql: str) -> pd.DataFrame:
        """Run `sql`, in which ``{table}`` stands for this table, and return its small answer."""
        return self.engine.rows(sql.replace("{table}", self.source))

    def to_frame(self) -> pd.DataFrame:
        """Return the whole table; for tables known to be small."""
        return self.rows("SELECT * FROM {table}")


def as_table(data: pd.DataFrame | str | Path | Table, engine: Engine | None = None) -> Table:
    """Return `data` as a `Table`: a DataFrame, a Parquet path, or a table of an engine.

    Parameters
    ----------
    data
        A DataFrame (registered, not copied), the path of a Parquet file, or a `Table` (returned as it is).
    engine
        Engine to use for a DataFrame or path; an embedded DuckDB by default.

    Raises
    ------
    EngineError
        If a path does not exist or is not a Parquet file.
    """
    if isinstance(data, Table):
        return data
    chosen: Engine = engine or DuckDBEngine()
    if isinstance(data, pd.DataFrame):
        return Table(chosen, chosen.register(data))
    path = Path(data)
    if not path.exists() or path.suffix != ".parquet":
        raise EngineError(
            "A table is a DataFrame, a Table, or the path of a Parquet file.",
            found=f"{path} ({'not a .parquet file' if path.exists() else 'no such file'})",
            fix="Check the path, or read the file through a wave, which turns CSV and XLSX into Parquet.",
        )
    return Table(chosen, chosen.dialect.file(path))


def open_engine(url: str = "duckdb://") -> Engine:
    """Return the engine that a URL names.

    Raises
    ------
    EngineError
        If no adapter is known for the URL.

    Examples
    --------
    >>> open_engine("duckdb://").dialect.name
    'duckdb'
    """
    scheme = url.partition("://")[0]
    if scheme not in ADAPTERS:
        raise EngineError(
            "An engine URL starts with a known scheme.",
            found=repr(url),
            fix=f"Use one of {', '.join(s + '://' for s in ADAPTERS)}.",
        )
    return ADAPTERS[scheme](url)


def _spark(url: str) -> Engine:
    from workbench.core.engine.spark import SparkEngine

    return SparkEngine.from_url(url)


def _postgresql(url: str) -> Engine:
    from workbench.core.engine.postgresql import PostgreSQLEngine

    return PostgreSQLEngine.from_url(url)


ADAPTERS: dict[str, Callable[[str], Engine]] = {
    "duckdb": DuckDBEngine.from_url,
    "spark": _spark,
    "postgresql": _postgresql,
}
