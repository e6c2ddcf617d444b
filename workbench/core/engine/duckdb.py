"""The embedded engine: DuckDB in memory over Parquet files, with bounded memory."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import duckdb
import pandas as pd
import pyarrow as pa

from workbench.core.engine.arrow import BATCH
from workbench.core.engine.collecting import most_collected, require_few
from workbench.core.engine.dialect import DUCKDB, Dialect, named_item
from workbench.core.engine.file_engine import FileEngine
from workbench.core.engine.memo import frame_name
from workbench.core.engine.scratch import is_scratch, scratch_folder


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise DUCKDB.refusal(str(error).strip()) from error


def _few(relation: duckdb.DuckDBPyRelation) -> pa.Table:
    reader: pa.RecordBatchReader = relation.to_arrow_reader(BATCH)
    parts, rows = [], 0
    for batch in reader:
        rows += batch.num_rows
        require_few(rows)
        parts.append(batch)
    return pa.Table.from_batches(parts, reader.schema)


class DuckDBEngine(FileEngine):
    """DuckDB in memory; tables are Parquet files and registered frames.

    Parameters
    ----------
    memory_limit
        Most memory DuckDB may use before it spills, such as ``2GB``; default ``WORKBENCH_MEMORY`` or ``2GB``.
    threads
        Worker threads; default: as many as there are cores.

    Examples
    --------
    >>> engine = DuckDBEngine()
    >>> int(engine.rows("SELECT 6 * 7 AS answer")["answer"][0])
    42
    """

    def __init__(self, *, memory_limit: str | None = None, threads: int | None = None) -> None:
        self.memory_limit = memory_limit or os.environ.get("WORKBENCH_MEMORY", "2GB")
        self.threads = threads or os.cpu_count() or 1
        self._registered: dict[str, pa.Table] = {}

    @classmethod
    def from_url(cls, url: str) -> DuckDBEngine:
        """Make the engine of a URL such as ``duckdb://?memory_limit=4GB&threads=2``."""
        options = parse_qs(urlsplit(url).query)
        threads = options.get("threads", [None])[0]
        return cls(memory_limit=options.get("memory_limit", [None])[0], threads=int(threads) if threads else None)

    @property
    def dialect(self) -> Dialect:
        """DuckDB's spellings."""
        return DUCKDB

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        # opened late, so that importing and forking stay cheap and safe
        folder = scratch_folder() / "duckdb"
        connection = duckdb.connect(":memory:")
        cursor = connection.cursor()
        cursor.execute(f"SET memory_limit = '{self.memory_limit}'")
        cursor.execute(f"SET threads = {self.threads}")
        cursor.execute(f"SET temp_directory = '{folder}'")
        cursor.execute("SET max_temp_directory_size = '50GB'")
        cursor.execute("SET enable_progress_bar = false")
        # nothing is fetched or loaded at the word of a statement, and no statement changes that
        cursor.execute("SET autoinstall_known_extensions = false")
        cursor.execute("SET autoload_known_extensions = false")
        cursor.execute("SET allow_community_extensions = false")
        cursor.execute("SET lock_configuration = true")
        return connection

    def _cursor(self, sql: str) -> duckdb.DuckDBPyConnection:
        cursor = self._connection.cursor()
        for name, table in self._registered.items():
            if name in sql:  # registered tables belong to one cursor
                cursor.register(name, table)
        return cursor

    @property
    def version(self) -> str:
        """DuckDB's."""
        return duckdb.__version__

    def _answer(self, sql: str) -> pa.Table:
        with _named_errors():
            relation = self._cursor(sql).sql(sql)
            # where rows are limited, no more of them are made than show that there are too many
            return relation.to_arrow_table() if most_collected() is None else _few(relation)

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Yield the answer of a query in Arrow batches."""
        with _named_errors():
            reader: pa.RecordBatchReader = self._cursor(sql).sql(sql).to_arrow_reader(BATCH)
            yield from reader

    def materialize(self, sql: str, path: Path) -> Path:
        """Write a query's rows to one Parquet file, in the query's order, through a temporary name."""
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
        try:
            target = str(temporary).replace("'", "''")
            packed = "snappy" if is_scratch(path) else "zstd"  # what nobody keeps is packed in half the time
            with _named_errors():
                self._cursor(sql).execute(f"COPY ({sql}) TO '{target}' (FORMAT parquet, COMPRESSION {packed})")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        return path

    def schema(self, source: str) -> pa.Schema:
        """Return the Arrow columns of a FROM item."""
        with _named_errors():
            return self._cursor(source).sql(f"SELECT * FROM {named_item(source)} LIMIT 0").to_arrow_table().schema

    def require_serving(self) -> None:
        """Do nothing: this engine comes with the workbench."""

    def fingerprint(self, source: str) -> tuple[int, str]:
        """Return how many rows a FROM item has, and a checksum of them that no order of theirs changes."""
        found = self.rows(f"SELECT count(*) AS n, CAST(sum(hash(t)) AS VARCHAR) AS h FROM {source} AS t")
        return int(found["n"][0]), str(found["h"][0])

    def columns(self, source: str) -> dict[str, str]:
        """Return column name → type of a FROM item."""
        with _named_errors():
            relation = self._cursor(source).sql(f"SELECT * FROM {named_item(source)} LIMIT 0")
        return {str(n): str(t) for n, t in zip(relation.columns, relation.types, strict=True)}

    def register(self, frame: pd.DataFrame | pa.Table) -> str:
        """Make a frame known under a fresh name and return that name."""
        table = pa.Table.from_pandas(frame, preserve_index=False) if isinstance(frame, pd.DataFrame) else frame
        name = frame_name(table)
        self._registered[name] = table
        return name
