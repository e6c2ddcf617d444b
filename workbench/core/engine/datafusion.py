"""Apache DataFusion: the same statements in this process, over Parquet files where they lie."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pyarrow as pa

from workbench.core.engine.arrow import grouped, plain_schema, plain_text, write_parquet
from workbench.core.engine.collecting import require_few
from workbench.core.engine.dialect import DATAFUSION, Dialect, named_item
from workbench.core.engine.file_engine import FileEngine
from workbench.core.errors import EngineError

KINDS = (
    (pa.types.is_integer, "BIGINT"),
    (pa.types.is_floating, "DOUBLE"),
    (pa.types.is_decimal, "DECIMAL"),
    (pa.types.is_date, "DATE"),
    (pa.types.is_boolean, "BOOLEAN"),
)
SETTINGS = {
    "datafusion.sql_parser.dialect": "PostgreSQL",
    # columns are called as they are written, and texts are plain ones
    "datafusion.sql_parser.enable_ident_normalization": "false",
    "datafusion.sql_parser.map_string_types_to_utf8view": "false",
    "datafusion.execution.parquet.schema_force_view_types": "false",
    "datafusion.execution.time_zone": "+00:00",
}
MEMORY = 2_000_000_000  # bytes; what sorts and joins need beyond it goes to disk


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except EngineError:
        raise
    except Exception as error:  # DataFusion's are plain exceptions
        raise DATAFUSION.refusal(" ".join(str(error).split())) from error


class DataFusionEngine(FileEngine):
    """DataFusion in this process; tables are Parquet files and registered frames.

    Parameters
    ----------
    threads
        Threads of a query; all cores by default.
    """

    def __init__(self, *, threads: int | None = None) -> None:
        self.threads = threads or os.cpu_count() or 1

    @classmethod
    def from_url(cls, url: str) -> DataFusionEngine:
        """Make the engine of a URL such as ``datafusion://?threads=2``.

        Raises
        ------
        EngineError
            If DataFusion is not installed.
        """
        if find_spec("datafusion") is None:
            raise EngineError(
                "A datafusion:// engine needs DataFusion.",
                found="datafusion is not installed",
                fix="pip install datafusion",
                where="datafusion",
            )
        threads = parse_qs(urlsplit(url).query).get("threads", [None])[0]
        return cls(threads=int(threads) if threads else None)

    @property
    def dialect(self) -> Dialect:
        """DataFusion's spellings."""
        return DATAFUSION

    @cached_property
    def _context(self) -> Any:
        from datafusion import RuntimeEnvBuilder, SessionConfig, SessionContext, udf

        room = RuntimeEnvBuilder().with_disk_manager_os().with_fair_spill_pool(MEMORY)
        context = SessionContext(SessionConfig(SETTINGS).with_target_partitions(self.threads), room).enable_url_table()
        context.register_udf(udf(_of_hex, [pa.string()], pa.int64(), "immutable", "of_hex"))
        return context

    def _planned(self, sql: str) -> tuple[Any, pa.Schema]:
        with _named_errors():
            plan = self._context.sql(sql)
            return plan, plain_schema(plan.schema())

    @property
    def version(self) -> str:
        """DataFusion's."""
        return version("datafusion")

    def _answer(self, sql: str) -> pa.Table:
        with _named_errors():
            table: pa.Table = self._context.sql(sql).to_arrow_table()
        require_few(table.num_rows)
        return table

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Yield the answer of a query in Arrow batches."""
        yield from self._run(*self._planned(sql))

    def _run(self, plan: Any, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        with _named_errors():
            for table in grouped((batch.to_pyarrow() for batch in plan.execute_stream()), schema):
                yield from table.to_batches()

    def materialize(self, sql: str, path: Path) -> Path:
        """Write a query's rows to one Parquet file, in the query's order, through a temporary name."""
        plan, schema = self._planned(sql)
        return write_parquet(self._run(plan, schema), schema, path)

    def file(self, path: str | Path) -> str:
        """Return the FROM item of a Parquet file; this engine knows no folder to look from."""
        return super().file(Path(path).absolute())

    def schema(self, source: str) -> pa.Schema:
        """Return the Arrow columns of a FROM item."""
        return self._planned(f"SELECT * FROM {named_item(source)} LIMIT 0")[1]

    def columns(self, source: str) -> dict[str, str]:
        """Return column name → type of a FROM item."""
        return {f.name: _kind(f.type) for f in self.schema(source)}

    def register(self, frame: pd.DataFrame | pa.Table) -> str:
        """Make a frame known under a fresh name and return that name."""
        name = f"frame_{uuid.uuid4().hex[:12]}"
        table = plain_text(frame)
        parts = table.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
        self._context.register_record_batches(name, [parts])
        return name

    def require_serving(self) -> None:
        """Do nothing: what is installed runs."""

    def fingerprint(self, source: str) -> tuple[int, str]:
        """Return how many rows a FROM item has, and a checksum of them that no order of theirs changes."""
        texts = [f"CAST({self.dialect.quote(c)} AS VARCHAR)" for c in self.columns(source)]
        told = ", ".join(f"coalesce(concat(CAST(character_length({t}) AS VARCHAR), ':', {t}), '-')" for t in texts)
        halves = ", ".join(
            f"CAST(sum(CAST(of_hex(substr(h, {start}, 15)) AS DECIMAL(38, 0))) AS VARCHAR) AS h{start}"
            for start in (1, 16)
        )
        found = self.rows(
            f"SELECT count(*) AS n, {halves} FROM (SELECT md5(concat({told})) AS h FROM {source} AS t) AS r"
        )
        return int(found["n"][0]), f"{found['h1'][0] or 0}-{found['h16'][0] or 0}"


def _of_hex(digits: pa.Array) -> pa.Array:
    """Return the numbers that hexadecimal digits are."""
    return pa.array([None if d is None else int(d, 16) for d in digits.to_pylist()], pa.int64())


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP WITH TIME ZONE" if kind.tz else "TIMESTAMP"
    return next((name for test, name in KINDS if test(kind)), "VARCHAR")
