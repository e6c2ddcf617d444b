"""The engine protocol, and a table of an engine as a value that can be passed around."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import pandas as pd
import pyarrow as pa

from workbench.core.engine.dialect import Dialect, named_item
from workbench.core.engine.duckdb import DuckDBEngine
from workbench.core.errors import EngineError


class Engine(Protocol):
    """What a room may ask of an SQL engine."""

    @property
    def dialect(self) -> Dialect:
        """The engine's spellings."""

    def rows(self, sql: str) -> pd.DataFrame:
        """Run a query whose answer is small and return it."""

    def materialize(self, sql: str, path: Path) -> Path:
        """Keep a query's rows at a path, in the query's order: a Parquet file, or one that stands for a table."""

    def keep(self, sql: str, stem: str) -> Path:
        """Keep a query's rows on the way to a result, for this process or for all chapters of a report."""

    def keep_added(self, sql: str, keys: Sequence[str], amount: str, stem: str) -> Path:
        """Keep a query's rows, amounts added up over rows whose keys are the same, as `keep` does."""

    def hand_over(self, sql: str, stem: str) -> Path:
        """Write a query's rows to a Parquet file that another engine reads."""

    def export(self, sql: str, path: Path) -> Path:
        """Write a query's rows to a Parquet file of their own, in the query's order, for what is no engine's."""

    def store(self, batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path) -> Path:
        """Keep computed rows at a path, in bounded memory; the same kinds of files."""

    def map_batches(
        self, sql: str, function: Callable[[pa.RecordBatch], pa.RecordBatch], schema: pa.Schema, path: Path
    ) -> Path:
        """Keep what a function makes of a query's rows, batch by batch; on a cluster it runs where the rows are."""

    def file(self, path: str | Path) -> str:
        """Return the FROM item of a file that was kept at a path, or of any Parquet file."""

    def serves(self, path: Path) -> bool:
        """Tell whether this engine can read a file that was kept at a path."""

    def order_of(self, path: Path) -> str:
        """Return the SQL that sorts a kept file's rows as they were written; empty where they come so anyway."""

    def forget(self, path: Path) -> None:
        """Drop what the engine holds for a file that is about to be removed."""

    def schema(self, source: str) -> pa.Schema:
        """Return the Arrow columns of a FROM item."""

    def require_serving(self) -> None:
        """Refuse an engine that cannot do what waves ask of it, naming what is missing."""

    def fingerprint(self, source: str) -> tuple[int, str]:
        """Return how many rows a FROM item has, and a checksum of them that no order of theirs changes."""

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Run a query whose answer is large and yield it in Arrow batches."""

    def columns(self, source: str) -> dict[str, str]:
        """Return column name → type of a FROM item."""

    def register(self, frame: pd.DataFrame | pa.Table) -> str:
        """Make an in-memory table known to the engine and return its FROM item."""


@dataclass(frozen=True)
class Table:
    """A table that stays in its engine: an engine and the text of a FROM item.

    `order` sorts its rows as they were written, where the engine does not give them so anyway.

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
    order: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """Column name → type."""
        return self.engine.columns(self.source)

    def rows(self, sql: str) -> pd.DataFrame:
        """Run `sql`, in which ``{table}`` stands for this table, and return its small answer."""
        return self.engine.rows(sql.replace("{table}", self.source))

    def to_frame(self) -> pd.DataFrame:
        """Return the whole table, in its order; for tables known to be small."""
        return self.rows(self.query())

    def query(self, columns: Sequence[str] | None = None, where: str = "") -> str:
        """Return the SQL of its rows, in their order.

        Parameters
        ----------
        columns
            Columns to read; all by default.
        where
            Condition that rows fulfil.

        Examples
        --------
        >>> print(as_table(pd.DataFrame({"a": [1]})).query(["a"]).split(" FROM ")[0])
        SELECT "a"
        """
        chosen = "*" if columns is None else ", ".join(map(self.engine.dialect.quote, columns))
        some = f" WHERE {where}" if where else ""
        return f"SELECT {chosen} FROM {named_item(self.source)}{some}{f' ORDER BY {self.order}' if self.order else ''}"

    def holds(self, column: str, values: Iterable[str], *, filled: str | None = None) -> bool:
        """Tell whether a row has one of some values in a column, and something in another if that is asked for.

        Examples
        --------
        >>> cases = as_table(pd.DataFrame({"kind": ["call", "post"], "text": [None, "late again"]}))
        >>> cases.holds("kind", ["call"]), cases.holds("kind", ["call"], filled="text"), cases.holds("kind", [])
        (True, False, False)
        """
        d = self.engine.dialect
        listed = ", ".join(map(d.literal, values))
        if not listed:
            return False
        said = "" if filled is None else f" AND {d.quote(filled)} IS NOT NULL"
        found = self.rows(f"SELECT 1 AS one FROM {{table}} AS t WHERE {d.quote(column)} IN ({listed}){said} LIMIT 1")
        return len(found) > 0

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield its rows in Arrow batches, in their order."""
        return self.engine.batches(self.query(columns))


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
    return Table(chosen, chosen.file(path), chosen.order_of(path))


def open_engine(url: str = "duckdb://") -> Engine:
    """Return the engine that a URL names; of a server or a cluster always the same one in a process.

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
    if scheme == "duckdb":
        return DuckDBEngine.from_url(url)
    return _connected(url, os.getpid())


@cache
def _connected(url: str, process: int) -> Engine:  # noqa: ARG001
    # tables of one process see each other, whoever opened the engine; a forked kernel connects anew
    return ADAPTERS[url.partition("://")[0]](url)


def require_serving(url: str) -> None:
    """Refuse an engine that cannot do what waves ask of it; each is asked once in a process.

    Parameters
    ----------
    url
        Its address.

    Raises
    ------
    EngineError
        With what is missing: a driver, an answer, a right, a folder.

    Examples
    --------
    >>> require_serving("duckdb://")
    """
    _asked(url, os.getpid())


@cache
def _asked(url: str, process: int) -> None:  # noqa: ARG001
    open_engine(url).require_serving()


def _spark(url: str) -> Engine:
    from workbench.core.engine.spark import SparkEngine

    return SparkEngine.from_url(url)


def _postgresql(url: str) -> Engine:
    from workbench.core.engine.postgresql import PostgreSQLEngine

    return PostgreSQLEngine.from_url(url)


def _datafusion(url: str) -> Engine:
    from workbench.core.engine.datafusion import DataFusionEngine

    return DataFusionEngine.from_url(url)


ADAPTERS: dict[str, Callable[[str], Engine]] = {
    "duckdb": DuckDBEngine.from_url,
    "spark": _spark,
    "sc": _spark,
    "postgresql": _postgresql,
    "datafusion": _datafusion,
}
