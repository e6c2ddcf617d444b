"""PostgreSQL: the same statements in a database server, read through ADBC as Arrow."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pandas as pd
import pyarrow as pa

from workbench.core.engine.arrow import BATCH, grouped, plain_text
from workbench.core.engine.collecting import require_few
from workbench.core.engine.dialect import POSTGRESQL, Dialect, named_item
from workbench.core.engine.keeping import KeepingEngine, Place
from workbench.core.errors import EngineError


@contextmanager
def _named_errors() -> Iterator[None]:
    import adbc_driver_manager

    try:
        yield
    except adbc_driver_manager.Error as error:
        raise POSTGRESQL.refusal(str(error).strip().splitlines()[0]) from error


class PostgreSQLEngine(KeepingEngine):
    """A PostgreSQL database; tables are its tables, those it makes, and registered frames (temporary tables).

    Parameters
    ----------
    url
        ``postgresql://user:password@host:port/database``.
    schema
        Schema of the tables that it makes; it is made where it is not there.
    """

    def __init__(self, url: str, *, schema: str = "workbench") -> None:
        super().__init__()
        self.url = url
        self.home = schema

    @classmethod
    def from_url(cls, url: str) -> PostgreSQLEngine:
        """Make the engine of a ``postgresql://`` URL, with ``schema=`` of its own; it connects when first used.

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
        parts = urlsplit(url)
        own = dict(parse_qsl(parts.query))
        schema = own.pop("schema", "workbench")
        # urlunsplit would take an empty host out of postgresql:///name
        address = f"{url.partition('?')[0]}{'?' if own else ''}{urlencode(own)}"
        return cls(address, schema=schema)

    @property
    def dialect(self) -> Dialect:
        """PostgreSQL's spellings."""
        return POSTGRESQL

    @cached_property
    def _connection(self) -> Any:
        import adbc_driver_manager
        from adbc_driver_postgresql import dbapi

        try:
            # without autocommit one refused statement would spoil the next
            connection = dbapi.connect(self.url, autocommit=True)
        except adbc_driver_manager.Error as error:
            raise EngineError(
                "The server that wave.yaml names answers, and lets this user in.",
                found=" ".join(str(error).split()),
                fix="Start it, or correct 'engine'; libpq reads a password from PGPASSWORD or ~/.pgpass.",
                where="postgresql",
            ) from error
        with connection.cursor() as cursor:
            cursor.execute("SET timezone = 'UTC'")
            cursor.execute("SET synchronize_seqscans = off")
        return connection

    def _run(self, sql: str) -> None:
        with _named_errors(), self._connection.cursor() as cursor:
            cursor.execute(sql)

    def rows(self, sql: str) -> pd.DataFrame:
        """Run a query whose answer is small and return it."""
        with _named_errors(), self._connection.cursor() as cursor:
            cursor.execute(sql)
            table: pa.Table = _plain(cursor.fetch_arrow_table())
        require_few(table.num_rows)
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Yield the answer of a query in Arrow batches; between them the connection is free for other statements."""
        name = f"c_{uuid.uuid4().hex[:12]}"
        self._run(f"DECLARE {name} CURSOR WITH HOLD FOR {sql}")
        try:
            while True:
                with _named_errors(), self._connection.cursor() as cursor:
                    cursor.adbc_statement.set_options(**{"adbc.postgresql.use_copy": "false"})
                    cursor.execute(f"FETCH {BATCH} FROM {name}")
                    part = _plain(cursor.fetch_arrow_table())
                yield from part.combine_chunks().to_batches()
                if part.num_rows < BATCH:
                    return
        finally:
            self._run(f"CLOSE {name}")

    def schema(self, source: str) -> pa.Schema:
        """Return the Arrow columns of a FROM item."""
        with _named_errors(), self._connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {named_item(source)} LIMIT 0")
            return _plain(cursor.fetch_arrow_table()).schema

    def columns(self, source: str) -> dict[str, str]:
        """Return column name → type of a FROM item."""
        return {f.name: str(f.type) for f in self.schema(source)}

    def register(self, frame: pd.DataFrame | pa.Table) -> str:
        """Copy a frame into a temporary table under a fresh name and return that name."""
        name = f"frame_{uuid.uuid4().hex[:12]}"
        with _named_errors(), self._connection.cursor() as cursor:
            cursor.adbc_ingest(name, plain_text(frame), mode="create", temporary=True)
            cursor.execute(f"ANALYZE {name}")
        return name

    @property
    def row_order(self) -> str:
        """The order in which rows were written: that of their places in the table."""
        return "ctid"

    def _table(self, place: Place) -> str:
        return f"{self._schema}.{place.name}" if place.lasting else place.name

    @cached_property
    def _schema(self) -> str:
        """The schema of lasting tables, made where it is not there."""
        if self.rows(f"SELECT to_regnamespace({self.dialect.literal(self.home)}) IS NULL AS gone")["gone"][0]:
            self._run(f"CREATE SCHEMA IF NOT EXISTS {self.dialect.quote(self.home)}")
        return self.home

    def _item(self, table: str, folder: Path) -> str:  # noqa: ARG002
        return ".".join(map(self.dialect.quote, table.split(".")))

    def _own(self, place: Place) -> str:
        return self._item(self._table(place), place.folder)

    def _has(self, place: Place) -> bool:
        named = self.dialect.literal(self._own(place))
        return bool(self.rows(f"SELECT to_regclass({named}) IS NOT NULL AS found")["found"][0])

    def _make(self, place: Place, sql: str) -> None:
        self._run(f"CREATE {'' if place.lasting else 'TEMPORARY '}TABLE {self._own(place)} AS {sql}")
        self._run(f"ANALYZE {self._own(place)}")

    def _load(self, place: Place, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
        where: dict[str, Any] = {"db_schema_name": self._schema} if place.lasting else {"temporary": True}
        # a part at a time, so that between them the rows may come from this connection
        for i, part in enumerate(grouped(batches, schema)):
            with _named_errors(), self._connection.cursor() as cursor:
                cursor.adbc_ingest(place.name, part, mode="append" if i else "create", **where)
        self._run(f"ANALYZE {self._own(place)}")

    def _rename(self, draft: Place, place: Place) -> None:
        try:
            if not self._has(place):
                self._run(f"ALTER TABLE {self._own(draft)} RENAME TO {self.dialect.quote(place.name)}")
        except EngineError:
            if not self._has(place):  # not because another process was first
                raise
        self._drop(self._table(draft), draft.folder)

    def _drop(self, table: str, folder: Path) -> None:
        self._run(f"DROP TABLE IF EXISTS {self._item(table, folder)}")

    def require_serving(self) -> None:
        """Refuse a server that does not answer, or in which this user may make no tables.

        Raises
        ------
        EngineError
            With what is missing.
        """
        home = self.dialect.literal(self.home)
        row = self.rows(
            f"SELECT CAST(current_user AS TEXT) AS who, has_database_privilege(current_database(), 'TEMP') AS passing, "
            f"CASE WHEN to_regnamespace({home}) IS NULL THEN has_database_privilege(current_database(), 'CREATE') "
            f"ELSE has_schema_privilege({home}, 'CREATE, USAGE') END AS lasting"
        ).iloc[0]
        if not (row["passing"] and row["lasting"]):
            what = f"schema {self.home}" if row["passing"] else "temporary tables"
            grant = f"GRANT CREATE, USAGE ON SCHEMA {self.home}" if row["passing"] else "GRANT TEMPORARY ON DATABASE …"
            raise EngineError(
                "The user of the engine may make tables: lasting ones in a schema of their own, and temporary ones.",
                found=f"{row['who']} may not make {what}",
                fix=f"Ask the server's administrator: {grant} TO {row['who']}; or name another schema (…?schema=mine).",
                where="postgresql",
            )

    def fingerprint(self, source: str) -> tuple[int, str]:
        """Return the number of rows of a FROM item and a checksum of them: their MD5s in two halves, added up."""
        halves = ", ".join(
            f"CAST(sum(CAST(CAST('x' || substr(h, {start}, 15) AS BIT(60)) AS BIGINT)) AS TEXT) AS h{start}"
            for start in (1, 16)
        )
        found = self.rows(
            f"SELECT count(*) AS n, {halves} FROM (SELECT md5(CAST(t AS TEXT)) AS h FROM {source} AS t) AS r"
        )
        return int(found["n"][0]), f"{found['h1'][0] or 0}-{found['h16'][0] or 0}"


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
