"""Apache Spark: the same statements on a cluster, or locally for checks."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.engine.dialect import SPARK, Dialect
from workbench.core.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

BATCH = 100_000


@contextmanager
def _named_errors() -> Iterator[None]:
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        raise EngineError(
            "The engine runs every statement it is given.",
            found=str(error).strip().splitlines()[0],
            fix="If the statement came from wave.yaml, correct the expression there; columns are quoted with `.",
            where="spark",
        ) from error


class SparkEngine:
    """A Spark session; tables are catalogue tables, Parquet files and registered frames.

    Parameters
    ----------
    session
        A running session.
    """

    def __init__(self, session: SparkSession) -> None:
        session.conf.set("spark.sql.session.timeZone", "UTC")
        self.session = session

    @classmethod
    def from_url(cls, url: str) -> SparkEngine:
        """Make the engine of ``spark://host:port`` (a standalone master) or ``spark://local[2]``.

        Raises
        ------
        EngineError
            If PySpark is not installed.
        """
        if find_spec("pyspark") is None:
            raise EngineError(
                "A spark:// engine needs PySpark.",
                found="pyspark is not installed",
                fix="pip install 'pyspark>=4'",
                where="spark",
            )
        from pyspark.sql import SparkSession

        place = url.removeprefix("spark://")
        master = place if place.startswith("local") else url
        builder: Any = SparkSession.builder
        return cls(builder.master(master).appName("workbench").config("spark.ui.enabled", "false").getOrCreate())

    @property
    def dialect(self) -> Dialect:
        """Spark's spellings."""
        return SPARK

    def rows(self, sql: str) -> pd.DataFrame:
        """Run a query whose answer is small and return it."""
        frame: pd.DataFrame = self._arrow(sql).to_pandas()
        return frame

    def _arrow(self, sql: str) -> pa.Table:
        with _named_errors():
            return self.session.sql(sql).toArrow()

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Yield the answer of a query in Arrow batches, fetched a partition at a time."""
        with _named_errors():
            frame = self.session.sql(sql)
            schema = self._schema(sql)
            held: list[dict[str, Any]] = []
            for row in frame.toLocalIterator():
                held.append(row.asDict())
                if len(held) == BATCH:
                    yield pa.RecordBatch.from_pylist(held, schema=schema)
                    held = []
            if held:
                yield pa.RecordBatch.from_pylist(held, schema=schema)

    def _schema(self, sql: str) -> pa.Schema:
        return self._arrow(f"SELECT * FROM ({sql}) AS shape LIMIT 0").schema

    def materialize(self, sql: str, path: Path, *, chunks: int | None = None) -> Path:
        """Write a query's rows to one Parquet file, in the query's order, through a temporary name."""
        statements = [sql] if chunks is None else [sql.replace("{chunk}", str(c)) for c in range(chunks)]
        return write_parquet((b for s in statements for b in self.batches(s)), self._schema(statements[0]), path)

    def columns(self, source: str) -> dict[str, str]:
        """Return column name → type of a FROM item."""
        with _named_errors():
            fields = self.session.sql(f"SELECT * FROM {source} LIMIT 0").schema.fields
        return {f.name: f.dataType.simpleString() for f in fields}

    def register(self, frame: pd.DataFrame | pa.Table) -> str:
        """Make a frame known under a fresh name and return that name."""
        name = f"frame_{uuid.uuid4().hex[:12]}"
        self.session.createDataFrame(plain_text(frame)).createOrReplaceTempView(name)
        return name

    @cached_property
    def version(self) -> str:
        """Spark's version."""
        return str(self.session.version)


def plain_text(frame: pd.DataFrame | pa.Table) -> pa.Table:
    """Return a frame as an Arrow table whose text columns are of the plain string type.

    Examples
    --------
    >>> plain_text(pd.DataFrame({"a": ["x"]})).schema.field("a").type
    DataType(string)
    """
    table = pa.Table.from_pandas(frame, preserve_index=False) if isinstance(frame, pd.DataFrame) else frame
    fields = [
        f.with_type(pa.string()) if pa.types.is_large_string(f.type) or pa.types.is_dictionary(f.type) else f
        for f in table.schema
    ]
    return table.cast(pa.schema(fields)).replace_schema_metadata(None)


def write_parquet(batches: Iterator[pa.RecordBatch], schema: pa.Schema, path: Path) -> Path:
    """Write batches to one Parquet file through a temporary name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path
