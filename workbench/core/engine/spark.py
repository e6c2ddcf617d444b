"""Apache Spark: the same statements on a cluster, or locally for checks."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.engine.arrow import grouped, plain_text
from workbench.core.engine.collecting import require_few
from workbench.core.engine.dialect import SPARK, Dialect, named_item
from workbench.core.engine.folders import WHOLE, is_whole, move, opened, passing_folder, remove
from workbench.core.engine.keeping import KeepingEngine, Place
from workbench.core.engine.scratch import scratch_folder
from workbench.core.engine.spark_session import keep_quiet, start_session
from workbench.core.engine.standin import stand_in
from workbench.core.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

TABLES = "tables"  # beside the files that stand for them, where no folder is named
HIDDEN = "_metadata."  # columns of every file
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # a time of day without a zone is one, as in every other engine
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
}


@contextmanager
def _named_errors() -> Iterator[None]:
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        raise SPARK.refusal(str(error).strip().splitlines()[0]) from error


class SparkEngine(KeepingEngine):
    """A Spark session; tables are catalogue tables, folders of Parquet files, and registered frames.

    Parameters
    ----------
    session
        A running session: a classic one or one of Spark Connect.
    folder
        Folder or address (``/mnt/lake``, ``s3://bucket/lake``, ``hdfs://…``) that this process and all workers see;
        tables are kept there. None: beside the files that stand for them, for a session on this machine.
    """

    def __init__(self, session: SparkSession, *, folder: str | None = None) -> None:
        super().__init__()
        keep_quiet()
        for key, value in SETTINGS.items():
            session.conf.set(key, value)
        self.session = session
        self.folder = folder.rstrip("/") if folder else None
        self._views: dict[str, str] = {}  # the address of a table's folder → the view of it
        self._shapes: dict[str, StructType] = {}

    @classmethod
    def from_url(cls, url: str) -> SparkEngine:
        """Make the engine of a URL.

        Parameters
        ----------
        url
            ``spark://host:port`` (a standalone master), ``spark://local[2]``, or ``sc://host:port`` (Spark Connect),
            with ``?folder=…`` and settings of the session such as ``spark.cores.max=4``.

        Raises
        ------
        EngineError
            If PySpark is not installed, or nobody answers there.
        """
        address, _, asked = url.partition("?")
        options = dict(parse_qsl(asked))
        folder = options.pop("folder", None)
        return cls(start_session(address, options), folder=folder)

    @property
    def dialect(self) -> Dialect:
        """Spark's spellings."""
        return SPARK

    def rows(self, sql: str) -> pd.DataFrame:
        """Run a query whose answer is small and return it."""
        with _named_errors():
            table: pa.Table = self._asked(sql).toArrow()
        require_few(table.num_rows)
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def _asked(self, sql: str) -> DataFrame:
        # a view has no hidden columns: what sorts by them reads the folders themselves
        if HIDDEN in sql:
            for location, view in self._views.items():
                sql = sql.replace(view, f"parquet.{self.dialect.quote(location)}")
        return self.session.sql(sql)

    def _numbered(self, sql: str) -> tuple[DataFrame, list[str]]:
        """Return the answer of a query under names without a point, which PySpark takes for a way in, and its own."""
        frame = self._asked(sql)
        return frame.toDF(*(f"c{i}" for i in range(len(frame.columns)))), frame.columns

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Yield the answer of a query in Arrow batches, a partition at a time; workers write them as Arrow."""

        # defined here, so that workers are sent the function itself and need no workbench
        def written(parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            import pyarrow

            for part in parts:
                sink = pyarrow.BufferOutputStream()
                with pyarrow.ipc.new_stream(sink, part.schema) as writer:
                    writer.write_batch(part)
                yield pyarrow.record_batch({"batch": pyarrow.array([sink.getvalue().to_pybytes()])})

        with _named_errors():
            frame, names = self._numbered(sql)
            for row in frame.mapInArrow(written, "batch binary").toLocalIterator():
                with pa.ipc.open_stream(row["batch"]) as reader:
                    yield from (b.rename_columns(names) for b in reader)

    def map_batches(
        self, sql: str, function: Callable[[pa.RecordBatch], pa.RecordBatch], schema: pa.Schema, path: Path
    ) -> Path:
        """Keep what a function makes of a query's rows, batch by batch, on the workers; nothing passes this process.

        Parameters
        ----------
        sql
            The query.
        function
            Makes of a batch another one. It is sent to the workers, which need the modules that it uses.
        schema
            Columns that it makes.
        path
            The file to write.
        """
        from pyspark.sql.pandas.types import from_arrow_schema

        with _named_errors():
            frame, names = self._numbered(sql)
            shape = from_arrow_schema(schema, prefer_timestamp_ntz=True)

        def mapped(parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            return (function(p.rename_columns(names)) for p in parts)

        def make(draft: Place) -> None:
            with _named_errors():
                self._write(frame.mapInArrow(mapped, shape), draft)

        return self._kept(make, path)

    def schema(self, source: str) -> pa.Schema:
        """Return the Arrow columns of a FROM item."""
        with _named_errors():
            return self._asked(f"SELECT * FROM {named_item(source)} LIMIT 0").toArrow().schema

    def columns(self, source: str) -> dict[str, str]:
        """Return column name → type of a FROM item."""
        with _named_errors():
            fields = self._asked(f"SELECT * FROM {named_item(source)} LIMIT 0").schema.fields
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

    @property
    def row_order(self) -> str:
        """The order in which rows were written: by the parts of a folder, and in each of them."""
        return f"{HIDDEN}file_name, {HIDDEN}row_index"

    @cached_property
    def _passing(self) -> str:
        """Where tables of this process lie: they go with its own folder, or when it ends."""
        import atexit

        if self.folder is None:
            return str(scratch_folder() / TABLES)
        place = passing_folder(self.folder)
        atexit.register(remove, place)
        return place

    def _table(self, place: Place) -> str:
        if not place.lasting:
            return f"{self._passing}/{place.name}"
        return f"{self.folder or TABLES}/{place.name}"

    def _located(self, table: str, folder: Path) -> str:
        """Return the address of a table's folder."""
        return table if "://" in table or table.startswith("/") else str(folder / table)

    def _item(self, table: str, folder: Path) -> str:
        """Return a view of a table's folder: named in a query itself, each query would list it and read a footer."""
        location = self._located(table, folder)
        if location not in self._views:
            view = f"kept_{hashlib.md5(location.encode(), usedforsecurity=False).hexdigest()}"
            reader = self.session.read
            with _named_errors():
                shaped = reader.schema(self._shapes[location]) if location in self._shapes else reader
                shaped.parquet(location).createOrReplaceTempView(view)
            self._views[location] = view
        return self._views[location]

    def serves(self, path: Path) -> bool:
        """Tell whether this engine can read a file: it has rows of its own, or a whole table of the engine is there."""
        found = stand_in(path)
        if found is None or found.engine != self.dialect.name:
            return found is None and path.is_file()
        return is_whole(self._located(found.table, path.absolute().parent))

    def _has(self, place: Place) -> bool:
        return is_whole(self._located(self._table(place), place.folder))

    def _make(self, place: Place, sql: str) -> None:
        with _named_errors():
            self._write(self._asked(sql), place)

    def _write(self, frame: DataFrame, place: Place) -> None:
        location = self._located(self._table(place), place.folder)
        frame.write.mode("overwrite").parquet(location)
        self._shapes[location] = frame.schema
        if not self._has(place):
            raise EngineError(
                "A cluster keeps tables in a folder that this process and all workers see.",
                found=f"{location}, which the workers have written and this process does not see",
                fix="Name one in the engine's address: spark://host:port?folder=/mnt/shared/lake",
                where="spark",
            )

    def _load(self, place: Place, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
        system, root = opened(self._located(self._table(place), place.folder))
        system.create_dir(root, recursive=True)
        for i, part in enumerate(grouped(batches, schema, 1_000_000)):
            pq.write_table(part, f"{root}/part-{i:05d}.parquet", filesystem=system, compression="zstd")
        with system.open_output_stream(f"{root}/{WHOLE}"):
            pass

    def _rename(self, draft: Place, place: Place) -> None:
        before, after = (self._located(self._table(p), p.folder) for p in (draft, place))
        if before in self._shapes:
            self._shapes[after] = self._shapes[before]
        move(before, after)
        self._drop(self._table(draft), draft.folder)

    def _drop(self, table: str, folder: Path) -> None:
        location = self._located(table, folder)
        self._shapes.pop(location, None)
        if (view := self._views.pop(location, None)) is not None:
            self.session.catalog.dropTempView(view)
        remove(location)

    def require_serving(self) -> None:
        """Refuse a cluster whose workers and this process see no folder together, or that runs no work.

        Raises
        ------
        EngineError
            With what is missing.
        """
        address = str(self.session.conf.get("spark.master", "sc://"))
        if self.folder is None and not address.startswith("local"):
            raise EngineError(
                "A cluster keeps tables in a folder that this process and all workers see.",
                found=f"no folder is named for {address}",
                fix="Name one in the engine's address: spark://host:port?folder=/mnt/shared/lake (or s3://, hdfs://)",
                where="spark",
            )
        if self.folder is not None:
            probe = Place(f"t_{uuid.uuid4().hex[:12]}", Path(self._passing), lasting=False)
            try:
                self._make(probe, "SELECT 1 AS one")
            finally:
                self._drop(self._table(probe), probe.folder)

    def fingerprint(self, source: str) -> tuple[int, str]:
        """Return the number of rows of a FROM item and a checksum of them: their MD5s in two halves, added up."""
        halves = ", ".join(
            f"CAST(sum(CAST(conv(substr(h, {start}, 15), 16, 10) AS DECIMAL(38, 0))) AS STRING) AS h{start}"
            for start in (1, 16)
        )
        hashed = f"(SELECT md5(to_json(struct(*))) AS h FROM {source}) AS r"
        found = self.rows(f"SELECT count(*) AS n, {halves} FROM {hashed}")
        return int(found["n"][0]), f"{found['h1'][0] or 0}-{found['h16'][0] or 0}"
