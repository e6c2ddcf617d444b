"""PostgreSQL: the same statements in a database server, read through ADBC as Arrow."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from workbench.core.engine.dialect import POSTGRESQL, Dialect
from workbench.core.engine.spark import plain_text, write_parquet
from workbench.core.errors import EngineError


@contextmanager
def _named_errors() -> Iterator[None]:
    import adbc_driver_manager

    try:
        yield
    except adbc_driver_manager.Error as error:
        raise EngineError(
            "The engine runs every statement it is given.",
            found=str(error).strip().splitlines()[0],
            fix='If the statement came from wave.yaml, correct the expression there; columns are quoted with ".',
            where="postgresql",
        ) from error


class PostgreSQLEngine:
    """A PostgreSQL database; tables are its tables and registered frames (temporary tables).

    Parameters
    ----------
    url
        ``postgresql://user:password@host:port/database``.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    @classmethod
    def from_url(cls, url: str) -> PostgreSQLEngine:
        """Make the engine of a ``postgresql://`` URL; it connects when first used.

        Raises
        ------
        EngineError
            If the ADBC driver is not installed.
        """
        if find_spec("adbc_driver_postgresql") is None:
            raise EngineError(
                "A postgresql:// engine needs the ADBC driver.",
                found="adbc_driver_postgresql is not installed",
                fix="pip install adbc-driver-postgresql",
                where="postgresql",
            )
        return cls(url)

    @property
    def dialect(self) -> Dialect:
        """PostgreSQL's spellings."""
        return POSTGRESQL

    @cached_property
    def _connection(self) -> Any:
        from adbc_driver_postgresql import dbapi

        # without autocommit one refused statement would spoil the next
        return dbapi.connect(self.url, autocommit=True)

    def rows(self, sql: str) -> pd.DataFrame:
        """Run a query whose answer is small and return it."""
        with _named_errors(), self._connection.cursor() as cursor:
            cursor.execute(sql)
            frame: pd.DataFrame = _plain(cursor.fetch_arrow_table()).to_pandas()
        return frame

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Yield the answer of a query in Arrow batches."""
        with _named_errors(), self._connection.cursor() as cursor:
            cursor.execute(sql)
            for batch in cursor.fetch_record_batch():
                yield from _plain(pa.Table.from_batches([batch])).to_batches()

    def materialize(self, sql: str, path: Path, *, chunks: int | None = None) -> Path:
        """Write a query's rows to one Parquet file, in the query's order, through a temporary name."""
        statements = [sql] if chunks is None else [sql.replace("{chunk}", str(c)) for c in range(chunks)]
        schema = self._schema(f"({statements[0]}) AS shape")
        return write_parquet((b for s in statements for b in self.batches(s)), schema, path)

    def _schema(self, source: str) -> pa.Schema:
        with _named_errors(), self._connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {source} LIMIT 0")
            return _plain(cursor.fetch_arrow_table()).schema

    def columns(self, source: str) -> dict[str, str]:
        """Return column name → type of a FROM item."""
        return {f.name: str(f.type) for f in self._schema(source)}

    def register(self, frame: pd.DataFrame | pa.Table) -> str:
        """Copy a frame into a temporary table under a fresh name and return that name."""
        name = f"frame_{uuid.uuid4().hex[:12]}"
        with _named_errors(), self._connection.cursor() as cursor:
            cursor.adbc_ingest(name, plain_text(frame), mode="create", temporary=True)
            cursor.execute(f"ANALYZE {name}")
        return name


def _plain(table: pa.Table) -> pa.Table:
    """Return the table with exact numerics, which ADBC gives as opaque text, as decimals or whole numbers."""
    columns = []
    for column in table.columns:
        kind = column.type
        if isinstance(kind, pa.BaseExtensionType):
            column = pa.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type)
            if "numeric" in str(kind):
                column = column.cast(pa.float64())
        columns.append(column)
    return pa.table(columns, names=table.column_names)
